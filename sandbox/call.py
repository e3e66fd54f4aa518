"""One Web API call: its arguments, and the conversation, message and person that they name."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from sandbox.catalogue import TEXTS, Kind, Method
from sandbox.errors import SlackError, invalid_arguments
from sandbox.state import Channel, Json, User
from sandbox.workspace import Workspace

TRUE = ("1", "true", "True", "yes", "on")


@dataclass(frozen=True)
class Call:
    ws: Workspace
    method: Method
    args: Json

    @property
    def bot(self) -> str:
        return self.ws.app.user_id

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value is None else value is True or str(value) in TRUE

    def number(self, name: str, default: int, most: int) -> int:
        value = self.args.get(name, default)
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise SlackError("invalid_limit") from None
        if number < 0:
            raise SlackError("invalid_limit")
        return min(number or default, most)

    def names(self, name: str) -> list[str]:
        """A list, or a string with commas."""
        value = self.args.get(name) or []
        items = value if isinstance(value, list) else str(value).split(",")
        return [str(item).strip() for item in items if str(item).strip()]

    def parsed(self, name: str, error: str) -> Any:
        """A structure, given as itself or as JSON text."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError(error) from None

    def channel(self, name: str = "channel") -> Channel:
        """A conversation that the app may know of; the scope for its kind is checked."""
        found = self.ws.channels.get(self.text(name))
        if found is None or not self._visible(found):
            raise SlackError("channel_not_found")
        kind: Kind = "im" if found.im else "private" if found.private else "public"
        require(self.ws, self.method.scopes_in(kind))
        return found

    def _visible(self, channel: Channel) -> bool:
        return not channel.private or self.ws.bot_in(channel) or channel.bot_was_member

    def joined(self, name: str = "channel", *, archived: bool = False) -> Channel:
        """A conversation that the app is a member of, and that is open unless `archived` ones will do."""
        channel = self.channel(name)
        if channel.archived and not archived:
            raise SlackError("is_archived")
        if not self.ws.bot_in(channel):
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str) -> Json:
        message = channel.find(self.text(name))
        if message is None or message.get("subtype") == "tombstone":
            raise SlackError("message_not_found")
        return message

    def user(self, name: str = "user") -> User:
        user = self.ws.users.get(self.text(name))
        if user is None:
            raise SlackError("user_not_found")
        return user

    def page(self, items: list[Any], default: int = 100, most: int = 1000) -> tuple[list[Any], str]:
        """The page of `items` that `cursor` and `limit` ask for, and the next cursor ("" at the end)."""
        limit, start = self.number("limit", default, most), self._start()
        end = start + limit
        following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
        return items[start:end], following

    def _start(self) -> int:
        cursor = self.text("cursor")
        if not cursor:
            return 0
        try:
            word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
            start = int(number)
        except (binascii.Error, ValueError):
            raise SlackError("invalid_cursor") from None
        if word != "next" or start < 0:
            raise SlackError("invalid_cursor")
        return start


def require(ws: Workspace, scopes: tuple[str, ...]) -> None:
    """Refuse unless one of these scopes was granted."""
    if not ws.app.may(scopes):
        raise SlackError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(ws.app.scopes)))


def check_required(method: Method, args: Json) -> None:
    # Slack does not mistake an empty topic or purpose for a missing one.
    missing = [name for name in method.required if args.get(name) is None]
    if missing:
        raise invalid_arguments(*(f"missing required field: {name}" for name in missing))
    check_texts(args)


def check_texts(args: Json) -> None:
    """Refuse what is no text where text is meant."""
    wrong = [name for name in args if name in TEXTS and not isinstance(args[name], str | None)]
    if wrong:
        raise invalid_arguments(*(f"must be a string [json-pointer:/{name}]" for name in wrong))
