"""Checks of JSON values, and how to combine them. A check yields problems in Slack's words."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def at(problem: str, pointer: str) -> str:
    return f"{problem} [json-pointer:{pointer}]"


def anything(value: Any, pointer: str) -> Iterator[str]:
    yield from ()


def boolean(value: Any, pointer: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield at("must provide a boolean", pointer)


def string(most: int, least: int = 1) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield at("must provide a string", pointer)
        elif len(value) < least:
            yield at(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            yield at(f"must be less than {most + 1} characters", pointer)

    return check


def matching(pattern: str, wanted: str, most: int = 3000) -> Check:
    """A string of this form; `wanted` names the form to a reader."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        problems = list(string(most)(value, pointer))
        yield from problems
        if not problems and not re.fullmatch(pattern, value):
            yield at(f"must be {wanted}", pointer)

    return check


def integer(least: int, most: int) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield at("must provide an integer", pointer)
        elif value < least:
            yield at(f"must be greater than {least - 1}", pointer)
        elif value > most:
            yield at(f"must be less than {most + 1}", pointer)

    return check


def one_of(*values: str) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if value not in values:
            yield at("must be a valid enum value: " + ", ".join(values), pointer)

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield at("must provide an array", pointer)
            return
        if len(value) > most:
            yield at(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            yield at(f"no fewer than {least} items allowed", pointer)
        for number, one in enumerate(value):
            yield from item(one, f"{pointer}/{number}")

    return check


def record(keys: Mapping[str, Check], required: str = "", also: Check = anything) -> Check:
    """An object with these keys and no others.

    `also` compares the keys with each other, and is asked only about an object that is right by itself.
    """

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at("must provide an object", pointer)
            return
        problems = [
            at(f"missing required field: {key}", pointer) for key in required.split() if key not in value
        ]
        for key, part in value.items():
            if key in keys:
                problems += keys[key](part, f"{pointer}/{key}")
            else:
                problems.append(at(f"invalid additional property: {key}", pointer))
        yield from problems or also(value, pointer)

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which check it has to pass."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at("must provide an object", pointer)
        elif "type" not in value:
            yield at("missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            yield at(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            yield from kinds[value["type"]](value, pointer)

    return check


def every(*checks: Check) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        for one in checks:
            yield from one(value, pointer)

    return check


def exactly_one(*keys: str) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        given = [key for key in keys if key in value]
        if not given:
            yield at(f"missing required field: {keys[0]}", pointer)
        for key in given[1:]:
            yield at(f"{key} cannot be given together with {given[0]}", pointer)

    return check


def at_most(low: str, high: str) -> Check:
    """`low` may not exceed `high` where both are given; strings count as the numbers that they spell."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if low in value and high in value and float(value[low]) > float(value[high]):
            yield at(f"must not be greater than {high}", f"{pointer}/{low}")

    return check
