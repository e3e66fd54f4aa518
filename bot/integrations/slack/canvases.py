"""Canvases, by the few methods that Slack has for them.

Slack replaces a canvas as a whole, or one section at a time, and of no section it tells whose words it has.
So whether somebody else wrote in one is told by what stands there, compared with what stood there before.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from bot.integrations.slack.client import SlackClient, SlackError
from bot.jobs import DeliveryFailed

log = logging.getLogger("muster.canvases")

_GONE = frozenset({"canvas_not_found", "canvas_deleted", "file_not_found", "file_deleted"})
_INSTEAD = "or download the document"
_NOT_THERE = (
    "Slack lets Muster have no canvas in that channel: it is archived, Muster is not in it, or the workspace "
    f"keeps canvases to some people. Mend that, {_INSTEAD}"
)
_CURES: Mapping[str, str] = {
    "canvas_disabled_user_team": (
        f"this workspace has no canvases. Have an owner of it allow them, {_INSTEAD}"
    ),
    "free_team_canvas_tab_already_exists": (
        "on Slack's free plan a channel has one canvas, and this channel has one. Delete that canvas, "
        f"{_INSTEAD}"
    ),
    "free_teams_cannot_create_non_tabbed_canvases": f"Slack's free plan has no such canvas: {_INSTEAD}",
    "free_teams_cannot_edit_standalone_canvases": (
        f"Slack's free plan lets no app change that canvas. Delete it and press again, {_INSTEAD}"
    ),
    "canvas_too_large": f"the canvas would be larger than Slack takes. Shorten the document, {_INSTEAD}",
    "restricted_action": _NOT_THERE,
    "channel_not_found": _NOT_THERE,
    "not_in_channel": _NOT_THERE,
    "is_archived": _NOT_THERE,
}
"""What to do about refusals that no second try mends."""
_SOON = frozenset({"canvas_editing_locked"})
_UNREADABLE = frozenset({"unknown_method", "missing_scope", "not_allowed_token_type", "access_denied"})
_PROBES: tuple[Mapping[str, Any], ...] = ({"section_types": ["any_header"]}, {"contains_text": "e"})
"""What nearly every section has: together they tell whether one came or went."""
_LISTED = 100
_LATER = timedelta(seconds=30)
"""Three times as long as a call may take: by then one whose answer was lost has had its effect."""


class CanvasGone(Exception):
    """The canvas is there no more."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A canvas in a channel. `closed` says that its people may read it and not write."""

    id: str
    channel: str
    closed: bool = False


class Canvases:
    """Raises DeliveryFailed in words that say what to do, and CanvasGone."""

    def __init__(self, slack: SlackClient) -> None:
        self._slack = slack

    async def make(self, channel: str, title: str, text: str) -> str:
        """Make a canvas as a tab of a channel, and return its id.

        When nobody knows what became of the call, it may still have its effect: it is looked for later.
        """
        try:
            answer = await self._call(
                "canvases.create", title=title, document_content=_content(text), channel_id=channel
            )
        except DeliveryFailed as failure:
            if not failure.uncertain:
                raise
            raise DeliveryFailed(failure.reason, uncertain=True, after=failure.after or _LATER) from failure
        if not answer.get("canvas_id"):
            raise DeliveryFailed("canvases.create: Slack's answer lacks the canvas", uncertain=True)
        return str(answer["canvas_id"])

    async def seek(self, channel: str, title: str) -> str | None:
        """Return the canvas of ours with this title: one that was made by a call whose answer was lost."""
        own = str((await self._call("auth.test"))["user_id"])
        try:
            answer = await self._slack.call(
                "files.list", channel=channel, user=own, types="canvas", count=_LISTED
            )
        except SlackError as error:
            if not error.permanent:
                raise
            why = f"it may have been made all the same, and Slack does not let Muster look: {error.reason}"
            raise DeliveryFailed(why, permanent=True) from error
        ours = (one for one in answer.get("files") or () if one.get("title") == title)
        return next((str(one["id"]) for one in ours if one.get("user", own) == own), None)

    async def address(self, canvas: str) -> str:
        told = await self._call("auth.test")
        return f"{str(told['url']).rstrip('/')}/docs/{told['team_id']}/{canvas}"

    async def closed(self, canvas: str, channel: str) -> Tab:
        """Let the channel's people read it and no more, so that no word of theirs is in the way later.

        Where Slack does not let us, they may write in it: that is seen before the next change.
        """
        try:
            await self._call(
                "canvases.access.set", canvas_id=canvas, access_level="read", channel_ids=[channel]
            )
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise
            log.info("a canvas stays open to write in", extra={"reason": failure.reason})
            return Tab(canvas, channel)
        return Tab(canvas, channel, closed=True)

    async def mark(self, tab: Tab) -> str:
        """Return a mark of what stands in a canvas, empty where nobody can tell.

        Where Slack gives no content its sections tell whether one came or went, but not what was written in
        one: that is enough only where nobody but us may write.
        """
        content = await self._read(tab)
        if content is not None:
            return f"content {_digest(content)}"
        if not tab.closed:
            return ""
        found = [await self._sections(tab, criteria) for criteria in _PROBES]
        ids = {one for some in found for one in some or ()}
        return f"sections {_digest(' '.join(sorted(ids)))}" if ids else ""

    async def says(self, tab: Tab, text: str, line: str, letters: Any) -> bool:
        """Say whether a canvas has just this text, as far as `letters` of it go; its `line` alone where Slack
        gives no content and nobody but us may write.
        """
        content = await self._read(tab)
        if content is not None:
            return bool(letters(content) == letters(text))
        return tab.closed and bool(await self._sections(tab, {"contains_text": line}))

    async def replace(self, tab: Tab, text: str) -> None:
        change = {"operation": "replace", "document_content": _content(text)}
        await self._call("canvases.edit", canvas_id=tab.id, changes=[change])

    async def remove(self, canvas: str) -> None:
        await self._call("canvases.delete", canvas_id=canvas)

    async def hide(self, canvas: str, channel: str) -> None:
        """Take a canvas away from the people of a channel, with all that is written in it."""
        await self._call("canvases.access.delete", canvas_id=canvas, channel_ids=[channel])

    async def _read(self, tab: Tab) -> str | None:
        try:
            answer = await self._slack.call("canvases.getContent", canvas_id=tab.id)
        except SlackError as error:
            if error.code in _UNREADABLE:
                return None
            raise _sorted(error) from error
        content = answer.get("content")
        return content if isinstance(content, str) else None

    async def _sections(self, tab: Tab, criteria: Mapping[str, Any]) -> set[str] | None:
        """Return the ids of the sections that fit, or None where Slack does not tell."""
        try:
            found = await self._slack.call("canvases.sections.lookup", canvas_id=tab.id, criteria=criteria)
        except SlackError as error:
            if error.code in _GONE or not error.permanent:
                raise _sorted(error) from error
            return None
        return {str(one.get("id")) for one in found.get("sections") or ()}

    async def _call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        try:
            return await self._slack.call(method, **arguments)
        except SlackError as error:
            raise _sorted(error) from error


def _content(text: str) -> Mapping[str, str]:
    return {"type": "markdown", "markdown": text}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def _sorted(error: SlackError) -> Exception:
    """Return a refusal in words that say what to do, and whether a second try may help."""
    if error.code in _GONE:
        return CanvasGone()
    if error.code in _SOON:
        return DeliveryFailed(error.reason)
    detail = str(error.answer.get("detail") or "")
    why = _CURES.get(error.code, f"{error.reason} {detail}".strip())
    return DeliveryFailed(why, permanent=error.permanent, uncertain=error.uncertain, after=error.after)
