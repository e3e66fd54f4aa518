"""Overrides: the form, what the schedule's channel and the people are told, and the list to cancel from."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.oncall.cover import Made
from bot.domain.oncall.spans import Span, spoken
from bot.views.blocks import Element, Message, actions, button, confirm, context, message, section
from bot.views.forms import input_block, modal, people_select
from bot.views.mrkdwn import escape, period, person
from bot.views.oncall.fields import moments, schedules

FORM = "override_form"
CANCEL = "override_cancel"
PERSON = "person"


def form(
    names: Sequence[str], who: str, zone: ZoneInfo, initial: Span, schedule: str | None = None
) -> dict[str, Any]:
    """Return the form by which somebody takes or gives a time of a schedule."""
    hint = "Yourself, to take a time; somebody else, to give them one of yours."
    blocks = [
        context(f"Times are as your Slack shows them, in {escape(str(zone))}."),
        schedules(names, schedule),
        input_block("Who is on call", people_select(PERSON, initial=who), PERSON, hint=hint),
        *moments(initial=initial),
    ]
    return modal("Override a schedule", "Override", FORM, blocks)


def made(found: Made, before: Sequence[str], zone: ZoneInfo) -> Message:
    """Say to whoever made it what was understood."""
    when = spoken(Span(found.starts_at, found.ends_at), zone)
    text = (
        f"{person(found.person)} is on call for {escape(found.schedule)}{_instead(before)}: {escape(when)}."
    )
    return message(text, section(text), actions(_cancel(found)))


def announced(found: Made, before: Sequence[str]) -> Message:
    """Tell the schedule's channel."""
    text = (
        f"*{escape(found.schedule)}: {person(found.person)} is on call{_instead(before)}*\n"
        f"{period(found.starts_at, found.ends_at)}"
    )
    if found.made_by != found.person:
        text += f" · made by {person(found.made_by)}"
    return message(text, section(text), actions(_cancel(found)))


def cancelled(found: Made) -> Message:
    text = (
        f"*{escape(found.schedule)}: the override for {person(found.person)} is cancelled*"
        f"{f' by {person(found.cancelled_by)}' if found.cancelled_by else ''}\n"
        f"{period(found.starts_at, found.ends_at)}: its rotation counts again."
    )
    return message(text)


def told(found: Made, who: str, by: str) -> Message:
    """Tell a person whom somebody else's decision concerns."""
    when, name = period(found.starts_at, found.ends_at), escape(found.schedule)
    if found.cancelled_by:
        return message(
            f"{person(by)} cancelled the override by which {person(found.person)} is on call for {name}, "
            f"{when}. Its rotation counts again: `/inc oncall`."
        )
    if who == found.person:
        text = f"*You are on call for {name}:* {when}. {person(by)} arranged it."
    else:
        text = f"{person(found.person)} is on call for {name} *instead of you:* {when}."
        if found.person != by:
            text += f" {person(by)} arranged it."
    return message(text, section(text), actions(_cancel(found)))


def listing(found: Sequence[Made]) -> Message:
    """List the overrides that are not over, each with a button that cancels it."""
    if not found:
        return message("No override is made. To make one: `/inc override`.")
    lines = [
        f"*{escape(one.schedule)}:* {person(one.person)}"
        f"{_instead([one.replaces] if one.replaces else [])}\n{period(one.starts_at, one.ends_at)}"
        for one in found
    ]
    heading = "*Overrides that are not over:*"
    blocks = [section(line, _cancel(one)) for line, one in zip(lines, found, strict=True)]
    return message("\n".join([heading, *lines]), section(heading), *blocks)


def _cancel(found: Made) -> Element:
    both = " Of a swap both halves are cancelled." if found.request else ""
    what = f"From now on the schedule's rotation counts again.{both}"
    sure = confirm("Cancel this override?", what, "Cancel it", "Keep it")
    return button("Cancel override", CANCEL, found.id, confirm=sure)


def _instead(before: Sequence[str]) -> str:
    return f" instead of {', '.join(map(person, before))}" if before else ""
