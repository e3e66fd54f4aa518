"""Live tokens in Slack's mark-up: finding those that notify, and making them from what a person typed."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

BROADCASTS = ("here", "channel", "everyone")
NOBODY: Mapping[str, str] = MappingProxyType({})

TOKEN = re.compile(r"<([@#!])([^<>|]+)(?:\|[^<>]*)?>")
TYPED = re.compile(
    r"(?P<url>https?://[^\s<>]+)|(?<![\w@/.])@(?P<handle>[\w.-]+)|(?<![\w#/&])#(?P<channel>[\w-]+)",
    re.IGNORECASE,
)
AFTER_URL = ".,;:!?'\")]}"


@dataclass(frozen=True)
class Mentions:
    """Ids and broadcast ranges, each once, in the order in which they appear."""

    users: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    broadcasts: tuple[str, ...] = ()


def mentions(text: str) -> Mentions:
    """What the mrkdwn `text` points at. Entities such as `&lt;!here&gt;` are inert."""
    return _gathered(_tokens(text))


def mentions_in(blocks: list[dict[str, Any]] | None, text: str) -> Mentions:
    """What a message points at: its blocks when it has any, else its text."""
    return _gathered(_walked(blocks)) if blocks else mentions(text)


def escape_text(text: str) -> str:
    """The three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_typed(
    text: str,
    people_by_handle: Mapping[str, str],
    channels_by_name: Mapping[str, str],
    groups_by_handle: Mapping[str, str] = NOBODY,
    *,
    labels: bool = True,
) -> str:
    """What was typed, as Slack hands it on: names as tokens, the rest escaped.

    Commands name people as `<@U1|ana>`; messages, with `labels=False`, as `<@U1>`.
    """

    def person(handle: str) -> str | None:
        if handle in BROADCASTS:
            return f"<!{handle}>"
        if group := groups_by_handle.get(handle):
            return f"<!subteam^{group}|@{handle}>"
        user = people_by_handle.get(handle)
        return user and (f"<@{user}|{handle}>" if labels else f"<@{user}>")

    def channel(name: str) -> str | None:
        found = channels_by_name.get(name)
        return found and f"<#{found}|{name}>"

    parts, end = [], 0
    for match in TYPED.finditer(text):
        parts += [escape_text(text[end : match.start()]), _token(match, person, channel)]
        end = match.end()
    return "".join([*parts, escape_text(text[end:])])


Named = Callable[[str], str | None]


def _token(match: re.Match[str], person: Named, channel: Named) -> str:
    if match["url"]:
        url = match["url"].rstrip(AFTER_URL)
        return f"<{escape_text(url)}>" + escape_text(match["url"][len(url) :])
    sign, typed, named = (
        ("@", match["handle"], person) if match["handle"] else ("#", match["channel"], channel)
    )
    # A full stop may belong to the sentence rather than to the handle.
    name = typed if named(typed.lower()) else typed.rstrip(".-")
    token = named(name.lower())
    return token + typed[len(name) :] if token else sign + typed


def _tokens(text: str) -> Iterable[tuple[str, str]]:
    for kind, body in TOKEN.findall(text):
        if kind == "@":
            yield "users", body
        elif kind == "#":
            yield "channels", body
        elif body.startswith("subteam^"):
            yield "groups", body.removeprefix("subteam^")
        elif body in BROADCASTS:
            yield "broadcasts", body


# How the leaves of rich text name what they point at.
LEAVES = {
    "user": ("users", "user_id"),
    "channel": ("channels", "channel_id"),
    "usergroup": ("groups", "usergroup_id"),
    "broadcast": ("broadcasts", "range"),
}


def _walked(part: Any) -> Iterable[tuple[str, str]]:
    """Every token in a tree of blocks."""
    if isinstance(part, list):
        for item in part:
            yield from _walked(item)
    elif isinstance(part, dict):
        kind = part.get("type")
        if kind in ("mrkdwn", "markdown"):
            yield from _tokens(part.get("text", ""))
        elif kind in LEAVES:
            name, key = LEAVES[kind]
            yield name, part[key]
        else:
            yield from _walked(list(part.values()))


def _gathered(found: Iterable[tuple[str, str]]) -> Mentions:
    kinds: dict[str, dict[str, None]] = {}
    for kind, value in found:
        kinds.setdefault(kind, {})[value] = None
    return Mentions(**{kind: tuple(values) for kind, values in kinds.items()})
