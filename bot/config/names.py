"""Which teams and types there are, known before the rest is validated so that references can be checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bot.config.handbook import FIELDS, TEAMS, TYPES

MOST_CHOICES = 100
"""Slack's limit for the choices of a menu."""
MOST_FIELDS = 40
"""How many fields one form shows, and a person fills in."""

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """The teams and types: the handbook's that are not removed, then the file's own; and what only it has."""

    teams: tuple[str, ...]
    types: tuple[str, ...]
    contact_methods: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Any) -> "Names":
        """Return the names in a file that may be wrong in every other respect."""
        teams, types = (_left(each, section(data, key)) for each, key in ((TEAMS, "teams"), (TYPES, "types")))
        methods, schedules = (
            tuple(str(name) for name in section(data, key)) for key in ("contact_methods", "schedules")
        )
        return cls(teams, types, methods, schedules)


def did_you_mean(name: object, known: Sequence[str]) -> str:
    """Return a sentence that offers the nearest known name, or lists them all."""
    lowered = {each.lower(): each for each in known}
    if near := get_close_matches(str(name).lower(), lowered, n=1, cutoff=0.6):
        return f"Did you mean `{lowered[near[0]]}`?"
    if not known:
        return ""
    return "There are: " + ", ".join(f"`{each}`" for each in known) + "."


def odd_names(data: Any) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with the names themselves, and where."""
    for key, defaults in (("teams", TEAMS), ("types", TYPES)):
        entries = section(data, key)
        yield from _nothing_to_remove(key, entries, defaults)
        yield from _same_but_for_case(key, entries, defaults)
        left = _left(defaults, entries)
        if not left:
            yield (key,), "every entry is removed; keep one of the defaults or add your own"
        if len(left) > MOST_CHOICES:
            yield (key,), f"there are {len(left)} entries; Slack's menus hold at most {MOST_CHOICES}"
    entries = section(data, "fields")
    yield from _nothing_to_remove("fields", entries, FIELDS)
    yield from _same_but_for_case("fields", entries, FIELDS)
    if len(_left(FIELDS, entries)) > MOST_FIELDS:
        yield ("fields",), f"there are more than {MOST_FIELDS} entries; nobody fills in so many"


def _nothing_to_remove(
    key: str, entries: Mapping[Any, Any], defaults: Mapping[str, object]
) -> Iterator[tuple[Place, str]]:
    for name, entry in entries.items():
        if entry is None and name not in defaults:
            hint = did_you_mean(name, tuple(defaults))
            yield (
                (key, name),
                f"null removes a default, and no default has this name. {hint} For an entry "
                "that takes every default write {} instead of nothing",
            )


def _same_but_for_case(
    key: str, entries: Mapping[Any, Any], defaults: Mapping[str, object]
) -> Iterator[tuple[Place, str]]:
    seen = {name.lower(): name for name in defaults}
    for name in entries:
        other = seen.setdefault(str(name).lower(), name)
        if other != name:
            yield (key, name), f"differs from `{other}` only in upper and lower case; write one of them"


def _left(defaults: Mapping[str, object], entries: Mapping[Any, Any]) -> tuple[str, ...]:
    names = dict.fromkeys([*defaults, *(str(name) for name in entries)])
    removed = {name for name, entry in entries.items() if entry is None}
    return tuple(name for name in names if name not in removed)


def section(data: Any, key: str) -> Mapping[Any, Any]:
    """Return the mapping under a key of the file, or nothing where something else stands there."""
    found = data.get(key) if isinstance(data, Mapping) else None
    return found if isinstance(found, Mapping) else {}
