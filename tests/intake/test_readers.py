"""What monitoring sends, as its documentation shows it, and whatever else somebody may send."""

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.alerts.signals import LONGEST_KEY, LONGEST_TITLE, Signal, State, of_source
from bot.domain.incidents.incident import Severity
from bot.intake import READERS
from bot.intake.values import Unreadable
from tests.intake.payloads import EACH

Json = dict[str, Any]

FIRING: Json = {
    "status": "firing",
    "labels": {"alertname": "DiskFull", "instance": "db-1", "severity": "critical"},
    "annotations": {
        "summary": "Disk full on db-1",
        "description": "97 %",
        "runbook_url": "https://r.test/disk",
    },
    "startsAt": "2026-01-05T09:58:00.1Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "https://prom.test/graph?g0.expr=up",
    "fingerprint": "9b1c6f0c2d3e4f50",
}
GROUP: Json = {
    "version": "4",
    "groupKey": '{}/{team="db"}:{alertname="DiskFull"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "muster",
    "groupLabels": {"alertname": "DiskFull"},
    "commonLabels": {"team": "db"},
    "commonAnnotations": {},
    "externalURL": "https://am.test",
    "alerts": [FIRING, FIRING | {"status": "resolved", "fingerprint": "1111222233334444"}],
}
EVENT: Json = {
    "routing_key": "0" * 32,
    "event_action": "trigger",
    "dedup_key": "db-1/disk",
    "payload": {
        "summary": "Disk 97 % on db-1",
        "source": "db-1.acme",
        "severity": "critical",
        "timestamp": "2026-01-05T10:00:00.000+0000",
        "component": "postgres",
        "custom_details": {"free": "3 %"},
    },
    "links": [{"href": "https://g.test/1", "text": "Graph"}],
    "images": [{"src": "https://g.test/1.png"}],
    "client": "Monitor",
    "client_url": "https://monitor.test",
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=20,
)


def read(form: str, body: Any) -> list[Signal]:
    return READERS[form](body)


def test_a_group_of_alertmanager_holds_what_fires_and_what_is_over():
    firing, over = read("alertmanager", GROUP)

    assert (firing.key, firing.state, over.state) == ("9b1c6f0c2d3e4f50", State.FIRING, State.RESOLVED)
    assert (firing.title, firing.severity, firing.text) == ("Disk full on db-1", Severity.S1, "97 %")
    assert firing.labels["team"] == "db"
    assert firing.group == GROUP["groupKey"]
    assert [one.name for one in firing.links] == ["Runbook", "Query"]
    assert firing.since
    assert firing.since.isoformat() == "2026-01-05T09:58:00.100000+00:00"


def test_grafanas_test_is_known_as_one():
    body = GROUP | {"version": "1", "orgId": 1, "alerts": [FIRING | {"labels": {"alertname": "TestAlert"}}]}

    (signal,) = read("grafana", body)

    assert signal.test


def test_an_alert_without_a_fingerprint_is_known_by_its_labels():
    bare = {key: value for key, value in FIRING.items() if key != "fingerprint"}
    moved = bare | {"labels": {"severity": "critical", "instance": "db-1", "alertname": "DiskFull"}}

    (one,), (same,) = (read("alertmanager", {"alerts": [each]}) for each in (bare, moved))

    assert one.key == same.key != ""


def test_an_event_of_pagerduty_is_read_with_its_links():
    (signal,) = read("pagerduty", EVENT)

    assert (signal.key, signal.title, signal.severity) == ("db-1/disk", "Disk 97 % on db-1", Severity.S1)
    assert signal.labels["component"] == "postgres"
    assert signal.labels["free"] == "3 %"
    assert [one.name for one in signal.links] == ["Graph", "Monitor"]
    assert signal.image == "https://g.test/1.png"


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_an_event_that_names_no_alert_cannot_end_one(action: str):
    with pytest.raises(Unreadable, match="dedup_key"):
        read("pagerduty", {"event_action": action})


@pytest.mark.parametrize("event", [{"event_action": "trigger", "payload": {}}, {"event_action": "fire"}, {}])
def test_an_event_without_a_summary_or_an_action_is_looked_at_all_the_same(event: dict[str, Any]):
    (signal,) = read("pagerduty", {"dedup_key": "x", **event})

    assert not signal.readable
    assert signal.severity is Severity.S2


def test_an_action_that_is_none_is_taken_for_a_trigger():
    (signal,) = read("pagerduty", {"event_action": "fire", "payload": {"summary": "Disk full"}})

    assert (signal.title, signal.state) == ("Disk full", State.FIRING)


@pytest.mark.parametrize(
    ("word", "severity"),
    [("critical", "S1"), ("Page", "S2"), ("error", "S3"), ("warning", "S4"), ("odd", "S1"), (None, "S1")],
)
def test_the_word_of_a_source_is_a_severity(word: str | None, severity: str):
    (signal,) = read("alertmanager", {"alerts": [FIRING | {"labels": {"severity": word}}]})

    assert signal.severity == severity


def test_what_only_informs_has_no_severity():
    (signal,) = read("alertmanager", {"alerts": [FIRING | {"labels": {"severity": "info"}}]})

    assert signal.severity is None


@pytest.mark.parametrize(
    "where", ["javascript:alert(1)", "https://a.test/<b>", "ftp://a.test", "https://a|b"]
)
def test_only_addresses_that_a_browser_opens_are_links(where: str):
    (signal,) = read("alertmanager", {"alerts": [FIRING | {"generatorURL": where}]})

    assert where not in [one.url for one in signal.links]


def check(form: str, body: Any) -> None:
    """See that a body is read or refused, and that what is read can be kept."""
    try:
        found = read(form, body)
    except Unreadable:
        return
    for one in found:
        assert len(one.key) <= LONGEST_KEY
        assert len(one.title) <= LONGEST_TITLE
        assert one.title or one.state is not State.FIRING
        json.dumps([dict(one.labels), one.text, one.group]).encode()


ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "\x00",
    "\ud800",
    "x" * 3000,
    "{",
    [],
    {},
    [[]],
    [{}],
    ["a", None],
)
ODD += ({"": ""}, {"id": {}}, [None], {"a": [1, {"b": 2}]}, "2026-01-05T10:00:00Z", "[Warn on", 10**400, " ")
BODIES: dict[str, Any] = {"alertmanager": GROUP, "grafana": GROUP, "pagerduty": EVENT, **EACH}
AT_ONCE = 100


def odd(dice: Random) -> Any:
    return copy.deepcopy(dice.choice(ODD))


def misshapen(dice: Random, body: Any) -> Any:
    """Return a body in which some places, however deep, hold something else."""
    found = json.loads(json.dumps(body))
    for _ in range(dice.randint(1, 3)):
        where: Any = found
        while True:
            key = dice.choice(list(where) if isinstance(where, dict) else range(len(where)))
            if not (isinstance(where[key], (dict, list)) and where[key] and dice.random() < 0.7):
                break
            where = where[key]
        where[key] = odd(dice)
    return odd(dice) if dice.random() < 0.01 else found


def check_many(form: str, seed: int) -> None:
    dice = Random(seed)
    for _ in range(AT_ONCE):
        check(form, misshapen(dice, BODIES[form]))


@pytest.mark.parametrize("form", READERS)
@given(body=ANYTHING)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(body={"host": ["x" * 300, chr(0xD800)]})  # half a character, in what stands for a name
def test_any_json_is_read_or_refused(form: str, body: Any):
    check(form, body)


@pytest.mark.parametrize("form", READERS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=3, deadline=None)
def test_a_body_that_is_wrong_in_places_is_read_or_refused(form: str, seed: int):
    check_many(form, seed)


@pytest.mark.proof
@pytest.mark.parametrize("form", READERS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_none_of_ten_thousand_bodies_is_lost(form: str, seed: int):
    check_many(form, seed)


def test_an_alert_that_nobody_can_read_is_named_by_its_source():
    read_so = of_source(read("pagerduty", {"event_action": "trigger", "dedup_key": "x", "payload": {}}), "ci")

    assert [(one.title, one.key) for one in read_so] == [("Unreadable alert from ci", "x")]
