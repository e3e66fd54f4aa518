"""Holds the configuration against the workspace: can everybody be paged, is there every channel?"""

from collections.abc import AsyncIterator, Collection, Iterator

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.checks.answers import NEEDED_TO_PAGE, Unreachable, call, lacks
from bot.cli.checks.channels import channel_findings, user_group_findings
from bot.cli.checks.people import contact_method_findings, on_call_findings, people_findings
from bot.cli.findings import Finding, Level
from bot.cli.manifest import SCOPES
from bot.config import Config, Secrets
from bot.config.environment import APP_TOKEN_AT
from bot.config.staffing import gaps
from bot.config.trackers import TRACKERS
from bot.domain.paging.pagers import SERVICES
from bot.domain.process import Process

_BESIDE_PAGES = ("alerts.", "statuspage", "webhooks", *TRACKERS, *SERVICES)
"""How warnings begin of what pages do without."""
_UNSEEN = (
    "Slack tells the app's events, slash commands, interactivity and shortcuts to no bot token: they are not "
    "checked."
)
_COMPARE = (
    "Hold what `muster manifest{url}` prints against api.slack.com/apps > your app > App Manifest. Where "
    "they differ, paste it there and reinstall the app."
)


async def examine(
    config: Config, secrets: Secrets, *, unreachable: Level = Level.FATAL, reached: Collection[str] = ()
) -> list[Finding]:
    """Hold the configuration against the workspace, patiently where Slack wants fewer calls."""
    client = AsyncWebClient(
        token=secrets.bot_token,
        base_url=secrets.api_url,
        timeout=10,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=5)],
    )
    return await check(config, secrets, client, unreachable=unreachable, reached=reached)


async def check(
    config: Config,
    secrets: Secrets,
    client: AsyncWebClient,
    *,
    unreachable: Level = Level.FATAL,
    reached: Collection[str] = (),
) -> list[Finding]:
    """Return what was found, in the order in which it was looked at.

    `unreachable` says how grave it is that Slack does not answer: a bot that starts waits for it. Those who
    are `reached`, by Slack user id, have verified a contact method of their own.
    """
    aside = config.process.set_aside
    found = [Finding(Level.ERROR, one) for one in aside.values()]
    odd = (one for one in config.warnings if one.startswith(_BESIDE_PAGES))
    found += [Finding(Level.WARNING, one) for one in odd if one not in aside.values()]
    try:
        async for finding in _findings(config, secrets, client, reached):
            found.append(finding)
    except Unreachable as error:
        cure = "Look at https://slack-status.com and at the way out of this network (proxy, SLACK_API_URL)."
        found.append(Finding(unreachable, f"Slack cannot be reached at {secrets.api_url}: {error}.", cure))
        found += _gaps(config.process)
    return list(dict.fromkeys(found))


async def _findings(
    config: Config, secrets: Secrets, client: AsyncWebClient, reached: Collection[str]
) -> AsyncIterator[Finding]:
    identity = await call(client, "auth.test")
    yield identity.finding
    if identity.error:
        for finding in _gaps(config.process):
            yield finding
        return
    url = "" if secrets.app_token else " --url https://your.host"
    for finding in (*_scope_findings(identity.scopes), await _transport(secrets, client)):
        yield finding
    yield Finding(Level.HINT, _UNSEEN, _COMPARE.format(url=url))
    present, absent, known = await people_findings(config.process, client)
    for finding in (
        *absent,
        *_gaps(present),
        *on_call_findings(present, known),
        *contact_method_findings(config, present, known, reached),
    ):
        yield finding
    for finding in (
        *await channel_findings(config.process, client),
        *await user_group_findings(config.process, client),
    ):
        yield finding


def _scope_findings(granted: frozenset[str] | None) -> Iterator[Finding]:
    if granted is None:
        return
    missing = [scope for scope in SCOPES if scope not in granted]
    yield from map(lacks, sorted(missing, key=lambda scope: scope not in NEEDED_TO_PAGE))
    if not missing:
        yield Finding(Level.OK, "The app has every scope of the manifest.")


async def _transport(secrets: Secrets, client: AsyncWebClient) -> Finding:
    if not secrets.app_token:
        what = "Slack's requests are expected at /slack/events, signed."
        return Finding(Level.OK, what)
    opened = await call(client, "apps.connections.open", app_token=secrets.app_token)
    if opened.error:
        cure = f"Make a token at {APP_TOKEN_AT}, and see that Socket Mode is enabled."
        return Finding(Level.FATAL, f"SLACK_APP_TOKEN opens no connection: {opened.error}.", cure)
    return Finding(Level.OK, "Socket Mode opens a connection.")


def _gaps(process: Process) -> Iterator[Finding]:
    fatal, warnings = gaps(process)
    yield from (Finding(Level.FATAL, text) for text in fatal)
    yield from (Finding(Level.WARNING, text) for text in warnings)
