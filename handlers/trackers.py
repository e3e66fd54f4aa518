"""What a tracker tells of its issues: the webhooks of GitLab, GitHub and Jira."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.config.trackers import AnyTracker, GithubSettings, GitlabSettings, JiraSettings
from bot.domain.incidents.issues import Touch
from bot.intake import trackers
from bot.intake.trackers import Heard
from bot.intake.values import line
from bot.operations.incidents.issues import heard
from bot.operations.work.follow_up_issues import heard_of_follow_ups
from bot.unit_of_work import UnitOfWork
from storage.database import DatabaseBusy, Outdated

LONGEST = 80
LONG_BODIES = ("/v1/gitlab", "/v1/github", "/v1/jira")
"""They tell an issue with its whole description, of up to 1 MB: so long may a body be here."""


@dataclass(frozen=True, slots=True)
class _Hook:
    """How a tracker tells: where to, in which header it is known by what, and which header names an event."""

    name: str
    path: str
    proof: str
    signed: bool
    read: Callable[[Any, Mapping[str, str], str], Heard]
    event: tuple[str, ...]


_GITLAB = _Hook(
    *("GitLab", LONG_BODIES[0], "X-Gitlab-Token"),
    signed=False,
    read=trackers.gitlab,
    event=("Idempotency-Key", "X-Gitlab-Event-UUID"),
)
_GITHUB = _Hook(
    *("GitHub", LONG_BODIES[1], "X-Hub-Signature-256"),
    signed=True,
    read=trackers.github,
    event=("X-GitHub-Delivery",),
)
_JIRA = _Hook(
    *("Jira", LONG_BODIES[2], "X-Hub-Signature"),
    signed=True,
    read=trackers.jira,
    event=("X-Atlassian-Webhook-Identifier",),
)


class TrackerHooks:
    """Hears of issues that were closed, reopened or labelled there.

    GitLab disables a webhook that answers 4xx, and Jira sends it again: what is of no interest is answered
    with 200.
    """

    def __init__(self, uow: UnitOfWork, settings: AnyTracker | None) -> None:
        self._uow = uow
        self._settings = settings
        self._log = logging.getLogger("muster.trackers")

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve: nothing without a token by which the tracker is known."""
        settings = self._settings
        if not (settings and settings.token and settings.hook_token):
            return []
        hook, project = _hook_of(settings)
        secret = settings.hook_token

        async def receive(request: web.Request) -> web.Response:
            return await self._receive(request, hook, project, secret)

        return [web.post(hook.path, receive)]

    async def _receive(self, request: web.Request, hook: _Hook, project: str, secret: str) -> web.Response:
        raw = await request.read()
        given = request.headers.get(hook.proof, "")
        if not _same(given, signature(raw, secret) if hook.signed else secret):
            what = "signature" if hook.signed else "secret token"
            return web.json_response({"error": f"the webhook's {what} is not ours"}, status=401)
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            return web.json_response({"error": "no JSON"}, status=400)
        try:
            found = hook.read(body, request.headers, project)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            self._log.warning("a webhook of %s cannot be read", hook.name)
            found = None
        if not found:
            return web.json_response({"heard": False})
        touch, event = found
        named = next((name for one in hook.event if (name := request.headers.get(one))), event)
        return await self._heard(line(named, LONGEST), touch)

    async def _heard(self, event: str, touch: Touch) -> web.Response:
        try:
            await self._uow.perform(heard, event, touch)
            await self._uow.perform(heard_of_follow_ups, event, touch)
        except (DatabaseBusy, Outdated):
            return web.json_response({"error": "try again"}, status=503)
        return web.json_response({"heard": True})


def _hook_of(settings: AnyTracker) -> tuple[_Hook, str]:
    match settings:
        case GitlabSettings():
            return _GITLAB, settings.project
        case GithubSettings():
            return _GITHUB, settings.repository
        case JiraSettings():
            return _JIRA, settings.project


def signature(raw: bytes, secret: str) -> str:
    """Return what a body is signed with, as GitHub and Jira do it."""
    return f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())
