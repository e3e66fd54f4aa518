"""A digest: the direct message that lists the further pages of a person whom many call already."""

from collections.abc import Mapping, Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.paging.offers import PageOffer
from bot.domain.paging.pages import Page
from bot.views.blocks import Block, Message, actions, button, confirm, context, message, section
from bot.views.drill import DRILL, mark
from bot.views.incidents import weekend
from bot.views.mrkdwn import actor, capital, cut, escape, place, time_of_day
from bot.views.naming import standing, title
from bot.views.paging.answers import of_list
from bot.views.paging.offers import offered
from bot.views.paging.page import ACKNOWLEDGE, waiting_as

ACKNOWLEDGE_ALL = "digest_acknowledge_all"
SHOWN = 15
"""How many pages have a line of their own: with a button each they stay well below what a message holds."""
_LONGEST_MESSAGE = 150


def digest(
    shown: Sequence[tuple[Page, Incident | None]],
    number: int,
    last: int,
    *,
    resent: bool,
    offers: Mapping[int, PageOffer] | None = None,
) -> Message:
    """Return the list. `number` counts all pages that wait, `last` is the newest of them; `offers` are the
    newest offers of pages.

    All are acknowledged up to `last`: what comes after somebody read the list is not answered unread.
    """
    if not number:
        return message(
            "*Nothing in this list waits for you any more.* Pages with a message of their own are answered "
            "there: `/inc ack` shows what still waits for you."
        )
    many = f"{number} more pages wait" if number > 1 else "One more page waits"
    heading = f"*{many} for you.*"
    how = "The worst is first. Each moves on by itself when its time is over: please answer."
    menu = of_list([one for one, _ in shown])
    blocks = [section(f"{heading} {how}"), actions(*([_all(number, last)] if number > 1 else []), menu)]
    texts = {page.id: _text(page, incident, (offers or {}).get(page.id)) for page, incident in shown}
    blocks += [_line(page, texts[page.id]) for page, _ in shown]
    more = f"… and {number - len(shown)} more" if number > len(shown) else ""
    if more:
        blocks.append(context(f"{more}. *Acknowledge all* answers them too; `/inc list` shows them."))
    if resent:
        blocks.append(context("Sent again: Slack did not confirm the first one."))
    return message("\n".join([heading, *texts.values(), more]).strip(), *blocks)


def acknowledged(
    answered: Sequence[Page], left: Sequence[Page], can_wait: Sequence[Incident] = (), *, above: int = 0
) -> Message:
    """Say to whoever acknowledged all what was answered, what somebody else decided before, and how many
    pages wait for them in messages `above` of their own.
    """
    said = [f"You acknowledged {_named(answered)}."] if answered else []
    if left:
        before = "was answered or moved on" if len(left) == 1 else "were answered or moved on"
        said.append(f"{_named(left)} {before} before you pressed.")
    if above:
        said.append(f"*{above} more {'waits' if above == 1 else 'wait'} for you in messages above.*")
    said.append("`/inc list` shows the open incidents." if said else "No page of this list waits any more.")
    text = " ".join(said)
    waits = [section(title(one), weekend.wait(one)) for one in can_wait[:SHOWN]]
    return message(text, section(text), *waits) if waits else message(text)


def _named(found: Sequence[Page]) -> str:
    names = dict.fromkeys(
        f"INC-{page.incident}" if page.incident else f"the page for {escape(page.level_team)}"
        for page in found
    )
    first, rest = list(names)[:SHOWN], len(names) - SHOWN
    return ", ".join(first) + (f" and {rest} more" if rest > 0 else "")


def _all(number: int, last: int) -> Block:
    sure = confirm(
        "Acknowledge all?",
        f"You answer for {number} pages at once, and nobody else is called for "
        "them. Those that came since you read the list keep waiting.",
        "Acknowledge all",
    )
    return button("Acknowledge all", ACKNOWLEDGE_ALL, last, confirm=sure)


def _line(page: Page, text: str) -> Block:
    return section(text, button("Acknowledge", ACKNOWLEDGE, page.id, style="primary"))


def _text(page: Page, incident: Incident | None, offer: PageOffer | None) -> str:
    """Return one page: what it is for, how bad that is, who is called, and by when."""
    what = "*A page outside any incident*"
    if incident:
        what = f"{mark(incident)}*{title(incident)}*\n{standing(incident).removeprefix(DRILL)}"
    of = page.escalation
    said = "" if incident and incident.private else escape(cut(of.message, _LONGEST_MESSAGE))
    asked = f"\n{capital(actor(of.asked_by))} asks: {said}" if said and of.asked_by else ""
    where = f" · {place(incident.channel)}" if incident and incident.channel else ""
    until = f"{waiting_as(page)}{where}"
    loud = "nobody has answered, you are the last level · " if page.loud else ""
    loud += f"you are on the way, there by {time_of_day(page.there_by)} · " if page.there_by else ""
    return f"{what}\n{loud}{until}{asked}\n{offered(offer)}".rstrip()
