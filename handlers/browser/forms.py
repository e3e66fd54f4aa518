"""What every form of a page has in common: it is done once, and refused with all that was entered."""

import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.errors import Malformed, NotFound, Refused
from bot.domain.oncall.spans import moment
from bot.domain.text import one_line
from bot.operations.once import once
from bot.views.browser.forms import LONGEST, Filled
from bot.views.browser.rendering import Viewer
from bot.web.sessions import form_key
from handlers.browser.site import Form, Site
from handlers.request import with_names
from storage import people
from storage.transaction import Tx

_ONCE = re.compile(r"[\w-]{10,40}")
MOST_SHOWN = 60
"""Characters of what was typed that are said again."""
T = TypeVar("T")


class Wrong(Refused):
    """What stands in a field cannot be taken: `field` names it."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


def empty(name: str, **values: str) -> Filled:
    """Return a form that nobody has sent yet, with what its fields begin with."""
    return Filled(name, form_key(), values)


def given(name: str, form: Form, fields: Iterable[str]) -> Filled:
    """Return what was entered."""
    mark = form.get("once", "")
    values = {one: form.get(one, "")[:LONGEST] for one in fields}
    return Filled(name, mark if _ONCE.fullmatch(mark) else form_key(), values)


async def refused(
    site: Site, filled: Filled, field: str, act: Callable[[], Awaitable[object]]
) -> Filled | None:
    """Do what a form says. Return None, or the form with why not: under `field` unless said otherwise."""
    try:
        await act()
    except (NotFound, Malformed):
        raise
    except Refused as no:
        return filled.again(getattr(no, "field", field), await with_names(str(no), site.uow))
    return None


async def perform(
    site: Site, filled: Filled, viewer: Viewer, operation: Callable[..., T], *args: Any, **kwargs: Any
) -> T | None:
    """Do what a form says, once, as whoever is signed in. Return None where it was done before."""
    key = f"page:{viewer.person}:{filled.once}"
    return await site.uow.perform(once, key, operation, *args, by=viewer.person, **kwargs)


def time_in(filled: Filled, field: str, zone: tzinfo, now: datetime) -> datetime | None:
    """Return the time of a field, on the clock of whoever entered it, None for none. Raises Wrong."""
    text = one_line(filled.value(field)).replace("T", " ")
    if not text:
        return None
    clock = zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")
    try:
        return moment(text, clock, now)
    except Refused as no:
        raise Wrong(field, str(no)) from None


def day_in(filled: Filled, field: str) -> date | None:
    """Return the day of a field, None for none. Raises Wrong."""
    text = filled.value(field).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Wrong(field, "That is no day. Choose one as your browser offers it: 2026-12-01.") from None


def as_field(field: str, rule: Callable[..., object], *args: Any) -> None:
    """Have a rule say no about a field."""
    try:
        rule(*args)
    except Refused as no:
        raise Wrong(field, str(no)) from None


def person_named(tx: Tx, said: str, viewer: Viewer, field: str) -> str:
    """Return whom a name, an e-mail address or "me" means. Raises Wrong of the field."""
    if said.lower() == "me":
        return viewer.person
    found = called(tx, said)
    if len(found) == 1:
        return found[0]
    shown = f"“{said[:MOST_SHOWN]}”"
    many = f"There are {len(found)} people called {shown}" if found else f"I know nobody called {shown}"
    raise Wrong(field, f"{many}. Write their full name or display name in Slack, or their e-mail address.")


def called(tx: Tx, said: str) -> list[str]:
    """Return who has this name or e-mail address."""
    known = people.named(tx, said) if "@" in said[1:] else None
    return [known.id] if known else people.meant(tx, said)
