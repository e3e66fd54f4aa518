"""What somebody did in the pager that a team keeps: an acknowledgement there counts here."""

from bot.domain.errors import Refused
from bot.domain.facts import PagerAnswered
from bot.domain.paging.pagers import PagerState, Touch
from bot.domain.paging.pages import Page
from bot.domain.process import CHANNEL
from bot.operations.once import once
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.workspace.channel import problem
from storage import pager_alerts, pages, people
from storage.transaction import Tx

_OPEN = (PagerState.DUE, PagerState.RAISED)


def heard(tx: Tx, event: str, touch: Touch) -> None:
    """Answer the page, once, if it is not over. Who resolved it there has answered it; the incident stays.

    Raises Refused where whoever it was may not, or is nobody: see `unheeded`.
    """
    once(tx, event, _heard, touch)


def _heard(tx: Tx, touch: Touch) -> None:
    alert = pager_alerts.keyed(tx, touch.service, touch.key)
    if not alert:
        return
    before = (*_OPEN, PagerState.ACKNOWLEDGED) if touch.did is PagerState.RESOLVED else _OPEN
    if not pager_alerts.advance(tx, alert.page, touch.did, *before):
        return
    page = pages.get(tx, alert.page)
    if not page.escalation.running:  # what follows from an answer here
        return
    who = _who(tx, page, touch)
    if page.incident:
        tx.record(
            PagerAnswered(
                incident=page.incident,
                page=page.id,
                team=alert.team,
                service=alert.name,
                did=touch.did.value,
                name=touch.name,
                person=who,
            )
        )
    acknowledge(tx, page.id, by=who, taking=True)


def _who(tx: Tx, page: Page, touch: Touch) -> str:
    """Return who it was: by their address, else by a name that one person has, else whom the page calls."""
    if not touch.user and not touch.name and not touch.person:
        raise Refused("no person did it")
    known = people.named(tx, touch.person) if touch.person else None
    if known and known.active:
        return known.id
    same = people.called(tx, touch.name) if touch.name else []
    if len(same) == 1:
        return same[0]
    if not page.responder or page.responder.startswith(CHANNEL):
        raise Refused("I do not know whose account that is")
    return page.responder


def unheeded(tx: Tx, event: str, touch: Touch, why: str) -> None:
    """Tell, once, that what was done there does not count here: the page goes on calling."""
    once(tx, event, _unheeded, touch, why)


def _unheeded(tx: Tx, touch: Touch, why: str) -> None:
    alert = pager_alerts.keyed(tx, touch.service, touch.key)
    page = pages.get(tx, alert.page) if alert else None
    if not alert or not page or not pager_alerts.advance(tx, alert.page, touch.did, *_OPEN):
        return
    if page.incident and page.escalation.running:
        who = touch.name or "Nobody in particular"
        what = f"{who} {touch.did} the page for {alert.team} in {alert.name}, and it goes on calling"
        problem(tx, page.incident, what, why, "Acknowledge it here: `/inc ack`.")
