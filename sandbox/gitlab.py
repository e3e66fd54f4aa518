"""GitLab: one project's issues, as an app makes and follows them, and pages on which people close them. Its
wiki, repository and merge requests are in gitlab_files.py.

Paths, verbs and answers are those of GitLab's REST API, version 4. What people do there is told to the app by
a hook with its secret token. Nothing of it is kept between runs.
"""

import logging
import re
from html import escape
from typing import Any
from urllib.parse import unquote

import aiohttp
from aiohttp import web

from sandbox.bodies import form, json_object
from sandbox.credentials import Credentials, same
from sandbox.gitlab_files import Files
from sandbox.gitlab_pages import SOMEBODY, FilePages, page
from sandbox.guard import ISSUES
from sandbox.state import Json, User
from sandbox.workspace import Workspace

log = logging.getLogger(__name__)

AT, PROJECT = ISSUES.rstrip("/"), "tanuki/production"
LONGEST_TITLE = 255
CHANGED = ("title", "description", "confidential", "issue_type", "due_date")
WRITTEN = {*CHANGED, "labels", "add_labels", "remove_labels", "assignee_ids", "state_event"}
_COMMAND = re.compile(r"^/(close|reopen)\b.*$\n?", re.MULTILINE)
_STATES = {"close": "closed", "reopen": "opened"}
PATIENCE = aiohttp.ClientTimeout(10)

_LIST = """<h1>Issues of {project}</h1><p>The sandbox's GitLab: what Muster makes stands here.</p>
{issues}{others}"""
_ISSUE = """<p><a href="{list}">All issues of {project}</a></p><h1>{title}</h1>
<p>#{iid} · {state}{secret}{due}{labels}{assignee}</p>
<form method="post"><button name="do" value="{do}">{act}</button></form>
<h2>Description</h2><pre>{description}</pre><h2>Related</h2>{related}<h2>Notes</h2>{notes}"""


class Gitlab:
    """`hook_url` is where the app hears of what people do; nowhere until it is set."""

    def __init__(self, ws: Workspace, known: Credentials) -> None:
        self._ws = ws
        self.token, self.hook_token = known.sign("gitlab token"), known.sign("gitlab hook")
        self.hook_url = ""
        self.issues: dict[int, Json] = {}
        self.notes: dict[int, list[Json]] = {}
        self.links: list[tuple[int, int]] = []
        self.files = Files(PROJECT)
        self._pages = FilePages(self.files, f"{AT}/{PROJECT}", self._tell)

    def routes(self) -> list[web.AbstractRouteDef]:
        base, pages = f"{AT}/api/v4/projects/{{project}}", f"{AT}/{PROJECT}/-/issues"
        calls = [
            ("POST", f"{base}/issues", self._create),
            ("GET", f"{base}/issues", self._list),
            ("GET", f"{base}/issues/{{iid}}", self._get),
            ("PUT", f"{base}/issues/{{iid}}", self._put),
            ("GET", f"{base}/issues/{{iid}}/notes", self._noted),
            ("POST", f"{base}/issues/{{iid}}/notes", self._note),
            ("GET", f"{base}/issues/{{iid}}/links", self._linked),
            ("POST", f"{base}/issues/{{iid}}/links", self._link),
            ("GET", f"{base}", self._project),
            *self.files.calls(base),
            ("GET", f"{AT}/api/v4/issues", self._list),
            ("GET", f"{AT}/api/v4/users", self._users),
        ]
        return [
            *(web.route(verb, path, self._admitted(handler)) for verb, path, handler in calls),
            web.get(pages, self.show_all),
            web.get(f"{pages}/{{iid}}", self.show),
            web.post(f"{pages}/{{iid}}", self.act),
            *self._pages.routes(),
        ]

    def _admitted(self, handler: Any) -> Any:
        async def admitted(request: web.Request) -> web.Response:
            if not same(request.headers.get("PRIVATE-TOKEN", ""), self.token):
                return web.json_response({"message": "401 Unauthorized"}, status=401)
            if unquote(request.match_info.get("project", PROJECT)) != PROJECT:
                return web.json_response({"message": "404 Project Not Found"}, status=404)
            self.files.url = f"{request.scheme}://{request.host}{AT}"
            try:
                answer: web.Response = await handler(request)
            except LookupError:
                return web.json_response({"message": "404 Not found"}, status=404)
            return answer

        return admitted

    # What an app calls

    async def _create(self, request: web.Request) -> web.Response:
        said = await json_object(request)
        title = said.get("title")
        if not isinstance(title, str) or not 0 < len(title) <= LONGEST_TITLE:
            return web.json_response({"message": {"title": ["can't be blank or too long"]}}, status=400)
        iid = len(self.issues) + 1
        url = f"{request.scheme}://{request.host}{AT}/{PROJECT}/-/issues/{iid}"
        issue: Json = {"iid": iid, "id": 1000 + iid, "project_id": 1, "web_url": url, "state": "opened"}
        issue |= {"labels": [], "confidential": False, "assignees": [], "description": "", "due_date": None}
        self.issues[iid], self.notes[iid] = issue, []
        self._change(issue, {**said, "add_labels": said.get("labels", "")})
        return web.json_response(issue, status=201)

    async def _list(self, request: web.Request) -> web.Response:
        words, where = request.query.get("search", "").lower(), request.query.get("in", "title,description")
        found = [
            one
            for one in reversed(self.issues.values())
            if any(words in (one.get(part) or "").lower() for part in where.split(","))
        ]
        return web.json_response(found[: int(request.query.get("per_page", 20))])

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._named(request))

    async def _put(self, request: web.Request) -> web.Response:
        issue, said = self._named(request), await json_object(request)
        if not WRITTEN & {*said}:
            return web.json_response({"error": "at least one parameter must be provided"}, status=400)
        self._change(issue, said)
        return web.json_response(issue)

    async def _noted(self, request: web.Request) -> web.Response:
        return web.json_response(self.notes[self._named(request)["iid"]][::-1])

    async def _note(self, request: web.Request) -> web.Response:
        issue, said = self._named(request), await json_object(request)
        left = self._obeyed(issue, str(said.get("body") or ""))
        if not left.strip():
            return web.json_response({"commands_changes": {}, "summary": []}, status=202)
        notes = self.notes[issue["iid"]]
        notes.append({"id": len(notes) + 1, "body": left, "internal": bool(said.get("internal"))})
        return web.json_response(notes[-1], status=201)

    async def _linked(self, request: web.Request) -> web.Response:
        return web.json_response(self._related(self._named(request)["iid"]))

    async def _link(self, request: web.Request) -> web.Response:
        issue, said = self._named(request), await json_object(request)
        other = self.issues[int(said.get("target_issue_iid", 0))]["iid"]
        pair = (issue["iid"], other)
        if pair in self.links or pair[::-1] in self.links:
            return web.json_response({"message": "Issue(s) already assigned"}, status=409)
        self.links.append(pair)
        return web.json_response({"link_type": said.get("link_type")}, status=201)

    async def _project(self, request: web.Request) -> web.Response:
        about = {"id": 1, "path_with_namespace": PROJECT, "visibility": "private", "default_branch": "main"}
        return web.json_response(about)

    async def _users(self, request: web.Request) -> web.Response:
        asked = request.query
        found = [
            {"id": number, "username": user.handle, "name": user.real_name}
            for number, user in self._people().items()
            if asked.get("username") == user.handle or (user.email and user.email == asked.get("search"))
        ]
        return web.json_response(found)

    def _people(self) -> dict[int, User]:
        people = (user for user in self._ws.users.values() if not user.bot and not user.deleted)
        return dict(enumerate(people, 1))

    def _named(self, request: web.Request) -> Json:
        number = request.match_info["iid"]
        return self.issues[int(number) if number.isascii() and number.isdigit() else 0]

    def _related(self, iid: int) -> list[Json]:
        return [self.issues[one] for pair in self.links if iid in pair for one in pair if one != iid]

    def _change(self, issue: Json, said: Json) -> None:
        issue |= {key: said[key] for key in CHANGED if key in said}
        issue["description"] = self._obeyed(issue, issue.get("description") or "")
        add, remove = (_labels(said.get(key)) for key in ("add_labels", "remove_labels"))
        issue["labels"] = [one for one in dict.fromkeys([*issue["labels"], *add]) if one not in remove]
        if "assignee_ids" in said:
            known = self._people()
            issue["assignees"] = [
                {"id": one, "name": known[one].real_name} for one in said["assignee_ids"] if one in known
            ]
        if said.get("state_event") in _STATES:
            issue["state"] = _STATES[said["state_event"]]

    def _obeyed(self, issue: Json, text: str) -> str:
        """Do what a text commands, as GitLab does, and return what is left of it."""
        for found in _COMMAND.findall(text):
            issue["state"] = _STATES[found]
        return _COMMAND.sub("", text)

    # What people see and press

    async def show_all(self, request: web.Request) -> web.Response:
        rows = "".join(f"<li>{_link_to(one)} {one['state']}</li>" for one in reversed(self.issues.values()))
        issues = f"<ul>{rows}</ul>" if rows else "<p>There is none yet: declare an incident.</p>"
        return page(
            f"Issues of {PROJECT}", _LIST.format(project=PROJECT, issues=issues, others=self._pages.listed())
        )

    async def show(self, request: web.Request) -> web.Response:
        issue = self._seen(request)
        do, act = ("close", "Close") if issue["state"] == "opened" else ("reopen", "Reopen")
        notes = "".join(f"<pre>{escape(one['body'])}</pre>" for one in self.notes[issue["iid"]])
        others = "".join(f"<li>{_link_to(one)}</li>" for one in self._related(issue["iid"]))
        body = _ISSUE.format(
            project=PROJECT,
            list=f"{AT}/{PROJECT}/-/issues",
            iid=issue["iid"],
            title=escape(issue["title"]),
            state=issue["state"],
            secret=" · confidential" if issue["confidential"] else "",
            due=f" · due {escape(str(issue['due_date']))}" if issue["due_date"] else "",
            labels="".join(f" · {escape(one)}" for one in issue["labels"]),
            assignee="".join(f" · {escape(one['name'])}" for one in issue["assignees"]),
            do=do,
            act=act,
            description=escape(issue["description"]),
            related=f"<ul>{others}</ul>" if others else "<p>Nothing.</p>",
            notes=notes or "<p>None.</p>",
        )
        return page(issue["title"], body)

    async def act(self, request: web.Request) -> web.Response:
        """Close an issue or reopen it, and tell the app."""
        issue, do = self._seen(request), (await form(request)).get("do", "")
        if do not in _STATES:
            raise web.HTTPBadRequest(text="do: expected close or reopen")
        if issue["state"] != _STATES[do]:
            issue["state"] = _STATES[do]
            await self._tell_of(issue, do)
        raise web.HTTPSeeOther(issue["web_url"])

    def _seen(self, request: web.Request) -> Json:
        try:
            return self._named(request)
        except LookupError:
            raise web.HTTPNotFound(text="There is no such issue.") from None

    async def _tell_of(self, issue: Json, action: str) -> None:
        shown = {key: issue[key] for key in ("iid", "id", "title", "state", "confidential")}
        body = {
            "object_kind": "issue",
            "object_attributes": {
                **shown,
                "action": action,
                "url": issue["web_url"],
                "updated_at": f"{self._ws.clock.now()}",
            },
            "changes": {},
        }
        await self._tell("Issue Hook", body)

    async def _tell(self, kind: str, body: Json) -> None:
        if not self.hook_url:
            return
        of = {"path_with_namespace": PROJECT, "id": 1}
        body |= {"user": {"name": SOMEBODY, "username": "somebody"}, "project": of}
        headers = {
            "X-Gitlab-Token": self.hook_token,
            "X-Gitlab-Event": kind,
            "X-Gitlab-Event-UUID": self._ws.ids.secret("hook-"),
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as session,
                session.post(self.hook_url, json=body, headers=headers) as answer,
            ):
                await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("the app does not hear of GitLab's change: %s", type(error).__name__)


def _link_to(issue: Json) -> str:
    return f'<a href="{escape(issue["web_url"])}">#{issue["iid"]} {escape(issue["title"])}</a>'


def _labels(given: Any) -> list[str]:
    return [one.strip() for one in given.split(",") if one.strip()] if isinstance(given, str) else []
