"""Schedules: what their channels and the people in them are told."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.domain.facts import (
    AwayOnCall,
    CoverAnswered,
    CoverAsked,
    CoverLacking,
    OverrideCancelled,
    OverrideMade,
    RotationChanged,
    ScheduleOdd,
    ScheduleUnheard,
    ShiftNear,
    subject_of,
)
from bot.domain.oncall.cover import CoverRequest, Made
from bot.domain.oncall.shifts import Shift, next_shift_of
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.oncall.overrides import cover_shown, instead_of
from bot.operations.oncall.rota import rota_of
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.oncall import away, cover, findings, override, rotation
from storage import cover_requests, overrides, people, places, reading, rotations
from storage.outbox import Delivery
from storage.reading import Part
from storage.transaction import Tx, instant

log = logging.getLogger("muster.schedules")

SEARCH_AGAIN = timedelta(seconds=5)
"""When a channel that may yet be found is looked up again."""
_ASKED = "cover:{request}"


class Schedules:
    """`config_url` is where people read the configuration, if anywhere."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient, config_url: str | None = None) -> None:
        self._uow = uow
        self._slack = slack
        self._config_url = config_url

    def jobs(self) -> list[Job]:
        job = partial(Job, on_dead=_unsaid)
        changed = {OverrideMade, OverrideCancelled}
        return [
            job("slack.announce_override", changed, self.announce_override, "override:{override}"),
            job(
                "slack.tell_override",
                changed,
                self.tell_override,
                "override:{override}:{person}",
                about=_concerned,
            ),
            job("slack.ask_for_cover", {CoverAsked}, self.ask, _ASKED),
            job("slack.redraw_cover", {CoverAnswered, CoverLacking}, self.redraw, _ASKED, coalesce=True),
            job("slack.tell_lacking", {CoverLacking}, self.tell_lacking, "asker:{request}"),
            job("slack.tell_declined", {CoverAnswered}, self.tell_asker, "asker:{request}", about=_refused),
            job("slack.announce_rotation", {RotationChanged}, self.announce_rotation, "rotation:{rotation}"),
            job("slack.tell_unheard", {ScheduleUnheard}, self.tell_unheard, "unheard:{person}"),
            job("slack.tell_away", {AwayOnCall}, self.tell_away, "away:{manager}", about=_managers),
            job("slack.warn_away", {AwayOnCall}, self.warn_away, "away:{person}", about=_unaware),
            job("slack.tell_odd", {ScheduleOdd}, self.tell_odd, "odd:{manager}", about=_managers),
            job("slack.remind_of_shift", {ShiftNear}, self.remind, "shift:{person}"),
        ]

    async def announce_override(self, delivery: Delivery) -> None:
        found, before = await self._uow.read(_override, delivery)
        shown = override.cancelled(found) if _cancels(delivery) else override.announced(found, before)
        await self._say(delivery, found.schedule, shown)

    async def tell_override(self, delivery: Delivery) -> None:
        found, _ = await self._uow.read(_override, delivery)
        who, by = delivery.subject["person"], delivery.subject["by"]
        if _cancels(delivery) == bool(found.cancelled_by):
            await self._slack.post(delivery, who, override.told(found, who, by), readable=False)

    async def ask(self, delivery: Delivery) -> Effect:
        found, shown = await self._uow.read(_request, delivery)
        channel = await self._channel(found.schedule)
        posted = await self._slack.post(delivery, channel, shown)
        return partial(cover_shown, seen=found, channel=posted.channel, ts=posted.ts)

    async def redraw(self, delivery: Delivery) -> None:
        found, shown = await self._uow.read(_request, delivery)
        if found.channel and found.ts:
            await self._slack.redraw(delivery, found.channel, found.ts, shown)

    async def tell_asker(self, delivery: Delivery) -> None:
        """Tell whoever asked that somebody else ended the request."""
        found, _ = await self._uow.read(_request, delivery)
        shown = cover.unanswered(found, delivery.subject["by"])
        await self._slack.post(delivery, found.asker, shown, readable=False)

    async def tell_lacking(self, delivery: Delivery) -> None:
        """Tell whoever asked that nobody has accepted yet."""
        found, _ = await self._uow.read(_request, delivery)
        if found.open:
            await self._slack.post(delivery, found.asker, cover.lacking(found), readable=False)

    async def announce_rotation(self, delivery: Delivery) -> None:
        if found := await self._uow.read(_changed, delivery, self._config_url):
            await self._say(delivery, *found)

    async def tell_unheard(self, delivery: Delivery) -> None:
        subject = delivery.subject
        shown = rotation.unheard(subject["schedule"], subject["why"])
        await self._slack.post(delivery, subject["person"], shown, readable=False)

    async def tell_away(self, delivery: Delivery) -> None:
        subject = delivery.subject
        start, end = instant(subject["start"]), instant(subject["end"])
        shown = away.told(subject["schedule"], subject["person"], start, end)
        await self._slack.post(delivery, subject["manager"], shown, readable=False)

    async def warn_away(self, delivery: Delivery) -> None:
        subject = delivery.subject
        shown = away.warned(subject["schedule"], instant(subject["start"]), instant(subject["end"]))
        await self._slack.post(delivery, subject["person"], shown, readable=False)

    async def tell_odd(self, delivery: Delivery) -> None:
        subject = delivery.subject
        shown = findings.told(subject["schedule"], subject["findings"])
        await self._slack.post(delivery, subject["manager"], shown, readable=False)

    async def remind(self, delivery: Delivery) -> None:
        subject = delivery.subject
        start, end = instant(subject["start"]), instant(subject["end"])
        if self._uow.clock.now() < end:
            shown = rotation.begins(subject["schedule"], start, end)
            await self._slack.post(delivery, subject["person"], shown, readable=False)

    async def _say(self, delivery: Delivery, schedule: str, shown: Message) -> None:
        await self._slack.post(delivery, await self._channel(schedule), shown)

    async def _channel(self, schedule: str) -> str:
        """Return the channel of a schedule. Raises DeliveryFailed where there is none."""
        name, place, searching = await self._uow.read(_place, schedule)
        if place:
            return place
        if name and searching:
            raise DeliveryFailed(f"#{name} is still being looked for", after=SEARCH_AGAIN, held=True)
        raise DeliveryFailed(f"#{name} does not exist, is archived, or the bot cannot see it", permanent=True)


def _cancels(delivery: Delivery) -> bool:
    return delivery.event == OverrideCancelled.__name__


def _place(tx: Tx, schedule: str) -> tuple[str, str | None, bool]:
    known = tx.process.schedules.get(schedule)
    name = known.channel if known else ""
    place = places.named(tx, name) if name else None
    found = place.id if place and not place.archived else None
    return name, found, not place and not reading.whole(tx, Part.PRIVATE, Part.PUBLIC)


def _override(tx: Tx, delivery: Delivery) -> tuple[Made, Sequence[str]]:
    found = overrides.get(tx, delivery.subject["override"])
    return found, instead_of(tx, found)


def _concerned(tx: Tx, fact: OverrideMade | OverrideCancelled) -> Subjects:
    """Return the people whom an override concerns, but for whoever decided it."""
    found = overrides.get(tx, fact.override)
    by = found.cancelled_by or found.made_by
    those = dict.fromkeys((found.person, *instead_of(tx, found), found.made_by))
    return [{"override": found.id, "person": one, "by": by} for one in those if one != by and "@" not in one]


def _managers(tx: Tx, fact: AwayOnCall | ScheduleOdd) -> Subjects:
    """Return those who manage the schedule, but for whoever is away."""
    those, away = rota_of(tx, fact.schedule).schedule.managers, getattr(fact, "person", None)
    return [{**subject_of(fact), "manager": one} for one in those if one != away and "@" not in one]


def _unaware(_: Tx, fact: AwayOnCall) -> Subjects:
    return [] if fact.aware else [subject_of(fact)]


def _refused(tx: Tx, fact: CoverAnswered) -> Subjects:
    found = cover_requests.get(tx, fact.request)
    by = found.withdrawn_by
    return [{"request": found.id, "by": by}] if by and by != found.asker else []


def _request(tx: Tx, delivery: Delivery) -> tuple[CoverRequest, Message]:
    found = cover_requests.get(tx, delivery.subject["request"])
    return found, cover.posted(found, tx.now)


def _changed(tx: Tx, delivery: Delivery, url: str | None) -> tuple[str, Message] | None:
    before, now = (rotations.get(tx, delivery.subject[one]) for one in ("before", "rotation"))
    if not before or not now or now.schedule not in tx.process.schedules:
        return None
    rota, ids = rota_of(tx, now.schedule), people.ids(tx, [*before.people, *now.people])

    def first(entry: str) -> Shift | None:
        return next_shift_of(ids.get(entry, entry), rota.schedule, rota.overrides, now.read_at)

    added = [
        (rotation.named(one, ids.get(one)), first(one)) for one in now.people if one not in before.people
    ]
    removed = [rotation.named(one, ids.get(one)) for one in before.people if one not in now.people]
    return now.schedule, rotation.changed(now.schedule, now.read_at, added, removed, url)


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    """Log what could not be said; whoever acted hears that nobody else did."""
    log.warning("not said", extra={"job": delivery.job, "reason": reason})
    if delivery.job == "slack.ask_for_cover":
        found = cover_requests.get(tx, delivery.subject["request"])
        tx.record(ScheduleUnheard(schedule=found.schedule, person=found.asker, why=reason))
    elif delivery.job == "slack.announce_override":
        made = overrides.get(tx, delivery.subject["override"])
        by = made.cancelled_by or made.made_by
        tx.record(ScheduleUnheard(schedule=made.schedule, person=by, why=reason))
