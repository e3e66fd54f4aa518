"""The sandbox's wiki and merge requests, which take no field that GitLab would ignore, and can lie."""

import re
from typing import Any

from aiohttp import web

from sandbox.gitlab_files import ACTION, Files

_COMMAND = re.compile(r"^/(close|merge|title|label|assign)\b", re.MULTILINE)


class StrictFiles(Files):
    """`lies` is what each answer of a merge request or page says instead of the truth; `always` are the merge
    requests of every branch, if there are any.
    """

    def __init__(self, project: str) -> None:
        super().__init__(project)
        self.lies: dict[str, Any] = {}
        self.always: list[dict[str, Any]] = []

    def page_shown(self, slug: str) -> dict[str, Any]:
        return {**super().page_shown(slug), **self.lies}

    def request_shown(self, one: dict[str, Any]) -> dict[str, Any]:
        return {**super().request_shown(one), **self.lies}

    def found(self, branch: str, state: str) -> list[dict[str, Any]]:
        return self.always or super().found(branch, state)

    async def read(self, request: web.Request, fields: set[str]) -> dict[str, Any]:
        """Return what is said: a field that GitLab would ignore, or a command to it, is our mistake."""
        said: dict[str, Any] = await request.json()
        assert {*said} <= fields, {*said} - fields
        assert all({*one} <= ACTION for one in said.get("actions", []))
        assert not _COMMAND.search(said.get("description", ""))
        return await super().read(request, fields)
