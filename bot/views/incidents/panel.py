"""The panel: what bare `/inc` shows in an incident's channel, to one person."""

from collections.abc import Collection, Mapping, Sequence

from bot.domain.incidents.glance import Glance
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.overload import Help
from bot.domain.incidents.undoing import Change
from bot.domain.maintenance.services import NO_CONNECTION, Connection
from bot.domain.paging.pages import Page
from bot.views.blocks import Block, Message, actions, button, context, message, section
from bot.views.commands import PanelButton, Row, unless_gone
from bot.views.incidents import card, overload, security, undo, weekend
from bot.views.incidents.glance import called
from bot.views.maintenance import related
from bot.views.naming import standing, title_inside
from bot.views.paging.page import answers, calls, take

FEW = {Row.FACTS: 3, Row.PEOPLE: 1}
"""So many buttons of these rows the panel has before **More** is pressed; a phone shows some ten at once."""

WORTH = 4
"""Fewer than this are not hidden: **More** would save nothing."""


def panel(
    incident: Incident,
    roles: Mapping[str, str],
    engaged: Page | None,
    pending: Sequence[Page],
    viewer: str,
    *,
    buttons: Sequence[PanelButton],
    works: bool = True,
    can_wait: bool = False,
    last: Collection[int] = (),
    too_much: Help | None = None,
    missing: Sequence[tuple[str, str]] = (),
    vacant: Sequence[str] = (),
    asks_security: bool = False,
    maintenance: Connection = NO_CONNECTION,
    glance: Glance = card.NOTHING,
    whole: bool = True,
    undoable: Change | None = None,
) -> Message:
    """Return the state of the incident and those `buttons` that make sense now.

    `works` says that the viewer may answer for others and page them, `can_wait` that they can let it wait for
    Monday. Nobody can be called after the pages `last`. `too_much` is what is offered to who has too much to
    do, `undoable` what the viewer has just changed. Unless `whole`, what is rarely needed is behind **More**.
    """
    heading = f"*{title_inside(incident)}*"
    return message(
        f"{heading}: {standing(incident)}",
        section(f"{heading}\n{card.state(incident, roles, engaged, (), vacant, glance=glance)}"),
        *(actions(card.page_again(incident, role, team)) for role, team in missing),
        *related.question(incident, maintenance),
        *_pages(pending, viewer, glance, last=last, works=works),
        *([actions(undo.press(undoable, f"Undo {undoable.called}"))] if undoable else []),
        *_rows(incident, viewer, buttons, whole=whole),
        *([actions(weekend.wait(incident))] if can_wait else []),
        *([actions(overload.press(incident, too_much))] if too_much else []),
        *([security.in_panel(incident)] if asks_security else []),
        context("Everything here is a command too: `/inc help`."),
    )


def _pages(
    pending: Sequence[Page], viewer: str, glance: Glance, *, last: Collection[int], works: bool
) -> list[Block]:
    found = calls(pending, viewer)
    said = {page.id: called(page, pending, glance) for page in found}
    each = (_page(page, viewer, said[page.id], last=page.id in last, works=works) for page in found)
    return [block for blocks in each for block in blocks]


def _page(page: Page, viewer: str, said: str, *, last: bool, works: bool) -> list[Block]:
    if not works and page.responder != viewer:
        return [section(said)]
    answered = answers(page, last=last)
    if page.responder != viewer:
        answered = actions(take(page.id, page.called), *answered["elements"][1:])
    return [section(said), answered]


def _rows(incident: Incident, viewer: str, buttons: Sequence[PanelButton], *, whole: bool) -> list[Block]:
    """Return the rows of buttons; of an incident that is gone few are left, and these share one."""
    ranked = sorted(buttons, key=lambda one: one.place)
    now = [(one.place[0], one.draw(incident)) for one in ranked if one.offered(incident, viewer)]
    if not unless_gone(incident, viewer):
        return [actions(*(drawn for _, drawn in now))]
    rows = {row: [drawn for where, drawn in now if where is row] for row in Row}
    few = [one for row, count in FEW.items() for one in rows[row][:count]]
    if whole or len(now) - len(rows[Row.WORK]) - len(few) < WORTH:
        return [actions(*row) for row in rows.values() if row]
    short = [rows[Row.WORK], [*few, button("More", card.MORE, incident.id)]]
    return [actions(*row) for row in short if row]
