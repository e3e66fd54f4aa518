"""Messages as Slack takes them. Only this, `forms` and `mrkdwn` know its limits, and cut text to them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.views.mrkdwn import SECTION, by_name, cut, fit, mentioned, no_emoji

Block: TypeAlias = dict[str, Any]
Element: TypeAlias = dict[str, Any]

MESSAGE_TEXT = 4000
MESSAGE_BLOCKS = 50
MESSAGE_SIZE = 12_000
"""Characters of all blocks of a message as JSON. Slack documents no limit, and is reported to answer
`msg_blocks_too_long` from some 13,200 on."""
_SHORTER = (1500, 750, 300)
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
_MORE = "There is more than a message can show."
_ELEMENTS = 25


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: blocks, and a text that says the same where blocks are not shown.

    `calls` are those whom it shall reach: in a channel only they are mentioned, all others named.
    """

    text: str
    blocks: list[Block]
    calls: frozenset[str] = frozenset()


CONFIRM_TITLE = 100
"""The longest title of a question that is asked before a button acts."""


def message(text: str, *blocks: Block) -> Message:
    """Return a message within Slack's limits. Without blocks the text is its only section."""
    return Message(fit(text, MESSAGE_TEXT), _kept(list(blocks) or [section(text)]))


def mentions(found: Message) -> set[str]:
    return mentioned(found.text).union(*(mentioned(text) for text in _texts(found.blocks)))


def quiet(found: Message, names: Mapping[str, str]) -> Message:
    """Return a message that names people instead of mentioning them, but for those whom it calls."""
    others = {who: name for who, name in names.items() if who not in found.calls}
    blocks = [_by_name(block, others) for block in found.blocks]
    return Message(fit(by_name(found.text, others), MESSAGE_TEXT), _kept(blocks), found.calls)


def _texts(value: Any) -> Iterator[str]:
    """Return each piece of mrkdwn in blocks."""
    if isinstance(value, list):
        yield from (text for one in value for text in _texts(one))
    elif isinstance(value, dict) and value.get("type") == "mrkdwn":
        yield value["text"]
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in _texts(one))


def _by_name(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_by_name(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "mrkdwn":
        return {**value, "text": fit(by_name(value["text"], names), SECTION)}
    return {key: _by_name(one, names) for key, one in value.items()}


def size(blocks: Iterable[Block]) -> int:
    """Return how many characters blocks take as JSON."""
    return len(_AS_JSON([*blocks]))


def _kept(blocks: list[Block]) -> list[Block]:
    """Return as much as one message holds. Long texts give way first, since what follows may be buttons."""
    for most in _SHORTER:
        if size(blocks) <= MESSAGE_SIZE:
            break
        blocks = [_shorter(block, most) for block in blocks]
    room = len(blocks)
    more = context(_MORE)
    while room > MESSAGE_BLOCKS or size([*blocks[:room], more]) > MESSAGE_SIZE:
        room -= 1
    return blocks if room == len(blocks) else [*blocks[: min(room, MESSAGE_BLOCKS - 1)], more]


def _shorter(block: Block, most: int) -> Block:
    text = block.get("text", {})
    return {**block, "text": _mrkdwn(text["text"], most)} if text.get("type") == "mrkdwn" else block


def section(text: str, accessory: Element | None = None) -> Block:
    """Return a paragraph of mrkdwn. What people wrote in it must be escaped already."""
    block: Block = {"type": "section", "text": _mrkdwn(text, SECTION)}
    return block | {"accessory": accessory} if accessory else block


def paragraphs(lines: Iterable[str]) -> list[str]:
    """Join lines to as few texts as sections can hold; none is cut that would fit alone."""
    found: list[str] = []
    for line in lines:
        if found and len(found[-1]) + 1 + len(line) <= SECTION:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def preformatted(text: str) -> Block:
    """Return text of ours in columns: a rich text block, in which nothing is a mark."""
    part = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [part]}


def context(*texts: str) -> Block:
    """Return small grey text."""
    return {"type": "context", "elements": [_mrkdwn(text, SECTION) for text in texts[:10]]}


def image(url: str, alt: str) -> Block:
    """Return a picture, which Slack fetches: where it cannot, it refuses the message."""
    return {"type": "image", "image_url": url, "alt_text": cut(no_emoji(alt.strip()), 2000) or "–"}


def without_images(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks of a message but for the pictures among them."""
    return [one for one in blocks if one["type"] != "image"]


def header(text: str) -> Block:
    """Return a heading. It is plain text: nothing in it needs escaping."""
    return {"type": "header", "text": plain_text(text, 150)}


def actions(*elements: Element) -> Block:
    return {"type": "actions", "elements": list(elements[:_ELEMENTS])}


def button(
    label: str,
    action_id: str,
    value: object = "",
    *,
    style: str | None = None,
    confirm: Element | None = None,
    url: str | None = None,
) -> Element:
    """Return a button. `style` is "primary" or "danger"; `value` comes back when it is pressed."""
    return given(
        type="button",
        text=plain_text(label, 75),
        action_id=action_id,
        value=str(value) or None,
        style=style,
        confirm=confirm,
        url=url,
    )


def confirm(title: str, text: str, yes: str, no: str = "Cancel", *, style: str | None = None) -> Element:
    """Return the question that is asked before a button acts."""
    return given(
        title=plain_text(title, CONFIRM_TITLE),
        text=_mrkdwn(text, 300),
        confirm=plain_text(yes, 30),
        deny=plain_text(no, 30),
        style=style,
    )


def plain_text(text: str, limit: int) -> Element:
    return {"type": "plain_text", "text": cut(no_emoji(text.strip()), limit) or "–", "emoji": True}


def _mrkdwn(text: str, limit: int) -> Element:
    """Return mrkdwn in which nothing but what we wrote becomes a link or a mention."""
    return {"type": "mrkdwn", "text": fit(text.strip(), limit) or "–", "verbatim": True}


def given(**keys: Any) -> dict[str, Any]:
    """Return the keys that have a value: Slack refuses null."""
    return {key: value for key, value in keys.items() if value is not None}
