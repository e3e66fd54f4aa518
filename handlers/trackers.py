"""What a tracker tells of its issues: the webhooks of GitLab, GitHub and Jira."""

import base64
import binascii
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.config.trackers import AnyTracker, GithubSettings, GitlabSettings, JiraSettings
from bot.domain.reviews.copies import digest
from bot.intake import trackers
from bot.intake.trackers import Heard
from bot.intake.values import line
from bot.operations.incidents.issues import heard
from bot.operations.reviews.copies import heard_of_copies
from bot.operations.work.follow_up_issues import heard_of_follow_ups
from bot.unit_of_work import UnitOfWork
from storage.database import DatabaseBusy, Outdated

LONGEST = 80
SIGNING = "whsec_"
LATE = 300
"""Seconds by which what is signed with its time may be late, or early: later it is somebody's recording."""
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
    event=("Idempotency-Key", "webhook-id", "X-Gitlab-Event-UUID"),
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
    """Hears of issues that were closed, reopened or labelled there, and of copies of reviews that were
    edited.

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
        if not self._theirs(request.headers, raw, hook, secret):
            what = "signature" if hook.signed or _key(secret) else "secret token"
            return web.json_response({"error": f"the webhook's {what} is not ours"}, status=401)
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            return web.json_response({"error": "no JSON"}, status=400)
        pushed = None
        try:
            pushed = trackers.gitlab_pushed(body, project) if hook is _GITLAB else None
            found = None if pushed else hook.read(body, request.headers, project)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            self._log.warning("a webhook of %s cannot be read", hook.name)
            found = None
        given_name = next((name for one in hook.event if (name := request.headers.get(one))), "")
        if pushed:
            event = line(given_name, LONGEST) or digest(pushed.event)
            return await self._kept((heard_of_copies, replace(pushed, event=event)))
        if not found:
            return web.json_response({"heard": False})
        touch, event = found
        event = line(given_name or event, LONGEST)
        return await self._kept((heard, event, touch), (heard_of_follow_ups, event, touch))

    def _theirs(self, headers: Mapping[str, str], raw: bytes, hook: _Hook, secret: str) -> bool:
        """Say whether the tracker sent this. GitLab has plain tokens, and signing ones."""
        if hook.signed:
            return _same(headers.get(hook.proof, ""), signature(raw, secret))
        if key := _key(secret):
            return signed_with(key, headers, raw, self._uow.clock.now())
        return _same(headers.get(hook.proof, ""), secret)

    async def _kept(self, *each: tuple[Any, ...]) -> web.Response:
        try:
            for operation, *said in each:
                await self._uow.perform(operation, *said)
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


def _key(secret: str) -> bytes | None:
    """Return the key that a signing token is, or None for a plain one."""
    try:
        key = base64.b64decode(secret.removeprefix(SIGNING), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if secret.startswith(SIGNING) and key else None


def signed_with(key: bytes, headers: Mapping[str, str], raw: bytes, now: datetime) -> bool:
    """Say whether what was sent is signed with a key, by Standard Webhooks, and not long ago."""
    named, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not re.fullmatch(r"[0-9]{1,12}", at) or abs(int(at) - now.timestamp()) > LATE:
        return False
    said = f"{named}.{at}.".encode("utf-8", "surrogateescape") + raw
    wanted = f"v1,{base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()}"
    return any(_same(one, wanted) for one in headers.get("webhook-signature", "").split())


def signature(raw: bytes, secret: str) -> str:
    """Return what a body is signed with, as GitHub and Jira do it."""
    return f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())
