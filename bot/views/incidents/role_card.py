"""What whoever took a role is expected to do, for their eyes alone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.incidents.incident import Incident
from bot.domain.process import RoleCard
from bot.views.blocks import Block, Message, actions, button, context, message, paragraphs, section
from bot.views.mrkdwn import entities, escape, link
from bot.views.naming import title

OPEN = "role_duties"
MOST_BRIEF = 3
"""How many duties are shown at S3 and S4, where there are more than one beyond."""
_HIGH, _LOW = re.compile(r"\bS[12]\b"), re.compile(r"\bS[34]\b")
ANOTHER = "For another role: `/inc duties IM`."


def expected(incident: Incident, cards: Iterable[RoleCard], *, pressed: bool = True) -> list[Block]:
    """Return the blocks that say what is expected of somebody in their roles; at S3 and S4 what comes first,
    with the way to the rest: as a button, or as a command where it is not to be `pressed`.
    """
    cards = list(cards)
    if incident.severity.high:
        return _whole(incident, cards)
    brief = [_brief(card) for card in cards]
    blocks = _whole(incident, brief)
    left = sum(len(card.duties) for card in cards) - sum(len(card.duties) for card in brief)
    if not left:
        return blocks
    if not pressed:
        return [*blocks, context(f"{left} more: `/inc duties INC-{incident.id}`.")]
    return [*blocks, actions(button(f"All that is expected ({left} more)", OPEN, incident.id))]


def _brief(card: RoleCard) -> RoleCard:
    """Return a card with what whoever has it does first at S3 and S4."""
    theirs = [one for one in card.duties if _LOW.search(one) or not _HIGH.search(one)]
    few = theirs[:MOST_BRIEF] if len(card.duties) > MOST_BRIEF + 1 else card.duties
    return replace(card, duties=tuple(few))


def _whole(incident: Incident | None, cards: Iterable[RoleCard]) -> list[Block]:
    return [block for card in cards for block in _card(incident, card)]


def duties(incident: Incident | None, cards: Sequence[RoleCard], changed: Sequence[Block] = ()) -> Message:
    """Return what is expected in these roles, or that nothing is; with what `changed` lately."""
    if not cards:
        which = f"a role of yours in {title(incident)}" if incident else "that role"
        return message(f"Nothing is written down for {which}. {ANOTHER}")
    lines = [line for card in cards for line in _lines(incident, card)]
    return message("\n".join(lines), *_whole(incident, cards), *changed)


def _card(incident: Incident | None, card: RoleCard) -> list[Block]:
    links = " · ".join(
        link(one.url, one.name) + (f" ({link(one.mirror, 'mirror')})" if one.mirror else "")
        for one in card.links
    )
    return [*map(section, paragraphs(_lines(incident, card))), *([context(links)] if links else [])]


def _lines(incident: Incident | None, card: RoleCard) -> list[str]:
    role = escape(card.role)
    call = f"<{entities(incident.call)}|the call>" if incident and incident.call else "the call"
    numbered = [f"{number}. {entities(one)}" for number, one in enumerate(card.duties, 1)]
    return [f"*What is expected of you as {role}.* In {call} rename yourself *{role} - name*.", *numbered]
