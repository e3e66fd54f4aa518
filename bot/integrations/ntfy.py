"""ntfy: a push message with a button that acknowledges from the lock screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.integrations.outgoing import Outgoing
from bot.integrations.posting import post

SERVER = "https://ntfy.sh"
LOUD, QUIET = 5, 3
"""Priorities: 5 vibrates for long, and passes Do Not Disturb where the phone lets the app do so."""


@dataclass(frozen=True, slots=True)
class Ntfy:
    """Publishes to a person's topic."""

    _settings: Mapping[str, str] = field(repr=False)

    async def send(self, message: Outgoing) -> None:
        token = self._settings.get("NTFY_TOKEN")
        await post(
            self._settings.get("NTFY_URL", SERVER),
            json={
                "topic": message.address,
                "message": message.text,
                "priority": LOUD if message.loud else QUIET,
                **({"click": message.link} if message.link else {}),
                "actions": list(_actions(message)),
            },
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )


def _actions(message: Outgoing) -> list[dict[str, object]]:
    if not message.button:
        return []
    press = {"action": "http", "label": "Acknowledge", "url": message.button, "method": "POST", "clear": True}
    return [press]
