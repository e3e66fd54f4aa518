"""The issues of follow-ups in GitLab (the REST API, version 4)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from bot.clock import Clock
from bot.config.trackers import GitlabSettings
from bot.domain.work.follow_ups import TrackedIssue
from bot.integrations.destination import Destination, Gone
from bot.integrations.trackers.addresses import is_project
from bot.integrations.trackers.gitlab import PER_PAGE, link, made_of, read_issue
from bot.integrations.trackers.tasks import SCOPES, Task, There, labelled, text_of
from bot.integrations.trackers.tracker import Made, dicts, listed
from bot.jobs import DeliveryFailed
from bot.views import follow_up_issue as view


class GitlabTasks:
    name = "GitLab"
    keeps_secrets = True

    def __init__(self, settings: GitlabSettings, clock: Clock) -> None:
        headers = {"PRIVATE-TOKEN": settings.token or ""}
        self._api = Destination("GitLab", f"{settings.url}/api/v4", headers, clock)
        self._settings = settings
        self.project = settings.project

    def knows(self, issue: TrackedIssue) -> bool:
        # one that we made may be shown at another address than that by which we call
        ours = issue.made or issue.url.startswith(f"{self._settings.url}/")
        return issue.tracker == self.name and ours

    async def make(self, task: Task) -> Made:
        fields: dict[str, Any] = {
            "title": view.title(task.told),
            "description": view.described(task.told, task.database),
            "issue_type": "issue",
            "confidential": task.confidential,
            "labels": ",".join(task.labels),
        }
        if task.due:
            fields["due_date"] = task.due.isoformat()
        if (owner := await self._owner(task.owner)) is not None:
            fields["assignee_ids"] = [owner]
        _, found = await self._api.call("POST", _path(self.project), said=fields)
        return made_of(read_issue(found), self._settings)

    async def seek(self, task: Task) -> Made | None:
        mark = view.marker(task.told, task.database)
        asked = {
            "search": f"muster:{view.key(task.told)}",
            "in": "description",
            "per_page": PER_PAGE,
            "scope": "all",
        }
        _, found = await self._api.call("GET", _path(self.project), asked=asked)
        return next(
            (
                made_of(read_issue(one), self._settings)
                for one in listed(found, "GitLab")
                if mark in text_of(one, "description")
            ),
            None,
        )

    async def relate(self, task: Task, issue: TrackedIssue) -> None:
        related = task.told.related
        if not related or related.gone:
            return
        await link(self._api, f"{_path(issue.project)}/{issue.number}/links", related)

    async def keep(self, task: Task, issue: TrackedIssue) -> None:
        path, found = await self._api.read(f"{_path(issue.project)}/{issue.number}")
        there = read_issue(found)
        should: dict[str, Any] = {
            "title": view.title(task.told),
            "description": view.placed(text_of(there, "description"), task.told, task.database),
            "due_date": task.due.isoformat() if task.due else None,
        }
        if task.confidential:  # never the other way: people there may know why it is
            should["confidential"] = True
        changes = {name: value for name, value in should.items() if there.get(name) != value}
        present = [one for one in there.get("labels") or [] if isinstance(one, str)]
        add, remove = labelled(present, task.labels, SCOPES)
        changes |= {"add_labels": ",".join(add)} if add else {}
        changes |= {"remove_labels": ",".join(remove)} if remove else {}
        closes = task.closes(issue, closed_there=there["state"] == "closed")
        changes |= {} if closes is None else {"state_event": "close" if closes else "reopen"}
        owner = await self._owner(task.owner)
        assigned = [one.get("id") for one in dicts(there.get("assignees"))]
        changes |= {"assignee_ids": [owner]} if owner is not None and owner not in assigned else {}
        if changes:
            await self._api.call("PUT", path, said=changes)

    async def look(self, issue: TrackedIssue, *, titled: bool) -> There:
        place = replace(issue, project=self._project(issue))
        there = read_issue((await self._api.read(f"{_path(place.project)}/{issue.number}"))[1])
        if there.get("moved_to_id"):
            there = await self._moved(there)
            place = self._place(issue, there)
        secret = there.get("confidential") is not False or (titled and await self._hidden(place.project))
        links = there.get("_links")
        duplicate = bool(isinstance(links, dict) and links.get("closed_as_duplicate_of"))
        return There(text_of(there, "title"), there["state"] == "closed", place, duplicate, secret)

    def _project(self, issue: TrackedIssue) -> str:
        """Return the path of its project: where GitLab itself is at a path, that stands before it."""
        base, found = f"{self._settings.url}/", issue.url.partition("/-/")[0]
        return found.removeprefix(base) if not issue.made and found.startswith(base) else issue.project

    async def _moved(self, there: Mapping[str, Any]) -> dict[str, Any]:
        """Return the issue that one was moved to: by the number that names it it cannot be asked for."""
        asked = {"search": text_of(there, "title"), "in": "title", "scope": "all", "per_page": PER_PAGE}
        _, found = await self._api.call("GET", "issues", asked=asked)
        to = (one for one in listed(found, "GitLab") if one.get("id") == there["moved_to_id"])
        moved = next(to, None)
        if not moved:
            raise Gone("it was moved to a project that Muster's token may not see")
        return read_issue(moved)

    def _place(self, issue: TrackedIssue, there: Mapping[str, Any]) -> TrackedIssue:
        """Return where an issue is that was moved, at the address by which we know the server."""
        path = urlsplit(there["web_url"]).path.partition("/-/")[0]
        project = path.removeprefix(urlsplit(self._settings.url).path).strip("/")
        if not is_project(project):
            raise DeliveryFailed("GitLab answered what is no issue of a project", permanent=True)
        url = f"{self._settings.url}/{project}/-/issues/{there['iid']}"
        return replace(issue, project=project, number=there["iid"], url=url)

    async def _hidden(self, project: str) -> bool:
        """Say whether a project that is not ours is private: its titles are then for its people alone."""
        if project.lower() == self.project.lower():
            return False
        try:
            _, found = await self._api.read(f"projects/{quote(project, safe='')}")
        except Gone:
            return False
        return isinstance(found, dict) and found.get("visibility") == "private"

    async def _owner(self, owner: tuple[str, str]) -> int | None:
        """Return the owner's number there; that it is not known holds nothing up."""
        person, email = owner
        named = self._settings.people.get(person) or self._settings.people.get(email)
        if not named and not email:
            return None
        try:
            asked = {"username": named} if named else {"search": email}
            _, found = await self._api.call("GET", "users", asked=asked)
        except DeliveryFailed as failure:
            if failure.held:
                raise
            return None
        known = [one.get("id") for one in dicts(found)]
        return known[0] if len(known) == 1 and isinstance(known[0], int) else None


def _path(project: str) -> str:
    return f"projects/{quote(project, safe='')}/issues"
