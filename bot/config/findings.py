"""Turns what pydantic found into sentences that name the value, what was expected and the cure."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.config.alert_rules import OfficeHoursEntry, RuleEntry
from bot.config.alerts import AlertsEntry, HeartbeatEntry, MapEntry, SourceEntry
from bot.config.calls import CallsEntry
from bot.config.document import Document
from bot.config.fields import FieldEntry
from bot.config.follow_ups import LABEL, LABELS, DueEntry, FollowUpsEntry
from bot.config.insights import InsightsEntry
from bot.config.names import Place, did_you_mean
from bot.config.pagers import OpsgenieEntry, PagerdutyEntry
from bot.config.problems import Problem
from bot.config.reviews import ReviewsEntry, TaskEntry
from bot.config.roles import RoleEntry, RoleLinkEntry
from bot.config.schedules import ONLY, TURN, CalendarEntry, LayerEntry, ScheduleEntry
from bot.config.schema import (
    ADDRESS,
    CONTACT_METHOD_URL,
    LISTED,
    NOTICE,
    SCHEDULED,
    ArchiveEntry,
    CommunicationEntry,
    File,
    GuestsEntry,
    LevelEntry,
    Limits,
    MaintenanceEntry,
    NudgesEntry,
    OnlyEntry,
    RulesEntry,
    SilenceEntry,
    TeamEntry,
    TypeEntry,
)
from bot.config.statuspage import AtlassianEntry, ComponentEntry, StatusIoEntry, StatuspageEntry
from bot.config.trackers import GithubEntry, GitlabEntry, GitlabReviewsEntry, JiraEntry
from bot.config.webhooks import WebhookEntry

GITLAB_REVIEWS = "gitlab.reviews"
_MODELS: dict[str, type[BaseModel]] = {
    "teams": TeamEntry,
    "types": TypeEntry,
    "fields": FieldEntry,
    "roles": RoleEntry,
    "schedules": ScheduleEntry,
    "notification_rules": RulesEntry,
    "webhooks": WebhookEntry,
}

_WITHIN: dict[str, type[BaseModel]] = {
    "path": LevelEntry,
    "layers": LayerEntry,
    "calendar": CalendarEntry,
    "links": RoleLinkEntry,
}

_UNWRITTEN = {"[key]", LISTED, SCHEDULED}
"""Steps of pydantic's places that stand for no key of the file."""

_SECTIONS: dict[str, type[BaseModel]] = {
    "limits": Limits,
    "guests": GuestsEntry,
    "silence": SilenceEntry,
    "maintenance": MaintenanceEntry,
    "nudges": NudgesEntry,
    "follow_ups": FollowUpsEntry,
    "insights": InsightsEntry,
    "archive": ArchiveEntry,
    "communication": CommunicationEntry,
    "gitlab": GitlabEntry,
    GITLAB_REVIEWS: GitlabReviewsEntry,
    "github": GithubEntry,
    "calls": CallsEntry,
    "jira": JiraEntry,
    "pagerduty": PagerdutyEntry,
    "opsgenie": OpsgenieEntry,
    "statuspage": StatuspageEntry,
    "alerts": AlertsEntry,
    "reviews": ReviewsEntry,
}

_INSIDE: dict[tuple[str, str], type[BaseModel]] = {
    ("reviews", "tasks"): TaskEntry,
    ("follow_ups", "due"): DueEntry,
}
"""What stands one step further down in a section."""

_OF_STATUSPAGE: dict[str, type[BaseModel]] = {"status_io": StatusIoEntry, "atlassian": AtlassianEntry}

_OF_ALERTS: dict[str, type[BaseModel]] = {
    "sources": SourceEntry,
    "heartbeats": HeartbeatEntry,
    "rules": RuleEntry,
}

_ITEMS = {
    "notify": NOTICE,
    "loud": NOTICE,
    "quiet": NOTICE,
    "path": "a level, such as {page: dotcom EOC, timeout: 15m}",
    "links": 'a link, such as {name: Checklist, url: "https://runbooks.example.com/eoc"}',
    "duties": "a text, in quotes if it has a colon",
    "layers": "a layer, which is a mapping with rotation, handover, start and people",
    "people": TURN,
    "only": ONLY,
    "rules": "a rule, such as {labels: {env: test}, then: keep}",
}
"""What is expected of each entry of a list, where that is not said by the list itself."""

_MAPPED: dict[tuple[str, int], str] = {
    ("contact_methods", 2): CONTACT_METHOD_URL,
    ("people", 2): "a mapping with phone and the names of contact methods",
    ("people", 3): ADDRESS,
    ("follow_ups", 4): LABEL,
}
"""What is expected in a section whose keys the operator chooses, by its depth."""


_SECRET = {("url",), ("secret",), ("previous_secret",)}
"""What may be a secret: a calendar's address, and what belongs into the environment."""


def problems_in(error: ValidationError, document: Document, within: Place = ()) -> Iterator[Problem]:
    """Yield what is wrong with what stands `within` a place of the document."""
    for found in error.errors():
        place = (*within, *(step for step in found["loc"] if step not in _UNWRITTEN))
        if "[key]" in found["loc"] and not isinstance(found["input"], str):
            place = place[:-1]  # pydantic has forgotten what was written
        yield document.problem(place, _text(found, place, document))


def _text(found: ErrorDetails, place: Place, document: Document) -> str:
    if found["type"] == "extra_forbidden":
        return f"is no key here. {did_you_mean(place[-1], tuple(_model_at(place[:-1]).model_fields))}"
    if found["type"] == "missing":
        return f"is missing; expected {_expected(place)}"
    if "[key]" in found["loc"]:
        return f"has no usable name; expected {_named(found)}"
    expected = found["msg"] if found["type"] == "muster" else _expected(place)
    return f"found {_shown(found['input'], place, document)}, expected {expected}"


def _named(found: ErrorDetails) -> str:
    if found["type"] == "muster":
        return found["msg"]
    return f"text, and YAML reads one name as {found['input']!r}: put it in quotes"


def _shown(value: Any, place: Place, document: Document) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    keyed = place[:1] == ("alerts",) and len(place) == 4 and place[-1:] == ("key",)  # it stands for a hash
    if place[-1:] in _SECRET or keyed:
        return "something else"
    written = document.written(place)
    shown = f"`{value if written is None else written}`"
    if isinstance(value, str):
        return shown
    return f"{shown} (YAML reads it as {_kind(value)})"


def _kind(value: Any) -> str:
    return {bool: "true or false", int: "a number", float: "a number"}.get(type(value), "a date")


def _expected(place: Place) -> str:
    """Return what the description of the field at `place` says."""
    if described := _mapped(place):
        return described
    fields = _model_at(place[:-1]).model_fields if place else {}
    if place[2:4] == ("calendar", "people"):
        place, fields = place[:4], CalendarEntry.model_fields
    field = fields.get(str(place[-1])) if place else None
    if field and field.description:
        return field.description
    if not place:
        return "a mapping with the keys " + ", ".join(File.model_fields)
    if isinstance(place[-1], int):
        if item := _ITEMS.get(str(place[-2])):
            return item
        return _item(fields=_model_at(place[:-2]).model_fields, key=str(place[-2]))
    removable = ", or null" if place[0] in ("teams", "types", "fields") else ""
    return "a mapping with some of the keys " + ", ".join(_model_at(place).model_fields) + removable


def _mapped(place: Place) -> str | None:
    """Return what is expected below a key that the operator chose."""
    if place[:1] == ("alerts",) and place[-2:-1] == ("labels",):
        return "text"
    if place[:2] == ("follow_ups", "kinds") and len(place) == 3:
        return LABELS
    return _MAPPED.get((str(place[0]), len(place))) if place else None


def _item(fields: dict[str, FieldInfo], key: str) -> str:
    described = fields[key].description if key in fields else None
    return f"one entry of {described}"


def _model_at(place: Place) -> type[BaseModel]:
    if len(place) >= 2 and place[0] == "alerts":
        return _model_of_alerts(place)
    if len(place) >= 2 and place[0] == "statuspage":
        kind = ComponentEntry if len(place) >= 3 else StatuspageEntry
        return _OF_STATUSPAGE.get(str(place[1]), kind)
    if place and (section := _SECTIONS.get(str(place[0]))):
        inside = _INSIDE.get((str(place[0]), str(place[1]))) if len(place) >= 2 else None
        return inside or section
    if len(place) >= 5 and place[2] == "path" and place[4] == "only":
        return OnlyEntry
    if len(place) >= 3 and (entry := _WITHIN.get(str(place[2]))):
        return entry
    if place[:2] == ("gitlab", "reviews") and len(place) >= 2:
        place = (GITLAB_REVIEWS,) * len(place)
    return _MODELS.get(str(place[0]), File) if len(place) >= 2 else File


def _model_of_alerts(place: Place) -> type[BaseModel]:
    if place[1] == "office_hours":
        return OfficeHoursEntry
    if place[1] == "sources" and place[3:4] == ("map",):
        return MapEntry
    return _OF_ALERTS.get(str(place[1]), AlertsEntry) if len(place) >= 3 else AlertsEntry
