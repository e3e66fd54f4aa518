"""From the calls that the bot made to a plan by which a bare script makes them again.

A call needs another when it carries something that only the other's answer told: a new channel's id, the time
stamp of a message. So the plan has the order that the data ask for, and no other.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.record import Record


def plan_of(calls: Sequence[Record], name: str) -> list[dict[str, Any]]:
    """Return the plan. A channel that is made gets `name`, as the recorded one is taken."""
    told: dict[str, int] = {}
    plan = []
    for number, call in enumerate(calls):
        args = call.args | ({"name": name} if call.method == "conversations.create" else {})
        body = json.dumps(args)
        makes = made(call.result or {})
        plan.append(
            {
                "method": call.method,
                "body": body,
                "ok": call.ok,
                "makes": makes,
                "after": sorted({maker for value, maker in told.items() if value in body}),
            }
        )
        for value in makes:
            if value and value not in body:
                told.setdefault(value, number)
    return plan


def made(answer: Mapping[str, Any]) -> list[str]:
    """Return what later calls may refer to: the conversation and the message that an answer tells of."""
    channel = answer.get("channel")
    found = [channel["id"] if isinstance(channel, dict) else channel, answer.get("ts")]
    return [value or "" for value in found]
