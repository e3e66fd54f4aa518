"""The issues of follow-ups in Jira (the REST API, version 2)."""

import base64
from typing import Any
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.config.trackers import JiraSettings
from bot.domain.work.follow_ups import TrackedIssue
from bot.integrations.destination import Destination
from bot.integrations.trackers.jira import BEGUN, DONE, FOUND_AFTER
from bot.integrations.trackers.tasks import SCOPES, Task, There, labelled, text_of
from bot.integrations.trackers.tracker import Made, dicts
from bot.jobs import DeliveryFailed
from bot.views import follow_up_issue as view
from bot.views import jira_issue

FIELDS = "summary,labels,status,assignee,duedate,issuelinks"


class JiraTasks:
    name = "Jira"
    keeps_secrets = False

    def __init__(self, settings: JiraSettings, clock: Clock) -> None:
        token = settings.token or ""
        basic = base64.b64encode(f"{settings.email}:{token}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}" if settings.email else f"Bearer {token}"}
        self._api = Destination("Jira", f"{settings.url}/rest/api/2", headers, clock)
        self._settings = settings
        self.project = settings.project
        host = (urlsplit(settings.url).hostname or "").lower()
        self._search = "search/jql" if host.endswith(".atlassian.net") else "search"

    def knows(self, issue: TrackedIssue) -> bool:
        return issue.tracker == self.name and issue.url.startswith(f"{self._settings.url}/")

    async def make(self, task: Task) -> Made:
        fields: dict[str, Any] = {
            "project": {"key": self.project},
            "issuetype": {"name": self._settings.issue_type},
            "summary": view.title(task.told),
            "description": view.in_wiki(task.told),
            "labels": [*jira_issue.labelled(task.labels), _mark(task)],
        }
        if account := self._account(task):
            fields["assignee"] = account
        try:
            _, found = await self._api.call("POST", "issue", said={"fields": fields})
        except DeliveryFailed as failure:
            if failure.uncertain:  # its search knows a new one only later
                raise DeliveryFailed(failure.reason, uncertain=True, after=FOUND_AFTER) from None
            raise
        return self._made(found)

    async def seek(self, task: Task) -> Made | None:
        asked = {"jql": f'project = "{self.project}" AND labels = "{_mark(task)}"', "fields": "summary"}
        _, found = await self._api.call("GET", self._search, asked=asked)
        issues = dicts(found.get("issues")) if isinstance(found, dict) else []
        return self._made(issues[0]) if issues else None

    async def relate(self, task: Task, number: int) -> None:
        """Link it, and set its day. A project may have neither: that holds nothing up."""
        key, related = f"{self.project}-{number}", task.told.related
        there = await self._fields(key)
        await self._perhaps(
            "PUT", f"issue/{key}", {"fields": _day(task, there)} if _day(task, there) else None
        )
        if related and not related.gone and not there.get("issuelinks"):
            said = {
                "type": {"name": "Relates"},
                "inwardIssue": {"key": key},
                "outwardIssue": {"key": f"{related.project}-{related.number}"},
            }
            await self._perhaps("POST", "issueLink", said)

    async def keep(self, task: Task, issue: TrackedIssue) -> None:
        key = f"{issue.project}-{issue.number}"
        there = await self._fields(key)
        fields: dict[str, Any] = {}
        if not jira_issue.same(text_of(there, "summary"), view.title(task.told)):
            fields["summary"] = view.title(task.told)
        if task.told.hidden:
            fields["description"] = view.in_wiki(task.told)
        account, assigned = self._account(task), there.get("assignee")
        if account and not (isinstance(assigned, dict) and account.items() <= assigned.items()):
            fields["assignee"] = account
        listed = there.get("labels")
        present = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        add, remove = labelled(present, jira_issue.labelled(task.labels), SCOPES)
        labels = [*({"add": one} for one in add), *({"remove": one} for one in remove)]
        said = ({"fields": fields} if fields else {}) | ({"update": {"labels": labels}} if labels else {})
        if said:
            await self._api.call("PUT", f"issue/{key}", said=said)
        await self._perhaps(
            "PUT", f"issue/{key}", {"fields": _day(task, there)} if _day(task, there) else None
        )
        closes = task.closes(issue, closed_there=_done(there))
        if closes is not None:
            await self._move(f"issue/{key}", closes=closes)

    async def look(self, issue: TrackedIssue) -> There:
        there = await self._fields(f"{issue.project}-{issue.number}")
        return There(text_of(there, "summary"), _done(there))

    async def _fields(self, key: str) -> dict[str, Any]:
        _, found = await self._api.call("GET", f"issue/{key}", asked={"fields": FIELDS})
        there = found.get("fields") if isinstance(found, dict) else None
        if not isinstance(there, dict):
            raise DeliveryFailed("Jira answered what is no issue")
        return there

    async def _perhaps(self, method: str, path: str, said: Any) -> None:
        if not said:
            return
        try:
            await self._api.call(method, path, said=said)
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise

    async def _move(self, path: str, *, closes: bool) -> None:
        """Take the first step of the workflow that closes it, or that takes it up again."""
        _, found = await self._api.call("GET", f"{path}/transitions")
        steps = dicts(found.get("transitions")) if isinstance(found, dict) else []
        fits = [one for one in steps if (_category(one.get("to")) == DONE) is closes]
        if not fits:
            what = "closes it" if closes else "takes it up again"
            raise DeliveryFailed(f"Jira offers no step of its workflow that {what}", permanent=True)
        chosen = next((one for one in fits if _category(one.get("to")) == BEGUN), fits[0])
        said: dict[str, Any] = {"transition": {"id": str(chosen.get("id"))}}
        if closes and self._settings.resolution:
            said["fields"] = {"resolution": {"name": self._settings.resolution}}
        await self._api.call("POST", f"{path}/transitions", said=said)

    def _account(self, task: Task) -> dict[str, str] | None:
        people = self._settings.people
        named = next((people[one] for one in task.owner if one in people), None)
        return {"accountId" if self._settings.email else "name": named} if named else None

    def _made(self, found: Any) -> Made:
        key = found.get("key") if isinstance(found, dict) else None
        _, _, number = str(key).rpartition("-")
        if not number.isdecimal():
            raise DeliveryFailed("Jira answered what is no issue", uncertain=True)
        return Made(int(number), f"{self._settings.url}/browse/{key}")


def _mark(task: Task) -> str:
    return f"muster-{view.key(task.told)}-{task.database}"


def _day(task: Task, there: dict[str, Any]) -> dict[str, Any]:
    due = task.due.isoformat() if task.due else None
    return {"duedate": due} if due != there.get("duedate") else {}


def _category(status: Any) -> str:
    category = status.get("statusCategory") if isinstance(status, dict) else None
    return str(category.get("key")) if isinstance(category, dict) else ""


def _done(there: dict[str, Any]) -> bool:
    return _category(there.get("status")) == DONE
