"""Checklists: one message whose items are pressed and edited in place, and the call for a second IM."""

from collections.abc import Mapping

from bot.domain.errors import Refused
from bot.domain.incidents import checklists as domain
from bot.domain.incidents.checklists import CHECKLISTS, checkable
from bot.domain.incidents.incident import Incident
from bot.domain.process import ENGINEERING_COMMUNICATIONS_LEAD
from bot.views.blocks import Block, Message, actions, button, confirm, context, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import actor, person
from bot.views.naming import go_on, title, title_inside, way_in

PRESS, TAKE = "checklist_press", "checklist_take_call"
OPEN = {domain.CUSTOMER_CALL: "customer_call_open", domain.USERS_BLOCKED: "users_blocked_open"}


@says_drill
def checklist(incident: Incident, name: str, done: Mapping[str, str]) -> Message:
    """Return a checklist as it stands; its buttons go when the incident takes no more of it."""
    known, over = CHECKLISTS[name], _over(incident, name)
    left = sum(one.key not in done for one in known.items)
    heading = f"*{known.title}* · {title_inside(incident)} · {f'{left} to do' if left else 'all done'}"
    blocks: list[Block] = [section(heading)]
    for item in known.items:
        if item.key in done:
            blocks.append(section(f":white_check_mark: {item.text} · {actor(done[item.key])}"))
        else:
            press = button(item.label, PRESS, f"{incident.id}:{name}:{item.key}")
            blocks.append(section(f":black_square_button: {item.text}", None if over else press))
    return message(heading, *blocks, context(known.note))


def begun(incident: Incident, name: str) -> Message:
    """Say to whoever began it where it is."""
    return message(f"The checklist *{CHECKLISTS[name].title}* of INC-{incident.id} is in {way_in(incident)}.")


@says_drill
def second_im(incident: Incident) -> Message:
    """Ask where IMs are for one who is there for the call with customers, in the handbook's words.

    Nobody there may know which private incident it is for, and a drill calls nobody.
    """
    here = "" if incident.drill else "<!here> "
    text = f"{here}A second incident manager is required for a customer interaction call"
    if incident.private:
        whom = person(incident.lead) if incident.lead else "the IM on call"
        return message(f"{text}. Can you take it? Write to {whom} in a direct message.")
    text = f"{text} for *{title(incident)}*. Channel: {way_in(incident)}."
    role = ENGINEERING_COMMUNICATIONS_LEAD
    sure = confirm("Take the call?", f"You become {role} of INC-{incident.id}.", "Take it")
    return message(text, section(text), actions(button("I take the call", TAKE, incident.id, confirm=sure)))


@says_drill
def second_im_found(incident: Incident, who: str | None) -> Message:
    """Return what is left of the question."""
    if incident.private:
        return message("A second incident manager is not looked for any more. Thank you.")
    if who:
        return message(f"{person(who)} takes the call with customers for {title(incident)}. Thank you.")
    return message(f"{title(incident)} needs no second incident manager any more.")


def took(incident: Incident) -> Message:
    return message(
        f"You are {ENGINEERING_COMMUNICATIONS_LEAD} of INC-{incident.id} now. {go_on(incident)}: "
        "`/inc recap` says how it stands."
    )


def _over(incident: Incident, name: str) -> bool:
    try:
        checkable(incident, name)
    except Refused:
        return True
    return False
