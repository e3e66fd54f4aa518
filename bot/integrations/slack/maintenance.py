"""Scheduled maintenance: its announcement with a thread, and messages to its people and who is on call."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from bot.domain.facts import (
    CallNeeded,
    Fact,
    MaintenanceChanged,
    MaintenanceEnded,
    MaintenanceNear,
    MaintenanceOverran,
    MaintenanceOwnerChanged,
    MaintenancePlanned,
    MaintenanceStarted,
    MaintenanceUnended,
    MaintenanceUnheard,
)
from bot.domain.facts.maintenance import OfMaintenance
from bot.domain.maintenance.maintenance import Maintenance, Warned
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.maintenance.passing import warned
from bot.unit_of_work import UnitOfWork
from bot.views.maintenance import maintenance as view
from storage import incidents, maintenances, people, places, reading
from storage.outbox import Delivery
from storage.places import Place
from storage.reading import Part
from storage.transaction import Tx

log = logging.getLogger("muster.maintenance")

SEARCH_AGAIN = timedelta(seconds=5)
"""When a channel that may yet be found is looked up again."""
_LANE = "maintenance:{maintenance}:{place}"
_PERSON = "maintenance:{maintenance}:{person}"


@dataclass(frozen=True, slots=True)
class Scene:
    """A maintenance as it is, and where its message in one place is."""

    one: Maintenance
    post: tuple[str, str] | None
    place: Place | None
    searching: bool
    warned: Sequence[Warned]


class MaintenanceMessages:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        job = partial(Job, on_dead=_unsaid)
        shown = {MaintenanceChanged, MaintenanceStarted, MaintenanceOverran, MaintenanceEnded}
        asked = {MaintenanceOverran, MaintenanceUnended}
        return [
            job("slack.announce_maintenance", {MaintenancePlanned}, self.announce, _LANE, about=_places),
            job(
                "slack.redraw_maintenance",
                shown,
                self.redraw,
                _LANE,
                about=_places,
                coalesce=True,
                drawn_by="slack.announce_maintenance",
            ),
            job("slack.thread_maintenance", {*shown, MaintenanceNear}, self.thread, _LANE, about=_happened),
            job("slack.thread_call_needed", {CallNeeded}, self.thread_call_needed, _LANE, about=_needed_in),
            job("slack.warn_of_maintenance", {MaintenanceNear}, self.warn, _PERSON, about=_on_call),
            job("slack.ask_if_over", asked, self.ask_owner, _PERSON, about=_owner),
            job(
                "slack.redraw_ask_if_over",
                shown - asked,
                self.redraw_ask,
                _PERSON,
                about=_asked,
                coalesce=True,
                drawn_by="slack.ask_if_over",
            ),
            job("slack.tell_owner", {MaintenanceOwnerChanged}, self.tell_owner, _PERSON),
            job("slack.tell_owner_of_change", shown, self.tell_change, _PERSON, about=_by_others),
            job("slack.tell_maintenance_unheard", {MaintenanceUnheard}, self.tell_unheard, _PERSON),
            job("slack.ask_to_leave_call", {CallNeeded}, self.ask_to_leave, _PERSON, about=_crew),
        ]

    async def announce(self, delivery: Delivery) -> Effect | None:
        scene = await self._scene(delivery)
        if scene.post:
            return None
        channel = _channel(delivery, scene)
        posted = await self._slack.post(delivery, channel, view.announced(scene.one))
        return _recorded(delivery.subject["place"], scene.one, posted.channel, posted.ts)

    async def redraw(self, delivery: Delivery) -> None:
        scene = await self._scene(delivery)
        if scene.post:
            await self._slack.redraw(delivery, *scene.post, view.announced(scene.one))

    async def thread(self, delivery: Delivery) -> None:
        """Say under the announcement what happened: there, few are disturbed."""
        scene, subject = await self._scene(delivery), delivery.subject
        if scene.post:
            channel, ts = scene.post
            said = view.told_by(scene.one, subject["by"], subject["what"], scene.warned)
            await self._slack.post(delivery, channel, said, thread=ts)

    async def thread_call_needed(self, delivery: Delivery) -> None:
        scene = await self._scene(delivery)
        if scene.post:
            incident = await self._uow.read(incidents.get, delivery.subject["incident"])
            channel, ts = scene.post
            await self._slack.post(delivery, channel, view.call_needed(incident), thread=ts)

    async def warn(self, delivery: Delivery) -> None:
        """Tell somebody on call that it comes near, unless it is over or off since then."""
        scene = await self._scene(delivery)
        if scene.one.state.open:
            shown = view.begins(scene.one, delivery.subject["roles"])
            await self._slack.post(delivery, delivery.subject["person"], shown, readable=False)

    async def ask_owner(self, delivery: Delivery) -> Effect | None:
        """Ask whether it is over; the question before this one points to it, without buttons."""
        scene, person = await self._scene(delivery), delivery.subject["person"]
        if not (scene.one.running and scene.one.overran_at):
            return None
        if scene.post and delivery.event == MaintenanceUnended.__name__:
            await self._slack.redraw(delivery, *scene.post, view.unended(scene.one, again=True))
        posted = await self._slack.post(delivery, person, view.unended(scene.one), readable=False)
        return _recorded(person, scene.one, posted.channel, posted.ts)

    async def redraw_ask(self, delivery: Delivery) -> None:
        scene = await self._scene(delivery)
        if scene.post:
            await self._slack.redraw(delivery, *scene.post, view.unended(scene.one))

    async def tell_owner(self, delivery: Delivery) -> None:
        scene, subject = await self._scene(delivery), delivery.subject
        if scene.one.owner == subject["person"] and scene.one.state.open:
            shown = view.owned(scene.one, subject["by"])
            await self._slack.post(delivery, subject["person"], shown, readable=False)

    async def tell_change(self, delivery: Delivery) -> None:
        scene, subject = await self._scene(delivery), delivery.subject
        shown = view.told_owner(scene.one, subject["by"], subject["what"])
        await self._slack.post(delivery, subject["person"], shown, readable=False)

    async def tell_unheard(self, delivery: Delivery) -> None:
        scene, subject = await self._scene(delivery), delivery.subject
        shown = view.unheard(scene.one, subject["why"])
        await self._slack.post(delivery, subject["person"], shown, readable=False)

    async def ask_to_leave(self, delivery: Delivery) -> None:
        scene = await self._scene(delivery)
        if scene.one.running:
            incident = await self._uow.read(incidents.get, delivery.subject["incident"])
            shown = view.leave_call(scene.one, incident)
            await self._slack.post(delivery, delivery.subject["person"], shown, readable=False)

    async def _scene(self, delivery: Delivery) -> Scene:
        return await self._uow.read(_scene, delivery.subject)


def _scene(tx: Tx, subject: Mapping[str, Any]) -> Scene:
    one, where = maintenances.get(tx, subject["maintenance"]), subject.get("place", "")
    return Scene(
        one,
        maintenances.messages(tx, one.id).get(where or subject.get("person", "")),
        places.named(tx, where) if where else None,
        not reading.whole(tx, Part.PRIVATE, Part.PUBLIC),
        warned(tx),
    )


def _channel(delivery: Delivery, scene: Scene) -> str:
    """Return the channel of an announcement. Raises DeliveryFailed where there is none."""
    name = delivery.subject["place"]
    if scene.place and not scene.place.archived:
        return scene.place.id
    if not scene.place and scene.searching:
        raise DeliveryFailed(f"#{name} is still being looked for", after=SEARCH_AGAIN, held=True)
    raise DeliveryFailed(f"#{name} does not exist, is archived, or the bot cannot see it", permanent=True)


def _recorded(place: str, one: Maintenance, channel: str, ts: str) -> Effect:
    return partial(maintenances.record_message, number=one.id, place=place, channel=channel, ts=ts)


def _places(tx: Tx, fact: OfMaintenance) -> Subjects:
    return [{"maintenance": fact.maintenance, "place": one} for one in tx.process.maintenance.announce]


def _happened(tx: Tx, fact: OfMaintenance) -> Subjects:
    return [{**one, "by": fact.by, "what": _what(fact)} for one in _places(tx, fact)]


def _what(fact: Fact) -> str:
    """Return what happened, in the words of the view."""
    match fact:
        case MaintenanceNear():
            return "near"
        case MaintenanceStarted():
            return "started"
        case MaintenanceChanged(extended=extended):
            return "extended" if extended else "changed"
        case MaintenanceEnded(lapsed=lapsed):
            return "lapsed" if lapsed else "ended"
        case _:
            return "overran"


def _on_call(tx: Tx, fact: MaintenanceNear) -> Subjects:
    """Return everybody on call who is told, each once, with all roles in which they are."""
    roles: dict[str, list[str]] = {}
    for team in warned(tx):
        for one in team.people:
            roles.setdefault(one, []).append(team.role)
    return [{"maintenance": fact.maintenance, "person": one, "roles": of} for one, of in roles.items()]


def _owner(tx: Tx, fact: OfMaintenance) -> Subjects:
    """Return the owner, or if they left the workspace whoever planned it, or one of its people."""
    one = maintenances.get(tx, fact.maintenance)
    return _present(tx, fact, [one.owner, one.planned_by, *one.people])[:1]


def _asked(tx: Tx, fact: OfMaintenance) -> Subjects:
    """Return those who were asked whether it is over."""
    one = maintenances.get(tx, fact.maintenance)
    asked = set(maintenances.messages(tx, one.id)) - set(tx.process.maintenance.announce)
    return [{"maintenance": one.id, "person": who} for who in sorted(asked)]


def _by_others(tx: Tx, fact: OfMaintenance) -> Subjects:
    """Return the owner, where somebody else decided; what time does is shown where it is announced."""
    one = maintenances.get(tx, fact.maintenance)
    decided = isinstance(fact.by, str) and fact.by != one.owner
    about = {"by": fact.by, "what": _what(fact)}
    return [{**found, **about} for found in _present(tx, fact, [one.owner])] if decided else ()


def _crew(tx: Tx, fact: CallNeeded) -> Subjects:
    found = _present(tx, fact, maintenances.get(tx, fact.maintenance).crew)
    return [{**one, "incident": fact.incident} for one in found]


def _present(tx: Tx, fact: OfMaintenance | CallNeeded, those: Sequence[str]) -> list[dict[str, Any]]:
    there = [one for one in those if people.present(tx, one)]
    return [{"maintenance": fact.maintenance, "person": one} for one in there]


def _needed_in(tx: Tx, fact: CallNeeded) -> Subjects:
    about = {"maintenance": fact.maintenance, "incident": fact.incident}
    return [{**about, "place": one} for one in tx.process.maintenance.announce]


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    """Log what could not be said; whoever planned it hears that nobody reads of it."""
    log.warning("not said", extra={"job": delivery.job, "reason": reason})
    if delivery.job == "slack.announce_maintenance":
        one = maintenances.get(tx, delivery.subject["maintenance"])
        tx.record(MaintenanceUnheard(maintenance=one.id, person=one.planned_by, why=reason))
