"""What a contact method carries: one line of plain text, short enough for one SMS where it can be.

Our own link comes first, and only that of the incident's call may follow: phones make links of whatever looks
like one, and whoever is woken follows the first.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.incidents.incident import Incident
from bot.domain.paging.calling import Storm
from bot.domain.paging.pages import Page
from bot.domain.paging.replies import code_of
from bot.domain.text import one_line, without_links
from bot.views.drill import DRILL
from bot.views.mrkdwn import cut, lasting
from bot.views.naming import own_name, plain_role
from bot.views.paging.voice import moved

LONGEST = 160
"""Characters of one SMS. Only the name is cut for it, and never to less than a few words."""
SHORTEST_NAME = 24
LONGEST_CALL = 100
"""Characters of a call's address that a text carries; a longer one is behind the link."""
MOST_NAMED = 5
"""How many pages an answer to a reply names."""
_SAID = " - "
"""What stands between our words and those of whoever declared or asked."""


def page(
    page: Page,
    incident: Incident | None,
    link: str | None,
    *,
    again: bool,
    storm: Storm | None = None,
    code: str = "",
) -> str:
    """Return the call to the responder. `again` says that an earlier one may have arrived.

    In a storm it stands for all that calls them. A reply with `code` acknowledges, where there is one.
    """
    loud = "NOBODY HAS ANSWERED. " if page.loud else ""
    head = f"Muster{' (perhaps again)' if again else ''}: {loud}"
    if incident and incident.drill and not storm:
        head = f"{DRILL}{head}"
    what, name = _subject(page, incident)
    if storm:
        worst = f", worst: {storm.worst.severity} INC-{storm.worst.id}" if storm.worst else ""
        said = bool(storm.worst and incident and storm.worst.id == incident.id)
        all_of = f"{head}{storm.number} pages wait for you"
        head, name = f"{all_of}, worst: " if said else f"{all_of}{worst}. ", ""
    reply = f" or reply {code}" if code else ""
    before = f"{head}{what}. Acknowledge{f': {link}{reply}' if link else ' it in Slack.'}"
    call = _call(incident) if not storm else ""
    if not name:
        return f"{before}{call}"
    room = max(SHORTEST_NAME, LONGEST - len(before) - len(_SAID) - len(call))
    return f"{before}{_SAID}{cut(without_links(one_line(name)), room)}{call}"


def _call(incident: Incident | None) -> str:
    """Return where the incident's call is. That of a private one lets in whoever reads the phone."""
    if not incident or incident.private or not incident.call or len(incident.call) > LONGEST_CALL:
        return ""
    return f"{_SAID}Call: {incident.call}"


def notification_test(contact_method: str, link: str | None) -> str:
    end = f"It arrived? Confirm: {link}" if link else "It arrived? Say so in Slack."
    return f"Muster: a test of {contact_method}, nothing has happened. {end}"


def code(digits: str) -> str:
    return f"Muster: your code is {digits}. Type it in Slack, on my Home tab. Not you? Ignore it."


def acknowledged(page: Page) -> str:
    """Return the answer to a reply that acknowledged a page."""
    return f"Muster: you acknowledged {named(page)} as {plain_role(page.role, page.level_team)}."


def on_the_way(page: Page, now: datetime) -> str:
    there = lasting((page.there_by or now) - now)
    return f"Muster: you are expected in {there}. Acknowledge {named(page)} when you are there."


def passed_on(page: Page, person: str) -> str:
    """Return, with a mention, the answer to a reply of somebody who cannot take a page, by what waits now."""
    if page.responder == person:
        return "Muster: nobody comes after you, so the page stays open. In Slack: /inc escalate."
    return f"Muster: {moved(page)}"


def named(page: Page) -> str:
    return f"INC-{page.incident}" if page.incident else f"the page for {page.level_team}"


def choices(waiting: Sequence[Page], *, understood: bool) -> str:
    """Return the answer to a reply that acknowledged nothing, with what would acknowledge what."""
    how = " or ".join(
        f"1 INC-{one.incident}" if one.incident else code_of(one.id) for one in waiting[:MOST_NAMED]
    )
    if not waiting:
        return "Muster: no page waits for you, so nothing was acknowledged."
    if understood and len(waiting) == 1:
        (one,) = waiting
        which = dict.fromkeys((how, code_of(one.id)))
        return (
            f"Muster: that is no page of yours, so nothing was acknowledged. "
            f"Waiting: {named(one)}, reply {' or '.join(which)}."
        )
    said = f"{len(waiting)} pages wait for you" if understood else "I did not understand that"
    others = "" if understood else " On your way? Reply way. Cannot take it? Reply no."
    return f"Muster: {said}, so nothing was acknowledged. Reply {how} or the two letters in the text.{others}"


def refused(page: Page, said: str) -> str:
    """Return the answer to a reply that its page refuses, with what can be replied while it waits."""
    on = f" Reply 1 {named(page)}, or no {named(page)}." if page.incident and page.pending else ""
    return f"Muster: {named(page)}: {said}{on}"


def _subject(page: Page, incident: Incident | None) -> tuple[str, str]:
    """Return what it is about: what must be read, and what may be cut. A private incident has no name."""
    if not incident:
        return f"page for {page.level_team}", page.escalation.message
    if incident.private:
        return f"{incident.severity} private incident INC-{incident.id}", ""
    return f"{incident.severity} INC-{incident.id}", own_name(incident)
