"""A small GitHub and a small Jira that check what the real ones check, and can fail.

Paths, verbs, fields and answers are those of GitHub's REST API and of Jira's, version 2.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from aiohttp import web

REPOSITORY, GITHUB_TOKEN = "acme/production", "ghp-token"
KEY, EMAIL, JIRA_TOKEN = "OPS", "bot@example.com", "jira-token"


class Server:
    """Takes `faults` one a call: a status, or `lost`, which does it and gives no answer, or one of GitHub's
    limits: `limit`, that of an hour, and `secondary`, which is said in words alone. `html` is the page of
    a proxy.
    """

    def __init__(self) -> None:
        self.issues: dict[int, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.faults: list[tuple[str, int | str]] = []
        self.url = ""
        self.resets = 0
        self.tokens = True
        self.assignable = {"ana-f", "712020:ana"}
        self.deleted: set[int] = set()

    missing = "Not Found"

    def wrong(self, status: int, said: str) -> web.Response:
        return web.json_response({"message": said}, status=status)

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def refusal(self, request: web.Request) -> str:
        raise NotImplementedError

    @asynccontextmanager
    async def running(self) -> Any:
        app = web.Application(middlewares=[self._checked])
        app.add_routes(self.routes())
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    @web.middleware
    async def _checked(self, request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        if why := self.refusal(request):
            return self.wrong(401, why)
        self.calls.append(request.method)
        if request.can_read_body and request.content_type != "application/json":
            return self.wrong(415, "Unsupported Media Type")
        fault = next((one for one in self.faults if one[0] == request.method), None)
        if fault:
            self.faults.remove(fault)
            if fault[1] != "lost":
                return self._failing(fault[1])
        try:
            answer: web.StreamResponse = await handler(request)
        except LookupError:
            return self.wrong(404, self.missing)
        if fault and request.transport:
            request.transport.abort()
        return answer

    def _failing(self, how: int | str) -> web.Response:
        if how == "limit":
            headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(self.resets)}
            return web.json_response({"message": "API limit"}, status=403, headers=headers)
        if how == "secondary":
            return self.wrong(403, "You have exceeded a secondary rate limit. Please wait a few minutes.")
        if how == "html":
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        headers = {"Retry-After": "60"} if how in {403, 429} else {}
        return web.json_response({"message": "no"}, status=int(how), headers=headers)


class GitHub(Server):
    """What was `transferred` answers where it is now: in another repository, that has a number for a name."""

    def __init__(self) -> None:
        super().__init__()
        self.transferred: set[int] = set()
        self.private = False

    def routes(self) -> list[web.RouteDef]:
        base = f"/repos/{REPOSITORY}/issues"
        return [
            web.post(base, self._create),
            web.get(base, self._list),
            web.get(base + "/{number}", self._get),
            web.patch(base + "/{number}", self._patch),
            web.get("/repositories/7/issues/{number}", self._get_transferred),
            web.get("/repos/acme/secret/issues/{number}", self._get_elsewhere),
            web.get("/repos/acme/secret", self._get_repository),
        ]

    def refusal(self, request: web.Request) -> str:
        headers = request.headers
        if headers.get("Authorization") != f"Bearer {GITHUB_TOKEN}" or not self.tokens:
            return "Bad credentials"
        if headers.get("Accept") != "application/vnd.github+json" or "aiohttp" in headers["User-Agent"]:
            return "Request forbidden by administrative rules"
        return "" if headers.get("X-GitHub-Api-Version") == "2022-11-28" else "Unsupported version"

    async def _create(self, request: web.Request) -> web.Response:
        said = await request.json()
        assert {*said} <= {"title", "body", "labels", "assignees", "milestone"}
        if refused := self._unfit({"title": "", **said}):
            return refused
        number = len(self.issues) + 1
        place = f"{self.url}/{REPOSITORY}/issues/{number}"
        self.issues[number] = {"number": number, "html_url": place, "state": "open", "state_reason": None}
        self._set(self.issues[number], said)
        return web.json_response(self.issues[number], status=201)

    def _unfit(self, said: dict[str, Any]) -> web.Response | None:
        """Return what is answered to fields that are not taken: a list of what is wrong with which."""
        errors = [
            *(["title", "missing_field"] for _ in range(not said.get("title", "x"))),
            *(["title", "custom"] for _ in range(len(said.get("title", "")) > 256)),
            *(["body", "custom"] for _ in range(len(said.get("body", "")) > 65536)),
            *(["labels", "invalid"] for one in said.get("labels", []) if not 0 < len(one) <= 50),
            *(["assignees", "invalid"] for one in said.get("assignees", []) if one not in self.assignable),
        ]
        told = [{"resource": "Issue", "field": field, "code": code} for field, code in errors]
        wrong = {"message": "Validation Failed", "errors": told}
        return web.json_response(wrong, status=422) if errors else None

    def _of(self, request: web.Request) -> dict[str, Any]:
        number = int(request.match_info["number"])
        if number in self.deleted:
            raise web.HTTPGone(text='{"message": "This issue was deleted"}', content_type="application/json")
        return self.issues[number]

    def _set(self, issue: dict[str, Any], said: dict[str, Any]) -> None:
        assert said.get("state_reason") in {None, "completed", "not_planned", "reopened"}
        if "labels" in said:
            said["labels"] = [{"name": one} for one in said["labels"]]
        if "assignees" in said:
            said["assignees"] = [{"login": one} for one in said["assignees"]]
        issue.update(said)

    async def _list(self, request: web.Request) -> web.Response:
        assert request.query["state"] == "all"
        return web.json_response([*self.issues.values()][::-1][: int(request.query["per_page"])])

    async def _get(self, request: web.Request) -> web.Response:
        if (number := int(request.match_info["number"])) in self.transferred:
            place = {"Location": f"{self.url}/repositories/7/issues/{number}"}
            return web.json_response({"message": "Moved Permanently"}, status=301, headers=place)
        return web.json_response(self._of(request))

    async def _get_transferred(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        place = f"{self.url}/acme/website/issues/{number}9"
        return web.json_response({**self.issues[int(number)], "number": int(f"{number}9"), "html_url": place})

    async def _get_elsewhere(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        place = f"{self.url}/acme/secret/issues/{number}"
        issue = {"number": number, "html_url": place, "state": "open", "title": "Rotate the leaked key"}
        return web.json_response(issue)

    async def _get_repository(self, request: web.Request) -> web.Response:
        visibility = "private" if self.private else "public"
        return web.json_response({"private": self.private, "visibility": visibility})

    async def _patch(self, request: web.Request) -> web.Response:
        issue, said = self._of(request), await request.json()
        if refused := self._unfit(said):
            return refused
        self._set(issue, said)
        return web.json_response(issue)


class Jira(Server):
    """Its workflow: To Do, In Progress, Won't Do, Done. What was made is found by a search once it is
    `indexed`. What was `moved` has another key.
    """

    states: ClassVar = {
        "11": ("To Do", "new"),
        "21": ("In Progress", "indeterminate"),
        "30": ("Won't Do", "done"),
        "31": ("Done", "done"),
    }

    def __init__(self) -> None:
        super().__init__()
        self.indexed = True
        self.needs_resolution = False
        self.has_days = True
        self.links: list[tuple[str, str]] = []
        self.moved: dict[int, str] = {}

    missing = "Issue does not exist or you do not have permission to see it."

    def wrong(self, status: int, said: str) -> web.Response:
        return web.json_response({"errorMessages": [said], "errors": {}}, status=status)

    def routes(self) -> list[web.RouteDef]:
        base = "/rest/api/2/issue"
        return [
            web.post(base, self._create),
            web.get("/rest/api/2/search", self._find),
            web.get(base + "/{key}", self._get),
            web.put(base + "/{key}", self._put),
            web.get(base + "/{key}/transitions", self._steps),
            web.post(base + "/{key}/transitions", self._step),
            web.post("/rest/api/2/issueLink", self._link),
        ]

    def refusal(self, request: web.Request) -> str:
        wanted = b64encode(f"{EMAIL}:{JIRA_TOKEN}".encode()).decode()
        good = self.tokens and request.headers.get("Authorization") == f"Basic {wanted}"
        return "" if good else "Client must be authenticated to access this resource."

    def _of(self, request: web.Request) -> dict[str, Any]:
        asked = request.match_info["key"]
        moved = {new: f"{KEY}-{old}" for old, new in self.moved.items()}
        key, _, number = moved.get(asked, asked).partition("-")
        if key != KEY or int(number) in self.deleted:
            raise LookupError(key)
        return self.issues[int(number)]

    def _wrong(self, fields: dict[str, Any]) -> web.Response | None:
        errors = {}
        if len(fields.get("summary", "x")) > 255 or not fields.get("summary", "x").strip():
            errors["summary"] = "Summary must be less than 255 characters."
        if any(" " in one for one in fields.get("labels", [])):
            errors["labels"] = "The label contains spaces which is invalid."
        if (who := fields.get("assignee")) and (
            {*who} != {"accountId"} or who["accountId"] not in self.assignable
        ):
            errors["assignee"] = "The user cannot be assigned issues."
        if "duedate" in fields and not self.has_days:
            errors["duedate"] = (
                "Field 'duedate' cannot be set. It is not on the appropriate screen, or unknown."
            )
        elif not re.fullmatch(r"\d{4}-\d\d-\d\d", fields.get("duedate") or "2026-01-01"):
            errors["duedate"] = "Error parsing date string"
        told = {"errorMessages": [], "errors": errors}
        return web.json_response(told, status=400) if errors else None

    async def _create(self, request: web.Request) -> web.Response:
        fields = (await request.json())["fields"]
        if wrong := self._wrong(fields):
            return wrong
        assert (fields.pop("project"), fields.pop("issuetype")) == ({"key": KEY}, {"name": "Task"})
        number = len(self.issues) + 1
        self.issues[number] = {"status": "11", "issuelinks": [], **fields}
        return web.json_response({"id": "1", "key": f"{KEY}-{number}", "self": self.url}, status=201)

    async def _find(self, request: web.Request) -> web.Response:
        found = re.fullmatch(r'project = "(\w+)" AND labels = "([\w-]+)"', request.query["jql"])
        assert found
        hits = [one for one, issue in self.issues.items() if found[2] in issue["labels"] and self.indexed]
        return web.json_response({"issues": [{"key": f"{KEY}-{one}"} for one in hits]})

    async def _get(self, request: web.Request) -> web.Response:
        issue = self._of(request)
        name, category = self.states[issue["status"]]
        shown = {**issue, "status": {"name": name, "statusCategory": {"key": category}}}
        # as Jira gives text back: other line endings, and what it does not need left out
        shown["description"] = issue["description"].replace("\n", "\r\n").rstrip()
        asked = request.match_info["key"]
        key = self.moved.get(int(asked.rpartition("-")[2]), asked)
        return web.json_response({"key": key, "fields": shown})

    async def _put(self, request: web.Request) -> web.Response:
        issue, said = self._of(request), await request.json()
        if wrong := self._wrong(said.get("fields", {})):
            return wrong
        issue.update(said.get("fields", {}))
        for change in said.get("update", {}).get("labels", []):
            ((verb, label),) = change.items()
            assert " " not in label
            issue["labels"] = [one for one in issue["labels"] if one != label] + [label] * (verb == "add")
        return web.Response(status=204)

    async def _link(self, request: web.Request) -> web.Response:
        said = await request.json()
        assert said["type"] == {"name": "Relates"}
        ends = [said[one]["key"] for one in ("inwardIssue", "outwardIssue")]
        for key, end, other in ((ends[0], "outwardIssue", ends[1]), (ends[1], "inwardIssue", ends[0])):
            one = {"type": {"name": "Relates"}, end: {"key": other}}
            self.issues[int(key.partition("-")[2])]["issuelinks"].append(one)
        self.links.append((ends[0], ends[1]))
        return web.Response(status=201)

    async def _steps(self, request: web.Request) -> web.Response:
        now = self._of(request)["status"]
        steps = [
            {"id": one, "name": name, "to": {"name": name, "statusCategory": {"key": category}}}
            for one, (name, category) in self.states.items()
            if one != now
        ]
        return web.json_response({"transitions": steps})

    async def _step(self, request: web.Request) -> web.Response:
        issue, said = self._of(request), await request.json()
        if self.needs_resolution and said["transition"]["id"] == "31" and "fields" not in said:
            told = {"errorMessages": [], "errors": {"resolution": "Resolution is required."}}
            return web.json_response(told, status=400)
        issue["status"] = said["transition"]["id"]
        return web.Response(status=204)
