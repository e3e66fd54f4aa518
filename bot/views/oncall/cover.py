"""Cover and swaps: the forms, and the message that asks in the schedule's channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.oncall.cover import CoverRequest
from bot.domain.oncall.spans import Span, spoken
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.forms import input_block, modal, select
from bot.views.incidents.state import State, chosen, chosen_moment
from bot.views.mrkdwn import escape, period, person
from bot.views.oncall.fields import (
    FROM,
    SCHEDULE,
    UNTIL,
    entered_span,
    moments,
    schedules,
    shift_of,
    shift_option,
)

FORM, SWAP_FORM = "cover_form", "swap_form"
OPEN = "cover_open"
ACCEPT = "cover_accept"
WITHDRAW = "cover_withdraw"
SHIFT, THEIRS = "shift", "theirs"

Mine = Sequence[tuple[str, Span]]
"""Shifts of one person, each with its schedule."""


@dataclass(frozen=True, slots=True)
class Wish:
    schedule: str
    span: Span


def form(names: Sequence[str], mine: Mine, zone: ZoneInfo, schedule: str | None = None) -> dict[str, Any]:
    """Return the form that asks for cover: of a whole shift, or from when until when."""
    whole = [shift_option(schedule, span, zone) for schedule, span in mine]
    shift = input_block(
        "A whole shift",
        select(SHIFT, whole, placeholder="Your next four weeks"),
        SHIFT,
        optional=True,
        hint="Or leave this empty, and say from when until when.",
    )
    blocks = [
        context(f"Times are as your Slack shows them, in {escape(str(zone))}."),
        *([shift] if whole else []),
        schedules(names, schedule or (mine[0][0] if mine else None)),
        *moments(optional=bool(whole)),
    ]
    return modal("Ask for cover", "Ask", FORM, blocks)


def entered(state: State) -> Wish | dict[str, str]:
    if value := chosen(state, SHIFT):
        if chosen_moment(state, FROM) or chosen_moment(state, UNTIL):
            return {SHIFT: "Leave this empty for a part of a shift; or leave From and Until empty."}
        schedule, _, whole = shift_of(value)
        return Wish(schedule, whole)
    if part := entered_span(state):
        return Wish(chosen(state, SCHEDULE), part)
    return {UNTIL: "Say from when until when, or choose a whole shift."}


def swap_form(
    mine: Mine, theirs: Sequence[tuple[str, str, Span]], names: Mapping[str, str], zone: ZoneInfo
) -> dict[str, Any]:
    """Return the form that offers a shift for one of a colleague's."""
    yours = [shift_option(schedule, span, zone) for schedule, span in mine]
    others = [
        shift_option(schedule, span, zone, who, names.get(who, "somebody")) for schedule, who, span in theirs
    ]
    blocks = [
        context(
            "Whoever has the other shift is asked in the schedule's channel. "
            "Nothing changes until they accept."
        ),
        input_block("Your shift", select(SHIFT, yours), SHIFT),
        input_block("For this one", select(THEIRS, others), THEIRS),
    ]
    return modal("Swap shifts", "Offer", SWAP_FORM, blocks)


def asked(found: CoverRequest, channel: str, zone: ZoneInfo) -> Message:
    """Say to whoever asked what was understood."""
    what = f"*swap with {person(found.colleague)}*" if found.colleague else "*cover*"
    back = f", for {spoken(found.back, zone)}" if found.back else ""
    text = (
        f"I ask in #{escape(channel)} for {what} on {escape(found.schedule)}: "
        f"{escape(spoken(found.span, zone) + back)}. Until somebody accepts, you are on call."
    )
    return message(text, section(text), actions(button("Withdraw", WITHDRAW, found.id)))


def posted(found: CoverRequest, now: datetime) -> Message:
    """Return the request as the channel sees it, in its present state."""
    who, when = person(found.asker), period(found.starts_at, found.ends_at)
    name = escape(found.schedule)
    if found.back_from and found.back_until:
        back = f"\nfor {period(found.back_from, found.back_until)}"
        text = f"*{name}: {who} offers {person(found.colleague or '')} to swap*\n{when}{back}"
    else:
        text = f"*{name}: {who} asks for cover*\n{when}"
    if found.taken_by:
        return message(f"{text}\n*Accepted* by {person(found.taken_by)}")
    if found.withdrawn_by:
        return message(f"{text}\n*Ended* by {person(found.withdrawn_by)}: nothing changes")
    if now >= found.ends_at:
        return message(f"{text}\n*Over:* nobody accepted")
    if now >= found.looks[0] and found.asked_at < found.looks[0]:
        text += "\n*Nobody has accepted yet.*"
    end = "Decline" if found.colleague else "Withdraw"
    row = actions(
        button("Accept" if found.colleague else "I cover this", ACCEPT, found.id, style="primary"),
        button(end, WITHDRAW, found.id),
    )
    shown = message(text, section(text), row)
    return Message(shown.text, shown.blocks, frozenset({found.colleague} if found.colleague else ()))


def accepted(found: CoverRequest, zone: ZoneInfo) -> Message:
    """Say to whoever accepted when they are on call."""
    start = max(found.starts_at, found.taken_at or found.starts_at)
    when = spoken(Span(start, found.ends_at), zone)
    return message(
        f"You are on call for {escape(found.schedule)} instead of {person(found.asker)}: {escape(when)}."
    )


def ended(found: CoverRequest) -> Message:
    return message(f"The request on {escape(found.schedule)} is ended: {person(found.asker)} stays on call.")


def lacking(found: CoverRequest) -> Message:
    """Tell the asker that nobody has accepted, and what they can do."""
    name, when = escape(found.schedule), period(found.starts_at, found.ends_at)
    who = person(found.colleague) + " has not" if found.colleague else "nobody has"
    text = (
        f"*{who[0].upper()}{who[1:]} accepted your request on {name} yet:* {when}. You stay on call then. "
        f"Ask somebody in person; they take it with `/inc override {name} me` and the time."
    )
    return message(text, section(text), actions(button("Withdraw", WITHDRAW, found.id)))


def unanswered(found: CoverRequest, by: str) -> Message:
    """Tell the asker that somebody else ended their request."""
    when = period(found.starts_at, found.ends_at)
    return message(
        f"{person(by)} said no to your request on {escape(found.schedule)}, {when}. You stay on call then."
    )
