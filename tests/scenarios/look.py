"""What people read on their screens, and the steps that many scenarios take."""

import re
from typing import Any

import aiohttp

from bot.app import Muster
from sandbox.directory import change_user
from sandbox.person import Person
from tests.scenarios.conftest import World

Json = dict[str, Any]

CHANNEL = "inc-1-disk-full"


def shown(message: Json | None) -> str:
    """Return all that a message or a form shows, in reading order."""
    return "\n".join(_texts(message["blocks"] if message and "blocks" in message else message))


def plain(message: Json) -> str:
    """Return that with times as they are shown in UTC."""
    return re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", shown(message))


def _texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for one in part for text in _texts(one)]
    if not isinstance(part, dict):
        return []
    if isinstance(part.get("text"), str):
        return [part["text"]]
    keys = ("text", "label", "fields", "elements", "element", "options", "description", "hint", "accessory")
    return [text for key in keys for text in _texts(part.get(key))]


def buttons(message: Json) -> list[str]:
    """Return the labels of a message's buttons."""
    found = [one for block in message.get("blocks", []) for one in block.get("elements", [])]
    return [one["text"]["text"] for one in found if one["type"] == "button"]


def card(person: Person, channel: str = CHANNEL) -> Json:
    """Return the incident's card as somebody sees it now."""
    found = [one for one in person.messages(channel) if one.get("blocks")]
    return next(one for one in found if one["blocks"][0]["type"] == "header")


def answer(person: Person, channel: str = CHANNEL) -> Json:
    """Return the last private answer that somebody got in a channel."""
    return next(one for one in reversed(person.messages(channel)) if one.get("is_ephemeral"))


def told(person: Person, channel: str = CHANNEL) -> list[str]:
    """Return what the bot told everybody in a channel."""
    found = [one for one in person.messages(channel) if one.get("bot_id") and not one.get("is_ephemeral")]
    return [one["text"] for one in found if one.get("subtype") is None]


async def inc(world: World, who: str, text: str = "", channel: str = CHANNEL) -> Person:
    """Have somebody type `/inc` in a channel, and wait for all that follows."""
    person = world.person(who)
    seen = await person.slash("/inc", text, channel=channel)
    assert not seen.error
    await world.settle()
    return person


async def asks(world: World, who: str, text: str = "", channel: str = CHANNEL) -> Json:
    """Have somebody type `/inc` in a channel, and return what they are answered in private."""
    return answer(await inc(world, who, text, channel), channel)


async def whole_panel(world: World, who: str) -> Json:
    """Have somebody type `/inc` in the incident's channel and press **More**; return all that is offered."""
    shown = await asks(world, who)
    if "More" in buttons(shown):
        await presses(world, world.person(who), shown, "More")
        shown = answer(world.person(who))
    return shown


async def presses(world: World, person: Person, message: Json, label: str, *, confirm: bool = False) -> None:
    """Have somebody press a button of a message, and wait for all that follows."""
    seen = await person.click(message, text=label, confirm=confirm)
    assert not seen, seen
    await world.settle()


async def sends(world: World, person: Person, /, **answers: Any) -> dict[str, str]:
    """Have somebody fill in and send the form that is open; return what it complains of."""
    await person.fill(answers)
    problems = await person.submit()
    await world.settle()
    return problems


async def corrects(world: World, who: str, to: str) -> Person:
    """Have somebody lower the severity in the incident's channel: it was never that bad."""
    person = await inc(world, who, f"severity {to}")
    assert await sends(world, person, which="never", reason="A test") == {}
    return person


async def acknowledged(world: World, who: str = "ana") -> Person:
    """Have somebody acknowledge the page in their direct messages."""
    person = world.person(who)
    await presses(world, person, person.dm()[0], "Acknowledge")
    await world.settle_down()
    return person


async def deactivates(world: World, *handles: str) -> None:
    """Have an administrator deactivate people."""
    for handle in handles:
        change_user(world.slack.workspace, handle, deleted=True)
    await world.settle()


async def unready(bot: Muster) -> dict[str, str]:
    """Return what is not in order, as the probe of a supervisor sees it."""
    url = f"http://127.0.0.1:{bot.web.port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        told = await answer.json()
        found = {name: said for name, said in told["checks"].items() if said != "ok"}
        assert (answer.status, told["ready"]) == ((503, False) if found else (200, True))
    return found
