"""What trackers tell of an issue by their webhooks, read into what somebody did there."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.domain.incidents.issues import HYPHENED, Touch, not_done
from bot.domain.reviews.copies import Kept, Pushed
from bot.intake.values import line

LONGEST = 80
TOO_MANY = 2**31
"""No issue has so high a number."""
LONGEST_PATH = 500
MOST_PATHS = 500
"""A push that changes more is no edit of a review."""
_CHANGED = ("added", "modified")
Heard: TypeAlias = tuple[Touch, str] | None
"""What was done, and what tells this from all else; None for what is of no interest.

Each of these raises KeyError, TypeError, ValueError, AttributeError or OverflowError for what is misshapen.
"""

_GITLAB = frozenset({"close", "reopen", "update"})
_GITHUB = {
    "closed": "close",
    "reopened": "reopen",
    "labeled": "update",
    "unlabeled": "update",
    "deleted": "look",
    "transferred": "look",
}
_NOT_DONE = frozenset({"not_planned", "duplicate"})


def gitlab(body: Any, _headers: Mapping[str, str], project: str) -> Heard:
    """Read GitLab's *Issue Hook*."""
    issue, named = body["object_attributes"], body["project"]["path_with_namespace"]
    if body["object_kind"] != "issue" or named.lower() != project.lower() or issue["action"] not in _GITLAB:
        return None
    changes = body.get("changes", {}).get("labels", {})
    before, now = ({line(one["title"]) for one in changes.get(key, [])} for key in ("previous", "current"))
    name, number = line(body["user"]["name"], LONGEST), _number(issue["iid"])
    action = issue["action"]
    if action == "close" and issue.get("moved_to_id"):  # what was moved is closed, and goes on elsewhere
        action = "look"
    duplicate = bool(issue.get("duplicated_to_id"))
    touch = Touch(project, number, action, name, before ^ now, now, dropped=duplicate)
    return touch, f"{number}:{issue['action']}:{issue.get('updated_at', '')}"


def gitlab_pushed(body: Any, project: str) -> Pushed | None:
    """Read GitLab's *Push Hook* and *Wiki Page Hook*: which files or page somebody changed, and nothing of
    what they say, since that is read there.
    """
    kind = body["object_kind"]
    if kind not in {"push", "wiki_page"} or body["project"]["path_with_namespace"].lower() != project.lower():
        return None
    if kind == "push":
        paths = {
            line(path, LONGEST_PATH)
            for one in body["commits"]
            for key in _CHANGED
            for path in one.get(key) or []
        }
        who, ref = line(body["user_name"], LONGEST), line(body["ref"], LONGEST_PATH)
        return Pushed(
            project,
            Kept.FILE,
            sorted(paths)[:MOST_PATHS],
            who,
            line(f"push:{ref}:{body['after']}"),
            branch=ref.removeprefix("refs/heads/"),
            default=line(body["project"].get("default_branch") or "", LONGEST_PATH),
        )
    page = body["object_attributes"]
    marks = (page["slug"], page["action"], page.get("version_id") or page.get("diff_url") or "")
    event = ":".join(("wiki", *(line(str(one)) for one in marks)))
    return Pushed(
        project, Kept.WIKI, [line(page["slug"], LONGEST_PATH)], line(body["user"]["name"], LONGEST), event
    )


def github(body: Any, headers: Mapping[str, str], project: str) -> Heard:
    """Read GitHub's event `issues`: it tells of each label by itself."""
    if headers.get("X-GitHub-Event") != "issues" or body["action"] not in _GITHUB:
        return None
    issue, named = body["issue"], body["repository"]["full_name"]
    if named.lower() != project.lower():
        return None
    changed = {line(body["label"]["name"])} if "label" in body else set()
    touch = Touch(
        project,
        _number(issue["number"]),
        _GITHUB[body["action"]],
        line(body["sender"]["login"], LONGEST),
        changed,
        {line(one["name"]) for one in issue["labels"]},
        "GitHub",
        issue.get("state_reason") in _NOT_DONE,
    )
    at = f"{touch.number}:{body['action']}:{issue.get('updated_at', '')}:{','.join(changed)}"
    return touch, at


def jira(body: Any, _headers: Mapping[str, str], project: str) -> Heard:
    """Read Jira's `jira:issue_updated`, with a log of what became another, and `jira:issue_deleted`."""
    event = body["webhookEvent"]
    if event not in {"jira:issue_updated", "jira:issue_deleted"}:
        return None
    key, fields = str(body["issue"]["key"]), body["issue"]["fields"]
    named, _, number = key.rpartition("-")
    if event == "jira:issue_deleted" and named == project:
        touch = Touch(project, _number(number), "look", "", tracker="Jira")
        return touch, f"{number}:look:{body.get('timestamp', '')}"
    changes = {one["field"]: one for one in body.get("changelog", {}).get("items", [])}
    if named != project or not {"status", "labels"} & {*changes}:
        return None
    labels = changes.get("labels", {})
    before, now = (_spaced(line(labels.get(key) or "").split()) for key in ("fromString", "toString"))
    action = "update"
    if "status" in changes:
        action = "close" if fields["status"]["statusCategory"]["key"] == "done" else "reopen"
    present = _spaced(line(one) for one in fields.get("labels", []))
    name = line(body["user"]["displayName"], LONGEST)
    ended = (fields.get("resolution"), fields.get("status"))
    dropped = any(not_done(line(one.get("name") or "")) for one in ended if isinstance(one, dict))
    touch = Touch(project, _number(number), action, name, before ^ now, present, "Jira", dropped)
    return touch, f"{number}:{action}:{body.get('timestamp', '')}"


def _spaced(labels: Any) -> set[str]:
    return {HYPHENED.get(one, one) for one in labels}


def _number(given: Any) -> int:
    """Return the number of an issue. Raises ValueError for one that none has."""
    number = int(given)
    if not 0 < number < TOO_MANY:
        raise ValueError(given)
    return number
