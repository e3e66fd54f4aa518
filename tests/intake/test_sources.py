"""What each source sends, as its documentation shows it, becomes one normal form."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.domain.alerts.routing import Source
from bot.domain.alerts.signals import Signal
from bot.intake import READERS, bodies, parsed
from bot.intake.values import Unreadable
from tests.intake import payloads as sent
from tests.intake.payloads import sns


def read(form: str, body: Any) -> list[Signal]:
    return READERS[form](body)


EXPECTED = (
    ("gitlab", sent.GITLAB, "d19381d4e8ebca87b55cda6e8eee7385", "Incident title", "firing", "S2"),
    (
        "gitlab",
        sent.GITLAB | {"end_time": "2019-09-12T07:00:00Z"},
        "d19381d4e8ebca87b55cda6e8eee7385",
        "",
        "resolved",
        "",
    ),
    ("gitlab", {"title": "Bare"}, None, "Bare", "firing", "S1"),
    (
        "sentry",
        sent.SENTRY_ISSUE_ALERT,
        "issue:1170820242",
        "ReferenceError: heck is not defined",
        "firing",
        "S3",
    ),
    ("sentry", sent.SENTRY_RESOLVED, "issue:1170820242", "", "resolved", ""),
    ("sentry", sent.SENTRY_METRIC, "metric:4", "Critical: Too many errors", "firing", "S1"),
    ("sentry", sent.SENTRY_METRIC | {"action": "resolved"}, "metric:4", "", "resolved", ""),
    ("datadog", sent.DATADOG, "1234567890", "[Triggered on {host:web-1}] CPU is high", "firing", "S2"),
    ("datadog", sent.DATADOG | {"transition": "Recovered"}, "1234567890", "", "resolved", ""),
    ("datadog", sent.DATADOG | {"transition": "Warn", "priority": ""}, "1234567890", "", "firing", "S4"),
    ("datadog", sent.DATADOG_AS_IT_STARTS, "CPU is high/{host:web-1}", "", "firing", "S3"),
    ("sns", sent.ALARM, sent.CLOUDWATCH["AlarmArn"], "Example alarm description.", "firing", "S1"),
    (
        "sns",
        sns(json.dumps(sent.CLOUDWATCH | {"NewStateValue": "OK"})),
        sent.CLOUDWATCH["AlarmArn"],
        "",
        "resolved",
        "",
    ),
    (
        "sns",
        sns(json.dumps(sent.CLOUDWATCH | {"NewStateValue": "INSUFFICIENT_DATA"})),
        sent.CLOUDWATCH["AlarmArn"],
        "",
        "firing",
        None,
    ),
    ("sns", sns("Hello world!"), "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "My First Message", "firing", "S1"),
    (
        "healthchecks",
        sent.HEALTHCHECKS,
        "f618072a-7bde-4eee-af63-71a77c5723bc",
        "Nightly backup is down",
        "firing",
        "S2",
    ),
    (
        "healthchecks",
        sent.HEALTHCHECKS | {"status": "up"},
        "f618072a-7bde-4eee-af63-71a77c5723bc",
        "",
        "resolved",
        "",
    ),
    ("uptime-kuma", sent.UPTIME_KUMA, "monitor:7", "Shop is down", "firing", "S1"),
    ("uptime-kuma", sent.UPTIME_KUMA | {"heartbeat": {"status": 1}}, "monitor:7", "", "resolved", ""),
    ("uptime-kuma", sent.UPTIME_KUMA_CERTIFICATE, None, sent.UPTIME_KUMA_CERTIFICATE["msg"], "firing", "S4"),
    ("zabbix", sent.ZABBIX, "1071", "Free disk space is less than 20% on volume /", "firing", "S2"),
    ("zabbix", sent.ZABBIX | {"value": "0"}, "1071", "", "resolved", ""),
    ("zabbix", sent.ZABBIX | {"update": "1", "acknowledged": "Yes"}, "1071", "", "acknowledged", ""),
    ("zabbix", sent.ZABBIX | {"severity": "1"}, "1071", "", "firing", None),
    ("nagios", sent.NAGIOS, "db-1/Disk", "Disk on db-1 is CRITICAL", "firing", "S1"),
    ("nagios", sent.NAGIOS | {"type": "RECOVERY", "state": "OK"}, "db-1/Disk", "", "resolved", ""),
    ("nagios", sent.NAGIOS | {"type": "ACKNOWLEDGEMENT"}, "db-1/Disk", "", "acknowledged", ""),
    ("nagios", {"type": "PROBLEM", "host": "db-1", "state": "DOWN"}, "db-1/", "db-1 is DOWN", "firing", "S1"),
    ("nagios", sent.NAGIOS | {"state": "WARNING"}, "db-1/Disk", "", "firing", "S4"),
    ("opsgenie", sent.OPSGENIE, "Life is too short for no alias", "An example alert message", "firing", "S1"),
    ("opsgenie", {"message": "Bare"}, "", "Bare", "firing", "S3"),
    ("opsgenie", {"message": "Low", "priority": "P5"}, "", "Low", "firing", None),
)
"""Format, body, key, title, state, severity; an empty one is not looked at, as is no key."""


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case[0])
def test_a_documented_payload_is_read(case: tuple[str, Any, str | None, str, str, str | None]):
    form, body, key, title, state, severity = case

    (signal,) = read(form, body)

    assert key is None or signal.key == key
    assert not title or signal.title == title
    assert signal.state == state
    assert severity in {"", signal.severity}


LABELS = {
    "gitlab": ("hosts", "10.0.0.1, 10.0.0.2"),
    "sentry": ("rule", "Very Important Alert Rule!"),
    "datadog": ("env", "prod"),
    "sns": ("host", "db-1"),
    "healthchecks": ("exit status", "1"),
    "uptime-kuma": ("team", "web"),
    "zabbix": ("scope", "capacity"),
    "nagios": ("groups", "databases"),
    "opsgenie": ("key1", "value1"),
}


@pytest.mark.parametrize(("form", "label"), LABELS.items())
def test_rules_can_match_by_labels(form: str, label: tuple[str, str]):
    (signal,) = read(form, sent.EACH[form])

    assert label in signal.labels.items()


@pytest.mark.parametrize("form", ["sentry", "datadog", "sns", "uptime-kuma", "zabbix"])
def test_who_looks_finds_the_way_to_its_source(form: str):
    (signal,) = read(form, sent.EACH[form])

    assert signal.links[0].url.startswith("https://")


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("sentry", sent.SENTRY_INSTALLED),
        ("sns", sns("", "UnsubscribeConfirmation")),
        ("uptime-kuma", sent.UPTIME_KUMA | {"heartbeat": {"status": 3}}),
        ("uptime-kuma", sent.UPTIME_KUMA | {"heartbeat": {"status": 2}}),
        ("nagios", sent.NAGIOS | {"type": "DOWNTIMESTART"}),
    ],
)
def test_what_is_no_alert_pages_nobody(form: str, body: Any):
    assert read(form, body) == []


@pytest.mark.parametrize("form", [*sent.EACH, "alertmanager"])
def test_what_holds_no_alert_is_said_to_be_unreadable(form: str):
    with pytest.raises(Unreadable):
        read(form, {"what": "is this"})


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("uptime-kuma", sent.UPTIME_KUMA_TEST),
        ("zabbix", sent.ZABBIX | {"event_id": "{EVENT.ID}"}),
        ("datadog", sent.DATADOG | {"title": "[TEST] [Triggered] CPU"}),
    ],
)
def test_a_test_is_known_as_one(form: str, body: Any):
    (signal,) = read(form, body)

    assert signal.test


def test_sentrys_stack_traces_are_not_kept():
    (signal,) = read("sentry", sent.SENTRY_ISSUE_ALERT)

    assert "own data" not in repr(signal)


def test_two_certificates_are_two_alerts_and_one_is_the_same_each_day():
    told = sent.UPTIME_KUMA_CERTIFICATE["msg"]

    keys = {
        said: read("uptime-kuma", {"msg": said})[0].key
        for said in (told, told.replace("7 days", "6 days"), told.replace("Shop", "Blog"))
    }

    assert len(set(keys.values())) == 2


FORM = urlencode(sent.NAGIOS).encode()
PARTS = (
    '--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n'
    + json.dumps(sent.UPTIME_KUMA)
    + "\r\n--x--\r\n"
).encode()


@pytest.mark.parametrize(
    ("raw", "kind", "found"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b'{"a": 1}', "text/plain; charset=UTF-8", {"a": 1}),
        ('{"a": "Zürich"}'.encode("latin-1"), "application/json", {"a": "Zürich"}),
        (b'{"a": "b=c"}', "application/x-www-form-urlencoded", {"a": "b=c"}),
        (FORM, "application/x-www-form-urlencoded", sent.NAGIOS),
        (b"payload=%7B%22a%22%3A1%7D", "application/x-www-form-urlencoded", {"a": 1}),
        (PARTS, "multipart/form-data; boundary=x", sent.UPTIME_KUMA),
    ],
)
def test_a_body_is_read_however_it_is_sent(raw: bytes, kind: str, found: Any):
    assert bodies.parsed(raw, kind) == found


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", ""),
        (b"{", ""),
        (b'{"a=', ""),
        (b"[" * 100_000, ""),
        (b"\xff=\xff", ""),
        (b"payload=[" + b"%5B" * 50_000, ""),
        (b"x", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"&".join(b"a=1" for _ in range(1000)), ""),
    ],
)
def test_what_is_no_body_is_refused(raw: bytes, kind: str):
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever reads it
        bodies.parsed(raw, kind)


def test_a_quote_in_a_message_of_datadog_hides_no_alert():
    source = Source("dd", "datadog", "")
    raw = (
        b'{"key":"42","transition":"Triggered","title":"CPU is high","priority":"P1","body":"it says "90 %""}'
    )

    (signal,) = read("datadog", parsed(source, raw))

    assert (signal.key, signal.title, signal.severity) == ("42", "CPU is high", "S1")
