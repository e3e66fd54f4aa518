"""Blocks as Slack takes them. This module and `mrkdwn` alone know Slack's limits, and cut text to them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from bot.views.mrkdwn import SECTION, by_name, cut, fit, mentioned, no_emoji

Block: TypeAlias = dict[str, Any]
Element: TypeAlias = dict[str, Any]

MESSAGE_TEXT = 4000
INPUT = 3000
MESSAGE_BLOCKS = 50
MESSAGE_SIZE = 12_000
"""Characters of all blocks of a message as JSON. Slack documents no limit, and is reported to answer
`msg_blocks_too_long` from some 13,200 on."""
_SHORTER = (1500, 750, 300)
_MORE = "There is more than a message can show."
MODAL_BLOCKS = 100
_ELEMENTS = 25
_OPTIONS = 100


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: blocks, and a text that says the same where blocks are not shown.

    `calls` are those whom it shall reach: in a channel only they are mentioned, all others named.
    """

    text: str
    blocks: list[Block]
    calls: frozenset[str] = frozenset()


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
    return sum(len(json.dumps(block, ensure_ascii=False)) for block in blocks)


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


def context(*texts: str) -> Block:
    """Return small grey text."""
    return {"type": "context", "elements": [_mrkdwn(text, SECTION) for text in texts[:10]]}


def header(text: str) -> Block:
    """Return a heading. It is plain text: nothing in it needs escaping."""
    return {"type": "header", "text": _plain(text, 150)}


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
    return _some(
        type="button",
        text=_plain(label, 75),
        action_id=action_id,
        value=str(value) or None,
        style=style,
        confirm=confirm,
        url=url,
    )


def confirm(title: str, text: str, yes: str, no: str = "Cancel", *, style: str | None = None) -> Element:
    """Return the question that is asked before a button acts."""
    return _some(
        title=_plain(title, 100),
        text=_mrkdwn(text, 300),
        confirm=_plain(yes, 30),
        deny=_plain(no, 30),
        style=style,
    )


def option(label: str, value: object, description: str | None = None) -> Element:
    return _some(
        text=_plain(label, 75),
        value=str(value)[:150],
        description=_plain(description, 75) if description else None,
    )


def select(
    action_id: str,
    options: Sequence[Element],
    *,
    initial: object = None,
    placeholder: str | None = None,
    confirm: Element | None = None,
) -> Element:
    """Return a drop-down. `initial` is the value of the option chosen at first."""
    return _some(
        type="static_select",
        action_id=action_id,
        options=list(options[:_OPTIONS]),
        initial_option=_chosen(options, initial),
        placeholder=_plain(placeholder, 150) if placeholder else None,
        confirm=confirm,
    )


def multi_select(
    action_id: str, options: Sequence[Element], *, initial: Sequence[object] = (), placeholder: str = "Choose"
) -> Element:
    """Return a drop-down for several options. `initial` holds the values chosen at first."""
    kept = list(options[:_OPTIONS])
    wanted = {str(value) for value in initial}
    return _some(
        type="multi_static_select",
        action_id=action_id,
        options=kept,
        initial_options=[each for each in kept if each["value"] in wanted] or None,
        placeholder=_plain(placeholder, 150),
    )


def radio(action_id: str, options: Sequence[Element], *, initial: object = None) -> Element:
    """Return radio buttons, ten at most. `initial` is the value of the option chosen at first."""
    kept = list(options[:10])
    return _some(
        type="radio_buttons", action_id=action_id, options=kept, initial_option=_chosen(kept, initial)
    )


def people_select(action_id: str, *, initial: str | None = None, placeholder: str | None = None) -> Element:
    return _some(
        type="users_select",
        action_id=action_id,
        initial_user=initial,
        placeholder=_plain(placeholder, 150) if placeholder else None,
    )


def date_picker(action_id: str, *, initial: date | None = None) -> Element:
    return _some(
        type="datepicker", action_id=action_id, initial_date=initial.isoformat() if initial else None
    )


def text_input(
    action_id: str,
    *,
    initial: str = "",
    multiline: bool = False,
    max_length: int = INPUT,
    placeholder: str | None = None,
    focus: bool = False,
) -> Element:
    return _some(
        type="plain_text_input",
        action_id=action_id,
        initial_value=cut(initial, max_length) or None,
        multiline=multiline,
        max_length=max_length,
        placeholder=_plain(placeholder, 150) if placeholder else None,
        focus_on_load=focus or None,
    )


def input_block(
    label: str, element: Element, block_id: str, *, optional: bool = False, hint: str | None = None
) -> Block:
    """Return a labelled field of a form. Answers and errors are found under `block_id`."""
    return _some(
        type="input",
        block_id=block_id,
        label=_plain(label, 2000),
        element=element,
        optional=optional,
        hint=_plain(hint, 2000) if hint else None,
    )


def modal(
    title: str, submit: str | None, callback_id: str, blocks: Iterable[Block], metadata: str = ""
) -> Block:
    """Return a form, or without `submit` a sheet to read."""
    return _some(
        type="modal",
        title=_plain(title, 24),
        submit=_plain(submit, 24) if submit else None,
        close=_plain("Cancel" if submit else "Close", 24),
        callback_id=callback_id or None,
        private_metadata=metadata or None,
        blocks=list(blocks)[:MODAL_BLOCKS],
    )


def _chosen(options: Sequence[Element], initial: object) -> Element | None:
    return next((each for each in options if each["value"] == str(initial)), None)


def _plain(text: str, limit: int) -> Element:
    return {"type": "plain_text", "text": cut(no_emoji(text.strip()), limit) or "–", "emoji": True}


def _mrkdwn(text: str, limit: int) -> Element:
    """Return mrkdwn in which nothing but what we wrote becomes a link or a mention."""
    return {"type": "mrkdwn", "text": fit(text.strip(), limit) or "–", "verbatim": True}


def _some(**keys: Any) -> dict[str, Any]:
    """Return the keys that have a value: Slack refuses null."""
    return {key: value for key, value in keys.items() if value is not None}
