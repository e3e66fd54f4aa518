"""Calls to Slack, with its errors sorted into what they mean for a delivery."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.clock import Clock
from bot.integrations.slack.pace import Pace
from bot.integrations.slack.web import sends
from bot.jobs import DeliveryFailed
from bot.views.blocks import Block, Message, mentions, quiet, without_images
from storage.outbox import Delivery, LeaseKey

TIMEOUT = 10
"""Seconds that one call may take."""
MOST_WAITS = 20
"""How often one page of a long list is asked for when Slack says that it was too soon."""

_FATE_UNKNOWN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_TRY_AGAIN = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_TOKEN_REFUSED = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
"""Says nothing of whom we call, so no page moves on for it: it is sent when the token is mended."""
Names: TypeAlias = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]
"""What the people with these ids are called, as far as it is known."""
_EVENT_TYPE = "muster"
_BLOCKS_REFUSED = "invalid_blocks"
_SUBJECTS = ("incident", "place")
"""What of a delivery's subject is shown: numbers and channel names, never what an incident is called."""
_PEOPLE = ("U", "W")
"""How the ids of people begin."""
_LOOK_BACK = timedelta(hours=1)
"""How far before a delivery its message is looked for: by so much may our clock be ahead of Slack's."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message ended up: a person's id becomes the channel of the direct messages."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was posted. `person` is whom it was sent to; it is empty where a channel reads it."""

    posted: Posted
    person: str


_SENT: ContextVar[list[Sent] | None] = ContextVar("sent", default=None)


@contextmanager
def listening() -> Iterator[Sequence[Sent]]:
    """Note what is posted meanwhile, by this task and those that it begins."""
    sent: list[Sent] = []
    token = _SENT.set(sent)
    try:
        yield sent
    finally:
        _SENT.reset(token)


class SlackError(DeliveryFailed):
    """Slack said no. `code` is its own word for it; `answer` the whole answer."""

    def __init__(self, method: str, code: str, answer: Mapping[str, Any]) -> None:
        again = code in _TRY_AGAIN | _TOKEN_REFUSED | _FATE_UNKNOWN
        super().__init__(
            f"{method}: {_spelled_out(code, answer)}", permanent=not again, uncertain=code in _FATE_UNKNOWN
        )
        self.code = code
        self.answer = answer


class SlackClient:
    """The Web API over one shared session. Each call is made once: the delivery decides about repeating.

    `mark` names this database, so that its deliveries can be told from another's in a channel's history.
    """

    def __init__(self, web: AsyncWebClient, mark: str, clock: Clock, names: Names) -> None:
        self._web = web
        self._names = names
        self._clock = clock
        self.mark = mark
        self._pace = Pace()
        self.home: str | None = None
        """The workspace's address, once Slack has said it."""

    @property
    def web(self) -> AsyncWebClient:
        """The client itself, for what is no method: files."""
        return self._web

    async def call(self, method: str, *, urgent: bool = False, **arguments: Any) -> Mapping[str, Any]:
        """Call a method and return its answer. Raises DeliveryFailed; SlackError when Slack refuses.

        While Slack wants to be left in peace it is not called, and the failure says until when.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        channel = str(given.get("channel", ""))
        if wait := self._pace.wait(method, channel, self._clock.now(), urgent=urgent):
            raise DeliveryFailed(f"{method}: Slack asked to wait", after=wait, held=True)
        try:
            return await self._call(method, given)
        except DeliveryFailed as failure:
            if failure.after:
                self._pace.refused(method, channel, failure.after, self._clock.now())
            raise

    async def _call(self, method: str, given: dict[str, Any]) -> Mapping[str, Any]:
        try:
            response = await sends(self._web, method)(**given)
        except SlackApiError as error:
            raise sorted_out(method, error) from error
        except aiohttp.ClientConnectorError as error:
            raise DeliveryFailed(f"{method}: Slack cannot be reached") from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise DeliveryFailed(f"{method}: the connection was lost", uncertain=True) from error
        answer = response.data
        return answer if isinstance(answer, dict) else {}

    async def post(
        self,
        delivery: Delivery,
        channel: str,
        message: Message,
        *,
        thread: str | None = None,
        readable: bool = True,
        about: Mapping[str, str] | None = None,
    ) -> Posted:
        """Post a message once: after an attempt of unknown fate, look first whether it is there.

        `readable` says whether the bot may read that history; in direct messages it may not, and repeats.
        What the message is about travels with it, for a bot that knows only an older state.
        """
        posted = await self.find(delivery, channel, thread) if delivery.uncertain and readable else None
        if not posted:
            message = await self.quiet(message) if readable else message
            posted = await self._post(delivery, channel, message, thread, about or {})
        if (sent := _SENT.get()) is not None:
            sent.append(Sent(posted, channel if channel.startswith(_PEOPLE) else ""))
        return posted

    async def _post(
        self,
        delivery: Delivery,
        channel: str,
        message: Message,
        thread: str | None,
        about: Mapping[str, str],
    ) -> Posted:
        answer = await self._written(
            "chat.postMessage",
            delivery,
            message.blocks,
            channel=channel,
            text=message.text,
            thread_ts=thread,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": _EVENT_TYPE, "event_payload": self._payload(delivery, about)},
        )
        return Posted(answer["channel"], answer["ts"])

    async def _written(
        self, method: str, delivery: Delivery, blocks: Sequence[Block], **arguments: Any
    ) -> Mapping[str, Any]:
        """Write a message; where Slack cannot fetch a picture in it, without pictures: the text counts."""
        try:
            return await self.call(method, urgent=delivery.urgent, blocks=blocks, **arguments)
        except SlackError as error:
            plain = without_images(blocks)
            if error.code != _BLOCKS_REFUSED or len(plain) == len(blocks):
                raise
        return await self.call(method, urgent=delivery.urgent, blocks=plain, **arguments)

    async def quiet(self, message: Message) -> Message:
        """Return a message that names people whom it does not call: Slack notifies whoever is mentioned.

        In a direct message nobody else is there to be notified, and a mention leads to the person.
        """
        others = mentions(message) - message.calls
        return quiet(message, await self._names(others)) if others else message

    async def redraw(
        self,
        delivery: Delivery,
        channel: str,
        ts: str,
        message: Message,
        *,
        about: Mapping[str, str] | None = None,
    ) -> bool:
        """Edit a message in place; say whether it is there. One that was deleted stays deleted.

        The first block's id tells which attempt drew it; Slack wants a new one with each edit anyway.
        """
        if not channel.startswith("D"):
            message = await self.quiet(message)
        first, *others = message.blocks
        blocks = [{**first, "block_id": self._drawing(delivery.lease_key)}, *others]
        try:
            edited: dict[str, Any] = {"channel": channel, "ts": ts, "text": message.text}
            if about:
                payload = self._payload(delivery, about)
                edited["metadata"] = {"event_type": _EVENT_TYPE, "event_payload": payload}
            await self._written("chat.update", delivery, blocks, **edited)
        except SlackError as error:
            if error.code not in {"message_not_found", "cant_update_message"}:
                raise
            return False
        return True

    async def edit_answer(self, url: str, message: Message) -> None:
        """Put a message in the place of a private answer. Raises DeliveryFailed; no second try would help."""
        web = self._web
        hook = AsyncWebhookClient(
            url, web.timeout, ssl=web.ssl, proxy=web.proxy, session=web.session, retry_handlers=[]
        )
        try:
            answer = await hook.send(text=message.text, blocks=message.blocks, replace_original=True)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise DeliveryFailed("a private answer could not be edited", permanent=True) from error
        if answer.status_code != 200:
            raise DeliveryFailed(f"a private answer: Slack answered {answer.status_code}", permanent=True)

    async def drawn(self, channel: str, ts: str) -> LeaseKey | None:
        """Return which attempt drew a message as it is shown, or None.

        Nobody knows where it was not redrawn, or is gone, or we are no member: people would see us join.
        """
        answer = await self.tolerate(
            "not_in_channel",
            method="conversations.history",
            channel=channel,
            oldest=ts,
            latest=ts,
            inclusive=True,
            limit=1,
        )
        blocks = [block for one in answer.get("messages", []) for block in one.get("blocks", [])]
        mark, *lease_key = str(blocks[0].get("block_id", "") if blocks else "").rsplit("-", 2)
        return (int(lease_key[0]), int(lease_key[1])) if len(lease_key) == 2 and mark == self.mark else None

    async def link_to(self, channel: str, ts: str, thread: str | None = None) -> str:
        """Return where a message is. Slack is asked for no more than the workspace's address, and once."""
        if not self.home:
            with understood("auth.test"):
                self.home = str((await self.call("auth.test"))["url"])
        where = f"{self.home.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
        return where if thread in {None, ts} else f"{where}?thread_ts={thread}&cid={channel}"

    async def tolerate(self, *codes: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method for which some refusals mean that it is done already."""
        try:
            return await self.call(method, **arguments)
        except SlackError as error:
            if error.code in codes:
                return error.answer
            raise

    async def pages_of(self, method: str, key: str, **arguments: Any) -> list[Mapping[str, Any]]:
        """Return all rows of a method that answers page by page."""
        rows: list[Mapping[str, Any]] = []
        cursor: str | None = None
        while True:
            more, cursor = await self.page_of(method, key, cursor, **arguments)
            rows += more
            if not cursor:
                return rows

    async def page_of(
        self, method: str, key: str, cursor: str | None, **arguments: Any
    ) -> tuple[list[Mapping[str, Any]], str | None]:
        """Return one page of a long list, and where the next one begins."""
        answer = await self._patiently(method, limit=200, cursor=cursor, **arguments)
        return answer[key], (answer.get("response_metadata") or {}).get("next_cursor") or None

    async def _patiently(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method as slowly as Slack asks: a large workspace has many pages to read."""
        for _ in range(MOST_WAITS):
            try:
                return await self.call(method, **arguments)
            except DeliveryFailed as failure:
                if failure.after is None:
                    raise
                await self._clock.sleep(failure.after.total_seconds())
        return await self.call(method, **arguments)

    async def find(self, delivery: Delivery, channel: str, thread: str | None = None) -> Posted | None:
        """Look whether an earlier attempt arrived."""
        cursor: str | None = None
        while True:
            answer = await self._since(delivery, channel, thread, cursor)
            for message in answer["messages"]:
                metadata = message.get("metadata") or {}
                if metadata.get("event_payload", {}).get("delivery") == self._id(delivery):
                    return Posted(channel, message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if not cursor:
                return None

    async def _since(
        self, delivery: Delivery, channel: str, thread: str | None, cursor: str | None
    ) -> Mapping[str, Any]:
        """Return a part of what was posted since it was decided. It joins the channel if it must."""
        method = "conversations.replies" if thread else "conversations.history"
        looked_for: dict[str, Any] = {
            "channel": channel,
            "ts": thread,
            "oldest": f"{(delivery.created_at - _LOOK_BACK).timestamp():.6f}",
            "limit": 200,
            "cursor": cursor,
            "include_all_metadata": True,
        }
        answer = await self.tolerate("not_in_channel", method=method, **looked_for)
        if not answer.get("ok"):
            await self.call("conversations.join", channel=channel)
            answer = await self.call(method, **looked_for)
        return answer

    def _payload(self, delivery: Delivery, about: Mapping[str, str]) -> Mapping[str, str | int]:
        subject = {key: value for key, value in delivery.subject.items() if key in _SUBJECTS}
        return {"delivery": self._id(delivery), "job": delivery.job, **subject, **about}

    def of_ours(self, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return what a message of this database's says it is about, or None."""
        payload: Mapping[str, Any] = (message.get("metadata") or {}).get("event_payload") or {}
        return payload if str(payload.get("delivery", "")).startswith(f"{self.mark}-") else None

    def _id(self, delivery: Delivery) -> str:
        return f"{self.mark}-{delivery.id}"

    def _drawing(self, lease_key: LeaseKey) -> str:
        delivery, attempt = lease_key
        return f"{self.mark}-{delivery}-{attempt}"


@contextmanager
def understood(what: str) -> Iterator[None]:
    """Take an answer that is not as Slack's are for a Slack that is away. Raises DeliveryFailed then."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        reason = f"{what}: the answer is not as Slack's are ({type(error).__name__}: {error})"
        raise DeliveryFailed(reason, uncertain=True) from error


def sorted_out(method: str, error: SlackApiError) -> DeliveryFailed:
    """Return what an answer of Slack's means; one that is not even JSON says that Slack itself is ill."""
    response = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    headers = getattr(response, "headers", None) or {}
    data = getattr(response, "data", None)
    if status == 429:
        wait = timedelta(seconds=_seconds(headers.get("Retry-After")))
        return DeliveryFailed(f"{method}: too many calls", after=wait)
    if status >= 500 or not isinstance(data, dict) or "error" not in data:
        return DeliveryFailed(f"{method}: Slack answered {status}", uncertain=True)
    return SlackError(method, str(data["error"]), data)


def _seconds(header: str | None) -> float:
    try:
        return max(1.0, float(header or 1))
    except ValueError:
        return 1.0


def _spelled_out(code: str, answer: Mapping[str, Any]) -> str:
    if code == "missing_scope":
        needed = answer.get("needed") or "?"
        return f"missing_scope {needed}: add it to the app and reinstall the app (`muster check` says more)"
    messages = (answer.get("response_metadata") or {}).get("messages") or []
    return f"{code} {'; '.join(messages)}".strip()
