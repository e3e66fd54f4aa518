"""Why a page called somebody, for whoever may see the page."""

from dataclasses import replace

from bot.domain.errors import NotFound, Refused
from bot.domain.oncall.shifts import OVERRIDE, decided, next_shift_of
from bot.domain.paging.pages import Page
from bot.domain.paging.why import Basis, Chain
from bot.domain.process import EVERYBODY, NEXT
from bot.domain.timeline.entries import Kind
from bot.operations.oncall.rota import rota_of
from bot.operations.rights import visible_page
from storage import alert_pages, incidents, offers, overrides, pager_alerts, pages, rotations, timeline
from storage import why as kept
from storage.transaction import Tx

_LOOKED_AT = 20
"""Among so many of the latest pages that called somebody the newest one is looked for that they may see."""


def why(tx: Tx, page_id: int, *, by: str) -> Chain:
    """Return the chain that led to a page. Whoever may not know of it reads that there is none."""
    page = visible_page(tx, page_id, by)
    incident = incidents.get(tx, page.incident) if page.incident else None
    skipped = timeline.of_kinds(tx, page.incident, Kind.SKIPPED) if page.incident else []
    return Chain(
        page,
        incident,
        _basis(tx, page),
        [(one.data["team"], one.data.get("why") or "") for one in skipped if one.data.get("page") == page.id],
        kept.messages(tx, page),
        _others(tx, page, by),
        offers.of_page(tx, page.id),
        alert_pages.behind(tx, page.id, page.incident if incident and _knows(tx, page, by) else None),
        pager_alerts.of_pages(tx, [page.id]).get(page.id),
    )


def _knows(tx: Tx, page: Page, by: str) -> bool:
    """Say whether somebody may know of the incident itself, not of the page alone."""
    return bool(page.incident and incidents.visible_of(tx, [page.incident], by))


def _others(tx: Tx, page: Page, by: str) -> list[Page]:
    """Return the other pages of the incident. Who only was called by this one learns nothing of them."""
    try:
        incidents.visible(tx, page.incident or 0, by)
    except NotFound:
        return []
    return [one for one in pages.of_incident(tx, page.incident or 0) if one.id != page.id]


def why_newest(tx: Tx, incident_id: int | None, *, by: str) -> Chain:
    """Return that of the newest page that called somebody; of an incident, else of its newest page."""
    if incident_id is None:
        theirs = [page for page in pages.newest_for(tx, by, _LOOKED_AT) if _sees(tx, page, by)]
    else:
        incidents.visible(tx, incident_id, by)
        found = pages.of_incident(tx, incident_id)
        theirs = [page for page in found if page.responder == by][-1:] or found[-1:]
    if not theirs:
        where = f"INC-{incident_id} has paged nobody." if incident_id else "No page has called you."
        raise Refused(f"{where} `/inc oncall` shows who would be paged.")
    return why(tx, theirs[0].id, by=by)


def _sees(tx: Tx, page: Page, by: str) -> bool:
    """Say whether somebody whom it called may still know of it: who was removed from its incident may not."""
    try:
        return bool(pages.visible(tx, page.id, by))
    except NotFound:
        return False


def _basis(tx: Tx, page: Page) -> Basis | None:
    """Return by what the page's person was on call, where that is still certain.

    The schedule is asked again for that time: overrides and what calendars said are kept. A rotation that was
    read anew since then may have been another.
    """
    team = tx.process.teams.get(page.level_team)
    level = page.escalation.path[page.level]
    if not team or not team.schedule or not page.responder or level.call not in {"", NEXT, EVERYBODY}:
        return None
    name = team.schedule.name
    rota, read = rota_of(tx, name, since=page.raised_at), rotations.latest(tx, name)
    at = page.raised_at
    if level.call == NEXT:
        coming = next_shift_of(page.responder, rota.schedule, rota.overrides, at)
        at = coming.start if coming else at
    shift = decided(rota.schedule, rota.overrides, at)
    if not read or read.read_at > page.raised_at or page.responder not in shift.people:
        return Basis(name)
    if shift.by != OVERRIDE:
        return Basis(name, shift, until=shift.end)
    stood = overrides.stood(tx, name, page.responder, at)
    layers = decided(rota.schedule, type(rota.overrides)(), at)
    if not stood:  # another one of the same turn was replaced
        return Basis(name, replace(layers, end=shift.end), until=shift.end)
    return Basis(name, shift, stood.made_by, stood.ends_at)
