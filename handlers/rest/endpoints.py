"""The endpoints: what each takes, answers and needs. The server and the document are made of this list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from handlers.rest import alerts, follow_ups, insights, models, outbox, queries, reading, reviews, writing
from handlers.rest.asked import Asked
from storage.transaction import Tx

BASE = "/api/v1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way to ask. What `writes` takes an idempotency key, and If-Match of what is `shown`.

    What takes a moment is only read in the transaction: `finish` makes the answer of it, beside the loop.
    What is much is read by `further`, a piece in a transaction, until it is `done`.
    """

    method: str
    path: str
    scope: str
    summary: str
    answer: Callable[[Tx, Asked], Any]
    returns: type[BaseModel]
    body: type[BaseModel] | None = None
    query: type[BaseModel] = queries.Query
    status: int = 200
    finish: Callable[[Any], BaseModel] | None = None
    further: Callable[[Tx, Any], Any] | None = None

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def shown(self) -> Callable[[Tx, Asked], BaseModel] | None:
        """Return what shows the thing that the path names."""
        if "{follow_up}" in self.path:
            return follow_ups.show_follow_up
        return reading.show_incident if "{incident}" in self.path else None

    @property
    def url(self) -> str:
        return BASE + self.path


_ONE = "/incidents/{incident}"
_READ, _WRITE, _PAGE = "incidents:read", "incidents:write", "pages:write"
_ON_CALL = "oncall:read"

_FOLLOW_UPS = (
    Endpoint(
        "GET",
        "/follow-ups",
        "follow_ups:read",
        "List follow-ups, the newest first",
        follow_ups.list_follow_ups,
        models.FollowUps,
        query=queries.FollowUpsQuery,
    ),
    Endpoint(
        "POST",
        "/follow-ups",
        "follow_ups:write",
        "Add a follow-up to an incident",
        follow_ups.new_follow_up,
        models.FollowUp,
        models.NewFollowUp,
        status=201,
    ),
    Endpoint(
        "GET",
        "/follow-ups/{follow_up}",
        "follow_ups:read",
        "Show a follow-up",
        follow_ups.show_follow_up,
        models.FollowUp,
    ),
    Endpoint(
        "PATCH",
        "/follow-ups/{follow_up}",
        "follow_ups:write",
        "Change a follow-up, end it, or open it again",
        follow_ups.patch_follow_up,
        models.FollowUp,
        models.FollowUpChange,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/follow-ups",
        "follow_ups:read",
        "List its follow-ups, the newest first",
        follow_ups.list_follow_ups_of_incident,
        models.FollowUps,
        query=queries.FollowUpsOfIncidentQuery,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/follow-ups",
        "follow_ups:write",
        "Add a follow-up",
        follow_ups.new_follow_up_of_incident,
        models.FollowUp,
        models.NewFollowUpOfIncident,
        status=201,
    ),
)

ENDPOINTS = (
    Endpoint(
        "GET",
        "/incidents",
        _READ,
        "List incidents, the newest first",
        reading.list_incidents,
        models.Incidents,
        query=queries.IncidentsQuery,
    ),
    Endpoint(
        "POST",
        "/incidents",
        _WRITE,
        "Declare an incident, and page for it",
        writing.declare_incident,
        models.Incident,
        models.Declaration,
        status=201,
    ),
    Endpoint("GET", _ONE, _READ, "Show an incident", reading.show_incident, models.Incident),
    Endpoint(
        "PATCH", _ONE, _WRITE, "Change an incident", writing.change_incident, models.Incident, models.Change
    ),
    Endpoint(
        "POST",
        f"{_ONE}/resolve",
        _WRITE,
        "Resolve it, as its lead or as the machine that declared what nobody leads",
        writing.resolve_incident,
        models.Incident,
        models.Ending,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/reopen",
        _WRITE,
        "Reopen it: the problem is back, and pages again",
        writing.reopen_incident,
        models.Incident,
        models.Reason,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/cancel",
        _WRITE,
        "Cancel it, as whoever may resolve it",
        writing.cancel_incident,
        models.Incident,
        models.Reason,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/updates",
        _READ,
        "List its updates, the newest first",
        reading.list_updates,
        models.Updates,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/updates",
        _WRITE,
        "Post an update",
        writing.add_update,
        models.Update,
        models.NewUpdate,
        status=201,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/actions",
        _READ,
        "List its actions and follow-ups",
        reading.list_actions,
        models.Actions,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/actions",
        _WRITE,
        "Add an action or a follow-up",
        writing.new_action,
        models.Action,
        models.NewAction,
        status=201,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/actions/{{action}}/done",
        _WRITE,
        "Mark an action as done",
        writing.action_done,
        models.Action,
        None,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/timeline",
        _READ,
        "Show its timeline, in the order in which things happened",
        reading.list_entries,
        models.Entries,
        query=queries.EntriesQuery,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/timeline",
        _WRITE,
        "Write a note on the timeline",
        writing.add_note,
        models.Noted,
        models.Note,
        status=201,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/review",
        _READ,
        "Show its review: the document as Markdown, how far it is, its tasks and comments",
        reviews.read_review,
        models.Review,
        query=queries.ReviewQuery,
        finish=reviews.shown,
    ),
    Endpoint(
        "PATCH",
        f"{_ONE}/review",
        _WRITE,
        "Ask for its review, give it to somebody, or end it",
        reviews.change_review,
        models.ReviewStanding,
        models.ReviewChange,
    ),
    Endpoint(
        "PATCH",
        f"{_ONE}/review/tasks/{{task}}",
        _WRITE,
        "Tick off a task of its review, give it to somebody, or another day",
        reviews.change_review_task,
        models.ReviewStanding,
        models.ReviewTaskChange,
    ),
    Endpoint("GET", f"{_ONE}/roles", _READ, "Show who holds which role", reading.list_roles, models.Roles),
    Endpoint(
        "PUT",
        f"{_ONE}/roles/{{role}}",
        _WRITE,
        "Give a role to a person",
        writing.give_role,
        models.Roles,
        models.NewRole,
    ),
    Endpoint("GET", f"{_ONE}/fields", _READ, "Show its fields", reading.list_fields, models.FieldValues),
    Endpoint(
        "PATCH",
        f"{_ONE}/fields",
        _WRITE,
        "Fill in fields",
        writing.fill_fields,
        models.FieldValues,
        models.NewFields,
    ),
    Endpoint("GET", f"{_ONE}/pages", _READ, "Show who was paged for it", reading.list_pages, models.Pages),
    Endpoint(
        "POST",
        f"{_ONE}/escalate",
        _PAGE,
        "Page a team, or a person by name",
        writing.escalate,
        models.Page,
        models.Escalation,
        status=201,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/acknowledge",
        _PAGE,
        "Acknowledge what calls the token's person for it",
        writing.acknowledge,
        models.Page,
        None,
    ),
    *_FOLLOW_UPS,
    Endpoint("GET", "/oncall", _ON_CALL, "Show who is on call for each team", reading.on_call, models.OnCall),
    Endpoint(
        "GET",
        "/schedules",
        _ON_CALL,
        "Show the shifts of each schedule",
        reading.list_schedules,
        models.Schedules,
        query=queries.AheadQuery,
    ),
    Endpoint(
        "GET",
        "/overrides",
        _ON_CALL,
        "List the overrides that are not over",
        reading.list_overrides,
        models.Overrides,
    ),
    Endpoint(
        "POST",
        "/overrides",
        "oncall:write",
        "Put a person on call for a time, as the token's person",
        writing.make_override,
        models.Override,
        models.NewOverride,
        status=201,
    ),
    Endpoint(
        "DELETE",
        "/overrides/{override}",
        "oncall:write",
        "End an override, as the token's person",
        writing.end_override,
        models.Override,
        None,
    ),
    Endpoint(
        "GET",
        "/alerts",
        "alerts:read",
        "List alerts, the newest first",
        alerts.list_alerts,
        models.Alerts,
        query=queries.AlertsQuery,
    ),
    Endpoint("GET", "/alerts/{alert}", "alerts:read", "Show an alert", alerts.show_alert, models.Alert),
    Endpoint(
        "GET",
        "/outbox",
        "outbox:read",
        "List what could not be sent, the newest first",
        outbox.list_dead,
        models.DeadLetters,
        query=queries.OutboxQuery,
    ),
    Endpoint(
        "POST",
        "/outbox/{delivery}/resend",
        "outbox:write",
        "Send it again; what arrived before is not made twice",
        outbox.resend_dead,
        models.DeadLetter,
        None,
    ),
    Endpoint(
        "DELETE",
        "/outbox/{delivery}",
        "outbox:write",
        "Drop it",
        outbox.drop_dead,
        models.DeadLetter,
        None,
    ),
    Endpoint(
        "GET",
        "/insights",
        _READ,
        "Show all figures of a time, beside the time before it",
        insights.show_insights,
        models.Insights,
        query=queries.InsightsQuery,
        further=insights.read_further,
        finish=insights.shown,
    ),
    Endpoint(
        "GET",
        "/metrics/incidents",
        _READ,
        "Show how many incidents there were, and how long they took",
        reading.figures,
        models.Figures,
        query=queries.FiguresQuery,
    ),
)
