"""The form that adds a follow-up in a browser."""

from collections.abc import Mapping
from typing import Any

from bot.domain.incidents.incident import Severity
from bot.domain.text import one_line
from bot.domain.work.follow_ups import EXAMPLES, FollowUpRules, warning
from bot.views.browser.follow_ups import DUE, KIND, LONGEST, OWNER, PRIORITY, TITLE
from bot.views.browser.forms import Filled

FORM = "new"
INCIDENT, DETAILS, SERVICE, PRIVATE = "incident", "details", "service", "private"
FIELDS = (INCIDENT, TITLE, DETAILS, OWNER, DUE, KIND, PRIORITY, SERVICE, PRIVATE)
YES = "yes"
LONGEST_DETAILS, LONGEST_SERVICE = 3000, 200


def shown(form: Filled, rules: FollowUpRules, *, warned: bool) -> Mapping[str, Any]:
    """Return what the form is rendered with; of a title that begins badly it is `warned` once."""
    title = one_line(form.value(TITLE))
    days = ", ".join(f"P{one.value[1:]} {rules.due[one]} days" for one in Severity if one in rules.due)
    return {
        "title": "Add a follow-up",
        "form": form,
        "warned": title if warned else "",
        "better": warning(title) if warned else None,
        "examples": EXAMPLES,
        "kinds": [(kind, kind) for kind in rules.kinds],
        "priorities": [(each.value, f"P{each.value[1:]}") for each in Severity],
        "days": f"If left empty, by its priority: {days}.",
        "longest": LONGEST,
        "longest_details": LONGEST_DETAILS,
        "longest_service": LONGEST_SERVICE,
    }
