"""A page's message that shows itself by being pressed: Slack's answer to its posting was lost."""

from bot.domain.facts import PageMessageFound
from bot.domain.paging.pages import Page
from storage import digests, pages, reminders
from storage.reminders import Reminder
from storage.transaction import Tx

COPY = 0
"""The number of a second message of the same page, among its reminders."""


def known(tx: Tx, page: Page, ts: str) -> bool:
    """Say whether this message of a page is known."""
    return ts in {page.dm_ts, *(one.ts for one in reminders.of(tx, page.id))}


def pressed(tx: Tx, page_id: int, channel: str, ts: str, *, by: str) -> None:
    """Remember the message, so that it is redrawn like any other. Only its own reader has it."""
    page = pages.visible(tx, page_id, by)
    if page.responder != by or known(tx, page, ts):
        return
    if page.digested:
        digests.record(tx, by, channel, ts)
    if page.dm_ts and not page.digested:
        reminders.record(tx, Reminder(page_id, COPY, channel, ts))
    else:
        pages.record_dm(tx, page_id, channel, ts, resent=page.resent)
    tx.record(PageMessageFound(page=page_id))
