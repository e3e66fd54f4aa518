"""Values of the domain as the rows that keep them, a column for each field, and back."""

from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from storage.transaction import Row

T = TypeVar("T")


def columns(value: Any) -> dict[str, Any]:
    """Return the fields of a value by their names, as parameters of a statement."""
    return {one.name: _kept(getattr(value, one.name)) for one in fields(value)}


def value_of(kind: type[T], row: Row, **more: Any) -> T:
    """Return the value that a row keeps; `more` are its fields that have no column of their name."""
    adapter = _adapter(kind)  # type: ignore[arg-type]  # mypy does not take a type for hashable
    found: T = adapter.validate_python(row | more)
    return found


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _kept(found: Any) -> Any:
    if isinstance(found, StrEnum):
        return found.value
    return found.isoformat() if isinstance(found, date) and not isinstance(found, datetime) else found
