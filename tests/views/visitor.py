"""A person in front of the handlers: types commands, presses buttons, sends forms, as Slack lets them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Muster
from bot.config import Config
from bot.rehearsal.asked import Rehearsals
from bot.views.commands import Subcommand
from bot.web.links import Links
from handlers.request import Listener, Request, labelled
from sandbox.validation import message_problems, view_problems
from sandbox.validation.state import HELD, initial_state, submit_problems, with_block_ids
from storage import incidents
from tests.conftest import Office

LINKS = Links("xoxb-1", "0dbb0390a6249b3a", None)


class _Answers:
    """Where private answers go: a function with an address, as Bolt's is."""

    response_url = "https://hooks.slack.test/answer"

    def __init__(self, take: Callable[..., Awaitable[None]]) -> None:
        self._take = take

    async def __call__(self, **answer: Any) -> None:
        await self._take(**answer)


class Visitor:
    """One person in one channel, and all that the bot answered them in private."""

    def __init__(self, office: Office, user: str = "UREP", channel: str = "CINC") -> None:
        self.office = office
        self.user = user
        self.channel = channel
        self.answers: list[dict[str, Any]] = []
        self.views: list[dict[str, Any]] = []
        self.acks: list[dict[str, Any]] = []
        self.taken_away = 0
        self.respond = _Answers(self._answered)
        self.rehearsals = Rehearsals(Muster, Config(office.uow.process), office.uow)
        self.base_url = "https://slack.test/api/"

    def types(self, commands: Sequence[Subcommand], typed: str) -> None:
        """Type `/inc <typed>`; refusals are raised, as the router wants them."""
        word, _, text = typed.partition(" ")
        request = Request(
            text=asyncio.run(labelled(text, self.office.uow)),
            user=self.user,
            channel=self.channel,
            trigger_id="trigger",
            client=cast(AsyncWebClient, self),
            respond=cast(AsyncRespond, self.respond),
            uow=self.office.uow,
            incident=self.office.read(incidents.in_channel, self.channel),
            links=LINKS,
            rehearsals=self.rehearsals,
        )
        asyncio.run(cast(Any, next(one for one in commands if one.word == word).run(request)))

    def presses(
        self, listeners: Sequence[Listener], action_id: str, value: object, *, private: bool = False
    ) -> None:
        """Press a button: of the channel's message, or of a private answer."""
        body = {
            "user": {"id": self.user},
            "channel": {"id": self.channel},
            "container": {"is_ephemeral": private},
            "trigger_id": "trigger",
            "actions": [{"action_id": action_id, "value": str(value)}],
        }
        self._send(listeners, "action", action_id, body, {})

    def sends(self, listeners: Sequence[Listener], **entered: Any) -> dict[str, Any]:
        """Fill the fields of the form that is open, send it, and return what came back."""
        form = self.views[-1]
        view = form | {"id": f"V{len(self.views)}", "blocks": with_block_ids(form["blocks"], lambda: "x")}
        values = initial_state(view["blocks"])
        for block in view["blocks"]:
            if block.get("block_id") in entered:
                element = block["element"]
                answer = _answer(element, entered[block["block_id"]])
                values[block["block_id"]][element["action_id"]][HELD[element["type"]][0]] = answer
        assert submit_problems(view, values) == {}
        view["state"] = {"values": values}
        self._send(listeners, "view", form["callback_id"], {"user": {"id": self.user}, "view": view}, view)
        return self.acks[-1]

    @property
    def answer(self) -> str:
        """The last private answer, as text."""
        return str(self.answers[-1]["text"])

    @property
    def form(self) -> dict[str, Any]:
        """The form that was opened last."""
        return self.views[-1]

    async def _answered(self, **answer: Any) -> None:
        if answer.get("delete_original"):
            assert answer == {"delete_original": True}
            self.taken_away += 1
            return
        assert message_problems(answer["blocks"]) == []
        self.answers.append(answer)

    async def views_open(self, *, trigger_id: str, view: dict[str, Any]) -> None:
        assert trigger_id == "trigger"
        assert view_problems(view) == []
        self.views.append(view)

    async def views_push(self, *, trigger_id: str, view: dict[str, Any]) -> None:
        await self.views_open(trigger_id=trigger_id, view=view)

    async def chat_postEphemeral(self, *, channel: str, user: str, **said: Any) -> None:  # noqa: N802 - Slack's
        assert (channel, user) == (self.channel, self.user)
        await self._answered(**said)

    async def ack(self, **answer: Any) -> None:
        self.acks.append(answer)

    def _send(
        self,
        listeners: Sequence[Listener],
        kind: str,
        constraint: str,
        body: dict[str, Any],
        view: dict[str, Any],
    ) -> None:
        handler = next(one.handler for one in listeners if (one.kind, one.constraint) == (kind, constraint))
        given = {
            "ack": self.ack,
            "body": body,
            "view": view,
            "client": self,
            "respond": self.respond,
            "uow": self.office.uow,
            "links": LINKS,
            "rehearsals": self.rehearsals,
        }
        code, acks = getattr(handler, "__wrapped__", handler).__code__, len(self.acks)
        asyncio.run(
            cast(Any, handler(**{name: given[name] for name in code.co_varnames[: code.co_argcount]}))
        )
        assert len(self.acks) == acks + 1, "Slack waits for one answer"


def offered(form: Mapping[str, Any], block_id: str) -> list[str]:
    """Return the values that a form lets somebody choose from."""
    block = next(block for block in form["blocks"] if block.get("block_id") == block_id)
    return [option["value"] for option in block["element"]["options"]]


def buttons(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and value of every button of a message."""
    rows = [block["elements"] for block in answer["blocks"] if block["type"] == "actions"]
    return [(button["text"]["text"], button["value"]) for row in rows for button in row]


def _answer(element: Mapping[str, Any], value: Any) -> Any:
    if element["type"] not in {"static_select", "radio_buttons"}:
        return value
    return next(option for option in element["options"] if option["value"] == value)
