"""An older state of the database: what is let run anew, doubted and passed over, on both engines."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.domain.errors import Lost, NotFound
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.recovery import Standing, Stray, Trace
from bot.domain.text import as_given
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.restored import Found, begin, older_state_of, reconciled, wait_no_longer
from bot.views.incidents.topic import by_lead, standing_in, topic
from bot.views.mrkdwn import entities
from sandbox.channels import as_noted
from storage import escalations, incidents, meta, pages, posts, roles, timers
from storage.backup import BACKUP_AT
from storage.migrations import numbered
from storage.posts import Post
from storage.restoring import mark_restored
from tests.conftest import Office
from tests.fakes import FIFTEEN_MINUTES, FakeClock
from tests.happenings import Told
from tests.operations.given import given_incident, pending
from tests.operations.look import due

NOTHING = Found((), (), ())


@pytest.fixture(autouse=True)
def reconciled_again(office: Office):
    """Leave no mark in a database that other tests use too."""
    yield
    with office.database.transaction() as connection:
        connection.execute("DELETE FROM meta WHERE key NOT IN ('id', 'version')", {})


def restored(office: Office, clock: FakeClock, minutes: float = 60) -> None:
    """Let time pass, and have the database put back as it is."""
    clock.advance(minutes=minutes)
    mark_restored(office.database, at=clock.now())


def states(office: Office) -> set[str]:
    rows = office.read(lambda tx: tx.all("SELECT state FROM outbox WHERE finished_at IS NULL"))
    return {row["state"] for row in rows}


def test_a_database_that_was_not_put_back_is_left_alone(office: Office) -> None:
    given_incident(office)

    assert office.perform(begin) is None
    office.perform(reconciled, NOTHING)
    office.perform(wait_no_longer)
    assert office.events() == []


def test_every_clock_runs_anew_and_only_once(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")
    restored(office, clock)

    office.perform(begin)
    [eoc, *_] = office.read(pages.pending_of, incident.id)
    clock.advance(minutes=3)
    office.perform(begin)

    assert eoc.escalation.due_at == clock.now() - timedelta(minutes=3) + FIFTEEN_MINUTES
    assert eoc.escalation.restored_from == office.read(older_state_of)
    assert office.read(pages.get, eoc.id) == eoc
    assert office.read(escalations.overdue, 9) == []
    looks = due(office, TimerKind.SILENT)
    assert looks == [incident.id]  # it is looked every minute
    asked = due(office, TimerKind.COMMUNICATED)
    assert asked == [incident.id]  # the hour until customers hear began with the impact
    assert len(office.read(timers.due, 9)) == len(looks) + len(asked)


def test_nothing_that_is_open_is_taken_for_unsent(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    office.perform(lambda tx: tx.record(Told()))
    restored(office, clock)

    office.perform(begin)

    assert states(office) == {"ambiguous"}


def test_numbers_go_on_where_no_earlier_life_can_have_been(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    restored(office, clock)
    milliseconds = int(clock.now().timestamp() * 1000)

    office.perform(begin)
    incident = given_incident(office, channel="CNEW")

    with office.database.transaction() as connection:
        assert all(connection.counter(name) >= milliseconds for name in numbered() - {"incidents"})
    assert incident.id == 102
    assert all(page.id > milliseconds for page in office.read(pages.pending_of, incident.id))


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("status", list(Status))
def test_what_the_topic_says_can_be_read_back(office: Office, severity: Severity, status: Status) -> None:
    incident = given_incident(office)
    for drill, name in product((False, True), ("Disk full", "S1 · Resolved · Lead <@U1> · x")):
        shown = replace(incident, severity=severity, status=status, drill=drill, name=name)

        assert standing_in(topic(shown, "Inés"), LEADS) == Standing(severity, status, "UIM")


LEADS = by_lead({"UIM": "Inés", "UEOC": "Ana"})
NAMES = (
    "Disk & <b>ack</b> > 3",
    "A &amp; B",
    "See https://a.b/c?d=1&e, now",
    "Ask ana@example.com",
    "\"quoted\" and 'so'",
    "<!channel> <@U1> <https://evil.example|Resolved>",
    "&" * 200,
)


@pytest.mark.parametrize("name", NAMES)
def test_what_slack_makes_of_a_topic_can_be_read_back(office: Office, name: str) -> None:
    incident = replace(given_incident(office), name=name)
    said = topic(incident, "Inés")

    whole, literal = as_noted(said), entities(said)

    for kept in (said, whole, literal):
        assert standing_in(kept, LEADS) == Standing(incident.severity, incident.status, "UIM")
    assert as_given(whole) == as_given(literal) == said
    assert len(literal) <= 250
    if "cut" not in said:
        assert said.replace("\u200b", "").endswith(name)
    assert re.findall(r"<([@#!]\w+|\w+:[^>]*)>", said) == []


@pytest.mark.parametrize(
    "lead",
    [
        "Bo & Li <ops>",
        "&" * 80 + "x",
        "<@U1> x",
        "<!channel>",
        "Ana · S1",
        "Zoë :fire: *Z*",
        "Bo 🔥",
        "李 明",
        *NAMES,
    ],
)
def test_a_lead_of_any_name_is_found_again_and_mentioned_by_nothing(office: Office, lead: str) -> None:
    incident = replace(given_incident(office), name="&" * 200)
    said = topic(incident, lead)
    kept = as_noted(said).replace("🔥", ":fire:")

    assert len(entities(said)) <= 250
    assert not re.search(r"<[@#!]", said)
    assert standing_in(kept, by_lead({"UIM": "Inés", "ULEAD": lead})) == Standing(
        incident.severity, incident.status, "ULEAD"
    )


@pytest.mark.parametrize(
    "people",
    [
        {"UIM": "Inés", "UIM2": "inés"},
        {"UIM": "Inés", "UIM2": "Inés 🔥"},
        {"UIM": "Inés Navarro"},
        {"UIM": ""},
        {},
    ],
)
def test_a_name_of_several_or_of_nobody_tells_no_lead(office: Office, people: dict[str, str]) -> None:
    incident = given_incident(office)

    assert standing_in(topic(incident, "Inés"), by_lead(people)) == Standing(
        incident.severity, incident.status, None
    )
    assert standing_in(topic(incident, "🔥"), by_lead({"UIM": "🔥"})) == Standing(
        incident.severity, incident.status, None
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Disk full",
        "S3 · Fine · Lead <@U1> · x",
        "S9 · Fixing · Lead <@U1> · x",
        "S3 · Fixing · Lead",
    ],
)
def test_what_people_wrote_is_no_standing(text: str) -> None:
    assert standing_in(text, LEADS) is None


def test_an_incident_is_as_its_channel_says(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    restored(office, clock)
    office.perform(begin)
    office.emitted()

    seen = Trace(incident.id, standing=Standing(Severity.S1, Status.RESOLVED, "UIM"))
    office.perform(reconciled, Found([seen], (), ()))

    now = office.read(incidents.get, incident.id)
    assert (now.severity, now.highest, now.status, now.lead) == ("S1", "S1", "Resolved", "UIM")
    assert now.resolved_at == clock.now()
    assert pending(office, incident) == []
    assert "CallDue" not in office.events()


def test_a_channel_that_does_not_say_who_leads_leaves_the_lead(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    restored(office, clock)
    office.perform(begin)

    seen = Trace(incident.id, standing=Standing(Severity.S2, Status.FIXING, None))
    office.perform(reconciled, Found([seen], (), ()))

    now = office.read(incidents.get, incident.id)
    assert (now.severity, now.status, now.lead) == ("S2", "Fixing", incident.lead)


def test_an_answer_that_was_seen_ends_its_page_and_gives_the_role(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    [page] = office.read(pages.pending_of, incident.id)
    restored(office, clock)
    office.perform(begin)

    office.perform(reconciled, Found([Trace(incident.id, answered=[(page.escalation.id, "UEOC")])], (), ()))

    assert office.read(pages.get, page.id).answered_by == "UEOC"
    assert office.read(roles.of, incident.id) == {"EOC": "UEOC"}


def test_a_page_that_waits_is_sent_once_more_whichever_comes_first(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    restored(office, clock)
    office.perform(begin)
    office.emitted()

    office.perform(wait_no_longer)
    office.perform(wait_no_longer)
    office.perform(reconciled, NOTHING)
    office.perform(reconciled, NOTHING)

    assert office.events().count("CallDue") == 1
    assert office.read(meta.get, BACKUP_AT) is None


def test_a_stray_channel_is_told_unless_it_is_archived(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    restored(office, clock)
    office.perform(begin)
    office.emitted()

    office.perform(reconciled, Found((), [Stray(5, "CA", archived=False), Stray(7, "CB", archived=True)], ()))

    told = [subject["channel"] for event, subject in office.emitted() if event == "StrayFound"]
    assert told == ["CA"]
    assert given_incident(office, channel="CNEW").id == 108


def test_nobody_answers_a_page_of_an_older_state_differently(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    [page] = office.read(pages.pending_of, incident.id)
    restored(office, clock)
    office.perform(begin)
    office.perform(reconciled, NOTHING)

    office.perform(acknowledge, page.id, by="UEOC")

    assert pending(office, incident) == []


def test_a_post_of_an_incident_that_the_backup_does_not_know_is_left_alone(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office)
    restored(office, clock)
    office.perform(begin)
    seen = [Post(number, "announcement", "incidents", "C0", f"{number}.0") for number in (incident.id, 5)]

    office.perform(reconciled, Found((), (), seen))

    assert office.read(posts.find, incident.id, "announcement", "incidents")
    assert office.read(posts.find, 5, "announcement", "incidents") is None
    assert office.read(meta.get, BACKUP_AT) is None


def test_a_number_that_was_never_given_is_unknown_and_not_lost(office: Office) -> None:
    given_incident(office)

    with pytest.raises(NotFound, match="I know no page `0`") as refused:
        office.read(pages.get, 0)
    assert not isinstance(refused.value, Lost)
