"""The Slack app's manifest: beside the code in a checkout, inside the package when installed."""

from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
_PLACES = (_HERE / "manifest.yml", _HERE.parent / "manifest.yml")


def manifest(places: tuple[Path, ...] = _PLACES) -> dict[str, Any]:
    """Return the manifest."""
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise FileNotFoundError("manifest.yml is missing: install Muster anew")
    read: dict[str, Any] = yaml.safe_load(found.read_text(encoding="utf-8"))
    return read


def scopes() -> frozenset[str]:
    """Return what the app may do, as the manifest asks for it."""
    return frozenset(manifest()["oauth_config"]["scopes"]["bot"])
