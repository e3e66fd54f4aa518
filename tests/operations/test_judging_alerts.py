"""What people decide about alerts, and what rules make of them beside a triage, on both engines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.alerts.listing import Sought, sought
from bot.domain.alerts.routing import Ended, OfficeHours, Rule, Then
from bot.domain.alerts.signals import State
from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Kind
from bot.operations.alerts import judging
from bot.operations.incidents.merging import merge
from bot.operations.incidents.triage import accept, decline
from bot.operations.paging.acknowledge import acknowledge
from bot.views.alerts.noise import summed
from storage import alerts, incidents, judged_alerts, members, pages, timeline, timers
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident
from tests.operations.look import acted_on, kinds
from tests.operations.test_alerts import all_of, decides, opened, ruled, sends, signal

HOUR = timedelta(hours=1)


def test_an_alert_is_attached_to_a_running_incident_and_its_triage_ends(office: Office) -> None:
    sends(office, signal("a"), signal("b"))
    office.perform(accept, 1, by="UIM")

    office.perform(judging.attach, 2, 1, by="UEOC")

    assert [one.incident for one in all_of(office)] == [1, 1]
    assert office.read(incidents.get, 2).status is Status.DECLINED
    assert Kind.ALERT_DETACHED in kinds(office, 2)
    with pytest.raises(Refused, match="already"):
        office.perform(judging.attach, 2, 1, by="UEOC")


def test_a_detached_alert_opens_nothing_while_it_fires_on(office: Office) -> None:
    sends(office, signal())
    office.perform(accept, 1, by="UIM")

    office.perform(judging.detach, 1, by="UEOC")
    sends(office, signal())

    assert [(one.incident, one.fired) for one in all_of(office)] == [(None, 2)]
    assert len(opened(office)) == 1
    with pytest.raises(Refused, match="part of no incident"):
        office.perform(judging.detach, 1, by="UEOC")


def test_a_triage_goes_on_with_the_alert_that_is_left(office: Office) -> None:
    ruled(office, Rule(name="all", group_by=("of",)))
    sends(office, signal("a", labels={"of": "disk"}), signal("b", labels={"of": "disk"}))
    assert [one.incident for one in all_of(office)] == [1, 1]

    office.perform(judging.detach, 1, by="UEOC")

    assert office.read(incidents.get, 1).status is Status.TRIAGE
    office.perform(judging.detach, 2, by="UEOC")
    assert office.read(incidents.get, 1).status is Status.DECLINED


def test_only_what_is_public_and_worked_on_is_offered_for_a_triage(office: Office) -> None:
    sends(office, signal())
    (triage,) = opened(office)
    given_incident(office, name="Stolen passkey", private=True, channel="CPRIVATE", kind=triage.type)
    given_incident(office, kind="Gameday", channel="CDRILL")
    given_incident(office, triage=True, channel="CTRIAGE", kind=triage.type)
    near = given_incident(office, channel="CNEAR", kind=triage.type)
    office.perform(lambda tx: incidents.save(tx, replace(near, near_miss=True)))

    assert office.read(judging.related, triage) == []
    there = given_incident(office, channel="CTHERE", kind=triage.type)

    assert [one.id for one in office.read(judging.related, triage)] == [there.id]


def test_a_triage_is_compared_with_the_newest_alone(office: Office) -> None:
    sends(office, signal(labels={"service": "checkout"}))
    (triage,) = opened(office)
    made = [given_incident(office, channel=f"C{number}").id for number in range(judging.LOOKED_AT + 2)]
    for place, key in ((0, "old"), (5, "near")):
        sends(office, signal(key, labels={"service": "checkout"}))
        newest = max(one.id for one in all_of(office))
        office.perform(judging.attach, newest, made[place], by="UEOC")

    found = office.read(judging.related, triage)

    assert [one.id for one in found] == [made[5], made[-1]]


def test_a_merged_triage_brings_its_alerts(office: Office) -> None:
    sends(office, signal("a"), signal("b"))
    office.perform(accept, 1, by="UIM")

    office.perform(merge, 2, 1, by="UIM")

    assert [one.incident for one in all_of(office)] == [1, 1]


def test_what_is_put_aside_comes_back_if_it_fires_still(office: Office) -> None:
    sends(office, signal())
    office.perform(judging.shelve, 1, HOUR, by="UEOC")
    assert office.read(incidents.get, 1).status is Status.DECLINED

    office.clock.advance(minutes=59)
    sends(office, signal())
    sends(office, signal(state=State.RESOLVED))
    sends(office, signal())
    assert opened(office) == []
    assert office.read(alerts.newest, "UREP", only_open=True, limit=9, sought=Sought(shelved=True))

    office.clock.advance(minutes=1)
    acted_on(office, TimerKind.SHELF)
    decides(office)

    assert [one.id for one in opened(office)] == [2]


def key_of(tx: Tx) -> tuple[str, str]:
    alert = alerts.visible(tx, 1, "UREP")
    return alert.source, alert.key


def test_what_is_put_aside_can_be_taken_back(office: Office) -> None:
    sends(office, signal())
    office.perform(judging.shelve, 1, HOUR, by="UEOC")

    aside = office.read(lambda tx: judged_alerts.shelved(tx, *key_of(tx)))
    assert aside

    office.perform(judging.unshelve, 1, by="UEOC")
    decides(office)

    assert len(opened(office)) == 1
    assert office.read(timers.of, aside.id, TimerKind.SHELF) is None, "nothing is left to wake up for"
    with pytest.raises(Refused, match="not put aside"):
        office.perform(judging.unshelve, 1, by="UEOC")


def test_what_people_work_on_is_not_put_aside(office: Office) -> None:
    sends(office, signal())
    office.perform(accept, 1, by="UIM")

    with pytest.raises(Refused, match="at work on"):
        office.perform(judging.shelve, 1, HOUR, by="UEOC")


def test_a_false_alarm_ends_a_triage_and_is_noise(office: Office) -> None:
    ruled(office, Rule(name="disks", labels={"of": "disk"}))
    sends(office, *(signal(name, labels={"of": "disk"}) for name in "abcd"), signal("e"))
    office.perform(judging.false_alarm, 1, "Its threshold", changes=True, by="UEOC")
    office.perform(accept, 2, by="UEOC")
    office.perform(decline, 3, by="UEOC")

    assert office.read(incidents.get, 1).status is Status.DECLINED
    assert Kind.FALSE_ALARM in kinds(office, 1)
    found = {one.rule: one for one in office.read(judged_alerts.noise, office.clock.now() - HOUR, "UREP")}
    disks = found["disks"]
    assert (disks.alerts, disks.real, disks.wrong, disks.declined, disks.waiting) == (4, 1, 1, 1, 1)
    assert found["default"].waiting == 1
    (told,) = office.read(judged_alerts.false_since, office.clock.now() - HOUR, 9)
    assert (told.changes, told.note) == (True, "Its threshold")


def test_what_a_rule_declared_is_undecided_until_somebody_leads_it(office: Office) -> None:
    ruled(office, Rule(name="site", then=Then.ACTIVE))
    sends(office, signal("a"))

    def figures() -> str:
        (found,) = office.read(judged_alerts.noise, office.clock.now() - HOUR, None)
        return summed(found)

    assert figures() == "1 alert, fired 1 time: 1 undecided"
    office.perform(acknowledge, office.read(pages.pending_of, 1)[0].id, by="UEOC")
    assert figures() == "1 alert, fired 1 time: 1 real, 100 % real"
    sends(office, signal("b"))
    assert figures() == "2 alerts, fired 2 times: 1 real, 1 undecided, 100 % real of what is decided"


def test_a_rule_pages_a_team_alone_until_it_is_over(office: Office) -> None:
    ruled(office, Rule(then=Then.PAGE, team="dotcom CMOC"))

    sends(office, signal("a", group="g"), signal("b", group="g"))
    sends(office, signal("a", group="g"))

    assert opened(office) == []
    (page,) = office.read(pages.newest_for, "UCMOC", 9)
    assert {one.page for one in all_of(office)} == {page.id}
    sends(office, signal("a", State.RESOLVED, group="g"))
    assert office.read(pages.get, page.id).pending
    sends(office, signal("b", State.RESOLVED, group="g"))
    assert not office.read(pages.get, page.id).pending


def test_an_acknowledgement_stays_although_the_source_repeats(office: Office) -> None:
    ruled(office, Rule(then=Then.PAGE))
    sends(office, signal())
    (page,) = office.read(pages.newest_for, "UEOC", 9)
    office.perform(acknowledge, page.id, by="UEOC")

    for key in ("disk", "more"):
        sends(office, signal(key, group="disk"))

    assert len(office.read(pages.newest_for, "UEOC", 9)) == 1
    sends(office, signal(state=State.ACKNOWLEDGED))
    sends(office, signal())
    assert State.ACKNOWLEDGED in {one.state for one in all_of(office)}


def test_the_team_of_a_rule_is_paged_once_it_is_accepted(office: Office) -> None:
    ruled(office, Rule(severity=Severity.S3, team="dotcom CMOC"))
    sends(office, signal())

    office.perform(accept, 1, by="UREP")

    assert {one.escalation.team for one in office.read(pages.pending_of, 1)} >= {
        "dotcom EOC",
        "dotcom CMOC",
    }


def test_low_severities_wait_for_working_time_but_for_holidays(office: Office) -> None:
    today = office.clock.now().date()
    hours = OfficeHours(holidays=frozenset({today, today + timedelta(days=1)}))
    office.uow.process = replace(office.uow.process, alert_hours=hours)

    sends(office, signal("low", severity=Severity.S3), signal("high", severity=Severity.S1))
    assert [one.severity for one in opened(office)] == [Severity.S1]

    office.clock.advance(minutes=24 * 60)
    acted_on(office, TimerKind.OFFICE_HOURS)
    assert len(opened(office)) == 1
    office.clock.advance(minutes=24 * 60)
    acted_on(office, TimerKind.OFFICE_HOURS)
    decides(office)
    assert {one.severity for one in opened(office)} == {Severity.S1, Severity.S3}


def test_nothing_waits_for_working_time_that_never_comes() -> None:
    all_year = frozenset(date(2026, 3, 1) + timedelta(days=one) for one in range(100))
    hours = OfficeHours(holidays=all_year)

    assert hours.opens(Severity.S4, NOON) is None


def test_a_private_type_is_asked_about_nowhere(office: Office) -> None:
    ruled(office, Rule(type="SIRT"))

    sends(office, signal())

    (found,) = opened(office)
    assert found.private
    assert found.status is Status.INVESTIGATING
    assert all_of(office) == []


def test_an_alert_of_a_private_incident_stays_there(office: Office) -> None:
    sends(office, signal("a"), signal("b"))
    office.perform(accept, 2, by="UIM")

    def hide(tx: Tx) -> None:
        tx.execute("UPDATE incidents SET private = 1 WHERE id = 1")
        members.add(tx, 1, "UEOC")

    office.perform(hide)

    for refused in (
        lambda: office.perform(judging.detach, 1, by="UEOC"),
        lambda: office.perform(judging.attach, 1, 2, by="UEOC"),
        lambda: office.perform(judging.shelve, 1, HOUR, by="UEOC"),
    ):
        with pytest.raises(Refused, match="private, and stays there"):
            refused()


def test_whoever_leads_is_asked_whether_that_was_it(office: Office) -> None:
    ruled(office, Rule(ended=Ended.ASK))
    sends(office, signal())
    office.perform(accept, 1, by="UIM")

    sends(office, signal(state=State.RESOLVED))

    told = office.read(timeline.latest, 1, Kind.ALERT_ENDED)
    assert told
    assert told.data["asks"]


@pytest.mark.parametrize("ended", [Ended.NOTE, Ended.ASK])
def test_a_rule_may_leave_the_end_to_people(office: Office, ended: Ended) -> None:
    ruled(office, Rule(ended=ended))
    sends(office, signal())

    sends(office, signal(state=State.RESOLVED))

    assert len(opened(office)) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {"a", "b"}),
        ("team=db", {"a"}),
        ("S3", {"b"}),
        ("all FULL", {"a", "b"}),
        ("source=other", set()),
        ("100%", set()),
        ("unrouted", set()),
    ],
)
def test_a_list_is_limited(office: Office, text: str, found: set[str]) -> None:
    sends(office, signal("a", labels={"team": "db"}), signal("b", severity=Severity.S3))

    shown = office.read(alerts.newest, "UREP", only_open=True, limit=9, sought=sought(text))

    assert {one.key for one in shown} == found


def test_a_rule_says_how_often_is_too_often(office: Office) -> None:
    ruled(office, Rule(name="all", flaps=2, flaps_within=timedelta(minutes=5)))
    for _ in range(2):
        sends(office, signal())
        sends(office, signal(state=State.RESOLVED))
        office.clock.advance(minutes=1)
    assert [one.id for one in opened(office)] == [2]

    for _ in range(2):
        office.clock.advance(minutes=6)
        sends(office, signal("slow"))
        sends(office, signal("slow", state=State.RESOLVED))
    assert [one.id for one in opened(office)] == [2]


def test_a_group_shares_an_incident_for_as_long_as_its_rule_says(office: Office) -> None:
    ruled(office, Rule(name="all", group_by=("of",), group_for=HOUR))
    of_db = {"of": "db"}
    sends(office, signal("a", labels=of_db))
    office.clock.advance(minutes=59)
    sends(office, signal("b", labels=of_db))
    office.clock.advance(minutes=59)
    sends(office, signal("c", labels=of_db))
    assert [one.id for one in opened(office)] == [1]

    office.clock.advance(minutes=61)
    sends(office, signal("d", labels=of_db))

    assert [one.incident for one in sorted(all_of(office), key=lambda one: one.id)] == [1, 1, 1, 2]
