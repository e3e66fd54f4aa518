"""The call of an incident: made when it begins, told, and ended when it is closed."""

import secrets
from functools import partial
from typing import Protocol

from bot.clock import Clock
from bot.config.calls import CallSettings
from bot.domain import facts
from bot.domain.incidents.calls import PROVIDERS, RANDOM, Provider, Which, address
from bot.domain.incidents.incident import OVER, Incident
from bot.integrations.calls.meet import Meet
from bot.integrations.calls.zoom import Zoom
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.incidents.calls import call_opened, call_stays_open
from bot.unit_of_work import UnitOfWork
from storage import incidents, links
from storage.outbox import Delivery
from storage.transaction import Tx

SECRET = 16
"""Bytes of the part of an address that nobody guesses."""
NOT_SET_UP = "it is not set up"


class Service(Protocol):
    """What makes calls. Raises DeliveryFailed."""

    name: str

    async def create(self, incident: int) -> str: ...

    def owns(self, address: str) -> bool: ...

    async def end(self, address: str) -> None: ...


class Calls:
    """Makes calls where `muster.yml` names a service, or an address with a part that nobody guesses.

    Whoever waits for a call cannot wait for long: where the service fails the fallback stands in at once, and
    stays, as people may be in it by the time that the service is back.
    """

    def __init__(self, uow: UnitOfWork, slack: SlackClient, settings: CallSettings, clock: Clock) -> None:
        self._uow = uow
        self._slack = slack
        self._fallback = settings.fallback
        self._services: dict[Provider, Service] = {}
        if settings.zoom:
            self._services[Provider.ZOOM] = Zoom(settings.zoom, clock)
        if settings.meet:
            self._services[Provider.MEET] = Meet(settings.meet, clock)

    def jobs(self) -> list[Job]:
        opening = {facts.Declared, facts.TurnedReal, facts.ChannelOpened, facts.CallWanted}
        over = {facts.StatusChanged, facts.Declined, facts.DuplicateMerged}
        return [
            Job("calls.open", opening, self.open, "call:{incident}", _not_made, about=self._wanted),
            Job("calls.end", over, self.end, "call:{incident}", _not_ended, about=self._ended),
        ]

    def _wanted(self, tx: Tx, fact: facts.OfIncident) -> Subjects:
        which = Which.CUSTOMERS if isinstance(fact, facts.CallWanted) else Which.OWN
        incident = incidents.get(tx, fact.incident)
        call = _named(tx, incident, which)
        in_channel = isinstance(fact, facts.ChannelOpened)
        made = call == Provider.HUDDLE if in_channel else call not in {None, Provider.HUDDLE}
        if which is Which.CUSTOMERS:
            made = bool(call)
        if not made or incident.drill or not _is_made(str(call)) or _there(tx, incident, which):
            return ()
        return ({"incident": incident.id, "which": which.value},)

    def _ended(self, tx: Tx, fact: facts.OfIncident) -> Subjects:
        incident = incidents.get(tx, fact.incident)
        if incident.status not in OVER:
            return ()
        ours = (one.url for one in links.of(tx, incident.id) if self._owner(one.url))
        return [{"incident": incident.id, "url": url} for url in ours]

    async def open(self, delivery: Delivery) -> Effect | None:
        """Make a call, or take the fallback and say why."""
        number, which = delivery.subject["incident"], Which(delivery.subject["which"])
        incident, call = await self._uow.read(_scene, number, which)
        if not call or incident.status in OVER:
            return None
        try:
            made, why = await self._address(call, incident), ""
        except DeliveryFailed as failure:
            made, why = "", failure.reason
        fallback = self._fallback and address(self._fallback, number, secrets.token_hex(SECRET))
        return partial(
            call_opened,
            incident=number,
            which=which,
            url=made or fallback or "",
            service=self._name(call),
            why=why,
        )

    async def _address(self, call: str, incident: Incident) -> str:
        if call not in PROVIDERS:
            return address(call, incident.id, secrets.token_hex(SECRET))
        if call == Provider.HUDDLE:
            if not incident.channel:
                raise DeliveryFailed("there is no channel", permanent=True)
            team = (await self._slack.call("auth.test"))["team_id"]
            return f"https://app.slack.com/huddle/{team}/{incident.channel}"
        if not (service := self._services.get(Provider(call))):
            raise DeliveryFailed(NOT_SET_UP, permanent=True)
        return await service.create(incident.id)

    def _name(self, call: str) -> str:
        service = self._services.get(Provider(call)) if call in PROVIDERS else None
        return service.name if service else call.capitalize()

    def _owner(self, url: str) -> Service | None:
        return next((one for one in self._services.values() if one.owns(url)), None)

    async def end(self, delivery: Delivery) -> None:
        """End a call, unless the incident was reopened meanwhile."""
        incident = await self._uow.read(incidents.get, delivery.subject["incident"])
        owner = self._owner(delivery.subject["url"])
        if owner and incident.status in OVER:
            await owner.end(delivery.subject["url"])


def _is_made(call: str) -> bool:
    return call in PROVIDERS or RANDOM in call


def _named(tx: Tx, incident: Incident, which: Which) -> str | None:
    kind = tx.process.type_of(incident.type)
    return kind.call if which is Which.OWN else kind.customer_call


def _there(tx: Tx, incident: Incident, which: Which) -> bool:
    return any(one.name == which for one in links.of(tx, incident.id))


def _scene(tx: Tx, number: int, which: Which) -> tuple[Incident, str | None]:
    """Return the incident and what its call is to be: nothing once somebody gave it another."""
    incident = incidents.get(tx, number)
    return incident, None if _there(tx, incident, which) else _named(tx, incident, which)


def _not_made(tx: Tx, delivery: Delivery, reason: str) -> None:
    number, which = delivery.subject["incident"], Which(delivery.subject["which"])
    call_opened(tx, incident=number, which=which, url="", service="A service", why=reason)


def _not_ended(tx: Tx, delivery: Delivery, reason: str) -> None:
    call_stays_open(tx, delivery.subject["incident"], delivery.subject["url"], reason)
