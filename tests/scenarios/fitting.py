"""Whether an answer is as the API's document says: JSON Schema, as far as the document uses it.

A keyword that is not known here is an error, so that nothing is passed over.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

Schema: TypeAlias = Mapping[str, Any]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_FORMATS: Mapping[str, Callable[[str], object]] = {
    "date-time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "uri": urlsplit,
}
_KNOWN = {"$ref", "type", "enum", "const", "anyOf", "properties", "required", "items", "additionalProperties"}
_KNOWN |= {"format", "minimum", "maximum", "minLength", "maxLength", "maxItems", "propertyNames"}
_KNOWN |= {"title", "description", "default", "examples"}
_LIMITS: tuple[tuple[str, Callable[[Any], Any], int], ...] = (
    ("minimum", lambda value: value, 1),
    ("maximum", lambda value: value, -1),
    ("minLength", len, 1),
    ("maxLength", len, -1),
    ("maxItems", len, -1),
)


def misfits(value: Any, schema: Schema, whole: Schema, at: str = "") -> Iterator[str]:
    """Yield what of a value is not as its schema says, each with its place."""
    assert set(schema) <= _KNOWN, f"unknown keywords: {set(schema) - _KNOWN}"
    if "$ref" in schema:
        yield from misfits(value, whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], whole, at)
    if ways := schema.get("anyOf"):
        found = [[*misfits(value, one, whole, at)] for one in ways]
        yield from () if not all(found) else min(found, key=len)
    kind = schema.get("type")
    wrong = kind and (not isinstance(value, _TYPES[kind]) or (kind != "boolean" and isinstance(value, bool)))
    if wrong:
        yield f"{at}: {value!r} is no {kind}"
        return
    yield from _plain(value, schema, at)
    if isinstance(value, dict):
        yield from _object(value, schema, whole, at)
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            yield from misfits(one, schema["items"], whole, f"{at}[{number}]")


def _plain(value: Any, schema: Schema, at: str) -> Iterator[str]:
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        yield f"{at}: {value!r} is none of {schema.get('enum') or schema.get('const')}"
    for name, of, sign in _LIMITS:
        if name in schema and sign * of(value) < sign * schema[name]:
            yield f"{at}: {value!r} is beyond {name}"
    if "format" in schema:
        try:
            _FORMATS[schema["format"]](value)
        except ValueError:
            yield f"{at}: {value!r} is no {schema['format']}"


def _object(value: Mapping[str, Any], schema: Schema, whole: Schema, at: str) -> Iterator[str]:
    yield from (f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value)
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name, one in value.items():
        if name in known:
            yield from misfits(one, known[name], whole, f"{at}.{name}")
        elif isinstance(others, dict):
            yield from misfits(one, others, whole, f"{at}.{name}")
        elif not others and known:
            yield f"{at}: {name} is not in the document"
