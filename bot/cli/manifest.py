"""The Slack app's manifest: beside the code in a checkout, inside the package when installed."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import yaml

from bot.cli.plain import plain_errors
from bot.config import ConfigInvalid
from bot.config.environment import public_address

_BOT = Path(__file__).parents[1]
EVENTS_PATH = "/slack/events"
BACK_PATH = "/sign-in/back"
_PLACES = (_BOT / "manifest.yml", _BOT.parent / "manifest.yml")

SCOPES = {
    "chat:write": "pages and every other message",
    "im:write": "direct messages, so every page in Slack",
    "commands": "slash commands and shortcuts, so whoever is paged there cannot answer by them",
    "users:read": "looking people up, so nobody can be paged",
    "users:read.email": "looking people up by the e-mail addresses that muster.yml names",
    "bookmarks:read": "keeping the bookmarks of an incident's channel as they should be",
    "bookmarks:write": "the bookmarks of an incident's channel",
    "canvases:read": "finding out whether people wrote in a review's canvas before it is written again",
    "canvases:write": "reviews as canvases",
    "channels:history": "the timeline of public incident channels, and finding out whether a message arrived",
    "channels:join": "answering in a public channel that the bot has left",
    "channels:manage": "making public incident channels, and inviting people to them",
    "channels:read": "finding the public channels, and who is in them",
    "chat:write.public": "announcements in channels that the bot has not joined",
    "files:read": "keeping the pictures of pinned messages, and finding a canvas that was made unheard",
    "groups:history": "the timeline of private incident channels, and finding out whether a message arrived",
    "groups:read": "finding the private channels, and who is in them",
    "groups:write": "making private incident channels, and inviting people to them",
    "pins:read": "putting pinned messages on the timeline",
    "pins:write": "pinning the card in an incident's channel",
    "reactions:read": "putting messages on the timeline with a reaction",
    "reactions:write": "showing with a reaction that a message is on the timeline",
    "usergroups:read": "finding the user groups that follow a schedule",
    "usergroups:write": "having whoever is on call in a schedule's user group",
}
"""What the app may do, as the manifest asks for it, and what does not work without."""


def manifest(places: tuple[Path, ...] = _PLACES) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(_found(places).read_text(encoding="utf-8"))
    return read


def _found(places: tuple[Path, ...]) -> Path:
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise FileNotFoundError("manifest.yml is missing: install Muster anew")
    return found


def manifest_for(url: str | None = None, pages: str | None = None) -> str:
    """Return the manifest to paste: for Socket Mode, or for requests to a public `url`. People sign in to
    the `pages` at an address.
    """
    if not url and not pages:
        return _found(_PLACES).read_text(encoding="utf-8")
    app = manifest()
    if pages:
        app["oauth_config"] = {"redirect_urls": [f"{pages}{BACK_PATH}"], **app["oauth_config"]}
    if url:
        _over_http(app, url)
    return yaml.safe_dump(app, sort_keys=False, allow_unicode=True, width=110)


def _over_http(app: dict[str, Any], url: str) -> None:
    there = f"{url.rstrip('/').removesuffix(EVENTS_PATH)}{EVENTS_PATH}"
    for command in app["features"]["slash_commands"]:
        command["url"] = there
    app["settings"]["event_subscriptions"] = {"request_url": there, **app["settings"]["event_subscriptions"]}
    app["settings"]["interactivity"]["request_url"] = there
    app["settings"]["socket_mode_enabled"] = False


@click.command("manifest")
@click.option(
    "--url", help="Where Slack reaches this server, such as https://muster.example.com: not Socket Mode."
)
@click.option(
    "--pages", help="Where people reach the pages in the browser, such as https://muster.example.com."
)
def write_manifest(*, url: str | None, pages: str | None) -> None:
    """Print the Slack app's manifest, for Socket Mode or for a public URL."""
    with plain_errors():
        address, reached = _address(url), _address(pages)
        path = urlsplit(address or "").path
        if url is not None and (
            not address or not address.startswith("https://") or path not in {"", EVENTS_PATH}
        ):
            wanted = "an https:// address and nothing after the host, such as https://muster.example.com"
            raise ConfigInvalid([f"--url: `{url}` is not what Slack sends to. Expected {wanted}."])
        if pages is not None and (not reached or not reached.startswith("https://")):
            wanted = "an https:// address, as in MUSTER_PUBLIC_URL, such as https://muster.example.com"
            raise ConfigInvalid(
                [f"--pages: `{pages}` is not where Slack leads people to. Expected {wanted}."]
            )
        click.echo(manifest_for(address, reached), nl=False)


def _address(url: str | None) -> str | None:
    try:
        return public_address(url)
    except ConfigInvalid:
        return "none"
