"""The API's document, in OpenAPI 3.1, and a page that shows it; both are made of the endpoints."""

import re
from html import escape
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.domain.tokens import SCOPES
from handlers.rest.endpoints import BASE, ENDPOINTS, Endpoint
from handlers.rest.models import Blocks, Problem

OPENAPI_PATH = "/api/openapi.json"
PAGE_PATH = "/api/docs"

_REF = "#/components/schemas/{model}"
_INTRODUCTION = (
    "Send `Authorization: Bearer <token>`; `muster token add` makes one. Times are RFC 3339, in UTC. "
    "A request that changes something may have an `Idempotency-Key`: sent again within a day it is answered "
    "the same and done once. One about an incident or a follow-up may have `If-Match`, with the ETag that "
    "GET gave. Errors are problem details (RFC 9457)."
)
_UNCHANGED = {"description": "It is as If-None-Match says: nothing has changed."}
_ERRORS = {
    "400": "The body is no JSON.",
    "401": "The token is missing, or not good.",
    "403": "The token lacks a scope, or acts for no person.",
    "404": "There is no such thing, or the token may not know of it.",
    "409": "The rules say no; the detail says why and what to do instead.",
    "412": "It is not as If-Match says.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "Something in it is wrong; the detail says where.",
    "429": "Too often; Retry-After says when to go on.",
    "503": "The database is away; nothing was done.",
}
_OF_WRITES = {"400", "412", "413", "415"}


def document(version: str) -> dict[str, Any]:
    """Return the whole document."""
    used: set[type[BaseModel]] = {Problem, Blocks}
    used.update(one for each in ENDPOINTS for one in (each.returns, each.body) if one)
    ways: list[tuple[type[BaseModel], Literal["validation"]]] = [
        (one, "validation") for one in sorted(used, key=lambda one: one.__name__)
    ]
    _, schemas = models_json_schema(ways, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {f"{BASE}/blocks": {"get": _blocks()}}
    for each in ENDPOINTS:
        paths.setdefault(each.url, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Muster", "version": version, "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(each: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": each.answer.__name__,
        "summary": each.summary,
        "description": f"Needs the scope `{each.scope}`.",
        "tags": [each.path.split("/")[1]],
        "parameters": [*_path_parameters(each), *_query_parameters(each.query), *_headers(each)],
        "responses": {str(each.status): _content(each.returns), **_errors(writes=each.writes)},
    }
    if not each.writes:
        found["responses"]["304"] = _UNCHANGED
    if each.body:
        schema = {"$ref": _REF.format(model=each.body.__name__)}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return found


def _blocks() -> dict[str, Any]:
    return {
        "operationId": "blocks",
        "summary": "Show which incidents halt deployments and changes of feature flags",
        "description": "Needs the scope `blocks:read`.",
        "tags": ["blocks"],
        "parameters": [],
        "responses": {"200": _content(Blocks), **_errors(writes=False)},
    }


def _content(model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model=model.__name__)}
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


def _errors(*, writes: bool) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model="Problem")}
    content = {"application/problem+json": {"schema": schema}}
    return {
        status: {"description": said, "content": content}
        for status, said in _ERRORS.items()
        if writes or status not in _OF_WRITES
    }


def _path_parameters(each: Endpoint) -> list[dict[str, Any]]:
    said = {"incident": "Its number, as `INC-7` or `7`."}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": said.get(name, f"The {name}."),
            "schema": {"type": "string"},
        }
        for name in re.findall(r"{(\w+)}", each.path)
    ]


def _query_parameters(query: type[BaseModel]) -> list[dict[str, Any]]:
    schema = query.model_json_schema(ref_template=_REF)
    return [
        {"name": name, "in": "query", "explode": False, "schema": _inlined(one, schema.get("$defs", {}))}
        for name, one in schema.get("properties", {}).items()
    ]


def _inlined(schema: Any, known: dict[str, Any]) -> Any:
    """Return a schema with what it refers to in its place: the document has only the bodies' own."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return known[schema["$ref"].rsplit("/", 1)[1]]
        return {name: _inlined(value, known) for name, value in schema.items()}
    return [_inlined(one, known) for one in schema] if isinstance(schema, list) else schema


def _headers(each: Endpoint) -> list[dict[str, Any]]:
    names = ["Idempotency-Key", *(["If-Match"] if each.shown else [])] if each.writes else ["If-None-Match"]
    return [{"name": name, "in": "header", "schema": {"type": "string"}} for name in names]


_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;
color:#1b1b1f;background:#fff}code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{background:#f3f3f6;padding:.75rem;overflow:auto;border-radius:6px}
h2{margin-top:2rem;border-top:1px solid #d5d5dd;padding-top:1rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;
border-bottom:1px solid #d5d5dd;vertical-align:top}
@media(prefers-color-scheme:dark){body{background:#17171a;color:#ececf1}pre{background:#26262b}
a{color:#9ab8ff}h2,td,th{border-color:#3a3a42}}"""


def page(version: str) -> str:
    """Return the document as a page for people. It loads nothing from anywhere."""
    whole = document(version)
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        f"<title>Muster API</title><style>{_STYLE}</style>",
        f"<h1>Muster API</h1><p>{_code(_INTRODUCTION)}</p>",
        f'<p>The same for programs, in OpenAPI 3.1: <a href="{OPENAPI_PATH}">{OPENAPI_PATH}</a></p>',
        "<h2>Scopes</h2><table>",
        *(f"<tr><td><code>{name}</code><td>{escape(said)}" for name, said in SCOPES.items()),
        "</table>",
    ]
    for path, methods in whole["paths"].items():
        for method, one in methods.items():
            parts += _section(f"{method.upper()} {path}", one, whole["components"]["schemas"])
    return "\n".join(parts)


def _section(name: str, one: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    parts = [
        f"<h2><code>{escape(name)}</code></h2><p>{escape(one['summary'])}. {_code(one['description'])}</p>"
    ]
    asked = [each for each in one["parameters"] if each["in"] == "query"]
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    sent = schemas.get(body.get("$ref", "").rsplit("/", 1)[-1], {})
    rows = [(each["name"], each["schema"], False) for each in asked]
    required = sent.get("required", [])
    rows += [(key, value, key in required) for key, value in sent.get("properties", {}).items()]
    if rows:
        parts.append("<table><tr><th>Name<th>What it is")
        parts += [f"<tr><td><code>{escape(key)}</code><td>{_told(what, must)}" for key, what, must in rows]
        parts.append("</table>")
    return parts


def _told(what: dict[str, Any], must: bool) -> str:
    kinds = [each for each in (what, *what.get("anyOf", ())) if isinstance(each, dict)]
    names = [str(each.get("type") or each.get("$ref", "").rsplit("/", 1)[-1]) for each in kinds]
    kind = " or ".join(dict.fromkeys(name for name in names if name))
    said = what.get("description", "")
    return escape(", ".join(filter(None, [kind, "required" if must else ""]))) + (
        f". {_code(said)}" if said else ""
    )


def _code(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
