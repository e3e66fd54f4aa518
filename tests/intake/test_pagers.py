"""What a pager tells is read whatever it is, and only of alerts that are ours."""

from typing import Any

import pytest

from bot.domain.paging.pagers import PagerState
from bot.intake.pagers import told_by_opsgenie, told_by_pagerduty

KEY = "muster/INC-7/page-31"
ANA = {"id": "PANA", "type": "user_reference", "summary": "Ana \ud800<!channel>\n\0x"}


def event(kind: Any = "incident.acknowledged", key: Any = KEY, agent: Any = ANA, number: Any = "01E") -> Any:
    data = {"incident_key": key, "status": "triggered"}
    return {"event": {"id": number, "event_type": kind, "agent": agent, "data": data}}


def test_who_did_what_to_which_alert_is_read() -> None:
    found = told_by_pagerduty(event())
    assert found
    said, touch = found
    assert (said, touch.key, touch.did) == ("01E", KEY, PagerState.ACKNOWLEDGED)
    assert (touch.user, touch.name, touch.person) == ("PANA", "Ana !channel x", "")

    machine = told_by_pagerduty(event("incident.resolved", agent={"id": "S1", "type": "service_reference"}))
    assert machine
    assert (machine[1].did, machine[1].user, machine[1].name) == (PagerState.RESOLVED, "", "")

    body = {"action": "Close", "alert": {"alias": "muster/page-3", "username": "ana@example.com"}}
    closed = told_by_opsgenie(body)
    assert closed
    assert (closed.did, closed.person) == (PagerState.RESOLVED, "ana@example.com")
    automatic = told_by_opsgenie({**body, "alert": {"alias": "muster/page-3", "username": "Alert API"}})
    assert automatic
    assert (automatic.user, automatic.person) == ("", "")


@pytest.mark.parametrize(
    "body",
    [
        *(None, [], "x", 7, {}, {"event": []}, {"event": {"event_type": ["x"]}}, {"alert": []}),
        *(event("incident.triggered"), event("pagey.ping"), event(None), event(key="db-1/disk")),
        *(event(key=None), event(key=f"{KEY}\n"), event(number=None), event(key="muster/page-" + "9" * 40)),
        {"action": "Acknowledge", "alert": {"alias": "other"}},
        {"action": ["Acknowledge"], "alert": {"alias": KEY}},
        {"action": "AddNote", "alert": {"alias": KEY}},
    ],
)
def test_what_is_none_of_ours_is_left_alone(body: Any) -> None:
    assert told_by_pagerduty(body) is None
    assert told_by_opsgenie(body) is None


@pytest.mark.parametrize("agent", [None, [], "x", {"id": 7, "type": None, "summary": {}}])
def test_an_account_may_be_anything(agent: Any) -> None:
    found = told_by_pagerduty(event(agent=agent))
    assert found
    assert (found[1].user, found[1].name) == ("", "")
