"""Jira's issues, for incidents and for follow-ups (REST API, version 2: it takes wiki markup)."""

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.config.trackers import JiraSettings
from bot.domain.incidents.issues import not_done
from bot.integrations.destination import Destination, Unfit
from bot.integrations.trackers.tracker import dicts, listed
from bot.jobs import DeliveryFailed

FOUND_AFTER = timedelta(minutes=1)
"""How long after a lost answer an issue is looked for: Jira's search knows a new one only later."""
DONE, BEGUN = "done", "indeterminate"
"""Keys of the categories in which each status of a workflow is."""


_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,79}-[1-9][0-9]{0,8}")
"""How Jira names an issue: its project's key, and its number there."""


class JiraApi:
    """The calls that an issue needs. Raises DeliveryFailed, or Gone for an issue that is not there."""

    def __init__(self, settings: JiraSettings, clock: Clock) -> None:
        token = settings.token or ""
        basic = base64.b64encode(f"{settings.email}:{token}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}" if settings.email else f"Bearer {token}"}
        self._api = Destination("Jira", f"{settings.url}/rest/api/2", headers, clock)
        self._settings = settings
        host = (urlsplit(settings.url).hostname or "").lower()
        # Jira Cloud has taken the other search away, and Jira Data Center has not got this one
        self._search = "search/jql" if host.endswith(".atlassian.net") else "search"

    async def call(self, method: str, path: str, said: Any) -> None:
        await self._api.call(method, path, said=said)

    async def create(self, fields: Mapping[str, Any]) -> str:
        """Make an issue of the project and return its key."""
        common = {
            "project": {"key": self._settings.project},
            "issuetype": {"name": self._settings.issue_type},
        }
        try:
            found = await self._told("POST", "issue", {"fields": {**common, **fields}})
        except DeliveryFailed as failure:
            if failure.uncertain:
                raise DeliveryFailed(failure.reason, uncertain=True, after=FOUND_AFTER) from None
            raise
        return _key(found)

    async def labelled(self, label: str) -> str | None:
        """Return the key of the project's issue that has a label."""
        jql = f'project = "{self._settings.project}" AND labels = "{label}"'
        _, found = await self._api.call("GET", self._search, asked={"jql": jql, "fields": "summary"})
        issues = listed(found.get("issues") if isinstance(found, dict) else None, "Jira")
        return _key(issues[0]) if issues else None

    async def fields(self, key: str, names: str) -> dict[str, Any]:
        return (await self.issue(key, names))[1]

    async def issue(self, key: str, names: str) -> tuple[str, dict[str, Any]]:
        """Return the key that an issue has now, as one that was moved has another, and its fields."""
        _, found = await self._api.call("GET", f"issue/{key}", asked={"fields": names})
        there = found.get("fields") if isinstance(found, dict) else None
        if not isinstance(there, dict):
            raise DeliveryFailed("Jira answered what is no issue")
        return _key(found), there

    async def change(
        self, key: str, fields: Mapping[str, Any], add: Sequence[str], remove: Sequence[str]
    ) -> None:
        """Set fields and labels, if there are any to set."""
        labels = [*({"add": one} for one in add), *({"remove": one} for one in remove)]
        said = ({"fields": fields} if fields else {}) | ({"update": {"labels": labels}} if labels else {})
        if said:
            await self._told("PUT", f"issue/{key}", said)

    async def _told(self, method: str, path: str, said: Mapping[str, Any]) -> Any:
        """Send it. Somebody who cannot be assigned there holds nothing up."""
        try:
            return (await self._api.call(method, path, said=said))[1]
        except Unfit as refused:
            fields = said.get("fields", {})
            if refused.fields != {"assignee"} or "assignee" not in fields:
                raise
        rest = {**said, "fields": {name: value for name, value in fields.items() if name != "assignee"}}
        rest = {name: value for name, value in rest.items() if value}
        return (await self._api.call(method, path, said=rest))[1] if rest else None

    async def move(self, key: str, *, closes: bool, dropped: bool = False) -> None:
        """Take the first step of the workflow that closes it, as done or as `dropped`, or that takes it up
        again.
        """
        _, found = await self._api.call("GET", f"issue/{key}/transitions")
        steps = dicts(found.get("transitions")) if isinstance(found, dict) else []
        fits = [one for one in steps if (category(one.get("to")) == DONE) is closes]
        if not fits:
            what = "closes it" if closes else "takes it up again"
            raise DeliveryFailed(f"Jira offers no step of its workflow that {what}", permanent=True)
        if closes:
            better = [one for one in fits if _drops(one) is dropped]
        else:  # one where somebody is at work on it
            better = [one for one in fits if category(one.get("to")) == BEGUN]
        said: dict[str, Any] = {"transition": {"id": str((better or fits)[0].get("id"))}}
        if closes and self._settings.resolution:
            said["fields"] = {"resolution": {"name": self._settings.resolution}}
        await self._api.call("POST", f"issue/{key}/transitions", said=said)

    def account(self, who: tuple[str, str]) -> dict[str, str] | None:
        """Return a person there, if the configuration has them: Jira Cloud knows people by account ids."""
        people = self._settings.people
        named = next((people[one] for one in who if one in people), None)
        return {"accountId" if self._settings.email else "name": named} if named else None


def done(there: Mapping[str, Any]) -> bool:
    """Say whether the fields of an issue are those of one that is done."""
    return category(there.get("status")) == DONE


def dropped(there: Mapping[str, Any]) -> bool:
    """Say whether the fields of an issue are those of one that was closed without having been done."""
    return any(not_done(_named(there.get(one))) for one in ("resolution", "status"))


def _drops(step: Mapping[str, Any]) -> bool:
    return not_done(_named(step)) or not_done(_named(step.get("to")))


def _named(found: Any) -> str:
    return str(found.get("name") or "") if isinstance(found, dict) else ""


def category(status: Any) -> str:
    found = status.get("statusCategory") if isinstance(status, dict) else None
    return str(found.get("key")) if isinstance(found, dict) else ""


def assigned(there: Mapping[str, Any], account: Mapping[str, str]) -> bool:
    found = there.get("assignee")
    return isinstance(found, dict) and account.items() <= found.items()


def _key(found: Any) -> str:
    """Return the key of the issue that was answered. Raises DeliveryFailed, of unknown fate, without one."""
    key = str(found.get("key")) if isinstance(found, dict) else ""
    if not _KEY.fullmatch(key):
        raise DeliveryFailed("Jira answered what is no issue", uncertain=True)
    return key
