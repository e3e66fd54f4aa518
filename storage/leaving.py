"""What people hold who are with us no more."""

from bot.domain.paging.pages import PageState
from storage.transaction import Tx

_HELD = """SELECT id AS incident, lead AS person FROM incidents
    UNION SELECT incident, person FROM roles
    UNION SELECT incident, assignee FROM actions WHERE done_at IS NULL
    UNION SELECT incident, lead FROM streams WHERE closed_at IS NULL"""


def held(tx: Tx) -> list[tuple[int, str]]:
    """Return incident and person where somebody who left leads an open one, or holds a role or work of it."""
    rows = tx.all(
        f"""SELECT held.incident, held.person FROM ({_HELD}) AS held
        JOIN people ON people.id = held.person AND people.active = 0
        JOIN incidents ON incidents.id = held.incident
        WHERE incidents.status IN ('Triage', 'Investigating', 'Fixing', 'Monitoring')
        ORDER BY held.incident, held.person"""  # noqa: S608 - a text of our own
    )
    return [(row["incident"], row["person"]) for row in rows]


def calls(tx: Tx) -> list[int]:
    """Return the waiting pages that call nobody who is there: they left, or nobody was on call."""
    rows = tx.all(
        """SELECT pages.id FROM pages LEFT JOIN people ON people.id = pages.responder
        WHERE pages.state = :state AND (pages.responder IS NULL OR people.active = 0) ORDER BY pages.id""",
        {"state": PageState.PENDING.value},
    )
    return [row["id"] for row in rows]
