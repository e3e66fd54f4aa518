"""Refusals speak of commands in Slack: here each becomes the endpoint that does the same, if there is one."""

import re
from collections.abc import Mapping

from handlers.rest.endpoints import BASE

_COMMAND = re.compile(r"`/(?:inc|incident)(?: ([a-z-]*)[^`]*)?`(?! in Slack)")
_ONE = "/incidents/{incident}"
WAYS: Mapping[str, str] = {
    "ack": f"POST {_ONE}/acknowledge",
    "action": f"POST {_ONE}/actions",
    "alerts": "GET /alerts",
    "cancel": f"POST {_ONE}/cancel",
    "declare": "POST /incidents",
    "escalate": f"POST {_ONE}/escalate",
    "field": f"PATCH {_ONE}/fields",
    "followup": "POST /follow-ups",
    "followups": "GET /follow-ups",
    "lead": f"PATCH {_ONE}",
    "list": "GET /incidents",
    "note": f"POST {_ONE}/timeline",
    "oncall": "GET /oncall",
    "override": "POST /overrides",
    "rename": f"PATCH {_ONE}",
    "reopen": f"POST {_ONE}/reopen",
    "resolve": f"POST {_ONE}/resolve",
    "review": f"PATCH {_ONE}/review",
    "role": f"PUT {_ONE}/roles/{{role}}",
    "severity": f"PATCH {_ONE}",
    "status": f"PATCH {_ONE}",
    "summary": f"PATCH {_ONE}",
    "timeline": f"GET {_ONE}/timeline",
    "update": f"POST {_ONE}/updates",
}
"""Commands by their first word, and the endpoint that does it."""


def by_api(said: str, path: Mapping[str, str]) -> str:
    """Return a refusal with endpoints in the place of commands. `path` is what was asked for.

    A command that has no endpoint is said to be one of Slack's.
    """

    def instead(found: re.Match[str]) -> str:
        method, _, way = WAYS.get(found[1] or "", "").partition(" ")
        if not way:
            return f"{found[0]} in Slack"
        return f"`{method} {BASE}{way.replace('{incident}', path.get('incident', '{incident}'))}`"

    return _COMMAND.sub(instead, said)
