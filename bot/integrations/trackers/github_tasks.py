"""The issues of follow-ups in GitHub (the REST API, version 2022-11-28). It has neither due dates nor
confidential issues: the day stands in the text.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.config.trackers import GithubSettings
from bot.domain.work.follow_ups import TrackedIssue
from bot.domain.work.issue_links import issue_at
from bot.integrations.destination import Destination, Gone
from bot.integrations.trackers.github import HEADERS, NEWEST, made_of, read_issue, told
from bot.integrations.trackers.tasks import SCOPES, Task, There, labelled, text_of
from bot.integrations.trackers.tracker import Made, dicts, listed
from bot.jobs import DeliveryFailed
from bot.views import follow_up_issue as view


class GithubTasks:
    name = "GitHub"
    keeps_secrets = False

    def __init__(self, settings: GithubSettings, clock: Clock) -> None:
        headers = {**HEADERS, "Authorization": f"Bearer {settings.token or ''}"}
        self._api = Destination("GitHub", settings.url, headers, clock)
        self._settings = settings
        self._people = settings.people
        self._host = (urlsplit(settings.url).hostname or "").removeprefix("api.")
        self.project = settings.repository

    def knows(self, issue: TrackedIssue) -> bool:
        # one that we made may be shown at another address than that by which we call
        return issue.tracker == self.name and (issue.made or urlsplit(issue.url).hostname == self._host)

    async def make(self, task: Task) -> Made:
        fields = {
            "title": view.title(task.told),
            "body": view.described(task.told, task.database),
            "labels": list(task.labels),
            "assignees": [one] if (one := self._owner(task)) else [],
        }
        path = f"repos/{self.project}/issues"
        return made_of(read_issue(await told(self._api, "POST", path, fields)), self._settings)

    async def seek(self, task: Task) -> Made | None:
        mark = view.marker(task.told, task.database)
        asked = {"state": "all", "sort": "created", "direction": "desc", "per_page": NEWEST}
        _, found = await self._api.call("GET", f"repos/{self.project}/issues", asked=asked)
        return next(
            (
                made_of(read_issue(one), self._settings)
                for one in listed(found, "GitHub")
                if mark in text_of(one, "body")
            ),
            None,
        )

    async def relate(self, task: Task, issue: TrackedIssue) -> None:
        """The text names the incident's issue, which GitHub shows on both."""

    async def keep(self, task: Task, issue: TrackedIssue) -> None:
        path, found = await self._api.read(f"repos/{issue.project}/issues/{issue.number}")
        there = read_issue(found)
        should = {
            "title": view.title(task.told),
            "body": view.placed(text_of(there, "body"), task.told, task.database),
        }
        changes: dict[str, Any] = {name: value for name, value in should.items() if there.get(name) != value}
        present = [text_of(one, "name") for one in dicts(there.get("labels"))]
        add, remove = labelled(present, task.labels, SCOPES)
        if add or remove:  # what is given replaces all
            changes["labels"] = [*(one for one in present if one not in remove), *add]
        closes = task.closes(issue, closed_there=there["state"] == "closed")
        if closes is not None:
            why = ("not_planned" if task.dropped else "completed") if closes else "reopened"
            changes |= {"state": "closed" if closes else "open", "state_reason": why}
        assigned = {text_of(one, "login").lower() for one in dicts(there.get("assignees"))}
        owner = self._owner(task)
        if owner and owner.lower() not in assigned:
            changes["assignees"] = [owner]
        if changes:
            await told(self._api, "PATCH", path, changes)

    async def look(self, issue: TrackedIssue, *, titled: bool) -> There:
        asked = f"repos/{issue.project}/issues/{issue.number}"
        path, found = await self._api.read(asked)
        there = read_issue(found)
        moved = issue_at(there["html_url"]) if path != asked else None
        if moved and (moved.tracker != self.name or urlsplit(moved.url).hostname != self._host):
            raise DeliveryFailed("GitHub answered what is no issue of a repository", permanent=True)
        place = replace(issue, project=moved.project, number=moved.number, url=moved.url) if moved else issue
        secret = titled and await self._hidden(place.project)
        dropped = there.get("state_reason") in {"not_planned", "duplicate"}
        return There(text_of(there, "title"), there["state"] == "closed", place, dropped, secret)

    async def _hidden(self, project: str) -> bool:
        """Say whether a repository that is not ours is private: its titles are then for its people alone."""
        if project.lower() == self.project.lower():
            return False
        try:
            _, found = await self._api.read(f"repos/{project}")
        except Gone:
            return False
        said = found if isinstance(found, dict) else {}
        return text_of(said, "visibility") == "private" or (
            "visibility" not in said and said.get("private") is True
        )

    def _owner(self, task: Task) -> str | None:
        return next((self._people[one] for one in task.owner if one in self._people), None)
