"""Getting an incident's updates: the form, what was arranged, and what subscribers read."""

from collections.abc import Sequence
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.subscriptions import Subscription, Target
from bot.domain.work.work import Update
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.forms import channel_select, input_block, modal, people_select
from bot.views.mrkdwn import actor, escape, listed, person, place, quote, quotes, when
from bot.views.naming import standing, title, title_inside, way_in

OPEN, FORM, STOP, OTHERS = "subscribe_open", "subscribe_form", "subscribe_stop", "subscribe_others"
PERSON, CHANNEL = "person", "channel"


def form(incident: Incident) -> dict[str, Any]:
    """Ask who else gets the updates; those of a private incident go to no channel."""
    blocks = [
        context(f"{title_inside(incident)} · Updates, and word when it is over."),
        input_block("A person", people_select(PERSON), PERSON, optional=True, hint="In direct messages."),
    ]
    if not incident.private:
        hint = "One message there, and the updates in its thread."
        blocks.append(input_block("A channel", channel_select(CHANNEL), CHANNEL, optional=True, hint=hint))
    return modal("Who gets the updates?", "Save", FORM, blocks, str(incident.id))


@says_drill
def arranged(incident: Incident, found: Sequence[Subscription], viewer: str) -> Message:
    """Say who gets the updates now."""
    mine = any(one.target == viewer for one in found)
    others = [_target(one) for one in found if one.target != viewer]
    said = [
        f"You get the updates of *{title(incident)}* in direct messages, and word when it is over."
        if mine
        else f"You get no updates of *{title(incident)}* in direct messages.",
        *([f"{'Also' if mine else 'Those who do'}: {listed(others)}."] if others else []),
    ]
    change = [
        button("Stop mine", STOP, incident.id) if mine else button("Get updates", OPEN, incident.id),
        button("Somebody else, or a channel", OTHERS, incident.id),
    ]
    return message(
        " ".join(said), section(" ".join(said)), *([actions(*change)] if incident.status.open else [])
    )


@says_drill
def begun(incident: Incident, giver: str, duplicate: int | None) -> Message:
    """Tell somebody that they get the updates from now on."""
    why = f"{actor(giver)} subscribed you to the updates of *{title(incident)}*"
    if duplicate:
        why = f"INC-{duplicate} was merged: you get the updates of *{title(incident)}* instead"
    text = f"{why}. {standing(incident)} · {way_in(incident)}"
    return message(text, section(text), _stop(incident))


@says_drill
def update(incident: Incident, sent: Update, author: str) -> Message:
    """Return an update as a subscriber reads it; nobody is called by a name in it."""
    due = f"Next update due {when(sent.next_at)}" if sent.next_at else "No next update planned"
    heading = f"Update on {title(incident)} from {escape(author)}"
    state = f"{sent.severity} · {sent.status} · {due} · {way_in(incident)}"
    return message(
        f"{heading} ({state}):\n{quote(sent.text)}",
        section(f"*{heading}*"),
        *map(section, quotes(sent.text)),
        context(state),
        _stop(incident),
    )


@says_drill
def over(incident: Incident) -> Message:
    """Return the last message, until somebody reopens the incident."""
    text = f"*{title(incident)} is over*: {standing(incident)}. No more updates come. {way_in(incident)}"
    return message(text)


@says_drill
def back(incident: Incident) -> Message:
    text = (
        f"*{title(incident)} is open again*: {standing(incident)}. Its updates come again. {way_in(incident)}"
    )
    return message(text)


@says_drill
def stopped(incident: Incident) -> Message:
    """Return what is left in a channel that gets no more updates."""
    return message(
        f"Updates of {title(incident)} are told here no more. `/inc subscribe INC-{incident.id} #channel` "
        "begins that again."
    )


def _stop(incident: Incident) -> dict[str, Any]:
    return actions(button("Stop these updates", STOP, incident.id))


def _target(one: Subscription) -> str:
    return place(one.target) if one.kind is Target.CHANNEL else person(one.target)
