"""Heartbeats as people look at them, and an instance that is expected no more."""

from bot.domain.errors import Refused
from bot.domain.rights import Right
from bot.operations.alerts.heartbeats import forget_heartbeat
from bot.operations.rights import allow
from bot.views.alerts import alerts
from bot.views.alerts import heartbeats as view_of
from bot.views.blocks import Message
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request
from storage import heartbeats
from storage.transaction import Tx

LIST, FORGET = ("heartbeats", "heartbeat"), "forget"


async def show(request: Request, words: str) -> None:
    await request.answer(await request.uow.read(_listed, request.user, words))


async def forget(request: Request, name: str) -> None:
    if not name:
        raise Refused("Which one? `/inc alerts heartbeats` shows them: `/inc alerts forget backup/web-1`.")
    await request.once(forget_heartbeat, name, by=request.user)
    await request.answer(view_of.forgotten(name))


@pressed
async def list_pressed(request: Request) -> None:
    await show(request, "")


@pressed
async def forget_pressed(request: Request) -> None:
    await forget(request, await request.uow.read(_name, request.user, request.number))


def _listed(tx: Tx, by: str, words: str) -> Message:
    allow(tx, by, Right.WORK)
    return view_of.listing(heartbeats.every_expected(tx), words)


def _name(tx: Tx, by: str, number: int) -> str:
    allow(tx, by, Right.WORK)
    if not (found := heartbeats.get(tx, number)):
        raise Refused("That instance is expected no more. `/inc alerts heartbeats` shows those that are.")
    return found.name


FEATURE = Feature(
    listeners=(
        Listener("action", alerts.HEARTBEATS, list_pressed),
        Listener("action", view_of.FORGET, forget_pressed),
    ),
)
