"""Somebody who sends the bot whatever they like, by every door that Slack opens, and what is said for it."""

import asyncio
import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from bot.views.incidents import declare
from handlers.inc import SUBCOMMANDS
from handlers.register import LISTENERS
from sandbox import hooks, modals
from sandbox.http_mode import FORM
from sandbox.state import Hook
from tests.scenarios.conftest import World

Json = dict[str, Any]

WORDS = {
    "list": ("all passkey", "all", "mine", "recent", "triage", "INC-<n>"),
    "merge": ("<n>",),
    "combine": ("INC-<n>",),
    "declare": ("full of it",),
    "lead": ("me",),
    "role": ("EOC me",),
    "link": ("Wiki https://wiki.test",),
    "field": ("blocks-deployments yes",),
    "time": ("impact-start 11:00",),
    "note": ("edit", "seen"),
    "escalate": ("EOC",),
    "maintenance": ("related no", "related MNT-1"),
}
"""What is typed after a word besides a number: what finds an incident otherwise, or acts without a form."""
VALUES = ("<n>", "<n>:<n>:<n>", "all passkey", "<n>:timeline")
"""What buttons carry."""
ORIGIN = '{"similar": [<n>], "recent": [<n>]}'
"""What the declare form remembers of incidents that it told of."""
BATCH = 12
"""At how many doors somebody tries at once: the bot is waited for after each such batch."""


def doors() -> dict[str, list[Json]]:
    """Return what is tried at each door, with `<n>` for a number."""
    found = {f"/inc {word}": list(_typed(word)) for word in SUBCOMMANDS}
    found["/inc"] = [
        {"command": "/inc", "text": text} for text in ("", "INC-<n>", "passkey", "INC-<n> passkey")
    ]
    for one in LISTENERS:
        name = one.constraint if isinstance(one.constraint, str) else f"{declare.JOIN}<n>"
        if one.kind == "action":
            found[name] = list(_pressed(name))
        elif one.kind == "view":
            found[name] = [_sent(name, metadata) for metadata in ("<n>", "<n>:<n>", ORIGIN)]
        elif one.kind == "shortcut":
            found[name] = [{"type": "shortcut", "callback_id": name}]
    return found


def batches(names: Collection[str]) -> Iterator[tuple[list[str], list[Json]]]:
    """Return these doors, some at a time, with what is tried at once. Those of a Home draw it anew."""
    known = {name: tried for name, tried in doors().items() if name in names}
    alone = [[name] for name in known if name.startswith(("home_", "method_", "rule_"))]
    others = [name for name in known if [name] not in alone]
    for some in (*alone, *(others[start : start + BATCH] for start in range(0, len(others), BATCH))):
        yield some, [one for name in some for one in known[name]]


def _typed(word: str) -> Iterator[Json]:
    more = WORDS.get(word, ())
    texts = (
        word,
        f"{word} INC-<n>",
        f"INC-<n> {word}",
        f"{word} <n> passkey",
        *(f"{word} {one}" for one in more),
    )
    for text in (*texts, *(f"INC-<n> {word} {one}" for one in more)):
        yield {"command": "/inc", "text": text}


def _pressed(name: str) -> Iterator[Json]:
    for value in VALUES:
        action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
        yield {"type": "block_actions", "actions": [action], "view": _sent(declare.FORM, ORIGIN)["view"]}


def _sent(name: str, metadata: str) -> Json:
    state = {
        one: {one: {"selected_option": {"value": "<n>"}, "value": "passkey"}}
        for one in ("into", "with", "words")
    }
    view = {"id": "V<u>", "hash": "1.x", "type": "modal", "callback_id": name, "private_metadata": metadata}
    return {"type": "view_submission", "view": {**view, "state": {"values": state}}}


class Prober:
    """One who tries doors. `channel` is where Slack would have it that they are."""

    def __init__(self, world: World, who: str, channel: str, inside: str) -> None:
        ws = world.slack.workspace
        inside_id = ws.channel(inside).id
        self.world, self.user, self.channel = world, ws.user(who), ws.channel(channel)
        self.inside = {inside_id, *ws.channel(inside_id).members}

    async def tries(self, payloads: Sequence[Json], number: int) -> list[str]:
        """Send payloads with this number; return, sorted, what is said for them outside the incident."""
        slack = self.world.slack
        since = slack.calls("*")[-1].n + 1
        numbered = [_numbered(one, number, f"{since}{place}") for place, one in enumerate(payloads)]
        posts = (slack.http.post(self._addressed(one), {"Content-Type": FORM}, 30) for one in numbered)
        acknowledged = [text for _, text, _ in await asyncio.gather(*posts)]
        await self.world.settle()
        said = [{"method": one.method, **one.args} for one in slack.calls("*", since)]
        outside = [one for one in said if one.get("channel") not in self.inside]
        return sorted([*acknowledged, *(json.dumps(one, ensure_ascii=False) for one in outside)])

    def _addressed(self, body: Json) -> bytes:
        ws, user, place = self.world.slack.workspace, self.user, self.channel
        common = {
            "trigger_id": modals.new_trigger(ws, user.id),
            "response_url": hooks.new_hook(ws, "app", Hook(user.id, place.id, ws.clock.now())),
            "api_app_id": ws.app.id,
        }
        if "command" in body:
            names = {"team_id": ws.team["id"], "user_id": user.id, "user_name": user.handle}
            return urlencode(
                {**body, **common, **names, "channel_id": place.id, "channel_name": "x"}
            ).encode()
        team = {"id": ws.team["id"], "domain": "acme"}
        whence = {
            "user": {"id": user.id, "team_id": team["id"]},
            "team": team,
            "channel": {"id": place.id, "name": "x"},
        }
        return urlencode({"payload": json.dumps({**body, **common, **whence})}).encode()


def _numbered(payload: Json, number: int, once: str) -> Json:
    text = json.dumps(payload).replace("<n>", str(number)).replace("<u>", once)
    return dict(json.loads(text))


def alike(said: Sequence[str], *numbers: int) -> list[str]:
    """Return what was said without the numbers that were asked for, and without what differs each time."""
    changing = re.compile(r'"(?:trigger_id|hash|view_id)": "[^"]*"|https?://[^ "\\]*/hooks/[^ "\\]*')
    asked = re.compile(rf"\b(?:{'|'.join(map(str, numbers))})\b")
    return sorted(asked.sub("<n>", changing.sub("", one)) for one in said)
