"""Double clicks and double submissions: whatever somebody presses or sends twice at once has one effect."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from handlers.inc import SUBCOMMANDS
from handlers.register import LISTENERS
from sandbox import modals
from sandbox.courier import Ack
from sandbox.person import Person
from storage.transaction import Tx
from tests.fakes import NOON
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, Json, answer, buttons, card, inc
from tests.scenarios.look import sends as sends_once


class Twice:
    """Has Slack deliver everything twice at once: clicks and forms as two, a command as one."""

    def __init__(self, world: World) -> None:
        self._ws, self._courier = world.slack.workspace, world.slack.courier
        self._ask = self._courier.ask
        self._courier.ask = self.ask  # type: ignore[method-assign]
        self.heard: set[tuple[str, str]] = set()

    async def ask(self, kind: str, payload: Json) -> Ack:
        again = json.loads(json.dumps(payload))
        if kind == "interactive":
            again["trigger_id"] = modals.new_trigger(self._ws, payload["user"]["id"])
            self._note(payload)
        first, _ = await asyncio.gather(self._ask(kind, payload), self._ask(kind, again))
        return first

    def _note(self, payload: Mapping[str, Any]) -> None:
        if payload["type"] == "view_submission":
            self.heard.add(("view", payload["view"]["callback_id"]))
        for action in payload.get("actions", ()):
            self.heard.add(("action", action["action_id"]))


def happened(tx: Tx) -> Counter[tuple[str, ...]]:
    """Count what the timelines tell, each with all that it says."""
    names = ("incident", "kind", "by_whom", "text", "data")
    rows = tx.all("SELECT * FROM entries")
    return Counter(tuple(str(row[name]) for name in names) for row in rows)


def said(world: World) -> Counter[tuple[str, str, str]]:
    """Count what the bot posted for good, by where and what."""
    posted = [call.args for call in world.slack.calls("chat.postMessage") if call.ok]
    return Counter(
        (one["channel"], one.get("thread_ts", ""), json.dumps(one["blocks"], default=str)) for one in posted
    )


async def settled(world: World) -> None:
    """Hold that nothing happened twice so far, and that nothing was said twice."""
    await world.settle()
    assert world.bot
    found = await world.bot.uow.read(happened)
    assert {what: times for what, times in found.items() if times > 1} == {}
    assert {what: times for what, times in said(world).items() if times > 1} == {}


async def types(world: World, who: str, text: str, channel: str = CHANNEL) -> Person:
    person = await inc(world, who, text, channel)
    await settled(world)
    return person


async def sends(world: World, person: Person, /, **entered: Any) -> None:
    assert await sends_once(world, person, **entered) == {}
    await settled(world)


async def presses(world: World, person: Person, message: Json, label: str) -> None:
    seen = await person.click(message, text=label, confirm=True)
    assert not seen.error, seen
    await settled(world)


@pytest.fixture
async def twice(world: World) -> Twice:
    return Twice(world)


COMMANDS = (
    "severity S2",
    "status Fixing",
    "lead me",
    "lead @Ana",
    "role IM @Ines",
    "field blocks-deployments yes",
    "link Wiki https://wiki.test",
    "rename Disk very full",
    "note Seen at noon",
    "update It gets better",
    "action Restart it @ana",
    "time impact-start now",
    "escalate CMOC",
    "ack",
    "resolve fix",
    "cancel A test",
    "private",
)


@pytest.mark.parametrize("text", COMMANDS)
async def test_a_command_that_comes_again_has_one_effect(world: World, twice: Twice, text: str) -> None:
    await world.declare()

    await types(world, "dev", text)


FORMS: Mapping[str, Mapping[str, Any]] = {
    "severity": {"severity": "S2"},
    "status": {"status": "Fixing"},
    "lead": {"person": "ana"},
    "role": {"role": "IM", "person": "ines"},
    "rename": {"name": "Disk very full"},
    "note": {"text": "Seen"},
    "update": {"text": "It gets better"},
    "action": {"title": "Restart it"},
    "summary": {"summary": "A disk is full"},
    "cancel": {"reason": "A test"},
    "resolve": {"ended": "FIX", "summary": "Known"},
    "escalate": {"teams": ["dotcom CMOC"], "message": "Please come"},
}


@pytest.mark.parametrize("word", FORMS)
async def test_a_form_that_is_sent_twice_has_one_effect(world: World, twice: Twice, word: str) -> None:
    dev = await world.declare()
    await types(world, "dev", word)

    entered = {name: value for name, value in FORMS[word].items() if name in names(dev)}
    await sends(world, dev, **entered)

    assert ("view", f"{word}_form") in twice.heard


def names(person: Person) -> set[str]:
    assert person.modal
    return {block.get("block_id", "") for block in person.modal["blocks"]}


async def test_a_declare_form_that_is_sent_twice_declares_once(world: World, twice: Twice) -> None:
    dev = world.person("dev")
    await dev.slash("/inc", "", channel="general")
    await world.slack.idle()

    await sends(world, dev, name="Disk full", severity="S3")

    assert [one for one in world.slack.workspace.channels.values() if one.name.startswith("inc-")][1:] == []


async def test_a_reopening_that_is_sent_twice_pages_once(world: World, twice: Twice) -> None:
    dev = await world.declare()
    await types(world, "dev", "resolve fix")
    await types(world, "dev", "reopen")

    await sends(world, dev, which="back", reason="It is back")


async def test_every_button_of_card_panel_and_page_has_one_effect(world: World, twice: Twice) -> None:
    """A form that opens is closed again: it is sent elsewhere."""
    dev = await world.declare(severity="S1")
    for who, source in (("dev", "panel"), ("dev", "card"), ("ana", "page"), ("ines", "page")):
        person = world.person(who)
        for label in await labels(world, person, source):
            message = await looked(world, person, source)
            if label in buttons(message):
                await presses(world, person, message, label)
            while person.modal:
                await person.close_modal(clear=True)
            await settled(world)

    assert len(twice.heard) > 15
    assert {one for _, one in twice.heard} <= {str(one.constraint) for one in LISTENERS}
    assert card(dev)


async def labels(world: World, person: Person, source: str) -> list[str]:
    return list(dict.fromkeys(buttons(await looked(world, person, source))))


async def looked(world: World, person: Person, source: str) -> Json:
    if source == "card":
        return card(person)
    if source == "page":
        return next(iter(person.dm()))
    await types(world, person.handle, "")
    if "More" in buttons(answer(person)):
        await presses(world, person, answer(person), "More")
    return answer(person)


@pytest.mark.parametrize(
    ("typed", "label"),
    [("severity S2", "Undo"), ("lead @Ana", "Undo"), ("role IM @Ines", "Undo"), ("rename Other", "Undo")],
)
async def test_an_undo_that_is_pressed_twice_undoes_once(
    world: World, twice: Twice, typed: str, label: str
) -> None:
    dev = await world.declare()
    await types(world, "dev", typed)

    confirmations = [one for one in dev.messages(CHANNEL) if label in buttons(one)]
    await presses(world, dev, confirmations[-1], label)


ANSWERS: Mapping[str, Any] = {
    "users_select": "ana",
    "multi_users_select": ["ana"],
    "datepicker": "2026-04-01",
    "timepicker": "13:00",
    "datetimepicker": int(NOON.timestamp()) - 3600,
    "number_input": "3",
    "email_text_input": "ana@example.com",
    "url_text_input": "https://a.test",
    "url": "https://a.test",
}


COMPLAIN = {"escalate", "time"}
"""Commands whose form wants other answers: a team that is not being paged, and times in their order."""


def filled(modal: Json) -> Json:
    """Return an answer to each question of a form, also to those that need none."""
    found = {}
    for block in modal["blocks"]:
        element = block.get("element", {})
        name, kind = block.get("block_id", ""), element.get("type", "")
        chosen = any(one.startswith("initial") for one in element) and kind != "plain_text_input"
        if block["type"] != "input" or chosen:
            continue
        options = [one["value"] for one in element.get("options", ())][:2]
        found[name] = options[-1] if options else ANSWERS.get(name) or ANSWERS.get(kind, f"{name} of it")
        if options and kind in {"checkboxes", "multi_static_select"}:
            found[name] = options[-1:]
    return found


@pytest.mark.parametrize("word", sorted(SUBCOMMANDS))
async def test_whatever_form_a_command_opens_has_one_effect_though_it_is_sent_twice(
    world: World, twice: Twice, word: str
) -> None:
    await world.declare()
    await world.declare(name="Disk full too")
    dev, taken, opened = await types(world, "dev", word), 0, False
    for _ in range(3):  # one form may ask on in another
        if not dev.modal:
            break
        opened = True
        await dev.fill(filled(dev.modal))
        taken += not await dev.submit()
        await settled(world)
    assert taken or not opened or word in COMPLAIN
