"""The conditions of a list of alerts, as somebody limits it."""

import json

from bot.domain.alerts.listing import Sought
from storage.transaction import Params


def limited(sought: Sought) -> tuple[list[str], Params]:
    """Return the conditions of what somebody looks for, with their parameters."""
    severities = ", ".join(f"'{one}'" for one in sought.severities)
    found = {
        "alerts.incident IS NULL AND alerts.page IS NULL": sought.unrouted,
        """EXISTS (SELECT 1 FROM shelved_alerts WHERE shelved_alerts.source = alerts.source
            AND shelved_alerts.key = alerts.key)""": sought.shelved,
        "alerts.source = :of": bool(sought.source),
        f"alerts.severity IN ({severities})": bool(sought.severities),
    }
    only = [one for one, there in found.items() if there]
    named: dict[str, str] = {"of": sought.source}
    for number, word in enumerate(sought.words):
        only.append(f"LOWER(alerts.title) LIKE :word{number} ESCAPE '!'")
        named[f"word{number}"] = f"%{_literally(word.lower())}%"
    for number, (name, value) in enumerate(sought.labels):
        only.append(f"LOWER(alerts.labels) LIKE :label{number} ESCAPE '!'")
        pair = json.dumps({name: value}, ensure_ascii=False).strip("{}").lower()
        named[f"label{number}"] = f"%{_literally(pair)}%"
    return only, named


def _literally(text: str) -> str:
    return "".join(f"!{one}" if one in "!%_" else one for one in text)
