"""Alerts, from their intake to what becomes of them, on both engines."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.actors import parsed
from bot.domain.alerts.alert import Alert
from bot.domain.alerts.routing import DEFAULT, Ended, Rule, Then
from bot.domain.alerts.signals import Signal, State
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Kind
from bot.operations.alerts.intake import refuse, take
from bot.operations.incidents.triage import accept
from scheduler.ticks import KEEP_ALERTS
from storage import alert_sources, alerts, incidents
from storage.alerts import Taken
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import pending
from tests.operations.look import acted_on, kinds


def signal(key: str = "disk", state: State = State.FIRING, **changes: Any) -> Signal:
    return replace(Signal(key, f"{key} is full", state, Severity.S2, group=key), **changes)


def sends(office: Office, *signals: Signal, source: str = "prometheus") -> None:
    """Have a source send signals in one request, and let the tick decide about them."""
    office.perform(take, [[Taken(source, one, "{}") for one in signals]])
    decides(office)


def decides(office: Office) -> None:
    while acted_on(office, TimerKind.ALERTS):
        pass


def all_of(office: Office) -> list[Alert]:
    return office.read(alerts.newest, "UREP", only_open=False, limit=100)


def opened(office: Office) -> list[Incident]:
    return office.read(incidents.everyone_open)


def ruled(office: Office, *rules: Rule) -> None:
    office.uow.process = replace(office.uow.process, alert_rules=rules)


def test_an_alert_opens_a_triage_of_its_source(office: Office) -> None:
    sends(office, signal())

    (found,) = opened(office)
    assert (found.status, found.severity, found.name) == (Status.TRIAGE, Severity.S2, "disk is full")
    assert found.reporter == parsed("alert:prometheus")
    assert found.lead == ""


def test_told_again_it_is_counted_and_opens_nothing(office: Office) -> None:
    for _ in range(3):
        sends(office, signal(), signal())

    (alert,) = all_of(office)
    assert alert.fired == 6
    assert len(opened(office)) == 1


def test_what_changes_within_a_request_is_taken_in_its_order(office: Office) -> None:
    over = signal(state=State.RESOLVED)

    sends(office, signal(), over, signal(), signal(), over)

    assert [(one.fired, one.open) for one in all_of(office)] == [(2, False), (1, False)]
    assert opened(office) == []


def test_a_resolve_of_what_never_fired_is_dropped(office: Office) -> None:
    sends(office, signal(state=State.RESOLVED))

    assert all_of(office) == []


def test_the_worst_severity_stays_and_raises_the_triage(office: Office) -> None:
    sends(office, signal(severity=Severity.S3))
    sends(office, signal(severity=Severity.S1))
    sends(office, signal(severity=Severity.S4))

    assert [one.severity for one in opened(office)] == [Severity.S1]
    assert [one.severity for one in all_of(office)] == [Severity.S1]


def test_a_triage_ends_once_none_of_its_alerts_fires(office: Office) -> None:
    sends(office, signal("a", group="g"), signal("b", group="g"))
    sends(office, signal("a", State.RESOLVED))
    assert len(opened(office)) == 1

    sends(office, signal("b", State.RESOLVED))

    assert opened(office) == []
    assert Kind.DECLINED in kinds(office, 1)


def test_an_accepted_one_goes_on_when_its_alerts_are_over(office: Office) -> None:
    sends(office, signal())
    office.perform(accept, 1, by="UIM")

    sends(office, signal(state=State.RESOLVED))

    assert [one.status for one in opened(office)] == [Status.INVESTIGATING]
    assert Kind.ALERT_ENDED in kinds(office, 1)


def test_what_comes_and_goes_stays_open(office: Office) -> None:
    for _ in range(DEFAULT.flaps):
        sends(office, signal())
        sends(office, signal(state=State.RESOLVED))

    assert len(opened(office)) == 1


@pytest.mark.parametrize(
    ("rule", "status", "paged"),
    [
        (Rule(then=Then.ACTIVE), Status.INVESTIGATING, True),
        (Rule(then=Then.TRIAGE, severity=Severity.S4), Status.TRIAGE, False),
    ],
)
def test_a_rule_says_what_it_is(office: Office, rule: Rule, status: Status, paged: bool) -> None:
    ruled(office, rule)

    sends(office, signal())

    (found,) = opened(office)
    assert found.status is status
    assert bool(pending(office, found)) is paged


def test_what_is_one_by_rule_makes_the_triage_of_its_group_one(office: Office) -> None:
    ruled(office, Rule(then=Then.ACTIVE, labels={"of": "site"}))
    sends(office, signal("disk", group="g"))

    sends(office, signal("site", group="g", labels={"of": "site"}))

    (found,) = opened(office)
    assert found.status is Status.INVESTIGATING
    assert pending(office, found)


def test_what_is_kept_pages_nobody_and_is_never_dropped(office: Office) -> None:
    ruled(office, Rule(then=Then.KEEP, labels={"env": "staging*"}))

    sends(
        office, signal(labels={"env": "staging-2"}), signal("info", severity=None), signal("try", test=True)
    )

    assert opened(office) == []
    assert [one.outcome for one in all_of(office)] == [
        "sent as a test",
        "kept, pages nobody",
        "kept, pages nobody",
    ]


def test_a_rule_may_only_note_that_it_is_over(office: Office) -> None:
    ruled(office, Rule(ended=Ended.NOTE))
    sends(office, signal())

    sends(office, signal(state=State.RESOLVED))

    assert len(opened(office)) == 1


def test_alerts_are_grouped_by_their_labels(office: Office) -> None:
    ruled(office, Rule(group_by=("cluster",)))

    sends(office, *(signal(str(one), labels={"cluster": "ab"[one % 2]}) for one in range(6)))

    assert len(opened(office)) == 2


def test_what_came_and_what_was_refused_is_counted_by_source(office: Office) -> None:
    sends(office, signal(), signal())
    office.perform(refuse, "prometheus", "no JSON")

    (found,) = office.read(alert_sources.all_of)

    assert (found.taken, found.refused, found.reason) == (2, 1, "no JSON")


def test_what_opened_nothing_is_forgotten_in_time(office: Office) -> None:
    sends(office, signal("kept"), signal("info", severity=None))
    sends(office, signal("info", State.RESOLVED))
    office.clock.advance(minutes=31 * 24 * 60)

    office.perform(alerts.prune, KEEP_ALERTS)

    assert [one.key for one in all_of(office)] == ["kept"]


def test_a_private_incident_keeps_its_alerts_to_its_people(office: Office) -> None:
    sends(office, signal())

    def hide(tx: Tx) -> None:
        tx.execute("UPDATE incidents SET private = 1")

    office.perform(hide)

    assert all_of(office) == []
