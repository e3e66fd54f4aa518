"""Change events: PagerDuty's, GitLab's webhook of deployments, and a body with a summary."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.alerts.changes import ChangeEvent
from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink
from bot.intake.values import Unreadable, instant, labels, line, mapping, objects, url

DEPLOYMENT, FLAG = "deployment", "feature_flag"
"""What GitLab calls its webhooks of what changed."""


def of_gitlab(body: Any) -> str:
    """Return which of GitLab's webhooks of changes a body is of; nothing if of none."""
    kind = line(mapping(body).get("object_kind"))
    return kind if kind in {DEPLOYMENT, FLAG} else ""


def read(body: Any) -> ChangeEvent:
    """Return what changed. Raise Unreadable where nothing says so."""
    if kind := of_gitlab(body):
        return (_deployment if kind == DEPLOYMENT else _flag)(mapping(body))
    payload = mapping(mapping(body).get("payload")) or mapping(body)
    summary = line(payload.get("summary"), LONGEST_TITLE)
    if not summary:
        raise Unreadable("'payload.summary' is missing or blank")
    linked = [(one.get("text") or one.get("href"), one.get("href")) for one in objects(body.get("links"))]
    return ChangeEvent(
        summary,
        line(payload.get("source"), 200),
        labels(payload.get("custom_details"), payload.get("labels")),
        _links(linked),
        instant(payload.get("timestamp")),
    )


def _deployment(told: Mapping[str, Any]) -> ChangeEvent:
    project, by = mapping(told.get("project")), mapping(told.get("user"))
    where, title = line(told.get("environment"), 200), line(told.get("commit_title"), 200)
    name = line(project.get("path_with_namespace") or project.get("name"), 200)
    status = line(told.get("status"), 50) or "changed"
    summary = f"Deployment of {name or 'a project'} to {where or 'an environment'}: {status}"
    about = {
        "ref": told.get("ref"),
        "commit": told.get("short_sha"),
        "by": by.get("username") or by.get("name"),
        "tier": told.get("environment_tier"),
        "status": status,
    }
    linked = [("Job", told.get("deployable_url")), ("Commit", told.get("commit_url"))]
    return ChangeEvent(
        f"{summary} ({title})" if title else summary,
        where,
        labels(about),
        _links(linked),
        _instant(line(told.get("status_changed_at"))),
    )


def _flag(told: Mapping[str, Any]) -> ChangeEvent:
    flag, project, by = (mapping(told.get(one)) for one in ("object_attributes", "project", "user"))
    name = line(flag.get("name"), 200) or "a feature flag"
    where = line(project.get("path_with_namespace") or project.get("name"), 200)
    active = flag.get("active")
    turned = ("switched on" if active else "switched off") if isinstance(active, bool) else "changed"
    about = {"by": by.get("username") or by.get("name"), "description": flag.get("description")}
    place = url(project.get("web_url"))
    linked = [("Feature flags", f"{place}/-/feature_flags" if place else "")]
    return ChangeEvent(f"Feature flag {name} {turned}", where, labels(about), _links(linked))


def _instant(said: str) -> datetime | None:
    """Return a time as GitLab writes it, with a space before the zone."""
    for written, read_as in ((" +", "+"), (" -", "-"), (" UTC", "Z")):
        said = said.replace(written, read_as)
    return instant(said)


def _links(linked: list[tuple[Any, Any]]) -> tuple[AlertLink, ...]:
    return tuple(AlertLink(line(name, 100), url(where)) for name, where in linked[:10] if url(where))
