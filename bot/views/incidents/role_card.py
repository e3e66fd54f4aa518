"""What whoever took a role is expected to do, for their eyes alone."""

from collections.abc import Iterable, Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.process import RoleCard
from bot.views.blocks import Block, Message, context, message, paragraphs, section
from bot.views.mrkdwn import entities, escape, link
from bot.views.naming import title

OPEN = "role_duties"
ANOTHER = "For another role: `/inc duties IM`."


def expected(incident: Incident, cards: Iterable[RoleCard]) -> list[Block]:
    """Return the blocks that say what is expected of somebody in their roles."""
    return [block for card in cards for block in _card(incident, card)]


def duties(incident: Incident, cards: Sequence[RoleCard], changed: Sequence[Block] = ()) -> Message:
    """Return what is expected in these roles, or that nothing is; with what `changed` lately."""
    if not cards:
        return message(f"Nothing is written down for a role of yours in {title(incident)}. {ANOTHER}")
    lines = [line for card in cards for line in _lines(incident, card)]
    return message("\n".join(lines), *expected(incident, cards), *changed)


def _card(incident: Incident, card: RoleCard) -> list[Block]:
    links = " · ".join(
        link(one.url, one.name) + (f" ({link(one.mirror, 'mirror')})" if one.mirror else "")
        for one in card.links
    )
    return [*map(section, paragraphs(_lines(incident, card))), *([context(links)] if links else [])]


def _lines(incident: Incident, card: RoleCard) -> list[str]:
    role = escape(card.role)
    call = f"<{entities(incident.call)}|the call>" if incident.call else "the call"
    numbered = [f"{number}. {entities(one)}" for number, one in enumerate(card.duties, 1)]
    return [f"*What is expected of you as {role}.* In {call} rename yourself *{role} - name*.", *numbered]
