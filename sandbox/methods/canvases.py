"""canvases.* and conversations.canvases.create: documents in channels."""

import re
from html import escape
from typing import Any

from sandbox import canvases
from sandbox.call import Call
from sandbox.canvas_markdown import LARGEST, words
from sandbox.errors import SlackError, invalid_arguments
from sandbox.state import Canvas, Channel, Json, Part

TYPES = ("h1", "h2", "h3", "any_header")
WITH_SECTION = ("insert_after", "insert_before", "delete")
OPERATIONS = (*WITH_SECTION, "insert_at_start", "insert_at_end", "replace", "rename")


def create(call: Call) -> Json:
    """A canvas of the app's own; with `channel_id` it is a tab there."""
    _refuse_disabled(call)
    text = _content(call.parsed("document_content", "invalid_arguments"), "/document_content")
    free = call.ws.canvases_limited == "free"
    if free and not call.text("channel_id"):
        raise SlackError("free_teams_cannot_create_non_tabbed_canvases")
    channel = _room(call) if call.text("channel_id") else None
    if free and channel and canvases.tabs(call.ws, channel):
        raise SlackError("free_team_canvas_tab_already_exists")
    made = canvases.make(call.ws, call.bot, call.text("title"), text, channel, main=False)
    return {"canvas_id": made.id}


def create_main(call: Call) -> Json:
    """The channel's own canvas, of which there is one."""
    _refuse_disabled(call)
    text = _content(call.parsed("document_content", "invalid_arguments"), "/document_content")
    channel = _room(call)
    there = canvases.tabs(call.ws, channel)
    if any(one.main for one in there):
        raise SlackError("channel_canvas_already_exists")
    if there and call.ws.canvases_limited == "free":
        raise SlackError("free_team_canvas_tab_already_exists")
    made = canvases.make(call.ws, call.bot, call.text("title"), text, channel, main=True)
    return {"canvas_id": made.id}


def edit(call: Call) -> Json:
    """One change: Slack takes no more at once."""
    _refuse_disabled(call)
    change = _change(call.parsed("changes", "invalid_arguments"))
    canvas = found(call)
    if not canvases.may(call.ws, call.bot, canvas, write=True):
        raise SlackError("restricted_action")
    if call.ws.canvases_limited == "free" and not canvas.channel:
        raise SlackError("free_teams_cannot_edit_standalone_canvases")
    if change["operation"] == "rename":
        canvas.title = _content(change["title_content"], "/changes/0/title_content")
        canvases.shown(call.ws, canvas)
        return {}
    text = _content(change.get("document_content"), "/changes/0/document_content")
    parts = canvases.parted(call.ws, text, "canvas_editing_failed")
    canvases.replaced(call.ws, canvas, _changed(canvas, change, parts))
    return {}


def _changed(canvas: Canvas, change: Json, new: list[Part]) -> list[Part]:
    operation, section, old = change["operation"], change.get("section_id"), canvas.parts
    if operation == "insert_at_start":
        return [*new, *old]
    if operation == "insert_at_end":
        return [*old, *new]
    if operation == "replace" and section is None:
        return new
    at = next((n for n, part in enumerate(old) if part.id == section), None)
    if at is None:
        raise SlackError("canvas_editing_failed", detail=f"Section {section} was not found")
    before, after = old[:at], old[at + 1 :]
    if operation == "insert_before":
        return [*before, *new, old[at], *after]
    if operation == "insert_after":
        return [*before, old[at], *new, *after]
    return [*before, *(new if operation == "replace" else []), *after]


def delete(call: Call) -> Json:
    canvas = found(call)
    if canvas.owner != call.bot:
        raise SlackError("restricted_action")
    canvas.deleted = True
    canvases.shown(call.ws, canvas)
    return {}


def content(call: Call) -> Json:
    """All of it, as Slack writes it: not sign for sign what was sent."""
    kind = call.text("content_type", "markdown")
    if kind not in ("markdown", "html"):
        raise invalid_arguments("must be one of html, markdown [json-pointer:/content_type]")
    canvas = found(call)
    if kind == "html":
        parts = (f"<p id='{part.id}'>{escape(words(part.markdown))}</p>" for part in canvas.parts)
        return {"content": "".join(parts)}
    own = (re.sub(r"^([ \t]*)[-+] ", r"\1* ", part.markdown, flags=re.MULTILINE) for part in canvas.parts)
    return {"content": "\n\n".join(own) + "\n"}


def lookup(call: Call) -> Json:
    """The ids of the sections that fit; their text is not told."""
    _refuse_disabled(call)
    criteria = call.parsed("criteria", "invalid_arguments")
    types, text = _criteria(criteria)
    gone = call.ws.canvases.get(call.text("canvas_id"))
    if gone and gone.deleted:
        raise SlackError("canvas_deleted")
    wanted = set(types) | ({"h1", "h2", "h3"} if "any_header" in types else set())
    parts = [part for part in found(call).parts if not types or part.kind in wanted]
    return {"sections": [{"id": part.id} for part in parts if text in words(part.markdown)]}


def found(call: Call) -> Canvas:
    """A canvas that the app may read."""
    canvas = call.ws.canvases.get(call.text("canvas_id"))
    if canvas is None or not canvases.may(call.ws, call.bot, canvas):
        raise SlackError("canvas_not_found")
    return canvas


def _refuse_disabled(call: Call) -> None:
    if call.ws.canvases_limited == "disabled":
        raise SlackError("canvas_disabled_user_team")


def _room(call: Call) -> Channel:
    """A channel in which the app may make a tab. Which error says that it may not is documented nowhere."""
    channel = call.ws.channels.get(call.text("channel_id"))
    if channel is None or (channel.private and not call.ws.bot_in(channel)):
        raise SlackError("channel_not_found")
    if channel.archived or not call.ws.bot_in(channel):
        raise SlackError("restricted_action")
    return channel


def _content(given: Any, at: str) -> str:
    if given is None:
        return ""
    right = isinstance(given, dict) and set(given) == {"type", "markdown"}
    if not right or given["type"] != "markdown" or not isinstance(given["markdown"], str):
        raise invalid_arguments(f"failed to match exactly one allowed schema [json-pointer:{at}]")
    if len(given["markdown"]) > LARGEST:
        raise invalid_arguments(f"must be less than {LARGEST + 1} characters [json-pointer:{at}/markdown]")
    return str(given["markdown"])


def _change(given: Any) -> Json:
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict):
        raise invalid_arguments("must be a list of one change [json-pointer:/changes]")
    change: Json = given[0]
    operation, at = change.get("operation"), "[json-pointer:/changes/0]"
    if operation not in OPERATIONS:
        raise invalid_arguments(f"operation must be one of {', '.join(OPERATIONS)} {at}")
    needed = {"section_id"} if operation in WITH_SECTION else set()
    needed |= {"title_content"} if operation == "rename" else set()
    needed |= {"document_content"} if operation not in ("delete", "rename") else set()
    allowed = needed | {"operation"} | ({"section_id"} if operation == "replace" else set())
    if not needed <= set(change) <= allowed or not isinstance(change.get("section_id"), str | None):
        raise invalid_arguments(f"{operation} takes {', '.join(sorted(allowed))} {at}")
    return change


def _criteria(given: Any) -> tuple[list[str], str]:
    right = isinstance(given, dict) and given and set(given) <= {"section_types", "contains_text"}
    types, text = (given.get("section_types", []), given.get("contains_text", "")) if right else (None, None)
    if not isinstance(types, list) or not isinstance(text, str) or not (types or text) or len(types) > 3:
        raise invalid_arguments("section_types or contains_text is needed [json-pointer:/criteria]")
    if any(one not in TYPES for one in types):
        raise invalid_arguments(f"must be of {', '.join(TYPES)} [json-pointer:/criteria/section_types]")
    return types, text
