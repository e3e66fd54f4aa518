"""What the form for declaring asks else, where nobody is to be called as for an emergency: of a near miss, of
what is over, and of practice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.incidents.incident import Draft
from bot.domain.incidents.times import Moment, problems
from bot.views.blocks import Block, context
from bot.views.forms import (
    checkboxes,
    input_block,
    moment_picker,
    option,
    people_select,
    several_people_select,
)
from bot.views.incidents.state import State, chosen_moment, chosen_people, chosen_person, chosen_several

OWNER, PEOPLE, ANNOUNCED = "owner", "people", "announced"
YES = "yes"


class Sort(StrEnum):
    """What is declared."""

    USUAL = ""
    NEAR_MISS = "near miss"
    OVER = "over"
    PRACTICE = "practice"


TITLE = {
    Sort.USUAL: "Declare an incident",
    Sort.NEAR_MISS: "Note a near miss",
    Sort.OVER: "Declare what is over",
    Sort.PRACTICE: "Practise an incident",
}
SUBMIT = {
    Sort.USUAL: "Declare",
    Sort.NEAR_MISS: "Note it",
    Sort.OVER: "Declare",
    Sort.PRACTICE: "Begin",
}
SEVERITY = {Sort.NEAR_MISS: "Severity that it would have had"}
_SAYS = {
    Sort.NEAR_MISS: "It might have become an incident, and did no harm. Nobody is paged and nothing is "
    "blocked; it is reviewed as an incident of its severity is.",
    Sort.OVER: "It was over before it was declared. Nobody is paged; S1 and S2 are reviewed.",
    Sort.PRACTICE: "All is as in an incident, with real buttons and deadlines, but only those whom you "
    "choose are paged. Every text begins with DRILL.",
}
_MOMENTS = (Moment.IMPACT_START, Moment.IMPACT_END, Moment.DETECTED, Moment.RESOLVED)
_NEEDED = frozenset({Moment.IMPACT_START, Moment.IMPACT_END})
_HINTS = {Moment.RESOLVED: "Nothing here: when the impact ended."}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was answered: who owns a near miss, when it was, who takes part, whether it is announced."""

    owner: str = ""
    times: Mapping[Moment, datetime] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    announced: bool = False


NOTHING = Asked()


def said(sort: Sort) -> list[Block]:
    """Return what the form says of itself first."""
    return [context(_SAYS[sort])] if sort in _SAYS else []


def blocks(sort: Sort, asked: Asked, *, drill: bool) -> Iterator[Block]:
    """Return the fields that come after the severity; any drill asks who takes part."""
    if sort is Sort.NEAR_MISS:
        who = people_select(OWNER, initial=asked.owner or None, placeholder="Whoever noticed it")
        yield input_block("Who owns it, and its review?", who, OWNER, optional=True)
    elif sort is Sort.OVER:
        for name in _MOMENTS:
            picker = moment_picker(name.name, initial=asked.times.get(name))
            optional = name not in _NEEDED
            yield input_block(name, picker, name.name, optional=optional, hint=_HINTS.get(name))
    elif sort is Sort.PRACTICE or drill:
        yield from _of_practice(asked)


def _of_practice(asked: Asked) -> Iterator[Block]:
    hint = "Nobody else is paged or called, at any level."
    who = several_people_select(PEOPLE, initial=asked.people)
    yield input_block("Who takes part?", who, PEOPLE, hint=hint)
    announce = option("Announce it too", YES, "Where an incident of its type is announced, with DRILL first")
    choice = checkboxes(ANNOUNCED, [announce], initial=[YES] if asked.announced else ())
    yield input_block("Announcements", choice, ANNOUNCED, optional=True)


def answered(state: State) -> Asked:
    """Return what was entered so far, to show it again."""
    times = ((name, chosen_moment(state, name.name)) for name in _MOMENTS)
    return Asked(
        owner=chosen_person(state, OWNER) or "",
        times={name: at for name, at in times if at},
        people=tuple(chosen_people(state, PEOPLE)),
        announced=YES in chosen_several(state, ANNOUNCED),
    )


def asks_who(state: State) -> bool:
    """Say whether the form asks who takes part."""
    return PEOPLE in state


def wrong(sort: Sort, asked: Asked, now: datetime, *, drill: bool) -> dict[str, str]:
    """Return what is wrong with the answers, by field."""
    if (sort is Sort.PRACTICE or (drill and not sort)) and not asked.people:
        return {PEOPLE: "Choose at least one person, such as yourself. Nobody else is paged."}
    if sort is not Sort.OVER:
        return {}
    found = {name.name: "This is needed." for name in _MOMENTS if name in _NEEDED - set(asked.times)}
    unknown = dict.fromkeys(Moment)
    return found | {name.name: text for name, text in problems(unknown, asked.times, now).items()}


def special(usual: Draft, sort: Sort, asked: Asked) -> Draft:
    """Return the draft with what is special about it."""
    return replace(
        usual,
        near_miss=sort is Sort.NEAR_MISS,
        owner=asked.owner if sort is Sort.NEAR_MISS else "",
        over={name.value: at for name, at in asked.times.items()} if sort is Sort.OVER else None,
        practice=asked.people,
        unannounced=bool(asked.people) and not asked.announced,
    )
