"""A sandbox as people use it: on a port, with Slack's limits on, and kept in a file if they want that."""

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.clock import Clock, SystemClock
from sandbox.credentials import Credentials, chosen_in
from sandbox.errors import CannotListen
from sandbox.keeping import Keeper, read_kept, restore
from sandbox.slack import Slack
from sandbox.state import Json
from sandbox.twilio import SENDER
from sandbox.world import WORLD, read_world

MOST_RECORDS = 5_000
BURST = 10

CatchUp = Callable[[float], None]


@dataclass(frozen=True)
class Place:
    """Where a sandbox listens, what it opens with, and the file that keeps it between runs."""

    port: int = 8055
    host: str = "127.0.0.1"
    world: Path | None = None
    keep: Path | None = None
    # Further names by which it may be reached, besides this machine's own.
    names: tuple[str, ...] = ()


@asynccontextmanager
async def served(
    manifest: Json, clock: Clock, place: Place, catch_up: CatchUp | None = None
) -> AsyncIterator[Slack]:
    """Serve until the block ends. Raises Unusable and CannotListen.

    `catch_up` moves the clock on, to where it was when the state was kept.
    """
    kept = read_kept(place.keep) if place.keep else None
    if kept and catch_up:
        behind = datetime.fromisoformat(kept["now"]) - clock.now()
        catch_up(max(0.0, behind.total_seconds()))
    credentials = Credentials.made({**(kept or {}).get("credentials", {}), **chosen_in(os.environ)})
    world = read_world(place.world or WORLD)
    slack = Slack(manifest, clock, world, credentials=credentials, names=(*place.names, place.host))
    if kept:
        restore(slack.workspace, kept)
    slack.log.most = MOST_RECORDS
    slack.limits.tiers = slack.limits.posting = True
    slack.limits.burst = BURST
    keeper = Keeper(slack.workspace, place.keep, credentials.kept) if place.keep else None
    if keeper:
        keeper.start()
    try:
        await _listen(slack, place)
        yield slack
    finally:
        await slack.stop()
        if keeper:
            await keeper.stop()


@asynccontextmanager
async def alone(manifest: Json, place: Place, request_url: str | None = None) -> AsyncIterator[Slack]:
    """Serve for an app that runs elsewhere, in real time, and say how it gets here."""
    async with served(manifest, SystemClock(), place) as slack:
        slack.controls.reset = slack.reset
        if request_url:
            slack.request_url = request_url
        sys.stdout.write(how_to_reach(slack))
        sys.stdout.flush()
        yield slack


def accounts(address: str, sid: str, token: str) -> dict[str, str]:
    """Return the environment of an app that calls, texts and pushes by a sandbox at this host and port."""
    url = f"http://{address}"
    own = {"TWILIO_ACCOUNT_SID": sid, "TWILIO_AUTH_TOKEN": token, "TWILIO_FROM": SENDER}
    return {**own, "TWILIO_API_URL": url, "NTFY_URL": f"{url}/ntfy"}


def environment(slack: Slack) -> dict[str, str]:
    """Return that, and what an app needs that makes issues in the sandbox's GitLab."""
    known, gitlab = slack.credentials, slack.gitlab
    tokens = {"GITLAB_TOKEN": gitlab.token, "GITLAB_WEBHOOK_TOKEN": gitlab.hook_token}
    return {**accounts(urlsplit(slack.url).netloc, known.twilio_sid, known.twilio_token), **tokens}


async def _listen(slack: Slack, place: Place) -> None:
    try:
        await slack.start(place.port, place.host)
    except OSError as error:
        raise CannotListen(place.port, error) from error


def how_to_reach(slack: Slack) -> str:
    app = slack.workspace.app
    how = "Events go out by Socket Mode."
    if not app.socket_mode:
        where = slack.request_url or "nowhere yet: give --request-url, or set socket_mode_enabled"
        how = f"Events, commands and clicks are posted to {where}"
    # Not as SLACK_CLIENT_ID: Bolt reads that and then ignores the token.
    known = slack.sign_in
    sign_in = (
        ""
        if not app.redirects
        else f"  Sign in with Slack: client {known.client_id}, secret {known.client_secret}\n\n"
    )
    phones = "".join(f"  {name}={value}\n" for name, value in environment(slack).items())
    return (
        f"\n  The sandbox is at {slack.url}, with the app {app.name}.\n  {how}\n\n"
        f"  SLACK_API_URL={slack.api_url}\n  SLACK_BOT_TOKEN={slack.bot_token}\n"
        f"  SLACK_APP_TOKEN={slack.app_token}\n  SLACK_SIGNING_SECRET={slack.signing_secret}\n"
        f"{phones}"
        f"  SANDBOX_PAGE_KEY={slack.credentials.page_key}\n\n"
        f"{sign_in}  Ctrl-C ends it.\n\n"
    )
