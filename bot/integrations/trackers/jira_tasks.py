"""The issues of follow-ups in Jira (the REST API, version 2)."""

from dataclasses import replace
from typing import Any

from bot.clock import Clock
from bot.config.trackers import JiraSettings
from bot.domain.work.follow_ups import TrackedIssue
from bot.integrations.trackers.jira_api import JiraApi, assigned, done, dropped
from bot.integrations.trackers.tasks import SCOPES, Task, There, labelled, text_of
from bot.integrations.trackers.tracker import Made, dicts
from bot.jobs import DeliveryFailed
from bot.views import follow_up_issue as view
from bot.views import jira_issue

FIELDS = "summary,description,labels,status,assignee,duedate,issuelinks"
LOOKED = "summary,status,resolution,security"


class JiraTasks:
    name = "Jira"
    keeps_secrets = False

    def __init__(self, settings: JiraSettings, clock: Clock) -> None:
        self._api = JiraApi(settings, clock)
        self._url = settings.url
        self.project = settings.project

    def knows(self, issue: TrackedIssue) -> bool:
        # one that we made may be shown at another address than that by which we call
        return issue.tracker == self.name and (issue.made or issue.url.startswith(f"{self._url}/"))

    async def make(self, task: Task) -> Made:
        fields: dict[str, Any] = {
            "summary": view.title(task.told),
            "description": view.in_wiki(task.told),
            "labels": [*jira_issue.labelled(task.labels), _mark(task)],
        }
        if account := self._api.account(task.owner):
            fields["assignee"] = account
        return self._made(await self._api.create(fields))

    async def seek(self, task: Task) -> Made | None:
        key = await self._api.labelled(_mark(task))
        return self._made(key) if key else None

    async def relate(self, task: Task, issue: TrackedIssue) -> None:
        """Link it, and set its day. A project may have neither: that holds nothing up."""
        key, related = f"{issue.project}-{issue.number}", task.told.related
        there = await self._api.fields(key, FIELDS)
        await self._perhaps("PUT", f"issue/{key}", _day(task, there))
        other = f"{related.project}-{related.number}" if related and not related.gone else ""
        if other and other not in _linked(there):
            said = {
                "type": {"name": "Relates"},
                "inwardIssue": {"key": key},
                "outwardIssue": {"key": other},
            }
            await self._perhaps("POST", "issueLink", said)

    async def keep(self, task: Task, issue: TrackedIssue) -> None:
        key = f"{issue.project}-{issue.number}"
        there = await self._api.fields(key, FIELDS)
        fields: dict[str, Any] = {}
        if not jira_issue.same(text_of(there, "summary"), view.title(task.told)):
            fields["summary"] = view.title(task.told)
        text = view.placed_in_wiki(text_of(there, "description"), task.told)
        if not jira_issue.same(text_of(there, "description"), text):
            fields["description"] = text
        account = self._api.account(task.owner)
        if account and not assigned(there, account):
            fields["assignee"] = account
        listed = there.get("labels")
        present = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        await self._api.change(key, fields, *labelled(present, jira_issue.labelled(task.labels), SCOPES))
        await self._perhaps("PUT", f"issue/{key}", _day(task, there))
        closes = task.closes(issue, closed_there=done(there))
        if closes is not None:
            await self._api.move(key, closes=closes, dropped=task.dropped)

    async def look(self, issue: TrackedIssue, *, titled: bool) -> There:
        key, there = await self._api.issue(f"{issue.project}-{issue.number}", LOOKED)
        project, _, number = key.rpartition("-")
        base = issue.url.rpartition("/browse/")[0]
        place = replace(issue, project=project, number=int(number), url=f"{base}/browse/{key}")
        secret = titled and there.get("security") is not None
        return There(text_of(there, "summary"), done(there), place, dropped(there), secret)

    async def _perhaps(self, method: str, path: str, said: Any) -> None:
        if not said:
            return
        try:
            await self._api.call(method, path, said)
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise

    def _made(self, key: str) -> Made:
        return Made(int(key.rpartition("-")[2]), f"{self._url}/browse/{key}")


def _linked(there: dict[str, Any]) -> set[str]:
    """Return the keys of the issues with which one is linked."""
    ends = (one.get(end) for one in dicts(there.get("issuelinks")) for end in ("inwardIssue", "outwardIssue"))
    return {text_of(end, "key") for end in ends if isinstance(end, dict)}


def _mark(task: Task) -> str:
    return f"muster-{view.key(task.told)}-{task.database}"


def _day(task: Task, there: dict[str, Any]) -> dict[str, Any]:
    """Return what sets its day, if it is another one there."""
    due = task.due.isoformat() if task.due else None
    return {"fields": {"duedate": due}} if due != there.get("duedate") else {}
