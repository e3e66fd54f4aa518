"""The arguments of a call: where each method looks for them, and in which content types."""

import base64
import re

from aiohttp import web

from sandbox.bodies import parsed
from sandbox.catalogue import FORM_ONLY
from sandbox.errors import SlackError
from sandbox.state import Json

NAME = re.compile(r"[A-Za-z0-9_]{1,100}")
CHARSETS = ("utf-8", "utf8", "iso-8859-1")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
JSON = "application/json"


async def read_arguments(request: web.Request, method: str) -> tuple[str | None, Json]:
    """The token, and the arguments of query and body as one.

    A body counts in a POST alone. JSON is not looked at by the methods that read only forms, and a token in
    it by none at all.
    """
    args: Json = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        args |= await _body(request, method)
    if wrong := [name for name in args if name.endswith("[]")]:
        raise SlackError("invalid_array_arg", arg=wrong[0])
    if any(not NAME.fullmatch(name) for name in args):
        raise SlackError("invalid_arg_name")
    given = str(args.pop("token", "")) or None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        args |= _client(token)
    return (token.strip() if scheme.lower() == "bearer" and token.strip() else given), args


async def _body(request: web.Request, method: str) -> Json:
    if "Content-Type" not in request.headers:
        if not await request.read():
            return {}
        raise SlackError("missing_post_type")
    if (request.charset or "utf-8").lower() not in CHARSETS:
        raise SlackError("invalid_charset")
    if request.content_type in FORMS:
        return await _form(request)
    if request.content_type == JSON:
        return {} if method in FORM_ONLY else _json(await request.read())
    if request.content_type == "text/plain":
        return {}
    raise SlackError("invalid_post_type")


async def _form(request: web.Request) -> Json:
    try:
        form = await request.post()
    except (ValueError, AssertionError, KeyError):
        raise SlackError("invalid_form_data") from None
    return {key: value for key, value in form.items() if isinstance(value, str)}


def _client(basic: str) -> Json:
    try:
        client_id, _, secret = base64.b64decode(basic, validate=True).decode().partition(":")
    except ValueError:
        raise SlackError("invalid_auth") from None
    return {"client_id": client_id, "client_secret": secret}


def _json(text: bytes) -> Json:
    if not text.strip():
        return {}
    try:
        body = parsed(text)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return {key: value for key, value in body.items() if key != "token"}


def warnings(request: web.Request) -> list[str]:
    """What Slack remarks about how a call was sent: it answers all the same."""
    if request.method != "POST" or not request.can_read_body or "Content-Type" not in request.headers:
        return []
    if request.content_type in FORMS:
        return ["superfluous_charset"] if request.charset else []
    return [] if request.charset else ["missing_charset"]
