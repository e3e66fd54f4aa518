"""What a tracker tells of its issues: GitLab's project webhook."""

import hmac
import json
import logging
from typing import Any

from aiohttp import web

from bot.config.trackers import AnyTracker, GitlabSettings
from bot.domain.incidents.issues import Touch
from bot.intake.values import line
from bot.operations.incidents.issues import heard
from bot.operations.work.follow_up_issues import heard_of_follow_ups
from bot.unit_of_work import UnitOfWork
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger("muster.gitlab")

GITLAB_PATH = "/v1/gitlab"
"""GitLab tells an issue with its whole description, of up to 1 MB: so long may a body be here."""
TOO_MANY = 2**31
"""No issue has so high a number."""
TOLD = frozenset({"close", "reopen", "update"})
LONGEST = 80


class TrackerHooks:
    """Hears of issues that were closed, reopened or labelled there.

    GitLab disables a webhook that answers 4xx: what is of no interest is answered with 200.
    """

    def __init__(self, uow: UnitOfWork, settings: AnyTracker | None) -> None:
        self._uow = uow
        self._settings = settings if isinstance(settings, GitlabSettings) else None

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve: nothing without a token by which GitLab is known."""
        told = self._settings and self._settings.token and self._settings.hook_token
        return [web.post(GITLAB_PATH, self.receive)] if told else []

    async def receive(self, request: web.Request) -> web.Response:
        settings = self._settings
        given = request.headers.get("X-Gitlab-Token", "")
        if not settings or not settings.hook_token or not _same(given, settings.hook_token):
            return web.json_response({"error": "the webhook's secret token is not ours"}, status=401)
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.json_response({"error": "no JSON"}, status=400)
        found = _read(body, settings.project)
        if not found:
            return web.json_response({"heard": False})
        touch, event = found
        named = request.headers.get("Idempotency-Key") or request.headers.get("X-Gitlab-Event-UUID") or event
        named = line(named, LONGEST)
        try:
            await self._uow.perform(heard, named, touch)
            await self._uow.perform(heard_of_follow_ups, named, touch)
        except (DatabaseBusy, Outdated):
            return web.json_response({"error": "try again"}, status=503)
        return web.json_response({"heard": True})


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())


def _read(body: Any, project: str) -> tuple[Touch, str] | None:
    """Return what was done to which issue, and what tells this from all else; None for what is no such."""
    try:
        issue = body["object_attributes"]
        named = body["project"]["path_with_namespace"]
        if body["object_kind"] != "issue" or named.lower() != project.lower() or issue["action"] not in TOLD:
            return None
        changes = body.get("changes", {}).get("labels", {})
        before, now = (
            {line(one["title"]) for one in changes.get(key, [])} for key in ("previous", "current")
        )
        name, number = line(str(body["user"]["name"]), LONGEST), int(issue["iid"])
        if not 0 < number < TOO_MANY:
            return None
        touch = Touch(project, number, issue["action"], name, before ^ now, now)
        return touch, f"{number}:{issue['action']}:{issue.get('updated_at', '')}"
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        log.warning("a webhook of GitLab cannot be read")
        return None
