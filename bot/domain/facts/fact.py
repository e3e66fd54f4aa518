"""What every fact has."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, dataclass_transform

from bot.domain.actors import BOT, Actor
from bot.domain.timeline.entries import Kind


@dataclass_transform(frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened. `kind` is its timeline entry's, None where it has none."""

    kind: ClassVar[Kind | None] = None

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True)(cls)


class OfIncident(Fact):
    """A fact of an incident. `by` is who did it; `text` is what a person wrote.

    `told` says that the incident's channel is told of its entry, where its kind is told at all.
    """

    incident: int
    by: Actor = BOT
    text: str = ""
    told: bool = True


_NO_DATA = {"incident", "by", "text", "told", "at"}


def data_of(fact: Fact) -> dict[str, Any]:
    """Return what the timeline entry of a fact keeps beside who did it and the text."""
    return {name: getattr(fact, name) for name in _names(fact) if name not in _NO_DATA}


def subject_of(fact: Fact) -> dict[str, Any]:
    """Return all fields of a fact: what a delivery is about, unless its job says otherwise."""
    left_out = {"by", "text", "told"} if isinstance(fact, OfIncident) else set()
    return {name: getattr(fact, name) for name in _names(fact) if name not in left_out}


def _names(fact: Fact) -> tuple[str, ...]:
    return _names_of(type(fact))  # type: ignore[arg-type]  # mypy does not take a type for hashable


@cache
def _names_of(kind: type[Fact]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
