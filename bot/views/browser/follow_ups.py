"""Follow-ups in a browser: the list, one of them with its form, and the list as a file."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from bot.domain.actors import Actor, Machine, parsed
from bot.domain.incidents.incident import Severity
from bot.domain.work.follow_ups import EXAMPLES, FollowUp, FollowUpRules, warning
from bot.views.browser.exports import as_csv, in_cell
from bot.views.browser.forms import Filled
from bot.views.browser.incident import actor, person
from bot.views.browser.rich import Reader, anchor, plain

FORM = "change"
TITLE, OWNER, DUE, KIND, PRIORITY = "title", "owner", "due", "kind", "priority"
FIELDS = (TITLE, OWNER, DUE, KIND, PRIORITY)
LONGEST = 255
"""Characters of a title, as in Slack."""
SHOWN = (("open", "open"), ("overdue", "overdue"), ("over", "done or cancelled"), ("all", "all"))
DONE: Mapping[str, str] = {
    "added": "The follow-up is added.",
    "changed": "The follow-up is changed.",
    "finish": "It is done.",
    "cancel": "It is cancelled: it will not be done.",
    "reopen": "It is open again.",
}
"""What is said after a form."""
COLUMNS = (
    *("id", "incident", "title", "kind", "priority", "severity", "service", "owner", "due", "overdue"),
    *("state", "private", "issue", "added_by", "added_at", "ended_by", "ended_at", "details"),
)


def people_of(found: Sequence[FollowUp]) -> set[str]:
    each = (who for one in found for who in (one.action.assignee, one.action.done_by, one.action.by))
    return {who for who in each if isinstance(who, str) and who}


def state(one: FollowUp) -> str:
    if one.open:
        return "open"
    return "cancelled" if one.action.cancelled else "done"


def rows(found: Sequence[FollowUp], reader: Reader, today: date) -> list[Mapping[str, Any]]:
    """Return what the list shows of each."""
    return [
        {
            "one": one,
            "action": one.action,
            "owner": person(one.action.assignee, reader),
            "overdue": one.overdue(today),
            "state": state(one),
            "private": one.action.private or one.of_private,
            "issue": anchor(one.issue.url, f"{one.issue.project}#{one.issue.number}") if one.issue else None,
        }
        for one in found
    ]


def filled(one: FollowUp, once: str, reader: Reader) -> Filled:
    """Return the form as it is before anybody changes it."""
    owner = one.action.assignee
    return Filled(
        FORM,
        once,
        {
            TITLE: one.action.title,
            OWNER: reader.names.get(owner, owner) if owner else "",
            DUE: one.action.due.isoformat() if one.action.due else "",
            KIND: one.label,
            PRIORITY: one.priority.value,
        },
    )


def shown(
    one: FollowUp, form: Filled, reader: Reader, today: date, rules: FollowUpRules
) -> Mapping[str, Any]:
    """Return what the page of one is rendered with."""
    better = warning(form.value(TITLE))
    return {
        "title": f"Follow-up {one.action.id}",
        "form": form,
        **rows([one], reader, today)[0],
        "details": plain(one.action.details) if one.action.details else None,
        "added": Markup("{} by {}").format(reader.time(one.action.at), actor(one.action.by, reader)),
        "ended": Markup("{} by {}").format(
            reader.time(one.action.done_at), actor(parsed(one.action.done_by or ""), reader)
        )
        if one.action.done_at
        else None,
        "better": better[1] if better else "",
        "kinds": [(kind, kind) for kind in rules.kinds],
        "priorities": [(each.value, f"P{each.value[1:]}") for each in Severity],
        "longest": LONGEST,
        "examples": EXAMPLES,
    }


def _row(one: FollowUp, names: Mapping[str, str], today: date) -> Mapping[str, object]:
    action = one.action
    return {
        "id": action.id,
        "incident": f"INC-{action.incident}",
        "title": action.title,
        "kind": one.label,
        "priority": one.priority.value,
        "severity": one.severity,
        "service": one.service,
        "owner": names.get(action.assignee, action.assignee) if action.assignee else None,
        "due": action.due.isoformat() if action.due else None,
        "overdue": one.overdue(today),
        "state": state(one),
        "private": action.private or one.of_private,
        "issue": one.issue.url if one.issue else None,
        "added_by": _said(action.by, names),
        "added_at": action.at.isoformat(),
        "ended_by": _said(parsed(action.done_by), names) if action.done_by else None,
        "ended_at": action.done_at.isoformat() if action.done_at else None,
        "details": action.details,
    }


def _said(who: Actor, names: Mapping[str, str]) -> str:
    return who.spoken if isinstance(who, Machine) else names.get(who, who)


def csv_head() -> str:
    """Return the first line, after a mark that programs know UTF-8 by."""
    return f"\ufeff{as_csv([COLUMNS])}"


def csv_rows(found: Sequence[FollowUp], names: Mapping[str, str], today: date) -> str:
    each = (_row(one, names, today) for one in found)
    return as_csv([[in_cell(row[name]) for name in COLUMNS] for row in each])


def json_rows(found: Sequence[FollowUp], names: Mapping[str, str], today: date, *, first: bool) -> str:
    """Return elements of a list, of which others stand before these unless they are the `first`."""
    said = ",\n".join(json.dumps(_row(one, names, today), ensure_ascii=False) for one in found)
    return said if first or not said else f",\n{said}"
