"""Whether an incident has to do with a maintenance that runs: the question, and what is answered."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.maintenance.services import Connection
from bot.views.blocks import Block, Message, actions, button, message, section
from bot.views.forms import input_block, option, radio
from bot.views.incidents.state import State, chosen, number
from bot.views.maintenance.maintenance import called
from bot.views.mrkdwn import cut, escape, person
from bot.views.naming import title

RELATED = tuple(f"maintenance_related_{number}" for number in range(3))
"""One id for each maintenance: Slack refuses two of the same in one row."""
UNRELATED = "maintenance_unrelated"
QUESTION = "maintenance_question"
NO = "0"


def question(incident: Incident, found: Connection) -> list[Block]:
    """Return the question on the card and the panel while it is open, or to what the incident is related."""
    if found.related:
        those = [f"{called(one)} (owner {person(one.owner)})" for one in found.related]
        return [section(f"Related to maintenance {', '.join(those)}")]
    if not found.asked:
        return []
    shown = found.asked[: len(RELATED)]
    lines = [f"{called(one)} ({one.criticality}, owner {person(one.owner)})" for one in shown]
    guess = f" It names a service of MNT-{found.likely.id}." if found.likely else ""
    said = f"*Maintenance is running:* {'; '.join(lines)}. Is this incident related to it?{guess}"
    several = len(shown) > 1
    buttons = [
        button(
            f"Related to MNT-{one.id}" if several else "Related",
            action_id,
            f"{incident.id}:{one.id}",
            style="primary" if one == found.likely else None,
        )
        for action_id, one in zip(RELATED, shown, strict=False)
    ]
    return [section(said), actions(*buttons, button("Not related", UNRELATED, f"{incident.id}:{NO}"))]


def asked(running: Sequence[tuple[int, str]], initial: str = "") -> list[Block]:
    """Return the question in the form that declares an incident; it need not be answered."""
    if not running:
        return []
    options = [option(f"Related to MNT-{one} {name}", one) for one, name in running]
    element = radio(QUESTION, [*options, option("Not related", NO)], initial=initial or None)
    hint = "Its owner is the IM of a related incident. You can say it later, too."
    return [input_block("Maintenance is running", element, QUESTION, optional=True, hint=hint)]


def answer(state: State) -> int | None:
    """Return what was answered there, or None where nothing was."""
    found = chosen(state, QUESTION)
    return number(found) if found else None


def choices(running: Sequence[Maintenance]) -> tuple[tuple[int, str], ...]:
    """Return what the form asks about: the numbers and as much of the names as it has room for."""
    return tuple((one.id, cut(one.name, 50)) for one in running[:5])


def related(incident: Incident, ones: Sequence[Maintenance], im: str | None) -> Message:
    """Say to whoever answered what follows."""
    if not ones:
        return message(
            f"{title(incident)} is not related to maintenance: its people are asked to leave the shared call."
        )
    one = ones[0]
    follows = (
        f"Its owner, {person(one.owner)}, is the IM of it now."
        if im == one.owner
        else f"Its owner, {person(one.owner)}, cannot be its IM: IMs are paged as ever."
    )
    return message(f"{title(incident)} is related to {called(one)}. {follows}")


def entry(name: str, number: int, owner: str, *, is_related: bool) -> str:
    """Return what the timeline says of an answer, after who gave it."""
    which = f"MNT-{number} {escape(cut(name, 150))}"
    if is_related:
        return f"it is related to maintenance {which}, whose owner is {person(owner)}."
    return f"it is not related to maintenance {which}: its people are asked to leave the shared call."
