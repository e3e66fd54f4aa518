"""A page that reaches nobody is loud: in the channel with numbers to call, in the log, in the figures."""

import logging
from dataclasses import replace
from typing import Any

from bot.domain.actors import parsed
from bot.domain.facts import AskedPageUnanswered, AskedPageUnreached, NobodyOnCall, PageUnreached
from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import ALARMS, Entry
from storage import failures, incidents, pages, people
from storage.transaction import Tx

log = logging.getLogger("muster.paging")

MOST_NAMED = 10
"""How many people one message names: those who are called first, in the order of the path."""


def nobody_on_call(tx: Tx, page: Page) -> None:
    """Say that nobody is on call for a page at any level of its path."""
    _fail(tx, page, "nobody is on call at any level")
    if page.incident:
        tx.record(
            NobodyOnCall(
                incident=page.incident,
                page=page.id,
                team=page.escalation.team,
                round=page.round,
                quiet=page.quiet,
                practice=incidents.in_practice(tx, page.incident) is not None,
            )
        )


def reaches_nobody(tx: Tx, page: Page, why: str) -> None:
    """Say that no contact method took a page. Outside an incident whoever asked for it hears that."""
    _fail(tx, page, why)
    if page.incident:
        tx.record(
            PageUnreached(
                incident=page.incident,
                page=page.id,
                person=page.responder,
                path=page.escalation.team,
                why=why,
                quiet=page.quiet,
            )
        )
    elif (asker := parsed(page.escalation.asked_by)) and isinstance(asker, str):
        tx.record(AskedPageUnreached(page=page.id, person=asker))


def unanswered(tx: Tx, page: Page) -> None:
    """Have whoever asked for a person told, once, that their time to answer has passed: the page is theirs
    to mind, as nobody comes after it.
    """
    asker = parsed(page.escalation.asked_by)
    if page.by_name and page.round == 2 and isinstance(asker, str):
        tx.record(AskedPageUnanswered(page=page.id, incident=page.incident, person=asker))


def to_call(tx: Tx, page: Page) -> list[dict[str, Any]]:
    """Return whom to call by hand: everybody named on the page's path, with the numbers that we know.

    In practice nobody is: who could be takes part, and was called.
    """
    if page.incident and incidents.in_practice(tx, page.incident):
        return []
    named = people.named_on_call(tx)
    entries = [
        entry
        for level in page.escalation.path
        for entry in ((level.call,) if level.names_person else named.get(level.team, ()))
    ]
    known = people.named_by(tx, entries)
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        person = known.get(entry)
        who = person.id if person else entry
        contact = tx.process.contact(who, person.email if person else entry)
        found[who] = {"person": person.id if person else None, "name": entry, "phone": contact.phone}
    return sorted(found.values(), key=lambda one: not one["phone"])[:MOST_NAMED]


def with_numbers(tx: Tx, entry: Entry) -> Entry:
    """Return an entry as the incident's channel is told of it. Numbers are looked up, and stored nowhere."""
    if entry.kind not in ALARMS:
        return entry
    return replace(entry, data={**entry.data, "call": to_call(tx, pages.get(tx, entry.data["page"]))})


def _fail(tx: Tx, page: Page, reason: str) -> None:
    """Note that a page reaches nobody; of practice, which is no emergency, only the incident hears."""
    if page.incident and incidents.in_practice(tx, page.incident):
        return
    failures.add(tx, page.id, reason)
    log.error("a page reaches nobody", extra={"page": page.id, "team": page.level_team, "reason": reason})
