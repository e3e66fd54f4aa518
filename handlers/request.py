"""What a handler works with: a command as it was typed, private answers, and the tables of listeners."""

import html
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit

from aiohttp import ClientError
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Malformed, Refused
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.streams import Stream
from bot.domain.text import one_line, tidy
from bot.domain.work.held import CONFIRMED
from bot.operations.once import once
from bot.rehearsal.asked import Rehearsals
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.commands import PanelButton, Subcommand
from bot.views.drill import marked
from bot.views.incidents.state import State, number
from bot.views.work.secret import confirmed
from bot.web.links import Links
from storage import people
from storage.transaction import Tx

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

Handler: TypeAlias = Callable[..., Awaitable[None]]

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#C?[A-Z0-9]+(?:\|([^>]*))?>")
_GROUP = re.compile(r"<!subteam\^[A-Z0-9]+(?:\|@?([^>]*))?>")
_BROADCAST = re.compile(r"<!([a-z]+)(?:[\^|][^>]*)?>")
_CROWD = re.compile(r"<!(?:subteam\^|here\b|channel\b|everyone\b)|(?:^|\s)@(?:here|channel|everyone)\b")
_ANSWERS_AT = ("https://hooks.slack.com/", "https://hooks.slack-gov.com/")
_LINK = re.compile(r"<((?:https?|mailto):[^>|]*)(?:\|([^>]*))?>")


class NotHere(Refused):
    """A command of an incident was typed elsewhere. The router adds the incidents that may be meant."""


@dataclass(frozen=True, slots=True)
class Request:
    """A subcommand that somebody typed, or a button or shortcut with its payload as `body`.

    `text` is what follows the word, as Slack escaped it.
    """

    text: str
    user: str
    channel: str
    trigger_id: str
    client: AsyncWebClient
    respond: AsyncRespond
    uow: UnitOfWork
    incident: Incident | None
    links: Links
    rehearsals: Rehearsals
    response_url: str = ""
    stream: Stream | None = None
    """The stream in whose channel it was typed, while it is not about another incident."""
    body: Mapping[str, Any] = field(default_factory=dict)
    sure: bool = False
    """Whether this person has said that nothing in the text is a secret."""
    of_incident: bool = False
    """Whether what is asked concerns the incident: what is answered in a drill says so first then."""

    @property
    def confirmed(self) -> str:
        """CONFIRMED if this person has said so, for the operation."""
        return CONFIRMED if self.sure else ""

    @property
    def plain(self) -> str:
        """The text on one line as it was typed: no entities, no tokens."""
        return plain_text(self.text)

    @property
    def mentioned(self) -> str | None:
        """The first person mentioned."""
        found = _MENTION.search(self.text)
        return found[1] if found else None

    @property
    def crowd(self) -> bool:
        """Whether a group or everybody in a channel is mentioned."""
        return bool(_CROWD.search(self.text))

    @property
    def here(self) -> Incident:
        """The incident of this channel. Refuses anywhere else."""
        if not self.incident:
            raise NotHere("This works in an incident's own channel, and this is none.")
        return self.incident

    @property
    def value(self) -> str:
        """What the pressed button carries, or the option that was chosen from a menu."""
        if "actions" not in self.body:
            return ""
        action = self.body["actions"][0]
        return str((action.get("selected_option") or action).get("value") or "")

    @property
    def number(self) -> int:
        """The number that it carries, alone or before a colon."""
        return number(self.value.partition(":")[0])

    @property
    def rest(self) -> str:
        """What it carries after the first colon."""
        return self.value.partition(":")[2]

    @property
    def in_private(self) -> bool:
        """Whether the pressed message is one that only this person sees."""
        return bool((self.body.get("container") or {}).get("is_ephemeral"))

    @property
    def view(self) -> dict[str, Any]:
        """The form that was acted on. Raises Malformed where the payload has none."""
        if not (found := self.body.get("view")):
            raise Malformed
        return dict(found)

    async def answer(self, shown: Message) -> None:
        """Answer in private: in place of the private message that was pressed, else beside what is there."""
        shown = marked(shown, self.incident if self.of_incident else None)
        await (replace if self.in_private else answer)(self.respond, shown)

    async def once(
        self, operation: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Perform an operation, though Slack may deliver the command again."""
        return await self.uow.perform(once, f"command:{self.trigger_id}", operation, *args, **kwargs)

    async def open(self, view: dict[str, Any]) -> None:
        """Open a form. The trigger lives for three seconds: nothing slow comes before this."""
        await self.client.views_open(trigger_id=self.trigger_id, view=view)


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that somebody sent. It is acknowledged last: a form that closed is stored."""

    ack: AsyncAck
    view: Mapping[str, Any]
    user: str
    client: AsyncWebClient
    uow: UnitOfWork
    links: Links
    rehearsals: Rehearsals

    @property
    def entered(self) -> State:
        return cast(State, self.view["state"]["values"])

    @property
    def metadata(self) -> str:
        return str(self.view.get("private_metadata") or "")

    @property
    def number(self) -> int:
        """The number of the form's incident."""
        return number(self.metadata.partition(":")[0])

    @property
    def sure(self) -> str:
        """CONFIRMED if this person said, in the form, that nothing in it is a secret."""
        return confirmed(self.entered)

    async def once(
        self, operation: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Perform an operation, though Slack may deliver the form again."""
        return await self.uow.perform(once, f"form:{self.view['id']}", operation, *args, **kwargs)

    async def close(self) -> None:
        await self.ack()

    async def wrong(self, errors: Mapping[str, str]) -> None:
        """Say under each field what is wrong with it; the form stays open."""
        await self.ack(response_action="errors", errors=dict(errors))

    async def turn_into(self, form: dict[str, Any]) -> None:
        """Ask on in another form."""
        await self.ack(response_action="update", view=form)


@dataclass(frozen=True, slots=True)
class Listener:
    """Something Slack may tell us, and who hears it.

    `kind` is the name of Bolt's own decorator: command, action, view, shortcut or event.
    """

    kind: str
    constraint: Any
    handler: Handler


@dataclass(frozen=True, slots=True)
class Feature:
    """What a module of handlers offers: words after `/inc`, what Slack may tell, the panel's buttons."""

    subcommands: Sequence[Subcommand] = ()
    listeners: Sequence[Listener] = ()
    buttons: Sequence[PanelButton] = ()


def plain_text(raw: str) -> str:
    """Return the text of a command on one line as the person sees it, safe to store but not escaped."""
    return one_line(as_read(raw))


def as_read(raw: str) -> str:
    """Return Slack's text as the person sees it: no tokens, no entities."""
    text = _MENTION.sub(lambda found: "@" + (found[2] or found[1]), raw)
    text = _CHANNEL.sub(lambda found: "#" + (found[1] or "private-channel"), text)
    text = _GROUP.sub(lambda found: "@" + (found[1] or "group"), text)
    text = _LINK.sub(_written, text)
    text = _BROADCAST.sub(r"@\1", text)
    return tidy(html.unescape(text))


def _written(found: re.Match[str]) -> str:
    """Return a link as it was written; one whose label says something else, with where it leads."""
    url, label = found[1].removeprefix("mailto:"), found[2]
    return label if label and url.endswith(label) else f"{label} ({url})" if label else url


async def labelled(text: str, uow: UnitOfWork) -> str:
    """Return a command in which every mention carries a name, as those do that Slack labels itself."""
    for user in {found[1] for found in _MENTION.finditer(text) if not found[2]}:
        name = html.escape(await _name(user, uow), quote=False)
        text = text.replace(f"<@{user}>", f"<@{user}|{name}>")
    return text


async def _name(user: str, uow: UnitOfWork) -> str:
    known = await uow.read(people.get, user)
    return known.name if known else "somebody"


async def with_names(text: str, uow: UnitOfWork) -> str:
    """Return text in which people are named, for places that show no mentions."""
    for user in {found[1] for found in _MENTION.finditer(text) if not found[2]}:
        text = text.replace(f"<@{user}>", f"@{await _name(user, uow)}")
    return text


def answerable(url: str, api_url: str) -> bool:
    """Say whether Slack takes answers at this URL: a payload may name any, and no other host is called."""
    try:
        return url.startswith(_ANSWERS_AT) or urlsplit(url)[:2] == urlsplit(api_url)[:2]
    except ValueError:
        return False


async def answer(respond: AsyncRespond, shown: Message) -> bool:
    """Answer in private the person who acted, and leave the message they acted on alone."""
    private = {"response_type": "ephemeral", "replace_original": False}
    return await _respond(respond, text=shown.text, blocks=shown.blocks, **private)


async def replace(respond: AsyncRespond, shown: Message) -> bool:
    """Put an answer in the place of the private message whose button was pressed."""
    return await _respond(respond, text=shown.text, blocks=shown.blocks, replace_original=True)


async def remove(respond: AsyncRespond) -> bool:
    """Take the private message away whose button was pressed."""
    return await _respond(respond, delete_original=True)


async def _respond(respond: AsyncRespond, **said: Any) -> bool:
    """Say whether there was a place to answer in, and it took the answer. What was decided stands anyway."""
    if not respond.response_url:
        return False
    try:
        await respond(**said)
    except (ClientError, TimeoutError, OSError) as error:
        log.warning("somebody could not be answered", extra={"reason": type(error).__name__})
        return False
    return True
