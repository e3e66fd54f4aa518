"""The app under test, as its manifest declares it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.files import YamlFile, read_yaml

Json = dict[str, Any]

SHAPES: dict[tuple[str, ...], type] = {
    ("display_information",): dict,
    ("display_information", "name"): str,
    ("features",): dict,
    ("features", "bot_user"): dict,
    ("features", "bot_user", "display_name"): str,
    ("features", "app_home"): dict,
    ("oauth_config",): dict,
    ("oauth_config", "scopes"): dict,
    ("oauth_config", "scopes", "bot"): list,
    ("oauth_config", "redirect_urls"): list,
    ("settings",): dict,
    ("settings", "event_subscriptions"): dict,
    ("settings", "event_subscriptions", "bot_events"): list,
}
"""What is read of a manifest beside its commands and shortcuts. The lists are of texts."""


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
    redirects: tuple[str, ...] = ()
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
        redirects=tuple(manifest.get("oauth_config", {}).get("redirect_urls", [])),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled")),
    )


def read_manifest_file(path: Path) -> Json:
    """Raises Unusable, which names each line that is wrong and what was expected."""
    file = read_yaml(path)
    if file.has((), file.data, dict):
        _check(file)
    file.done()
    manifest: Json = file.data
    return manifest


def _check(file: YamlFile) -> None:
    for place, kind in SHAPES.items():
        found: Any = file.data
        for name in place:
            found = found.get(name, kind()) if isinstance(found, dict) else kind()
        if file.has(place, found, kind) and kind is list:
            for number, item in enumerate(found):
                file.has((*place, number), item, str)
    if file.problems:
        return
    features = file.data.get("features", {})
    about = file.data.get("display_information", {})
    if not (features.get("bot_user", {}).get("display_name") or about.get("name")):
        file.wrong((), "the app has no name; expected display_information.name")
    _check_items(file, features, "slash_commands", "command")
    _check_items(file, features, "shortcuts", "callback_id")


def _check_items(file: YamlFile, features: Json, section: str, name: str) -> None:
    items = features.get(section, [])
    if file.has(("features", section), items, list):
        for number, item in enumerate(items):
            place = ("features", section, number)
            if file.has(place, item, dict) and not isinstance(item.get(name), str):
                file.wrong(place, f"has no {name}")
