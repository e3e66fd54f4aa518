"""How a page's direct message leaves: by itself, or in the digest of a person whom many call already."""

from dataclasses import replace

from bot.domain.paging.pages import Page
from storage import pages
from storage.transaction import Tx


def add(tx: Tx, page: Page, after: Page | None) -> Page:
    """Write a page that is about to call its person: by a message of its own, or by their digest.

    Whom the same path calls again is called as before: the newer message stands for the one that they have.
    """
    if page.beside is not None or page.responder is None:
        return pages.add(tx, page)
    if after and after.responder == page.responder and after.beside is None:
        return pages.add(tx, replace(page, digested=after.digested))
    return pages.add(tx, page, most=tx.process.pages_before_digest)
