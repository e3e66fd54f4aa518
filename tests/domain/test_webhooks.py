"""What webhooks tell, and when they are tried again."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from bot.domain import facts
from bot.domain.facts import Fact, OfIncident, StatusChanged
from bot.domain.retries import GIVE_UP_AFTER
from bot.domain.webhook_events import EVENTS, INTERNAL, TYPES, event_of, heard, wants
from bot.domain.webhooks import DISABLED_AFTER, WAITS, Standing, failed, wait
from tests.fakes import FakeClock

BASES = {Fact, OfIncident, facts.Call, facts.OfMaintenance}
ALL = {
    one
    for one in vars(facts).values()
    if isinstance(one, type) and issubclass(one, Fact) and one not in BASES
}


def test_every_fact_is_told_or_is_of_no_use_outside() -> None:
    assert {*EVENTS} | INTERNAL == ALL
    assert not {*EVENTS} & INTERNAL


@pytest.mark.parametrize(("fact", "event"), EVENTS.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_told_of_a_fact_is_in_it(fact: type[Fact], event) -> None:
    names = {one.name for one in fields(fact)}

    assert {*event.fields, *event.people, *event.incidents} <= names
    assert "text" in names or not event.text
    assert not event.tells or event.tells in names


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"after": "Fixing"}, "incident.status_changed"),
        ({"after": "Resolved"}, "incident.resolved"),
        ({"after": "Closed"}, "incident.closed"),
        ({"after": "Cancelled"}, "incident.cancelled"),
        ({"after": "Merged", "into": 2}, "incident.merged"),
        ({"after": "Investigating", "back": True}, "incident.reopened"),
        ({"after": "Resolved", "back": False}, "incident.reopened"),
    ],
)
def test_a_status_is_told_by_what_it_became(change: dict[str, Any], kind: str) -> None:
    fact = StatusChanged(incident=1, before="Monitoring", **change)

    assert event_of(fact).type == kind
    assert kind in TYPES
    assert StatusChanged in heard([kind])


def test_patterns_choose_types() -> None:
    assert heard(["page.*"]) == {one for one, event in EVENTS.items() if event.type.startswith("page.")}
    assert heard(["*"]) == {*EVENTS}
    assert wants(["update.posted", "page.*"], "page.raised")
    assert not wants(["update.posted", "page.*"], "incident.declared")


def test_a_failure_is_tried_again_for_a_day() -> None:
    age, tries = timedelta(), 0
    while age <= GIVE_UP_AFTER:
        tries += 1
        age += wait(tries, 7, age)
    assert tries == len(WAITS) + 1
    assert age - GIVE_UP_AFTER <= timedelta(seconds=1)
    assert wait(1, 7, timedelta()) < timedelta(seconds=6)


def test_a_long_failure_disables_and_one_that_is_gone_at_once(clock: FakeClock) -> None:
    now, new = clock.now(), Standing("ops", "a")
    one = failed(new, now, "answered 500")
    assert (one.failing_from, one.disabled_at) == (now, None)
    again = failed(one, now + DISABLED_AFTER - timedelta(seconds=1), "answered 500")
    assert (again.failing_from, again.disabled_at) == (now, None)
    assert failed(again, now + DISABLED_AFTER, "answered 502").disabled_at == now + DISABLED_AFTER
    assert failed(new, now, "answered 410", gone=True).disabled_at == now
