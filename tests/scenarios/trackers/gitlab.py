"""A small GitLab that checks what the real one checks, does what text commands, and can fail.

Paths, verbs, fields and answers are those of GitLab's REST API, version 4: issues, notes, issue links, users.
The wiki and the repository are in gitlab_files.py.
"""

import re
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.scenarios.trackers.gitlab_files import StrictFiles

TOKEN = "glpat-token"
PROJECT = "gl-infra/production"
_FIELDS = frozenset(
    {
        *("title", "description", "confidential", "issue_type", "assignee_ids", "labels", "add_labels"),
        *("remove_labels", "state_event", "due_date", "milestone_id", "discussion_locked"),
    }
)
_COMMAND = re.compile(
    r"^/(close|reopen|confidential|label|assign|title|severity|duplicate)\b.*$", re.MULTILINE
)
_MENTION = re.compile(r"(?<![\w\u200b])@\w+")
_REFERENCE = re.compile(r"(?<![\w/])[#!]\d+")


def _failing(how: int | str) -> web.Response:
    if how == "html":
        return web.Response(text="<html>Sign in</html>", content_type="text/html")
    headers = {"Retry-After": "60"} if how == 429 else {}
    return web.json_response({"message": "no"}, status=int(how), headers=headers)


class GitLab:
    """One project. `faults` are taken one a call: a status, or `lost`, which does it and gives no answer, or
    `html`, the page of a proxy; `fails_at` has them by the number of the call, counted from when `calls` was
    emptied. `elsewhere` are issues of other projects that are linked with all of these;
    where the list of links is `stale`, it has not those of ours yet. `others` are further projects. What is
    to happen `before` the next call of a method, somebody does there meanwhile.
    """

    def __init__(self) -> None:
        self.issues: dict[int, dict[str, Any]] = {}
        self.notes: dict[int, list[dict[str, Any]]] = {}
        self.links: list[tuple[int, int]] = []
        self.elsewhere: list[dict[str, Any]] = []
        self.stale = False
        self.fails_at: dict[int, int | str] = {}
        self.others: dict[str, dict[str, Any]] = {}
        self.users = {"dev.k": (7, "dev@example.com"), "ana.f": (8, "")}
        self.calls: list[str] = []
        self.faults: list[tuple[str, int | str]] = []
        self.before: dict[str, Callable[[], None]] = {}
        self.token = TOKEN
        self.url = ""
        self.files = StrictFiles(PROJECT)

    @property
    def said(self) -> str:
        """Return all that anybody can read there."""
        texts = [f"{one['title']}\n{one['description']}" for one in self.issues.values()]
        return "\n".join([*texts, *(note["body"] for notes in self.notes.values() for note in notes)])

    @property
    def disturbed(self) -> list[str]:
        """Return whom it mentions and what it refers to: nothing that people type should."""
        return [*_MENTION.findall(self.said), *_REFERENCE.findall(self.said)]

    @asynccontextmanager
    async def running(self, path: str = "") -> Any:
        """Serve it, at a path if one is given."""
        app = web.Application(middlewares=[self._checked])
        api = f"{path}/api/v4"
        base = f"{api}/projects/{{project}}/issues"
        app.add_routes(
            [
                web.post(base, self._create),
                web.get(base, self._list),
                web.get(base + "/{iid}", self._get),
                web.put(base + "/{iid}", self._put),
                web.get(base + "/{iid}/notes", self._notes),
                web.post(base + "/{iid}/notes", self._note),
                web.get(base + "/{iid}/links", self._links),
                web.post(base + "/{iid}/links", self._link),
                web.get(api + "/users", self._users),
                web.get(api + "/issues", self._all),
                web.get(api + "/projects/{project}", self._project),
                *(web.route(*one) for one in self.files.calls(f"{api}/projects/{{project}}")),
            ]
        )
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = self.files.url = f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
        try:
            yield self
        finally:
            await runner.cleanup()

    @web.middleware
    async def _checked(self, request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        if request.headers.get("PRIVATE-TOKEN") != self.token:
            return web.json_response({"message": "401 Unauthorized"}, status=401)
        path = request.raw_path.partition("?")[0]
        named = unquote(path.partition("/projects/")[2].split("/")[0]) or PROJECT
        if named != PROJECT and named not in self.others:
            return web.json_response({"message": "404 Project Not Found"}, status=404)
        self.calls.append(f"{request.method} {_called(path)}")
        self.before.pop(request.method, _nothing)()
        fault = self._fault(request.method)
        if fault and fault != "lost":
            return _failing(fault)
        try:
            answer: web.StreamResponse = await handler(request)
        except LookupError:
            return web.json_response({"message": "404 Not found"}, status=404)
        if fault and request.transport:
            request.transport.abort()
        return answer

    def _fault(self, method: str) -> int | str | None:
        """Return what goes wrong with this call, once."""
        if named := next((one for one in self.faults if one[0] == method), None):
            self.faults.remove(named)
            return named[1]
        return self.fails_at.pop(len(self.calls) - 1, None)

    def _of(self, request: web.Request) -> dict[str, Any]:
        if (named := unquote(request.match_info["project"])) != PROJECT:
            found: dict[str, Any] = self.others[named]["issues"][int(request.match_info["iid"])]
            return found
        return self.issues[int(request.match_info["iid"])]

    async def _create(self, request: web.Request) -> web.Response:
        said = await request.json()
        if not said.get("title") or len(said["title"]) > 255:
            return web.json_response({"message": {"title": ["is too long"]}}, status=400)
        iid = len(self.issues) + 1
        issue = {
            "iid": iid,
            "id": 1000 + iid,
            "web_url": f"{self.url}/{PROJECT}/-/issues/{iid}",
            "state": "opened",
            "labels": [],
            "confidential": False,
            "assignees": [],
        }
        self.issues[iid], self.notes[iid] = issue, []
        self._change(issue, {**said, "add_labels": said.get("labels", "")})
        return web.json_response(issue, status=201)

    def _change(self, issue: dict[str, Any], said: dict[str, Any]) -> None:
        for key in ("title", "description", "confidential", "issue_type", "due_date"):
            if key in said:
                issue[key] = said[key]
        issue["description"] = self._obeyed(issue, issue.get("description") or "")
        add, remove = (
            [one for one in said.get(key, "").split(",") if one] for key in ("add_labels", "remove_labels")
        )
        issue["labels"] = [one for one in dict.fromkeys([*issue["labels"], *add]) if one not in remove]
        if "assignee_ids" in said:
            issue["assignees"] = [{"id": one} for one in said["assignee_ids"]]
        if "state_event" in said:
            issue["state"] = {"close": "closed", "reopen": "opened"}[said["state_event"]]

    def _obeyed(self, issue: dict[str, Any], text: str) -> str:
        for found in _COMMAND.findall(text):
            if found in {"close", "duplicate"}:
                issue["state"] = "closed"
        return _COMMAND.sub("", text)

    async def _put(self, request: web.Request) -> web.Response:
        issue, said = self._of(request), await request.json()
        if not _FIELDS & {*said}:
            return web.json_response({"error": "at least one parameter must be provided"}, status=400)
        self._change(issue, said)
        return web.json_response(issue)

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._of(request))

    async def _list(self, request: web.Request) -> web.Response:
        words, where = request.query["search"], request.query["in"]
        found = [one for one in self.issues.values() if words.lower() in one[where].lower()]
        return web.json_response(found[: int(request.query.get("per_page", 20))])

    async def _all(self, request: web.Request) -> web.Response:
        """List the issues of all projects: those of ours, and of others."""
        words, where = request.query["search"], request.query["in"]
        every = [
            *self.issues.values(),
            *(one for of in self.others.values() for one in of["issues"].values()),
        ]
        return web.json_response([one for one in every if words.lower() in one[where].lower()])

    async def _project(self, request: web.Request) -> web.Response:
        named = request.match_info["project"]
        if named == PROJECT:
            return web.json_response({"path_with_namespace": PROJECT, "default_branch": "main"})
        return web.json_response({"visibility": self.others[named]["visibility"], "default_branch": "main"})

    def put_elsewhere(self, project: str, iid: int, title: str, visibility: str = "public") -> dict[str, Any]:
        """Have an issue be in another project, and return it."""
        issue: dict[str, Any] = {"iid": iid, "id": 9000 + iid, "title": title, "description": ""}
        issue |= {"state": "opened", "labels": [], "confidential": False}
        issue["web_url"] = f"{self.url}/{project}/-/issues/{iid}"
        of = self.others.setdefault(project, {"visibility": visibility, "issues": {}})
        of["issues"][iid] = issue
        return issue

    async def _notes(self, request: web.Request) -> web.Response:
        self._of(request)
        return web.json_response(self.notes[int(request.match_info["iid"])][::-1])

    async def _note(self, request: web.Request) -> web.Response:
        issue, said = self._of(request), await request.json()
        left = self._obeyed(issue, said["body"])
        if not left.strip():
            return web.json_response({"commands_changes": {}, "summary": []}, status=202)
        self.notes[issue["iid"]].append({"body": left, "internal": said.get("internal", False)})
        return web.json_response({"id": 1}, status=201)

    async def _links(self, request: web.Request) -> web.Response:
        iid = self._of(request)["iid"]
        others = [one for pair in self.links if iid in pair for one in pair if one != iid]
        ours = [] if self.stale else [self.issues[one] for one in others]
        return web.json_response([*ours, *self.elsewhere])

    async def _link(self, request: web.Request) -> web.Response:
        issue, said = self._of(request), await request.json()
        pair = (issue["iid"], int(said["target_issue_iid"]))
        if pair[1] not in self.issues:
            return web.json_response({"message": "404 Not found"}, status=404)
        if pair in self.links or pair[::-1] in self.links:
            return web.json_response({"message": "Issue(s) already assigned"}, status=409)
        self.links.append(pair)
        return web.json_response({"link_type": said["link_type"]}, status=201)

    async def _users(self, request: web.Request) -> web.Response:
        asked = request.query
        known = self.users.items()
        if "username" in asked:
            found = [number for name, (number, _) in known if name == asked["username"]]
        else:
            found = [number for _, (number, email) in known if email and email == asked["search"]]
        return web.json_response([{"id": one} for one in found])


def _nothing() -> None:
    """Happens before most calls."""


def _called(path: str) -> str:
    """Return what of a project is called, beginning with what is behind /issues for those."""
    _, issues, rest = path.partition("/issues")
    if issues:
        return rest
    return "/users" if "/projects/" not in path else f"/{unquote('/'.join(path.split('/')[5:]))}"
