"""Slack's answers: what a refusal means, and that there was none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.findings import Finding, Level
from bot.cli.manifest import SCOPES
from bot.config.environment import BOT_TOKEN_AT
from bot.integrations.slack.web import sends

NEEDED_TO_PAGE = frozenset({"chat:write", "commands", "im:write", "users:read", "users:read.email"})
"""Scopes without which nobody can be paged; without another something smaller fails."""

AGAIN = "Run `muster check` again; it is looked up anew."


class Unreachable(Exception):
    """Slack did not answer, or not as Slack does."""


@dataclass(frozen=True, slots=True)
class Answer:
    data: Mapping[str, Any]
    scopes: frozenset[str] | None = None

    @property
    def error(self) -> str:
        return "" if self.data.get("ok") else str(self.data.get("error") or "no reason given")

    @property
    def lacking(self) -> list[Finding]:
        """Return which scopes are missing, where Slack refuses for want of one."""
        if self.error != "missing_scope":
            return []
        needed, provided = (scopes_in(self.data.get(key)) for key in ("needed", "provided"))
        return [lacks(scope) for scope in sorted(needed - provided)]

    @property
    def finding(self) -> Finding:
        """Return what the answer to auth.test means."""
        if self.error:
            cure = f"Copy the token anew from {BOT_TOKEN_AT}."
            return Finding(Level.FATAL, f"SLACK_BOT_TOKEN is refused by Slack: {self.error}.", cure)
        return Finding(Level.OK, f"I am {self.data.get('user')} in {self.data.get('team')}.")


async def call(client: AsyncWebClient, method: str, **arguments: Any) -> Answer:
    """Return Slack's answer, a refusal too; raise Unreachable where there is none."""
    try:
        response = await sends(client, method)(**arguments)
    except SlackApiError as error:
        data = getattr(error.response, "data", None)
        if isinstance(data, dict) and data.get("error") and data["error"] != "ratelimited":
            return Answer(data)
        status = getattr(error.response, "status_code", None) or getattr(error.response, "status", "?")
        raise Unreachable(f"it answers {method} with {status}") from error
    except TimeoutError as error:
        raise Unreachable(f"no answer to {method} in {client.timeout} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    except AttributeError as error:  # what slack_sdk makes of plain text with status 200
        raise Unreachable(f"what answers {method} is not Slack") from error
    granted = response.headers.get("x-oauth-scopes")
    data = response.data if isinstance(response.data, dict) else {}
    return Answer(data, None if granted is None else scopes_in(granted))


def scopes_in(written: Any) -> frozenset[str]:
    return frozenset(name.strip() for name in str(written or "").split(",") if name.strip())


def lacks(scope: str) -> Finding:
    """Return what it means that a scope is missing, in the same words wherever that shows."""
    level = Level.FATAL if scope in NEEDED_TO_PAGE else Level.WARNING
    what = f"The app lacks the scope {scope}: {SCOPES.get(scope, 'what needs it')} will not work."
    cure = "Add it at api.slack.com/apps > your app > OAuth & Permissions > Scopes, and reinstall the app."
    return Finding(level, what, cure)
