"""Reopening: the problem is back, or only to merge or correct; and what is answered."""

from collections.abc import Sequence
from typing import Any

from bot.domain.incidents.incident import Incident, Status
from bot.domain.paging.pages import Page
from bot.views.blocks import Block, Message, actions, button, context, message, section
from bot.views.forms import input_block, modal, option, radio, text_input
from bot.views.incidents.archiving import away
from bot.views.mrkdwn import escape, person
from bot.views.naming import title_inside as title

OPEN, FORM, ONLY = "reopen_open", "reopen_form", "reopen_only"
WHICH, REASON = "which", "reason"
BACK, CORRECT = "back", "correct"
_TO_CORRECT = "Only to merge or correct"


def proposed(incident: Incident) -> str:
    """Return what the end of an incident is undone to: work goes on, but for one that was closed."""
    return CORRECT if incident.status is Status.CLOSED else BACK


def form(incident: Incident, which: str = "") -> dict[str, Any]:
    """Ask why it is opened again, and whether people are needed. One that is corrected can only be back.

    `which` is chosen already.
    """
    blocks: list[Block] = [context(f"{title(incident)} · now {incident.status}")]
    if not incident.correcting:
        options = [
            option("The problem is back", BACK, "Pages as a declaration does, and asks for updates"),
            option(_TO_CORRECT, CORRECT, "Pages nobody, and reminds nobody"),
        ]
        blocks.append(
            input_block("Why is it needed again?", radio(WHICH, options, initial=which or None), WHICH)
        )
    if into := incident.merged_into:
        blocks.append(context(f"It was merged into INC-{into}: what moved there stays there."))
    blocks.append(input_block("Reason", text_input(REASON, multiline=True), REASON, hint="What came back?"))
    return modal(f"Reopen INC-{incident.id}", "Reopen", FORM, blocks, str(incident.id))


def reopened(incident: Incident, pending: Sequence[Page], *, archived: bool = False) -> Message:
    """Say who is paged, and offer to call them off: it may have been only to merge or correct."""
    called = [f"{person(page.responder)} ({escape(page.role)})" for page in pending if page.responder]
    who = f"Paged: {', '.join(called)}." if called else "Nobody is on call to be paged."
    text = f"INC-{incident.id} is {incident.status} again: the problem is back. {who}"
    more = away(incident) if archived else ""
    row = actions(button(_TO_CORRECT, ONLY, incident.id))
    return message(f"{text} {more}".strip(), section(text), *([section(more)] if more else []), row)


def unarchive_sheet(incident: Incident) -> dict[str, Any]:
    """Say, after the form, that the channel has to be brought back by hand."""
    return modal("Reopened", None, "", [section(f"INC-{incident.id} is open again. {away(incident)}")])


def corrected(incident: Incident) -> Message:
    return message(f"INC-{incident.id} is open only to merge or correct it: nobody is paged or reminded.")


def again(incident: Incident) -> dict[str, Any]:
    return button("The problem is back" if incident.correcting else "Reopen", OPEN, incident.id)
