"""A maintenance as it was typed: the words by the rule, and the people among them."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.domain.errors import Refused
from bot.domain.maintenance import typed
from bot.domain.maintenance.maintenance import Maintenance, Plan
from bot.domain.maintenance.typed import Typed
from bot.domain.oncall.spans import Span
from bot.operations.oncall.rota import zone_of
from bot.views.maintenance import plan_form
from handlers.request import Request, plain_text
from storage import people

_HOUR = timedelta(hours=1)
_PERSON = re.compile(
    r"(?:(?P<role>\b(?:owner|with|and|by):?)\s+)?(?:<@(?P<id>[UW][A-Z0-9]+)(?:\|[^>]*)?>|(?<![\w.])@(?P<name>[\w.-]+))"
    r"\s*,?",
    re.IGNORECASE,
)
_ME = re.compile(r"\bowner:?\s+me\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”„«][^\"“”„«»]+[\"“”»]")


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed; `owner` is None where nobody is named."""

    typed: Typed
    owner: str | None
    people: tuple[str, ...]

    def over(self, seen: Maintenance) -> Plan:
        """Return the plan of a maintenance with all that was typed instead."""
        plan, new = seen.plan, self.typed
        return replace(
            plan,
            name=new.name or plan.name,
            criticality=new.criticality or plan.criticality,
            window=new.window or plan.window,
            owner=self.owner or plan.owner,
            people=self.people or plan.people,
            services=new.services or plan.services,
            links=new.links or plan.links,
            holds=new.holds or plan.holds,
        )


async def read(request: Request, text: str, *, named: bool = False) -> Said:
    """Return what a text says. `named` says that what stands in no quotes is no name."""
    owner, others, words = await _people(request, text)
    zone, now = await request.uow.read(zone_of, request.user), request.uow.clock.now()
    return Said(typed.read(plain(words), zone, now, named=named), owner, others)


def plain(text: str) -> str:
    return plain_text(text)


async def form(request: Request, said: Said) -> dict[str, Any]:
    """Return the form with what was typed: nothing of it is lost."""
    now = request.uow.clock.now().replace(minute=0, second=0, microsecond=0)
    meant = said.typed.window or Span(now + _HOUR, now + 3 * _HOUR)
    return plan_form.form(
        name=said.typed.name,
        criticality=said.typed.criticality,
        window=meant,
        owner=said.owner or request.user,
        people=said.people,
        services=said.typed.services,
        links=said.typed.links,
        holds=said.typed.holds,
        unclear=typed.unclear(said.typed),
    )


async def _people(request: Request, text: str) -> tuple[str | None, tuple[str, ...], str]:
    """Return the owner, the others, and the text without them. The first who is named owns it, unless one
    stands after `owner`; what stands in quotes names nobody.
    """
    quoted = _QUOTED.search(text)
    left = _QUOTED.sub(" \0 ", text, count=1)
    owner: str | None = None
    first: str | None = None
    others: list[str] = []
    if _ME.search(left):
        owner, left = request.user, _ME.sub(" ", left, count=1)
    for found in _PERSON.finditer(left):
        who, role = await _who(request, found), (found["role"] or "").lower().rstrip(":")
        if role == "owner" and not owner:
            owner = who
        elif not role and not first and not others:
            first = who
        else:
            others.append(who)
    left = _PERSON.sub(" ", left)
    if first and owner:
        others.insert(0, first)
    return owner or first, tuple(others), left.replace("\0", quoted[0] if quoted else "")


async def _who(request: Request, found: re.Match[str]) -> str:
    if found["id"]:
        return found["id"]
    called = await request.uow.read(people.meant, found["name"])
    if len(called) != 1:
        raise Refused(
            f"I do not know who `@{found['name'].replace('`', '')[:60]}` is. "
            "Mention a person and choose them from Slack's list."
        )
    return called[0]
