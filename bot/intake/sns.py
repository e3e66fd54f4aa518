"""Amazon SNS: CloudWatch's alarms, and whatever else a topic says. `sns_signed` looks at the signature."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State, grade
from bot.intake.values import Unreadable, instant, key_of, labels, line, mapping, objects, text

NOTIFICATION = "Notification"
CONFIRM, ENDED = "SubscriptionConfirmation", "UnsubscribeConfirmation"
_STATES = {"OK": State.RESOLVED}
_NOT_ENOUGH = "INSUFFICIENT_DATA"


def read(body: Any) -> list[Signal]:
    """Return the signal of a notification. Raise Unreadable where there is no message."""
    told = mapping(body)
    if line(told.get("Type")) in {CONFIRM, ENDED}:
        return []
    if "Message" not in told:
        raise Unreadable("'Message' is missing")
    alarm = _json(told["Message"])
    return [_alarm(alarm) if alarm.get("AlarmName") else _plain(told)]


def _json(raw: object) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(raw)) if isinstance(raw, str) else mapping(raw)
    except (ValueError, RecursionError):
        return {}


def _alarm(alarm: Mapping[str, Any]) -> Signal:
    """Return the signal of an alarm of CloudWatch. One without enough data is kept, and pages nobody."""
    name, arn = line(alarm.get("AlarmName"), LONGEST_TITLE), line(alarm.get("AlarmArn"), 2000)
    state, trigger = line(alarm.get("NewStateValue")), mapping(alarm.get("Trigger"))
    region = arn.split(":")[3] if arn.count(":") > 4 else ""
    about = {
        "alarm": name,
        "account": alarm.get("AWSAccountId"),
        "region": region or alarm.get("Region"),
        "namespace": trigger.get("Namespace"),
        "metric": trigger.get("MetricName"),
    }
    dimensions = {line(one.get("name")): one.get("value") for one in objects(trigger.get("Dimensions"))}
    return Signal(
        key=key_of(arn or name),
        title=line(alarm.get("AlarmDescription"), 200) or name,
        state=_STATES.get(state, State.FIRING),
        severity=None if state == _NOT_ENOUGH else grade(""),
        text=text(alarm.get("NewStateReason")),
        labels=labels(about, dimensions),
        links=(AlertLink("CloudWatch", _console(region, name)),) if region else (),
        since=instant(alarm.get("StateChangeTime")),
    )


def _console(region: str, name: str) -> str:
    place = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
    return f"{place}#alarmsV2:alarm/{quote(name, safe='')}"


def _plain(told: Mapping[str, Any]) -> Signal:
    topic = line(told.get("TopicArn"), 2000)
    said = text(told["Message"])
    title = line(told.get("Subject"), LONGEST_TITLE) or line(said, 200) or "A message without a subject"
    return Signal(
        key=key_of(line(told.get("MessageId"))),
        title=title,
        state=State.FIRING,
        severity=grade(""),
        text=said,
        labels=labels({"topic": topic.rpartition(":")[2]}),
        since=instant(told.get("Timestamp")),
    )
