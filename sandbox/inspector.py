"""/ui/record: what went over the wire, for people to look at and to repeat."""

from collections.abc import Callable
from pprint import pformat
from textwrap import indent
from typing import Any

from aiohttp import web

from sandbox.catalogue import METHODS
from sandbox.record import Kind, Log, Record
from sandbox.state import Json

MOST_ENTRIES = 500
KINDS: tuple[Kind, ...] = ("call", "event", "ack", "text")
WIDTH = 100


class Inspector:
    def __init__(self, records: Log, api_url: Callable[[], str], bot_token: str, app_token: str) -> None:
        self._records, self._api_url = records, api_url
        self._bot_token, self._app_token = bot_token, app_token

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/ui/record", self.record)]

    async def record(self, request: web.Request) -> web.Response:
        """Entries after `after` of this `kind` and `method`, or those named by `only`."""
        asked = request.query
        try:
            only = [int(n) for n in asked["only"].split(",") if n] if "only" in asked else None
            after, most = int(asked.get("after", "-1")), int(asked.get("limit", str(MOST_ENTRIES)))
        except ValueError:
            raise web.HTTPBadRequest(text="after, limit and only are numbers") from None
        if only is not None:
            found, following = [entry for n in only if (entry := self._records.get(n))], after
        else:
            kinds = [kind for kind in KINDS if kind in asked.get("kind", ",".join(KINDS)).split(",")]
            method = asked.get("method") or "*"
            found, following = self._records.page(after, kinds, method, min(most, MOST_ENTRIES))
        return web.json_response(
            {
                "entries": [self._shown(entry) for entry in found],
                "next": following,
                "first": self._records.first,
            }
        )

    def _shown(self, record: Record) -> Json:
        seconds = record.seconds
        return {
            "n": record.n,
            "kind": record.kind,
            "method": record.method,
            "time": record.at.isoformat(),
            "ms": None if seconds is None else round(seconds * 1000, 1),
            "args": record.args,
            "result": record.result,
            "status": record.status,
            "ok": record.ok,
            "error": record.error,
            "attempt": record.attempt,
            "warnings": warnings(record),
            "python": self._python(record),
        }

    def _python(self, record: Record) -> str | None:
        if record.kind != "call":
            return None
        if record.url:
            return as_webhook(record.url, record.args)
        token = self._app_token if record.method.startswith("apps.") else self._bot_token
        return as_python(record.method, record.args, token, self._api_url())


def as_python(method: str, args: Json, token: str, api_url: str) -> str:
    """The call as one would write it with slack_sdk."""
    known = METHODS.get(method)
    if known and method != "apps.connections.open" and all(name in args for name in known.required):
        called = f"{method.replace('.', '_')}({_keywords(args)})"
    else:
        called = f"api_call({method!r}, json={_literal(args)})"
    return (
        f"from slack_sdk import WebClient\n\nclient = WebClient({token!r}, base_url={api_url!r})\n"
        f"answer = client.{called}\nprint(answer.data)\n"
    )


def _keywords(args: Json) -> str:
    lines = [indent(f"{name}={_literal(value)},", "    ") for name, value in args.items()]
    return "\n" + "\n".join(lines) + "\n" if lines else ""


def as_webhook(url: str, body: Json) -> str:
    return (
        "from slack_sdk.webhook import WebhookClient\n\n"
        f"answer = WebhookClient({url!r}).send_dict({_literal(body)})\n"
        "print(answer.status_code, answer.body)\n"
    )


def _literal(value: Any) -> str:
    return pformat(value, width=WIDTH, sort_dicts=False)


def warnings(record: Record) -> list[str]:
    """What Slack remarked about a call that it took all the same, and what it said in detail."""
    if not isinstance(record.result, dict):
        return []
    more = record.result.get("response_metadata")
    said = [*more.get("warnings", []), *more.get("messages", [])] if isinstance(more, dict) else []
    return [str(one) for one in dict.fromkeys(said)]
