"""Sentry's webhooks: of an integration (issue alerts, metric alerts, issues), and of the older plugin.

Its bodies hold stack traces and personal data: title, culprit, level and address are kept of them.
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State, grade
from bot.intake.values import Unreadable, instant, key_of, labels, line, mapping, text, url

_ENDS = {"resolved": State.RESOLVED, "archived": State.ACKNOWLEDGED, "ignored": State.ACKNOWLEDGED}
"""What is said of an issue that changes its alert: who archives one has seen it."""
_OTHER = ("installation", "comment", "error", "issue", "seer")
"""What Sentry tells beside alerts, if an integration asks for it."""


def read(body: Any) -> list[Signal]:
    """Return the signal of a webhook, or none for what is no alert. Raise Unreadable for anything else."""
    told = mapping(body)
    data = mapping(told.get("data"))
    action = line(told.get("action")).lower()
    if isinstance(data.get("event"), dict):
        return [_of_event(mapping(data["event"]), line(data.get("triggered_rule")))]
    if isinstance(data.get("metric_alert"), dict):
        return [_of_metric(data, action)]
    issue = mapping(data.get("issue"))
    if issue.get("id") and action in _ENDS:
        return [_of_issue(issue, _ENDS[action])]
    if any(one in data or one in told for one in _OTHER):
        return []
    if told.get("id") and (told.get("project") or told.get("project_slug")):
        return [_of_plugin(told)]
    raise Unreadable("neither an issue alert nor a metric alert of Sentry")


def _of_event(event: Mapping[str, Any], rule: str) -> Signal:
    issue = line(event.get("issue_id") or event.get("groupID"))
    place = url(event.get("web_url")) or url(event.get("issue_url"))
    where = {"project": event.get("project_name") or event.get("project"), "rule": rule}
    return _signal(issue, event, place, where)


def _of_plugin(told: Mapping[str, Any]) -> Signal:
    rules = told.get("triggering_rules")
    rule = ", ".join(map(line, rules)) if isinstance(rules, list) else ""
    where = {"project": told.get("project_slug") or told.get("project"), "rule": rule}
    event = {**told, "title": mapping(told.get("event")).get("title") or told.get("message")}
    return _signal(line(told["id"]), event, url(told.get("url")), where)


def _signal(issue: str, event: Mapping[str, Any], place: str, where: Mapping[str, Any]) -> Signal:
    about = {"level": event.get("level"), "environment": event.get("environment"), **where}
    return Signal(
        key=key_of(f"issue:{issue}") if issue else "",
        title=line(event.get("title"), LONGEST_TITLE) or "An error without a title",
        state=State.FIRING,
        severity=grade(event.get("level")),
        text=text(event.get("culprit")),
        labels=labels(about),
        links=(AlertLink("Sentry", place),) if place else (),
        since=instant(event.get("datetime")),
    )


def _of_metric(data: Mapping[str, Any], action: str) -> Signal:
    alert = mapping(data["metric_alert"])
    rule, place = mapping(alert.get("alert_rule")), url(data.get("web_url"))
    named = line(data.get("description_title"), LONGEST_TITLE) or line(rule.get("name"), LONGEST_TITLE)
    projects = alert.get("projects")
    about = {
        "rule": rule.get("name"),
        "project": ", ".join(map(line, projects)) if isinstance(projects, list) else None,
        "environment": rule.get("environment"),
    }
    return Signal(
        key=key_of(f"metric:{line(alert.get('id'))}") if alert.get("id") else "",
        title=named or "A metric alert without a title",
        state=State.RESOLVED if action == "resolved" else State.FIRING,
        severity=grade(action),
        text=text(data.get("description_text")),
        labels=labels(about),
        links=(AlertLink("Sentry", place),) if place else (),
        since=instant(alert.get("date_started")),
    )


def _of_issue(issue: Mapping[str, Any], state: State) -> Signal:
    return Signal(key_of(f"issue:{line(issue['id'])}"), line(issue.get("title"), LONGEST_TITLE), state, None)
