"""A person at the keyboard, for tests. Everything goes through what the page's clicks go through."""

from dataclasses import dataclass
from typing import Any

from sandbox import canvases, sight
from sandbox.acts import act
from sandbox.acts.acting import Acting
from sandbox.choices import held
from sandbox.errors import SlackError
from sandbox.state import Channel, Json, Text
from sandbox.validation.blocks import actionable
from sandbox.wire import view_object


class CannotDo(Exception):
    """A person tried what Slack does not let them do, or what is not there."""


@dataclass(frozen=True)
class Seen:
    """What a person saw at once: an answer, Slack's own error text, or nothing (then it is false)."""

    message: Json | None = None
    error: str | None = None

    def __bool__(self) -> bool:
        return bool(self.message or self.error)

    @property
    def text(self) -> str:
        return self.error or (self.message or {}).get("text", "")

    @property
    def blocks(self) -> list[Json]:
        return list((self.message or {}).get("blocks", []))


class Person:
    """Channels are given by name or id, messages as they were read from `messages()`."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._ws = acting.ws
        self.id = acting.user.id
        self.handle = acting.user.handle

    async def _do(self, do: str, **given: Any) -> Json:
        answer = await act(self._acting, do, given)
        if not answer["ok"]:
            raise CannotDo(answer.get("error"))
        return answer

    def _channel(self, name: str) -> Channel:
        return self._ws.channel(name)

    # Commands and shortcuts

    async def slash(self, command: str, text: str = "", channel: str = "general") -> Seen:
        where = self._channel(channel).id
        answer = await act(self._acting, "slash", {"command": command, "text": text, "channel": where})
        return Seen(answer.get("message"), None if answer["ok"] else answer["error"])

    async def shortcut(self, callback_id: str) -> None:
        await self._do("shortcut", callback_id=callback_id)

    async def message_shortcut(self, callback_id: str, message: Json) -> None:
        await self._do("message_shortcut", callback_id=callback_id, **self._place(message))

    # Forms

    @property
    def modal(self) -> Json | None:
        """The form on top, if one is open."""
        view = self._ws.top_view(self.id)
        return view_object(self._ws, view) if view else None

    @property
    def modal_errors(self) -> dict[str, str]:
        view = self._ws.top_view(self.id)
        return dict(view.errors) if view else {}

    def _open(self) -> Json:
        modal = self.modal
        if modal is None:
            raise CannotDo(f"{self.handle} has no form open")
        return modal

    async def fill(self, values: dict[str, Any]) -> None:
        """Fill fields in, by block_id or action_id. Options go by value or by label, people by handle."""
        modal = self._open()
        state: Json = {}
        for name, value in values.items():
            block, element = _named(modal["blocks"], name)
            try:
                entry = held(self._ws, element, value)
            except (SlackError, KeyError) as refused:
                raise CannotDo(str(refused)) from None
            state.setdefault(block["block_id"], {})[element["action_id"]] = entry
        await self._do("fill", view_id=modal["id"], state=state)

    async def submit(self) -> dict[str, str]:
        """Send the form. Returns what it complains of by block_id; "" stands for the form as a whole."""
        answer = await act(self._acting, "submit", {"view_id": self._open()["id"]})
        whole = {"": answer["error"]} if answer.get("error") else {}
        return {**answer.get("errors", {}), **whole}

    async def close_modal(self, *, clear: bool = False) -> None:
        """Cancel the form on top, or with `clear` press its X."""
        await self._do("close", view_id=self._open()["id"], clear=clear)

    async def press(
        self,
        action_id: str | None = None,
        *,
        text: str | None = None,
        value: Any = None,
        confirm: bool = False,
    ) -> Seen:
        """Press a button or choose from a menu in the open form."""
        modal = self._open()
        block, element = _pressable(modal["blocks"], action_id, text, value)
        return await self._press(block, element, value, confirm, view_id=modal["id"])

    async def suggestions(self, action_id: str, typed: str) -> Json:
        """What an external select in the open form offers."""
        return await self._do("suggest", view_id=self._open()["id"], action_id=action_id, value=typed)

    # Messages

    async def click(
        self,
        message: Json,
        action_id: str | None = None,
        *,
        text: str | None = None,
        value: Any = None,
        confirm: bool = False,
    ) -> Seen:
        """Press a button, or choose `value` from a menu, in a message; by action_id, by text or by both."""
        place = self._place(message)
        now = self._fresh(place)
        attached = [block for one in now.get("attachments", []) for block in one.get("blocks", [])]
        block, element = _pressable([*now.get("blocks", []), *attached], action_id, text, value)
        return await self._press(block, element, value, confirm, **place)

    async def _press(self, block: Json, element: Json, value: Any, confirm: bool, **place: str) -> Seen:
        if element.get("confirm") and not confirm:
            return Seen(message={"text": element["confirm"]["text"]["text"], "confirm": element["confirm"]})
        given = {**place, "block_id": block["block_id"], "action_id": element["action_id"], "value": value}
        answer = await act(self._acting, "block_action", given)
        return Seen(error=None if answer["ok"] else answer["error"])

    def _place(self, message: Json) -> dict[str, str]:
        if "channel" in message:
            return {"channel": message["channel"], "ts": message["ts"]}
        for channel in self._ws.channels.values():
            if any(one["ts"] == message["ts"] for one in self._all(channel)):
                return {"channel": channel.id, "ts": message["ts"]}
        raise CannotDo("that message is not there any more")

    def _all(self, channel: Channel) -> list[Json]:
        hidden = [seen.message for seen in channel.ephemerals if seen.user == self.id]
        return [*channel.messages, *hidden]

    def _fresh(self, place: dict[str, str]) -> Json:
        channel = self._acting.channel(place)
        return next(message for message in self._all(channel) if message["ts"] == place["ts"])

    async def say(
        self, channel: str, text: str, thread_ts: str | None = None, *, files: tuple[str, ...] = ()
    ) -> Json:
        """Post a message; `files` are names of files that come with it."""
        where = self._channel(channel).id
        given = {"text": text, "thread_ts": thread_ts, "files": list(files)}
        answer = await self._do("send", channel=where, **given)
        return {**answer["message"], "channel": where}

    async def edit(self, message: Json, text: str) -> None:
        await self._do("edit", text=text, **self._place(message))

    async def delete(self, message: Json) -> None:
        await self._do("delete", **self._place(message))

    async def react(self, message: Json, name: str) -> None:
        await self._do("react", name=name, **self._place(message))

    async def unreact(self, message: Json, name: str) -> None:
        await self._do("unreact", name=name, **self._place(message))

    async def pin(self, message: Json) -> None:
        await self._do("pin", **self._place(message))

    async def unpin(self, message: Json) -> None:
        await self._do("unpin", **self._place(message))

    # Channels

    async def create(self, name: str, *, private: bool = False) -> str:
        answer = await self._do("create", name=name, private=private)
        return str(answer["channel"])

    async def join(self, channel: str) -> None:
        await self._do("join", channel=self._channel(channel).id)

    async def leave(self, channel: str) -> None:
        await self._do("leave", channel=self._channel(channel).id)

    async def invite(self, channel: str, *who: str) -> None:
        people = [self._ws.user(name).id for name in who]
        await self._do("invite", channel=self._channel(channel).id, who=people)

    async def kick(self, channel: str, who: str) -> None:
        await self._do("kick", channel=self._channel(channel).id, who=self._ws.user(who).id)

    async def rename(self, channel: str, name: str) -> None:
        await self._do("rename", channel=self._channel(channel).id, name=name)

    async def set_topic(self, channel: str, topic: str) -> None:
        await self._do("topic", channel=self._channel(channel).id, topic=topic)

    async def archive(self, channel: str) -> None:
        await self._do("archive", channel=self._channel(channel).id)

    async def delete_channel(self, channel: str) -> None:
        await self._do("delete_channel", channel=self._channel(channel).id)

    async def unarchive(self, channel: str) -> None:
        await self._do("unarchive", channel=self._channel(channel).id)

    async def open_dm_with_bot(self) -> str:
        answer = await self._do("open_dm", **{"with": self._ws.app.user_id})
        return str(answer["channel"])

    async def open_home(self) -> Json | None:
        """Visit the Home tab. Returns what it shows."""
        await self._do("home")
        home = self._acting.user.home
        return view_object(self._ws, home) if home else None

    async def reload(self) -> None:
        await self._do("reload")

    def canvases(self, channel: str) -> list[Json]:
        """The tabs that this person sees there."""
        return canvases.seen(self._ws, self.id, self._channel(channel))

    async def write_canvas(self, canvas: str, text: str) -> None:
        await self._do("write_canvas", canvas=canvas, text=text)

    async def delete_canvas(self, canvas: str) -> None:
        await self._do("delete_canvas", canvas=canvas)

    # Looking

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Json]:
        """What this person sees there, oldest first, with what is shown to them alone."""
        where = self._channel(channel)
        if where.private and self.id not in where.members:
            raise CannotDo(f"{self.handle} is not in {where.name}")
        return [{**message, "channel": where.id} for message in sight.messages(where, self.id, thread_ts)]

    def dm(self) -> list[Json]:
        """The messages in the direct message with the bot."""
        for channel in self._ws.channels.values():
            if channel.im and set(channel.members) == {self.id, self._ws.app.user_id}:
                return self.messages(channel.id)
        return []

    def phone(self) -> list[Text]:
        """The texts on their phone, oldest first; each knows the `links` in it."""
        phone = self._ws.phones.get(self.id)
        return list(phone.texts) if phone else []


def _named(blocks: list[Json], name: str) -> tuple[Json, Json]:
    for block in blocks:
        for _, element in actionable(block):
            if name in (block["block_id"], element["action_id"]):
                return block, element
    known = [
        f"{block['block_id']}/{element['action_id']}" for block in blocks for _, element in actionable(block)
    ]
    raise CannotDo(f"there is no field {name!r} among: {', '.join(known)}")


def _pressable(blocks: list[Json], action_id: str | None, text: str | None, value: Any) -> tuple[Json, Json]:
    """The first element that fits; of several with one action_id, a button's value tells them apart."""
    for block in blocks:
        for _, element in actionable(block):
            label = element.get("text", element.get("placeholder", {})).get("text")
            fits = action_id in (None, element["action_id"]) and text in (None, label)
            if fits and (element["type"] != "button" or value in (None, element.get("value"))):
                return block, element
    known = [
        f"{element['action_id']} ({element.get('text', {}).get('text', element['type'])})"
        for block in blocks
        for _, element in actionable(block)
    ]
    raise CannotDo(f"there is no {action_id or text!r} to press among: {', '.join(known)}")
