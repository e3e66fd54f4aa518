"""How entries of the timeline are worded: who did it, as what, and why."""

from collections.abc import Collection

from bot.domain.actors import BOT
from bot.domain.timeline.entries import Entry
from bot.views.mrkdwn import (
    actor,
    capital,
    cut,
    escape,
    listed,
    people,
    quote,
)
from bot.views.naming import in_role

LINE = 600
"""Characters of a reason or message that one line of the timeline quotes."""


def by(entry: Entry) -> str:
    return capital(actor(entry.by or BOT))


def asked(entry: Entry) -> bool:
    """Say whether somebody did it, not the bot by a rule."""
    return entry.by not in {None, BOT}


def because(entry: Entry) -> str:
    return f" Reason:\n{quote(entry.data['reason'], LINE)}" if entry.data.get("reason") else ""


def not_paged(let_go: Collection[str]) -> str:
    """Say who is not paged any more for what was taken back, if somebody is."""
    are = "are" if len(let_go) > 1 else "is"
    return f" {people(let_go)} {are} not paged for it any more." if let_go else ""


def roles_of(entry: Entry) -> str:
    return listed(escape(role) for role in entry.data["roles"])


def named(name: str) -> str:
    return escape(cut(name, 200))


def as_role(entry: Entry) -> str:
    return in_role(entry.data["role"], entry.data["team"])
