"""The tools that assistants are served: what they may ask of a running bot, and what they may do there.

They read, unless they may write. Private incidents and private follow-ups are left out, whatever the token
may know.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from bot.cli.asking import ApiRefused, ask
from bot.domain.incidents.incident import Severity
from bot.domain.work.follow_ups import warning

API = "/api/v1"
SCOPES = "incidents:read,oncall:read,follow_ups:read"
_INCIDENT = {"type": "string", "description": "The incident, such as INC-7."}
_CODE = {"type": "string", "description": "The code of the proposal, once confirmed."}
_CURSOR = {"type": "string", "description": "The next_cursor of the answer before, for what comes next."}
_SEVERITY = {"type": "string", "enum": [one.value for one in Severity]}
_NAMES = ("name", "severity", "summary")
_OF_FOLLOW_UP = ("title", "details", "owner", "due", "kind", "priority")

Arguments = Mapping[str, Any]


class Bot:
    """A running bot, asked by its API. What was `proposed` waits for a person to confirm it."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self.proposed: dict[str, Arguments] = {}

    def get(self, path: str, **query: str) -> Any:
        return ask(self._url, f"{API}{path}" + (f"?{urlencode(query)}" if query else ""), scopes=SCOPES)

    def post(self, path: str, body: Any, key: str, scopes: str) -> Any:
        return ask(self._url, API + path, scopes=scopes, method="POST", body=body, key=key)

    def incident(self, named: str) -> Any:
        """Return an incident, unless it is private: an assistant's memory is no place for it."""
        found = self.get(f"/incidents/{quote(named, safe='')}")
        if found["private"]:
            raise ApiRefused(404, f"I know no incident `{named}`.")
        return found


@dataclass(frozen=True, slots=True)
class Tool:
    """One of them. Of what it `writes` it has to be allowed at the start: `incidents` or `follow-ups`."""

    name: str
    description: str
    call: Callable[[Bot, Arguments], Any]
    properties: Mapping[str, Any] = field(default_factory=dict)
    required: Sequence[str] = ()
    writes: str = ""

    @property
    def listed(self) -> dict[str, Any]:
        schema = {
            "type": "object",
            "properties": dict(self.properties),
            "required": list(self.required),
            "additionalProperties": False,
        }
        notes = {"readOnlyHint": not self.writes, "destructiveHint": False, "openWorldHint": False}
        return {
            "name": self.name,
            "description": self.description,
            "inputSchema": schema,
            "annotations": notes,
        }


_MOST_PAGES = 20
"""So many pages of a timeline are read, which has its latest entry last."""


def _page(found: Any) -> Any:
    public = [one for one in found["data"] if not one["private"]]
    return {"data": public, "next_cursor": found["next_cursor"]}


def _given(given: Arguments, **names: str) -> dict[str, str]:
    """Return what was given, by the names that the API has for it."""
    return {ours: given[theirs] for theirs, ours in names.items() if given.get(theirs)}


def _list(bot: Bot, given: Arguments) -> Any:
    query = {"limit": "50"} | _given(given, words="q", cursor="cursor")
    query |= {} if given.get("which") == "all" else {"open": "true"}
    return _page(bot.get("/incidents", **query))


def _follow_ups(bot: Bot, given: Arguments) -> Any:
    which = {"all": {}, "overdue": {"overdue": "true"}}.get(given.get("which", ""), {"open": "true"})
    query = {"limit": "50"} | which | _given(given, incident="incident", owner="owner", cursor="cursor")
    return _page(bot.get("/follow-ups", **query))


def _show(bot: Bot, given: Arguments) -> Any:
    return bot.incident(given["incident"])


def _timeline(bot: Bot, given: Arguments) -> Any:
    number = bot.incident(given["incident"])["number"]
    found: list[Any] = []
    query = {"limit": "100", "highlights": "true"}
    for _ in range(_MOST_PAGES):
        page = bot.get(f"/incidents/{number}/timeline", **query)
        found += page["data"]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    return found


def _why(bot: Bot, given: Arguments) -> Any:
    number = bot.incident(given["incident"])["number"]
    return bot.get(f"/incidents/{number}/pages")["data"]


def _on_call(bot: Bot, _: Arguments) -> Any:
    return bot.get("/oncall")["data"]


def _draft(bot: Bot, given: Arguments) -> Any:
    one = bot.incident(given["incident"])
    earlier = bot.get(f"/incidents/{one['number']}/updates")["data"]
    since = earlier[0]["at"] if earlier else one["declared_at"]
    happened = [each for each in _timeline(bot, given) if each["at"] > since and each["kind"] != "update"]
    return {
        "draft": "\n".join(_drafted(one, happened)),
        "last_update": earlier[0] if earlier else None,
        "happened_since": happened,
        "next": "Nothing was posted. Complete it with the person, who posts it with /inc update.",
    }


def _drafted(one: Mapping[str, Any], happened: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{one['id']} is {one['severity']} and {one['status']}. Impact: {one['summary'] or '(to be said)'}"
    notes = [each["text"] for each in happened if each["text"]]
    yield from (f"- {text}" for text in notes[-5:])
    yield "What we do next: (to be said)"


def _confirmed(bot: Bot, given: Arguments, body: Arguments, what: str, why: str) -> str:
    """Return the key of what was proposed and comes again with the code that a person confirmed."""
    code = given.get("confirmation", "")
    if not code:
        code = secrets.token_hex(4)
        bot.proposed[code] = {"what": what, **body}
        raise _Proposed(f"{why} call again with confirmation={code} only after they said yes.")
    if bot.proposed.get(code) != {"what": what, **body}:
        raise ApiRefused(409, "That was not proposed so. Call without confirmation first.")
    return f"mcp-{code}"


class _Proposed(Exception):
    """Nothing was done yet; the text says what comes next."""


def _declare(bot: Bot, given: Arguments) -> Any:
    """Propose a declaration, and make it once it is confirmed."""
    body = {name: given[name] for name in _NAMES if given.get(name)}
    why = "Nothing was declared. It pages people at once: show this to the person, and"
    try:
        key = _confirmed(bot, given, body, "incident", why)
    except _Proposed as proposed:
        return {"would_declare": body, "next": str(proposed)}
    return bot.post("/incidents", body, key, "incidents:write")


def _add_follow_up(bot: Bot, given: Arguments) -> Any:
    """Draft a follow-up, and add it once it is confirmed."""
    number = bot.incident(given["incident"])["number"]
    body = {name: given[name] for name in _OF_FOLLOW_UP if given.get(name)}
    why = "Nothing was added. Its owner is told and it may become an issue: show this to the person, and"
    try:
        key = _confirmed(bot, given, body, f"follow-up of INC-{number}", why)
    except _Proposed as proposed:
        better = warning(body["title"])
        hint = {"better_worded_like": better[1]} if better else {}
        return {"incident": f"INC-{number}", "would_add": body, **hint, "next": str(proposed)}
    return bot.post(f"/incidents/{number}/follow-ups", body, key, "follow_ups:write")


TOOLS = (
    Tool(
        "list_incidents",
        "List incidents, 50 at once: the open ones, or all; with words, those that have them.",
        _list,
        {
            "which": {"type": "string", "enum": ["open", "all"]},
            "words": {"type": "string"},
            "cursor": _CURSOR,
        },
    ),
    Tool("get_incident", "Show an incident.", _show, {"incident": _INCIDENT}, ("incident",)),
    Tool(
        "get_timeline",
        "Show what happened in an incident.",
        _timeline,
        {"incident": _INCIDENT},
        ("incident",),
    ),
    Tool(
        "list_follow_ups",
        "List follow-ups, 50 at once: the open ones, those overdue, or all.",
        _follow_ups,
        {
            "which": {"type": "string", "enum": ["open", "overdue", "all"]},
            "incident": _INCIDENT,
            "owner": {"type": "string", "description": "An e-mail address or a Slack user id."},
            "cursor": _CURSOR,
        },
    ),
    Tool("who_is_on_call", "Show who is on call for each team, and who follows.", _on_call),
    Tool(
        "explain_pages",
        "Show who was paged for an incident: why, by whom, for which team, and who answered.",
        _why,
        {"incident": _INCIDENT},
        ("incident",),
    ),
    Tool(
        "draft_update",
        "Draft an update from what happened since the last one. It posts nothing.",
        _draft,
        {"incident": _INCIDENT},
        ("incident",),
    ),
    Tool(
        "declare_incident",
        "Declare an incident, which pages people. The first call proposes it; ask before the second.",
        _declare,
        {
            "name": {"type": "string"},
            "severity": _SEVERITY,
            "summary": {"type": "string"},
            "confirmation": _CODE,
        },
        ("name", "severity"),
        writes="incidents",
    ),
    Tool(
        "add_follow_up",
        "Add a follow-up to an incident. The first call drafts it; ask before the second.",
        _add_follow_up,
        {
            "incident": _INCIDENT,
            "title": {"type": "string"},
            "details": {"type": "string"},
            "owner": {"type": "string", "description": "An e-mail address or a Slack user id."},
            "due": {"type": "string", "description": "Such as 2026-12-31; without, by the priority."},
            "kind": {"type": "string", "description": "Such as corrective; without, the first one."},
            "priority": _SEVERITY,
            "confirmation": _CODE,
        },
        ("incident", "title"),
        writes="follow-ups",
    ),
)
