"""The follow-ups of an incident on the page of its review, and the form that adds one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.incidents.incident import GONE, Severity
from bot.domain.reviews.document import ReviewFacts
from bot.domain.rights import Right
from bot.domain.text import one_line
from bot.domain.work.follow_ups import EXAMPLES, FollowUpRules, warning
from bot.views.browser import follow_ups as view_of
from bot.views.browser.follow_ups import DUE, KIND, LONGEST, OWNER, PRIORITY, TITLE
from bot.views.browser.forms import Filled
from bot.views.browser.rich import Reader

FOLLOW_UP = "follow_up"
FIELDS = (TITLE, OWNER, DUE, KIND, PRIORITY)
CORRECTIVE = "corrective action"
"""The label of the kind that a review asks for first."""
MOST = 20
"""So many stand on the page; the list of follow-ups has all."""


def shown(
    facts: ReviewFacts, rights: frozenset[Right], rules: FollowUpRules, reader: Reader, today: date
) -> Mapping[str, Any]:
    """Return the follow-ups that everybody in the incident may know of, each with what its title lacks."""
    return {
        "follow_ups": [
            {**row, "better": _better(row)} for row in view_of.rows(facts.follow_ups[:MOST], reader, today)
        ],
        "more_follow_ups": max(0, len(facts.follow_ups) - MOST),
        "adds_follow_up": Right.ACTION in rights and facts.incident.status not in GONE,
        "kinds": [(kind, kind) for kind in rules.kinds],
        "priorities": [(one.value, f"P{one.value[1:]}") for one in Severity],
        "longest_title": LONGEST,
        "examples": EXAMPLES,
    }


def _better(row: Mapping[str, Any]) -> str:
    """Return the handbook's better example, where the title of an open one begins as a bad one does."""
    found = warning(row["action"].title) if row["state"] == "open" else None
    return found[1] if found else ""


def warned(form: Filled) -> Mapping[str, Any]:
    """Return what a form shows whose title begins badly: the title it warns of, and what is better."""
    title = one_line(form.value(TITLE))
    return {"follow_up_warned": title, "follow_up_better": warning(title)}


def begun(form: Filled, facts: ReviewFacts, rules: FollowUpRules) -> Filled:
    """Return the form before anybody entered anything: a corrective action, as grave as the incident."""
    if form.values:
        return form
    kind = next((one for one, labels in rules.kinds.items() if CORRECTIVE in labels), rules.usual)
    return Filled(form.name, form.once, {KIND: kind, PRIORITY: facts.incident.severity.value})
