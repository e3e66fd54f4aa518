"""What happens when it fails to decide about one of many alerts: the others go on, and it is called for."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.routing import Rule, Then
from bot.domain.alerts.signals import State
from bot.domain.alerts.undecided import LOST
from bot.domain.incidents.incident import Severity, Status
from bot.operations.alerts import routing
from bot.operations.alerts.intake import take
from scheduler.ticks import Ticks
from storage import alerts
from storage.alerts import Taken
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import pending
from tests.operations.test_alerts import all_of, opened, ruled, signal

BAD = "bad"


def sends(office: Office, *keys: str, **changes: Any) -> None:
    office.perform(take, [[Taken("prometheus", signal(one, **changes), "{}") for one in keys]])


def passes(office: Office, ticks: int = 8) -> None:
    """Let two seconds pass: less than what is set aside waits for."""
    for _ in range(ticks):
        asyncio.run(Ticks(office.uow).tick())


def breaking(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Have this part of a decision fail for one alert."""
    real: Callable[..., Any] = getattr(routing, name)

    def fails(tx: Tx, alert: Alert, *args: Any) -> Any:
        if alert.key == BAD:
            raise ZeroDivisionError
        return real(tx, alert, *args)

    monkeypatch.setattr(routing, name, fails)


@pytest.fixture(autouse=True)
def loud(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    return caplog


def test_one_that_fails_stops_no_other_and_opens_an_incident_of_its_own(
    office: Office, monkeypatch: pytest.MonkeyPatch, loud: pytest.LogCaptureFixture
) -> None:
    breaking(monkeypatch, "_open_for")

    sends(office, "disk", BAD, "site")
    passes(office)

    assert sorted(one.name for one in opened(office)) == ["bad is full", "disk is full", "site is full"]
    assert {one.outcome for one in all_of(office)} == {f"opened INC-{one.id}" for one in opened(office)}
    assert "ZeroDivisionError" in loud.text


def test_what_nothing_can_be_made_of_is_said_and_stops_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, "_open_for")
    breaking(monkeypatch, "_opened")

    sends(office, BAD, "disk")
    passes(office)

    assert [one.name for one in opened(office)] == ["disk is full"]
    assert {one.key: one.outcome for one in all_of(office)}[BAD] == LOST


def test_alerts_that_come_meanwhile_do_not_begin_it_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, "_open_for")

    for number in range(8):
        sends(office, BAD, f"disk {number}")
        passes(office, 1)
    passes(office)

    assert len(opened(office)) == 9


def test_what_ends_meanwhile_is_over(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking(monkeypatch, "_open_for")
    sends(office, BAD)
    passes(office, 1)

    sends(office, BAD, state=State.RESOLVED)
    passes(office)

    assert opened(office) == []
    assert not office.read(alerts.waiting, "prometheus", 10)


def test_what_is_one_by_rule_opens_its_own_beside_a_private_triage(office: Office) -> None:
    sends(office, "disk", group="g")
    passes(office)

    def hide(tx: Tx) -> None:
        tx.execute("UPDATE incidents SET private = 1")

    office.perform(hide)
    ruled(office, Rule(then=Then.ACTIVE, severity=Severity.S2))

    sends(office, "site", group="g")
    sends(office, "other", group="h")
    passes(office)

    active = [one for one in opened(office) if one.status is Status.INVESTIGATING]
    assert sorted(one.name for one in active) == ["other is full", "site is full"]
    assert all(pending(office, one) for one in active)
