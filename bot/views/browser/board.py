"""The board in a browser, and the same for a screen in the office."""

from datetime import datetime, tzinfo

from markupsafe import Markup

from bot.domain.incidents.board import Board
from bot.domain.incidents.incident import Incident
from bot.domain.maintenance.maintenance import State
from bot.views.browser.rendering import ENVIRONMENT, lasting, stamp
from bot.views.naming import SEVERITY_WORDS, own_name

MOST = 20
"""How many incidents one list shows, and how many pages and maintenances: a page stays small."""
MOST_PAGES = 4


def board_part(board: Board, *, root: str, zone: tzinfo, links: bool = True) -> Markup:
    """Return what of a board changes while it is read. A screen in the office has nothing to follow."""
    given = {"board": board, "root": root, "zone": zone, "links": links}
    return Markup(ENVIRONMENT.get_template("board_part.html").render(given))  # noqa: S704 - escaped in there


def _marks(one: Incident) -> list[str]:
    """Return what is said beside the severity, each in words."""
    said = ["private"] * one.private + ["near miss"] * one.near_miss
    said += ["paused" if one.paused else "waits for Monday"] * bool(one.waits_until)
    return said + ["only to merge or correct"] * one.correcting


def _due(one: Incident, now: datetime) -> Markup:
    """Return when the next update is due, in words; a script counts on."""
    at = one.next_update_at
    if not at:
        return Markup("")
    late = at <= now
    said = f"Update overdue by {lasting(now - at)}" if late else f"Update due in {lasting(at - now)}"
    return Markup('<p class="{}" data-due="{}">{}</p>').format("bad" if late else "", stamp(at), said)


def _age(at: datetime, now: datetime) -> Markup:
    return Markup('<span data-since="{}">{}</span>').format(stamp(at), lasting(now - at))


def _severity(one: Incident) -> str:
    return f"{one.severity} {SEVERITY_WORDS[one.severity]}"


ENVIRONMENT.globals.update(
    age=_age,
    due=_due,
    marks=_marks,
    own_name=own_name,
    graded=_severity,
    MOST=MOST,
    MOST_PAGES=MOST_PAGES,
    RUNNING=State.RUNNING,
)
