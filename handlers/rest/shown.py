"""Values of ours, as the API shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain import actors
from bot.domain.actors import Machine
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.labels import labels
from bot.domain.oncall.cover import Made
from bot.domain.oncall.shifts import Shift
from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import Entry
from bot.domain.work.work import Action, ActionKind, Update
from handlers.rest import models
from storage import people
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Names:
    """The names of people, looked up at once."""

    known: Mapping[str, str]

    def person(self, who: str) -> models.Person:
        return models.Person(id=who, name=self.known.get(who, ""))

    def maybe(self, who: str | None) -> models.Person | None:
        return self.person(who) if who else None

    def actor(self, who: actors.Actor | str) -> models.Actor:
        found = actors.parsed(who) if isinstance(who, str) else who
        if isinstance(found, str):
            return models.Actor(kind="person", id=found, name=self.known.get(found, ""))
        return models.Actor.model_validate({"kind": found.kind.value, "id": found.name, "name": found.spoken})


def names(tx: Tx, who: Iterable[actors.Actor | None]) -> Names:
    return Names(people.names(tx, {one for one in who if one and not isinstance(one, Machine)}))


def incident(one: Incident, known: Names) -> models.Incident:
    return models.Incident(
        id=f"INC-{one.id}",
        number=one.id,
        name=one.name,
        type=one.type,
        severity=one.severity,
        highest_severity=one.highest,
        status=one.status,
        private=one.private,
        drill=one.drill,
        near_miss=one.near_miss,
        reporter=known.actor(one.reporter),
        lead=known.maybe(one.lead),
        summary=one.summary.summary,
        causes=one.summary.causes,
        labels=list(labels(one)),
        public_status=one.publicity.public_status.value,
        declared_at=one.declared_at,
        happened_at=one.happened_at,
        acknowledged_at=one.engaged_at,
        updated_at=one.updated_at,
        next_update_at=one.next_update_at,
        resolved_at=one.resolved_at,
        review=one.review,
        merged_into=f"INC-{one.merged_into}" if one.merged_into else None,
        channel=one.channel,
        channel_name=one.channel_name,
        call=one.call,
    )


def incidents(tx: Tx, found: list[Incident]) -> list[models.Incident]:
    known = names(tx, (who for one in found for who in (one.reporter, one.lead)))
    return [incident(one, known) for one in found]


def update(one: Update, known: Names) -> models.Update:
    return models.Update(
        id=one.id,
        text=one.text,
        status=one.status,
        severity=one.severity,
        by=known.actor(one.by),
        at=one.at,
        next_update_at=one.next_at,
    )


def action(one: Action, known: Names) -> models.Action:
    return models.Action(
        id=one.id,
        title=one.title,
        details=one.details,
        follow_up=one.kind is ActionKind.FOLLOW_UP,
        assignee=known.maybe(one.assignee),
        due=one.due,
        by=known.actor(one.by),
        at=one.at,
        done_by=known.actor(one.done_by) if one.done_by else None,
        done_at=one.done_at,
    )


def actions(tx: Tx, found: list[Action]) -> list[models.Action]:
    known = names(tx, (who for one in found for who in (one.by, one.assignee, one.done_by)))
    return [action(one, known) for one in found]


def entry(one: Entry, known: Names) -> models.Entry:
    return models.Entry(
        id=one.id,
        kind=one.kind.value,
        at=one.at,
        by=known.actor(one.by) if one.by else None,
        text=one.text,
        data=dict(one.data),
    )


def page(one: Page, known: Names) -> models.Page:
    return models.Page(
        id=one.id,
        team=one.level_team,
        path_of=one.escalation.team,
        level=one.level,
        reason=one.escalation.reason.value,
        asked_by=known.actor(one.escalation.asked_by) if one.escalation.asked_by else None,
        message=one.escalation.message,
        person=known.maybe(one.responder),
        state=one.state.value,
        raised_at=one.raised_at,
        answered_by=known.maybe(one.answered_by),
        answered_at=one.answered_at,
    )


def shift(one: Shift, known: Names) -> models.Shift:
    return models.Shift(
        start=one.start, end=one.end, people=[known.person(who) for who in one.people], by=one.by
    )


def override(one: Made, known: Names) -> models.Override:
    return models.Override(
        id=one.id,
        schedule=one.schedule,
        person=known.person(one.person),
        replaces=known.maybe(one.replaces),
        start=one.starts_at,
        end=one.ends_at,
        made_by=known.person(one.made_by),
        made_at=one.made_at,
        cancelled_at=one.cancelled_at,
    )
