"""Which pages an incident would not have, had it never been as bad as was said."""

from collections.abc import Iterable

from bot.domain.incidents.incident import Severity
from bot.domain.paging.escalations import Reason
from bot.domain.paging.pages import Page
from bot.domain.process import IncidentType

_BY_SEVERITY = frozenset({Reason.DECLARED, Reason.SEVERITY, Reason.REOPENED, Reason.MERGED})
"""Why the teams were paged that an incident's type pages at its severity. What people asked for stays."""


def needless(waiting: Iterable[Page], kind: IncidentType, before: Severity, to: Severity) -> list[Page]:
    """Return the unanswered pages that the severity `before` began, and the lower one `to` would not have."""
    lower = kind.called(high=to.high)
    teams = {team for team in kind.called(high=before.high) if team not in lower}
    verified = before is Severity.S1 and to is not Severity.S1
    return [
        page
        for page in waiting
        if (page.escalation.reason in _BY_SEVERITY and page.escalation.team in teams)
        or (page.escalation.reason is Reason.VERIFIED and verified)
    ]
