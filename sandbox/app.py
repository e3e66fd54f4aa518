"""The app under test, as its manifest declares it."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class App:
    name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: dict[str, Json]
    shortcuts: tuple[Json, ...]
    socket_mode: bool
    home_tab: bool
    messages_tab: bool
    messages_read_only: bool
    id: str = "A0SANDBOX1"
    bot_id: str = "B0SANDBOX1"
    user_id: str = "U0SANDBOX1"

    def may(self, scopes: tuple[str, ...]) -> bool:
        """Whether any of `scopes` was granted, or none is asked."""
        return not scopes or bool(self.scopes.intersection(scopes))


def read_manifest(manifest: Json) -> App:
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    home = features.get("app_home", {})
    return App(
        name=features.get("bot_user", {}).get("display_name") or manifest["display_information"]["name"],
        scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        commands={item["command"]: item for item in features.get("slash_commands", [])},
        shortcuts=tuple(features.get("shortcuts", [])),
        socket_mode=bool(settings.get("socket_mode_enabled")),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled")),
    )
