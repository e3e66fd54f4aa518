"""The Slack app's manifest: beside the code in a checkout, inside the package when installed."""

from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
EVENTS_PATH = "/slack/events"
_PLACES = (_HERE / "manifest.yml", _HERE.parent / "manifest.yml")


def manifest(places: tuple[Path, ...] = _PLACES) -> dict[str, Any]:
    """Return the manifest."""
    read: dict[str, Any] = yaml.safe_load(_found(places).read_text(encoding="utf-8"))
    return read


def _found(places: tuple[Path, ...]) -> Path:
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise FileNotFoundError("manifest.yml is missing: install Muster anew")
    return found


def manifest_for(url: str | None = None) -> str:
    """Return the manifest to paste: for Socket Mode, or for requests to a public `url`."""
    if not url:
        return _found(_PLACES).read_text(encoding="utf-8")
    app = manifest()
    there = f"{url.rstrip('/').removesuffix(EVENTS_PATH)}{EVENTS_PATH}"
    for command in app["features"]["slash_commands"]:
        command["url"] = there
    app["settings"]["event_subscriptions"] = {"request_url": there, **app["settings"]["event_subscriptions"]}
    app["settings"]["interactivity"]["request_url"] = there
    app["settings"]["socket_mode_enabled"] = False
    return yaml.safe_dump(app, sort_keys=False, allow_unicode=True, width=110)


def scopes() -> frozenset[str]:
    """Return what the app may do, as the manifest asks for it."""
    return frozenset(manifest()["oauth_config"]["scopes"]["bot"])
