"""Links of an incident: the form, and how they stand on its card."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from bot.domain.incidents.fields import LONGEST_LINK_NAME, LONGEST_URL, Link
from bot.domain.incidents.incident import Incident
from bot.views.blocks import Block, Message, context, message
from bot.views.forms import input_block, modal, multi_select, option, text_input
from bot.views.incidents.state import State, chosen_several, typed_line
from bot.views.mrkdwn import escape, link
from bot.views.naming import title_inside as title

OPEN, FORM = "link_open", "link_form"
NAME, URL, REMOVED = "name", "url", "removed"


def form(incident: Incident, known: Sequence[Link], name: str = "", url: str = "") -> dict[str, Any]:
    """Return the form that adds a link, or removes some."""
    named = text_input(NAME, initial=name, max_length=LONGEST_LINK_NAME, placeholder="Dashboard")
    address = text_input(URL, initial=url, max_length=LONGEST_URL, placeholder="https://", focus=True)
    blocks: list[Block] = [
        context(f"{title(incident)} · On the card and at the top of the channel."),
        input_block("Address", address, URL, optional=bool(known)),
        input_block("Name", named, NAME, optional=True, hint="“Call” is the call that pages link to."),
    ]
    if known:
        options = [option(one.name, _mark(one)) for one in known]
        chosen = multi_select(REMOVED, options, placeholder="None")
        blocks.append(input_block("Remove", chosen, REMOVED, optional=True))
    return modal(f"Links of INC-{incident.id}", "Save", FORM, blocks, str(incident.id))


def entered(state: State, known: Sequence[Link]) -> tuple[str, str, list[str]]:
    """Return the name and the address of the new link, and the addresses of those to remove."""
    chosen = chosen_several(state, REMOVED)
    removed = [one.url for one in known if _mark(one) in chosen]
    return typed_line(state, NAME), typed_line(state, URL), removed


def _mark(known: Link) -> str:
    """Return what stands for a link in a choice, which has no room for its address."""
    return sha256(known.url.encode()).hexdigest()[:12]


def on_card(known: Iterable[Link]) -> str:
    return " · ".join(link(one.url, one.name) for one in known)


def added(incident: Incident, name: str, url: str) -> Message:
    said = f"{link(url, name or url)} is on the card of {title(incident)}"
    return message(f"{said}, and at the top of its channel.")


def removed(incident: Incident, name: str) -> Message:
    return message(f"{escape(name)} is no link of {title(incident)} any more.")
