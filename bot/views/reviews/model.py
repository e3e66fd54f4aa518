"""What a template of a review can write: plain values with plain names, made from the facts.

Text that people typed is a `str` and is shown as it stands; what is `Markdown` is formatted already. A
template knows nothing else, so whatever it writes does nothing where it is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.actors import Machine, parsed
from bot.domain.alerts.alert import Alert
from bot.domain.incidents.fields import FieldKind
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.labels import labels
from bot.domain.incidents.times import Moment, durations, in_order
from bot.domain.paging.pages import Page, PageState
from bot.domain.reviews.document import Part, ReviewFacts, decision, part_of
from bot.domain.timeline.entries import Entry, Kind
from bot.domain.work.follow_ups import FollowUp
from bot.domain.work.work import Action, Update
from bot.views.browser.entries import people_in
from bot.views.markdown import Markdown, called, line, link, of_slack, paragraphs
from bot.views.mrkdwn import capital
from bot.views.naming import own_name
from bot.views.timeline.entries import sentence

_TYPED = {Kind.NOTE: "noted", Kind.UPDATE: "posted an update", Kind.PIN: "wrote"}


@dataclass(frozen=True, slots=True)
class About:
    """The incident. `reporter` and `lead` are names, `url` is its page if there is one."""

    id: int
    ref: str
    name: str
    type: str
    severity: str
    highest_severity: str
    status: str
    private: bool
    drill: bool
    near_miss: bool
    declared_afterwards: bool
    reporter: Markdown
    lead: Markdown
    declared_at: datetime
    resolved_at: datetime | None
    merged_into: str
    labels: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the timeline, or a decision."""

    at: datetime
    text: Markdown


@dataclass(frozen=True, slots=True)
class Named:
    """A value with its name: a field, a time, a link (whose value is its address), a person with a role."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Call:
    """A page: whom it called at which level, and after how long somebody answered."""

    at: datetime
    person: Markdown
    team: str
    level: int
    outcome: str
    after: timedelta | None


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert. `before` says that it fired before the incident was declared."""

    at: datetime
    title: str
    source: str
    before: bool


@dataclass(frozen=True, slots=True)
class Task:
    """A follow-up or an action. `state` is open, done or cancelled."""

    title: str
    kind: str
    owner: Markdown
    priority: str
    service: str
    due: date | None
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a template is given: each of these by its name."""

    incident: About
    summary: Markdown
    causes: Markdown
    times: tuple[Named, ...]
    durations: tuple[Named, ...]
    impact_start: datetime | None
    impact_end: datetime | None
    impact_lasted: timedelta | None
    detected_at: datetime | None
    mitigated_at: datetime | None
    timeline: tuple[Happened, ...]
    left_out: int
    decisions: tuple[Happened, ...]
    learnt: tuple[Happened, ...]
    well: tuple[Happened, ...]
    badly: tuple[Happened, ...]
    lucky: tuple[Happened, ...]
    roles: tuple[Named, ...]
    people: tuple[Markdown, ...]
    pages: tuple[Call, ...]
    updates: tuple[Happened, ...]
    notices: tuple[Happened, ...]
    alerts: tuple[Fired, ...]
    follow_ups: tuple[Task, ...]
    actions: tuple[Task, ...]
    fields: tuple[Named, ...]
    links: tuple[Named, ...]

    def given(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def people_of(facts: ReviewFacts) -> set[str]:
    """Return everybody whom a review may name."""
    one = facts.incident
    found: set[str | None] = {one.lead, *facts.responders, *(each.person for each in facts.holders)}
    found |= {who for each in facts.pages for who in (each.responder, each.answered_by)}
    found |= {each.by for each in facts.updates if isinstance(each.by, str)}
    found |= {each.action.assignee for each in facts.follow_ups}
    found |= {each.assignee for each in facts.actions}
    found |= {value for kind, value in facts.fields if kind.kind is FieldKind.PERSON}
    found |= people_in(facts.entries)
    if isinstance(one.reporter, str):
        found.add(one.reporter)
    return {who for who in found if who}


def review_of(facts: ReviewFacts, names: Mapping[str, str], url: str = "") -> Review:
    """Return what a template is given. `url` is the page of the incident, if there is one."""
    known = facts.times
    lengths = dict(durations(known))
    parts = _parts(facts, names)
    return Review(
        incident=_about(facts.incident, names, url),
        summary=paragraphs(facts.incident.summary.summary),
        causes=paragraphs(facts.incident.summary.causes),
        times=tuple(Named(name.value, at) for name, at in in_order(known)),
        durations=tuple(Named(name, span) for name, span in lengths.items()),
        impact_start=known[Moment.IMPACT_START],
        impact_end=known[Moment.IMPACT_END],
        impact_lasted=lengths.get("Impact lasted"),
        detected_at=known[Moment.DETECTED],
        mitigated_at=known[Moment.MITIGATED],
        timeline=tuple(_happened(one, names) for one in facts.entries),
        left_out=facts.left_out,
        decisions=parts[Part.DECISIONS],
        learnt=parts[Part.LEARNT],
        well=parts[Part.WELL],
        badly=parts[Part.BADLY],
        lucky=parts[Part.LUCKY],
        roles=tuple(Named(one.role, called(one.person, names)) for one in facts.holders),
        people=tuple(called(who, names) for who in facts.responders),
        pages=tuple(_call(one, names) for one in facts.pages),
        updates=tuple(_update(one, names) for one in facts.updates),
        notices=_of_kind(facts.entries, names, Kind.NOTICE_PUBLISHED, Kind.PUBLIC_STATUS),
        alerts=tuple(_fired(one, facts.incident) for one in facts.alerts),
        follow_ups=tuple(_follow_up(one, names) for one in facts.follow_ups),
        actions=tuple(_task(one, names) for one in facts.actions),
        fields=tuple(Named(kind.name, _value(kind.kind, value, names)) for kind, value in facts.fields)
        + tuple(Named(one.name, one.value) for one in facts.others),
        links=tuple(Named(one.name, link(one.url, "")) for one in facts.links),
    )


def _about(one: Incident, names: Mapping[str, str], url: str) -> About:
    return About(
        id=one.id,
        ref=f"INC-{one.id}",
        name=own_name(one),
        type=one.type,
        severity=one.severity.value,
        highest_severity=one.highest.value,
        status=one.status.value,
        private=one.private,
        drill=one.drill,
        near_miss=one.near_miss,
        declared_afterwards=one.retrospective,
        reporter=_actor(one.reporter, names),
        lead=called(one.lead, names) if one.lead else Markdown("nobody"),
        declared_at=one.declared_at,
        resolved_at=one.resolved_at,
        merged_into=f"INC-{one.merged_into}" if one.merged_into else "",
        labels=labels(one),
        url=url,
    )


def _actor(who: Any, names: Mapping[str, str]) -> Markdown:
    found = parsed(str(who))
    return line(capital(found.spoken)) if isinstance(found, Machine) else called(found, names)


def _happened(entry: Entry, names: Mapping[str, str]) -> Happened:
    """Return an entry on one line: what people typed as it stands, what we say of it by their names."""
    if not (did := _TYPED.get(entry.kind)):
        return Happened(entry.at, of_slack(sentence(entry), names))
    who = _actor(entry.by, names) if entry.by else Markdown("Somebody")
    said = of_slack(entry.text, names) if entry.kind is Kind.PIN else line(entry.text)
    return Happened(entry.at, Markdown(f"{who} {did}: {said or '(no text)'}"))


def _update(one: Update, names: Mapping[str, str]) -> Happened:
    return Happened(one.at, Markdown(f"{_actor(one.by, names)}: {line(one.text)}"))


def _fired(one: Alert, incident: Incident) -> Fired:
    return Fired(one.first_at, one.title, one.source, one.first_at < incident.declared_at)


def _parts(facts: ReviewFacts, names: Mapping[str, str]) -> dict[Part, tuple[Happened, ...]]:
    """Return what belongs into each part: decisions as they were taken, and notes by their first word."""
    found: dict[Part, list[Happened]] = {part: [] for part in Part}
    for entry in facts.entries:
        if decision(entry):
            found[Part.DECISIONS].append(_happened(entry, names))
        elif entry.kind is Kind.NOTE and (meant := part_of(entry.text)):
            found[meant[0]].append(Happened(entry.at, line(meant[1])))
    return {part: tuple(those) for part, those in found.items()}


def _of_kind(entries: Sequence[Entry], names: Mapping[str, str], *kinds: Kind) -> tuple[Happened, ...]:
    return tuple(_happened(one, names) for one in entries if one.kind in kinds)


_OUTCOMES: Mapping[PageState, str] = {
    PageState.PENDING: "waits for an answer",
    PageState.ACKNOWLEDGED: "acknowledged",
    PageState.ESCALATED: "not answered",
    PageState.CANCELLED: "cancelled",
}


def _call(page: Page, names: Mapping[str, str]) -> Call:
    who = page.responder
    person = (
        Markdown("nobody on call") if who is None else line(who) if page.in_channel else called(who, names)
    )
    outcome = _OUTCOMES[page.state]
    after = page.answered_at - page.raised_at if page.answered_at else None
    if page.rested:
        outcome, after = "not called: somebody was at work already", None
    elif page.state is PageState.ACKNOWLEDGED and page.answered_by and page.answered_by != who:
        outcome += " by somebody else"
    return Call(page.raised_at, person, page.level_team, page.level + 1, outcome, after)


def _follow_up(one: FollowUp, names: Mapping[str, str]) -> Task:
    task = _task(one.action, names, one.label)
    url = one.issue.url if one.issue else ""
    return replace(task, priority=f"P{one.priority.value[1]}", service=one.service, url=url)


def _task(one: Action, names: Mapping[str, str], kind: str = "Action") -> Task:
    return Task(
        title=one.title,
        kind=kind,
        owner=called(one.assignee, names) if one.assignee else Markdown("nobody yet"),
        priority="",
        service="",
        due=one.due,
        state="cancelled" if one.cancelled else "done" if one.done_at else "open",
        url="",
    )


def _value(kind: FieldKind, value: str, names: Mapping[str, str]) -> str:
    return called(value, names) if kind is FieldKind.PERSON else value
