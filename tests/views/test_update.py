from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity, Status
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.severity import change_severity
from bot.views.incidents import weekend
from bot.views.work import update as view_of
from handlers.work import update
from sandbox.validation import message_problems
from storage import incidents, updates
from tests.operations.given import given_incident
from tests.values import an_incident
from tests.views.visitor import Visitor, buttons, offered


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_an_update_sets_text_status_severity_and_the_next_one(office, clock):
    given_incident(office, "S3")
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")

    answer = person.sends(
        update.FEATURE.listeners, text="Rolling <back>", status="Fixing", severity="S2", next="60"
    )

    incident, posted = office.read(incidents.get, 1), office.read(updates.latest, 1)
    assert answer == {}
    assert posted.text == "Rolling <back>"
    assert (incident.status, incident.severity) == (Status.FIXING, Severity.S2)
    assert incident.next_update_at == posted.next_at == clock.now() + minutes(60)


@pytest.mark.parametrize(("severity", "expected"), [("S1", 15), ("S2", 30), ("S3", 60)])
def test_the_usual_time_follows_the_severity_that_is_chosen(office, clock, severity, expected):
    given_incident(office, "S3")
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")

    person.sends(update.FEATURE.listeners, text="on it", severity=severity)

    due = office.read(incidents.get, 1).next_update_at
    assert due == clock.now() + minutes(expected)


def test_a_rhythm_chosen_by_hand_is_offered_again(office):
    given_incident(office, "S3")
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")
    person.sends(update.FEATURE.listeners, text="one", next="120")

    person.types(update.FEATURE.subcommands, "update")
    person.sends(update.FEATURE.listeners, text="two")

    posted = office.read(updates.latest, 1)
    assert posted.next_at - posted.at == minutes(120)


@pytest.mark.parametrize("text", ["  \n ", "\u202e", "\x07"])
def test_an_update_without_words_is_refused_beneath_the_field(office, text):
    given_incident(office)
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")

    answer = person.sends(update.FEATURE.listeners, text=text)

    assert answer["errors"].keys() == {"text"}
    assert office.read(updates.latest, 1) is None


def test_what_others_changed_meanwhile_is_not_taken_back(office, clock):
    given_incident(office, "S3")
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")
    office.perform(change_status, 1, Status.FIXING, by="UREP")
    office.perform(change_severity, 1, Severity.S1, by="UREP")

    answer = person.sends(update.FEATURE.listeners, text="on it")

    incident, posted = office.read(incidents.get, 1), office.read(updates.latest, 1)
    assert answer == {}
    assert (incident.status, incident.severity) == (Status.FIXING, Severity.S1)
    assert posted.next_at == clock.now() + minutes(15)


def test_a_form_that_arrives_twice_posts_one_update(office):
    given_incident(office)
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")

    person.sends(update.FEATURE.listeners, text="once")
    person.sends(update.FEATURE.listeners, text="once")

    assert person.acks == [{}, {}]
    assert office.events().count("UpdatePosted") == 1


def test_resolving_with_an_update_is_offered_to_the_lead_alone(office):
    given_incident(office)
    office.perform(change_status, 1, Status.FIXING, by="UREP")
    lead, other = Visitor(office), Visitor(office, "USOMEBODY")

    lead.types(update.FEATURE.subcommands, "update")
    other.types(update.FEATURE.subcommands, "update")

    assert offered(lead.form, "status") == ["Fixing", "Investigating", "Monitoring", "Resolved"]
    assert "Resolved" not in offered(other.form, "status")


def test_a_refused_update_keeps_the_form_open(office):
    given_incident(office)
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")
    office.perform(change_status, 1, Status.CANCELLED, by="UREP", reason="A test")

    answer = person.sends(update.FEATURE.listeners, text="gone")

    assert "INC-1 is Cancelled" in answer["errors"]["status"]
    person.sends(update.FEATURE.listeners, text="still gone")
    assert office.read(updates.latest, 1) is None


def test_a_triaged_problem_takes_no_update(office):
    given_incident(office, triage=True)
    person = Visitor(office)

    with pytest.raises(Refused, match="/inc accept"):
        person.types(update.FEATURE.subcommands, "update hello")
    person.presses(update.FEATURE.listeners, view_of.OPEN, 1)

    assert "/inc accept" in person.answer
    assert person.views == []


def test_a_reminder_is_put_off_or_stopped_without_touching_the_message(office, clock):
    given_incident(office)
    person = Visitor(office)

    person.presses(update.FEATURE.listeners, view_of.SNOOZE, 1)
    assert office.read(incidents.get, 1).next_update_at == clock.now() + minutes(75), "it was due in an hour"
    person.presses(update.FEATURE.listeners, view_of.STOP, 1)

    assert office.read(incidents.get, 1).next_update_at is None
    assert [answer["replace_original"] for answer in person.answers] == [False, False]


def test_what_people_wrote_pings_nobody(office):
    incident = given_incident(office, name="<!channel>")
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update &lt;!here&gt; see https://x.example/a?b=1&amp;c=2")

    shown = view_of.posted(office.read(updates.latest, 1), incident, "<!here>")

    assert "<!here>" not in str(shown) + str(view_of.nudge(incident))
    assert "<!channel>" not in str(shown) + str(view_of.nudge(incident))
    assert "<https://x.example/a?b=1&amp;c=2>" in str(shown.blocks)


def test_the_reminders_carry_their_buttons_and_hide_a_private_name(office):
    incident = given_incident(office, kind="SIRT", private=True, name="Leak")

    assert buttons({"blocks": view_of.nudge(incident).blocks}) == [
        ("Send update", "1"),
        ("Snooze 15 min", "1"),
        ("Stop", "1"),
    ]
    assert "Leak" not in str(view_of.nudge_lead(incident))


@pytest.mark.parametrize("text", ["&" * 3000, "<" * 3000, "long " * 600, "https://x.example/" + "a" * 2980])
def test_the_longest_update_fits_into_a_message(office, text):
    incident = given_incident(office, name="&" * 3000)
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")
    person.sends(update.FEATURE.listeners, text=text)

    posted = office.read(updates.latest, 1)

    assert posted.text == text.strip()
    shown = view_of.posted(posted, incident, "ana").blocks
    assert message_problems(shown) == []
    assert any("(cut)" in str(block) for block in shown[1:]) is (text[0] in "&<")  # as escaped, too long
    assert message_problems(view_of.nudge(incident).blocks + view_of.nudge_lead(incident).blocks) == []


def test_what_is_typed_is_posted_at_once_and_once(office, clock):
    given_incident(office, "S3")
    person = Visitor(office)

    person.types(update.FEATURE.subcommands, "update Rolling &lt;back&gt;,\nasked <@UEOC>")
    person.types(update.FEATURE.subcommands, "update Rolling &lt;back&gt;,\nasked <@UEOC>")

    posted = office.read(updates.latest, 1)
    assert (posted.text, posted.by) == ("Rolling <back>,\nasked @ueoc", "UREP")
    assert (posted.status, posted.severity) == (Status.INVESTIGATING, Severity.S3)
    assert posted.next_at == clock.now() + minutes(60)
    assert person.views == []
    assert "Your update on INC-1 is posted" in person.answer
    assert buttons(person.answers[-1]) == [("Another, with status or severity", "1")]
    assert office.events().count("UpdatePosted") == 1


def test_a_rhythm_chosen_by_hand_is_kept_by_a_typed_update(office):
    given_incident(office, "S3")
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")
    person.sends(update.FEATURE.listeners, text="one", next="120")

    person.types(update.FEATURE.subcommands, "update two")

    posted = office.read(updates.latest, 1)
    assert posted.next_at - posted.at == minutes(120)


@pytest.mark.parametrize(
    ("every", "says"), [(minutes(60), "no longer: updates are due again."), (None, "no longer.")]
)
def test_only_what_has_updates_says_after_the_wait_that_they_are_due(every, says):
    assert weekend.goes_on(an_incident(update_in=every)).text.endswith(says)
