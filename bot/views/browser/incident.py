"""The page of one incident: what its template shows, from values of the domain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from bot.domain.actors import Actor, Machine
from bot.domain.alerts.alert import Alert
from bot.domain.alerts.changes import Changed
from bot.domain.incidents.fields import Field, FieldKind, FieldType, Link
from bot.domain.incidents.incident import GONE, Incident
from bot.domain.incidents.labels import labels
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.times import Times
from bot.domain.paging.engagement import Holder
from bot.domain.paging.escalations import Reason
from bot.domain.paging.notifications import Notification, NotificationState
from bot.domain.paging.pages import Page, PageState
from bot.domain.reviews.document import reviewable
from bot.domain.timeline.entries import Entry
from bot.domain.timeline.pictures import Picture
from bot.domain.timeline.sought import Facets, SoughtEntries, Stretch, called
from bot.domain.work.work import Action, Update
from bot.views.browser import impact
from bot.views.browser.entries import Line, line, people_in
from bot.views.browser.rich import Reader, anchor, plain
from bot.views.mrkdwn import lasting
from bot.views.naming import own_name

BEFORE_HOURS = 4
"""Changes of so many hours before it began are shown."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the page shows, read in one transaction."""

    incident: Incident
    now: datetime
    times: Times
    holders: Sequence[Holder]
    vacant: Sequence[str]
    fields: Sequence[tuple[FieldType, str]]
    others: Sequence[Field]
    links: Sequence[Link]
    responders: Sequence[str]
    observers: Sequence[str]
    pages: Sequence[Page]
    earlier_pages: int
    methods: Mapping[int, Sequence[Notification]]
    alerts: Sequence[Alert]
    alerts_total: int
    changes: Sequence[Changed]
    updates: Sequence[Update]
    actions: Sequence[Action]
    sought: SoughtEntries
    stretch: Stretch
    facets: Facets
    changed_notes: frozenset[int]
    hidden_notes: Sequence[Entry]
    pictures: Sequence[Picture] = ()
    works: bool = True

    @property
    def people(self) -> set[str]:
        """Return everybody whom the page names."""
        found: set[str | None] = {self.incident.lead, *self.responders, *self.observers, *self.facets.people}
        found |= {one.person for one in self.holders}
        found |= {who for one in self.pages for who in (one.responder, one.answered_by)}
        found |= {one.by for one in self.updates if isinstance(one.by, str)}
        found |= {who for one in self.actions for who in (one.assignee, one.done_by)}
        found |= {value for kind, value in self.fields if kind.kind is FieldKind.PERSON}
        found |= {self.sought.person} | people_in(self.stretch.entries)
        if isinstance(self.incident.reporter, str):
            found.add(self.incident.reporter)
        return {one for one in found if one}


@dataclass(frozen=True, slots=True)
class Call:
    """A row of the page board: who was called by what, when, and what became of it."""

    who: Markup
    team: str
    level: int
    why: str
    at: Markup
    ways: str
    outcome: Markup
    after: str


def title(incident: Incident) -> str:
    return f"INC-{incident.id} {own_name(incident)}".rstrip()


def shown(scene: Scene, reader: Reader) -> Mapping[str, Any]:
    """Return what the template of the page is rendered with."""
    return {
        "incident": scene.incident,
        "title": title(scene.incident),
        "name": own_name(scene.incident),
        "reader": reader,
        "plain": plain,
        "anchor": anchor,
        "labels": labels(scene.incident),
        "card": card(scene, reader),
        "summary": summary(scene.incident),
        "bar": impact.bar(scene.times, scene.now),
        "times": impact.stated(scene.times, reader),
        "lengths": impact.lengths(scene.times),
        "roles": roles(scene, reader),
        "fields": [(kind.name, _value(kind, value, reader)) for kind, value in scene.fields if value]
        + [(one.name, plain(one.value)) for one in scene.others],
        "links": [anchor(one.url, one.name) for one in scene.links],
        "responders": [reader.name(who) for who in scene.responders],
        "observers": [reader.name(who) for who in scene.observers],
        "earlier_calls": scene.earlier_pages,
        "calls": [call(one, scene.methods.get(one.id, ()), reader) for one in scene.pages],
        "alerts": scene.alerts,
        "more_alerts": max(0, scene.alerts_total - len(scene.alerts)),
        "changes": scene.changes,
        "hours": BEFORE_HOURS,
        "updates": [(reader.time(one.at), actor(one.by, reader), plain(one.text)) for one in scene.updates],
        "actions": [(one, person(one.assignee, reader)) for one in scene.actions],
        "reviewed": reviewable(scene.incident),
        "takes_notes": scene.incident.status not in GONE,
        "tells_customers": scene.works and scene.incident.status not in GONE,
        **timeline(scene, reader),
    }


def card(scene: Scene, reader: Reader) -> Sequence[tuple[str, Markup]]:
    """Return what stands at the head, as name and value."""
    one = scene.incident
    found = [
        ("Severity", Markup("{}").format(_severity(one))),
        ("Status", Markup("{}").format(_status(one))),
        ("Lead", person(one.lead, reader) if one.lead else Markup("nobody yet")),
        ("Type", Markup("<bdi>{}</bdi>").format(one.type)),
    ]
    if one.publicity.public_status is not PublicStatus.OPERATIONAL:
        found.insert(2, ("Public status", Markup("{}").format(one.publicity.public_status.value)))
    found.append(
        ("Declared", Markup("{} by {}").format(reader.time(one.declared_at), actor(one.reporter, reader)))
    )
    if one.status.open:
        found.append(("Open for", Markup("{}").format(lasting(scene.now - one.declared_at))))
    if one.resolved_at:
        found.append(("Resolved", reader.time(one.resolved_at)))
    if one.next_update_at and one.status.active:
        late = Markup(" <strong>overdue</strong>") if one.next_update_at < scene.now else Markup("")
        found.append(("Next update", reader.time(one.next_update_at) + late))
    if one.waits_until:
        found.append(("Paused until" if one.paused else "Waits until", reader.time(one.waits_until)))
    if one.call:
        found.append(("Call", anchor(one.call, "Join the call")))
    if one.channel:
        where = f"https://slack.com/app_redirect?channel={one.channel}"
        found.append(("Channel", anchor(where, f"#{one.channel_name or 'channel'}")))
    return found


def summary(incident: Incident) -> Sequence[tuple[str, Markup]]:
    """Return what somebody wrote of it. Its parts for the CMOC and executives have readers of their own."""
    parts = (("Summary", incident.summary.summary), ("Causes", incident.summary.causes))
    return [(name, plain(text)) for name, text in parts if text.strip()]


def roles(scene: Scene, reader: Reader) -> Sequence[tuple[str, Markup]]:
    """Return who holds which role, and which of them nobody has."""
    held = [
        (one.role, reader.name(one.person) + ("" if one.engaged else Markup(" (not at work on it now)")))
        for one in scene.holders
    ]
    return held + [(role, Markup("<strong>nobody</strong>")) for role in scene.vacant]


def timeline(scene: Scene, reader: Reader) -> Mapping[str, Any]:
    """Return the entries, and the addresses of everything that can be shown instead."""
    sought, facets, found = scene.sought, scene.facets, lines(scene, reader)
    return {
        "lines": found,
        "days": [(day, list(those)) for day, those in groupby(found, key=lambda one: one.day)],
        "sought": sought,
        "total": scene.stretch.total,
        "counts": (facets.highlights, facets.total),
        "address": address,
        "kinds": [
            (kind.value, called(kind), count, kind in sought.kinds) for kind, count in facets.kinds.items()
        ],
        "people": sorted(
            ((who, reader.names.get(who, who)) for who in {*facets.people, sought.person} if who),
            key=lambda one: one[1].casefold(),
        ),
        "newer": address(sought, page=sought.page - 1) if sought.page > 1 else "",
        "older": address(sought, page=sought.page + 1) if sought.page < scene.stretch.pages else "",
        "pages": scene.stretch.pages,
        "hidden_notes": [(one.id, reader.time(one.at), plain(one.text)) for one in scene.hidden_notes],
    }


def lines(scene: Scene, reader: Reader) -> list[Line]:
    number, changed = scene.incident.id, scene.changed_notes
    of = {key: list(those) for key, those in groupby(scene.pictures, key=lambda one: (one.incident, one.ts))}
    return [
        line(
            one,
            reader,
            incident=number,
            changed=changed,
            pictures=of.get((one.incident, one.data.get("ts", "")), ()),
        )
        for one in scene.stretch.entries
    ]


def address(
    sought: SoughtEntries, *, page: int = 1, everything: bool | None = None, person: str | None = None
) -> str:
    """Return the query of a page of the timeline, with what is not said as it is sought."""
    whole = sought.everything if everything is None else everything
    parts: list[tuple[str, str]] = [("show", "all")] if whole else []
    if everything is None:
        parts += [("kind", one.value) for one in sought.kinds]
    if who := sought.person if person is None else person:
        parts.append(("person", who))
    if page > 1:
        parts.append(("page", str(page)))
    return f"?{urlencode(parts)}#timeline" if parts else "?#timeline"


def call(page: Page, methods: Sequence[Notification], reader: Reader) -> Call:
    """Return a row of the page board."""
    return Call(
        who=_called(page, reader),
        team=page.level_team,
        level=page.level + 1,
        why=_WHY.get(page.escalation.reason, page.escalation.reason.value),
        at=reader.time(page.raised_at),
        ways=_ways(page, methods),
        outcome=_outcome(page, reader),
        after=lasting(page.answered_at - page.raised_at) if page.answered_at and not page.rested else "",
    )


def _outcome(page: Page, reader: Reader) -> Markup:
    """Say how a page ended. What rests with somebody who was at work already called nobody."""
    if page.rested:
        return Markup("not called: {} was at work already").format(person(page.answered_by, reader))
    outcome = {
        PageState.PENDING: Markup("<strong>waits for an answer</strong>"),
        PageState.ACKNOWLEDGED: Markup("acknowledged"),
        PageState.ESCALATED: Markup("not answered: it went on"),
        PageState.CANCELLED: Markup("cancelled"),
    }[page.state]
    if page.state is not PageState.ACKNOWLEDGED:
        return outcome
    if page.answered_by and page.answered_by != page.responder:
        outcome += Markup(" by {}").format(reader.name(page.answered_by))
    return outcome + Markup(" {}").format(reader.time(page.answered_at)) if page.answered_at else outcome


_WHY = {Reason.DECLARED: "declared", Reason.ASKED: "asked for", Reason.SEVERITY: "severity raised"}
_BECAME = {
    NotificationState.SENT: "sent",
    NotificationState.DEAD: "failed",
    NotificationState.DUE: "on its way",
}


def _ways(page: Page, methods: Sequence[Notification]) -> str:
    """Say by what somebody was called, and what became of each."""
    if not page.responder or page.in_channel or page.rested:
        return ""
    slack = "refused" if page.undelivered else "delivered" if page.shown else "not yet delivered"
    beside = [f"{one.contact_method} {_BECAME[one.state]}" for one in methods if one.state in _BECAME]
    return ", ".join([f"Slack {slack}", *beside])


def _called(page: Page, reader: Reader) -> Markup:
    if page.responder is None:
        return Markup("nobody on call")
    return Markup("{}").format(page.responder) if page.in_channel else reader.name(page.responder)


def actor(who: Actor, reader: Reader) -> Markup:
    return Markup("<bdi>{}</bdi>").format(who.spoken) if isinstance(who, Machine) else reader.name(who)


def person(who: str | None, reader: Reader) -> Markup:
    return reader.name(who) if who else Markup("nobody")


def _severity(one: Incident) -> str:
    said = f"{one.severity}, a near miss" if one.near_miss else one.severity.value
    return f"{said} (highest {one.highest})" if one.highest is not one.severity else said


def _status(one: Incident) -> str:
    marks: Iterable[str] = (
        *["private"] * one.private,
        *["drill"] * one.drill,
        *["only to merge or correct"] * one.correcting,
        *["declared afterwards"] * one.retrospective,
    )
    became = f"Merged into INC-{one.merged_into}" if one.merged_into else one.status.value
    return ", ".join([became, *marks])


def _value(kind: FieldType, value: str, reader: Reader) -> Markup:
    if kind.kind is FieldKind.PERSON:
        return reader.name(value)
    return anchor(value, value) if kind.kind is FieldKind.LINK else plain(value)
