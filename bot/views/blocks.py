"""Blocks as Slack takes them. This module alone knows Slack's limits, and cuts text to them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

Block: TypeAlias = dict[str, Any]
Element: TypeAlias = dict[str, Any]

CUT = "… (cut)"
MESSAGE_TEXT = 4000
SECTION = 3000
INPUT = 3000
MESSAGE_BLOCKS = 50
MODAL_BLOCKS = 100
_ELEMENTS = 25
_OPTIONS = 100

_NAMED = re.compile(r"(<[@#][A-Z0-9]+>)")
_BROADCAST = re.compile(r"<!(?:subteam\^[A-Z0-9]+\|@?)?(?:date\^[^|>]*\|)?([^>|]*)(?:\|[^>]*)?>")
_HALF_A_TOKEN = re.compile(r"(<[^<>]*|&[a-z]{0,3})$")
_URL = re.compile(r"https?://[^\s<>|`]+[^\s<>|`.,;:!?)\]'\"]")


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: blocks, and a text that says the same where blocks are not shown."""

    text: str
    blocks: list[Block]


def message(text: str, *blocks: Block) -> Message:
    """Return a message within Slack's limits. Without blocks the text is its only section."""
    kept = list(blocks) or [section(text)]
    if len(kept) > MESSAGE_BLOCKS:
        kept = [*kept[: MESSAGE_BLOCKS - 1], context("There is more than a message can show.")]
    return Message(_fit(text, MESSAGE_TEXT), kept)


def escape(text: str) -> str:
    """Make text from people harmless: `<!channel>` typed by somebody pings nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def harmless(text: str) -> str:
    """Escape a sentence of ours that may quote somebody, but keep the people and channels it names."""
    return "".join(part if _NAMED.fullmatch(part) else escape(part) for part in _NAMED.split(text))


def from_slack(text: str, limit: int = SECTION) -> str:
    """Return a message's text as Slack gave it, escaped already, cut and without what would ping a crowd."""
    return _fit(_BROADCAST.sub(r"@\1", text), limit)


def prose(text: str, limit: int = SECTION) -> str:
    """Return text from people, cut and harmless, in which web addresses can still be followed."""
    whole = cut(text, limit)
    parts: list[str] = []
    done = 0
    for found in _URL.finditer(whole):
        parts += [escape(whole[done : found.start()]), f"<{escape(found.group())}>"]
        done = found.end()
    return "".join([*parts, escape(whole[done:])])


def quote(text: str, limit: int = 2000) -> str:
    """Return text from people as a quotation."""
    return "\n".join(f"> {line}" for line in prose(text, limit).split("\n"))


def cut(text: str, limit: int) -> str:
    """Return plain text no longer than `limit`, with a visible mark where it ends early."""
    return text if len(text) <= limit else text[: limit - len(CUT)].rstrip() + CUT


def person(user: str) -> str:
    return f"<@{user}>"


def place(channel: str) -> str:
    return f"<#{channel}>"


def link(url: str, label: str) -> str:
    """Return a link; a label holds no `|`, so that it cannot end the token early."""
    return f"<{escape(url)}|{escape(label).replace('|', '/')}>"


def when(at: datetime) -> str:
    """Return a time, shown in the reader's time zone."""
    return _date_token(at, "{date_short_pretty} at {time}", "%Y-%m-%d %H:%M UTC")


def time_of_day(at: datetime) -> str:
    """Return a time of today, shown in the reader's time zone."""
    return _date_token(at, "{time}", "%H:%M UTC")


def lasting(span: timedelta) -> str:
    """Return a length of time in its two largest units: "45 s", "12 min", "2 h 5 min", "1 d 3 h"."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours == 0:
        return f"{minutes} min"
    if days == 0:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"


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


def fields(*texts: str) -> Block:
    """Return up to ten short texts, side by side where there is room."""
    return {"type": "section", "fields": [_mrkdwn(text, 2000) for text in texts[:10]]}


def context(*texts: str) -> Block:
    """Return small grey text."""
    return {"type": "context", "elements": [_mrkdwn(text, SECTION) for text in texts[:10]]}


def header(text: str) -> Block:
    """Return a heading. It is plain text: nothing in it needs escaping."""
    return {"type": "header", "text": _plain(text, 150)}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Element) -> Block:
    """Return a row of buttons or choices."""
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
    """Return one choice of a select or of radio buttons."""
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
    """Return a choice of one person."""
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
    """Return a field to write in."""
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


def _date_token(at: datetime, form: str, otherwise: str) -> str:
    return f"<!date^{int(at.timestamp())}^{form}|{at.astimezone(UTC).strftime(otherwise)}>"


def _plain(text: str, limit: int) -> Element:
    return {"type": "plain_text", "text": cut(text.strip(), limit) or "–", "emoji": True}


def _mrkdwn(text: str, limit: int) -> Element:
    """Return mrkdwn in which nothing but what we wrote becomes a link or a mention."""
    return {"type": "mrkdwn", "text": _fit(text.strip(), limit) or "–", "verbatim": True}


def _fit(text: str, limit: int) -> str:
    """Cut mrkdwn, but not through a token or an entity."""
    if len(text) <= limit:
        return text
    return _HALF_A_TOKEN.sub("", text[: limit - len(CUT)]).rstrip() + CUT


def _some(**keys: Any) -> dict[str, Any]:
    """Return the keys that have a value: Slack refuses null."""
    return {key: value for key, value in keys.items() if value is not None}
