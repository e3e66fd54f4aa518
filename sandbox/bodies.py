"""What somebody sent, read without trust: wrong in any way, it is answered 400 in words."""

import json
import math
from typing import Any

from aiohttp import web

from sandbox.errors import Unusable
from sandbox.state import Json

DEEPEST = 64


def parsed(text: str | bytes) -> Any:
    """Read JSON. Raises ValueError, also for what is nested too deep to walk or is no finite number."""
    try:
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        _measure(value)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


async def json_object(request: web.Request) -> Json:
    try:
        given = parsed(await request.read())
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest(text="expected a JSON object")
    return given


async def form(request: web.Request) -> dict[str, str]:
    """Read the fields of a form that hold text."""
    try:
        return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    except (ValueError, LookupError, AssertionError):
        raise web.HTTPBadRequest(text="expected a form") from None


def number(key: str, value: Any, most: float) -> float:
    """Check that it is a number from 0 to `most`. Raises Unusable."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise Unusable(f"{key}: found {shortened(value)}, expected a number from 0 to {most:,.0f}")
    return value


def shortened(value: Any) -> str:
    """Show what was found, and not all of it when it is long."""
    if isinstance(value, int) and abs(value) > 1e15:
        return "a longer number"
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _no_number(text: str) -> float:
    raise ValueError(f"{text[:20]} is no number")


def _measure(value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _measure(inner, depth + 1)
