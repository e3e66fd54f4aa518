"""Merging: the forms that ask into which incident, or which ones, and what is answered."""

from collections.abc import Sequence
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.merging import needs_reopening
from bot.views.blocks import Block, Message, context, message, section
from bot.views.forms import input_block, modal, multi_select, option, select
from bot.views.incidents.undo import offering, reopens
from bot.views.naming import plain_title, standing, title_inside

OPEN, FORM = "merge_open", "merge_form"
COMBINE_OPEN, COMBINE_FORM = "combine_open", "combine_form"
INTO, WITH = "into", "with"


def form(incident: Incident, known: Sequence[Incident], into: Incident | None = None) -> dict[str, Any]:
    """Ask into which incident it is merged; the drop-down can be searched. `into` is chosen at first."""
    shown = [*([into] if into else []), *(one for one in known if not into or one.id != into.id)]
    chosen = select(
        INTO,
        [_option(one) for one in shown],
        initial=into.id if into else None,
        placeholder="Number or name",
    )
    blocks: list[Block] = [
        context(f"{title_inside(incident)} · {standing(incident)}"),
        input_block("Of which incident is it a duplicate?", chosen, INTO),
    ]
    if into and needs_reopening(into):
        said = f"INC-{into.id} is {into.status}. It is reopened only to merge: nobody is paged for it."
        blocks.append(section(f":warning: {said}"))
    blocks.append(
        context(
            "People, timeline, actions and links go there; who is still being paged is called for it. The "
            "worse severity counts. This channel says where to go and is archived a day later. Until then it "
            "can be reopened; what moved stays there."
        )
    )
    opening = into.id if into and needs_reopening(into) else ""
    return modal(f"Merge INC-{incident.id}", "Merge", FORM, blocks, f"{incident.id}:{opening}")


def combine_form(incident: Incident, known: Sequence[Incident], those: Sequence[int] = ()) -> dict[str, Any]:
    """Ask which incidents are merged into this one; `those` are chosen at first."""
    options = [_option(one) for one in known]
    chosen = multi_select(WITH, options, initial=those, placeholder="Numbers or names")
    blocks: list[Block] = [
        context(f"{title_inside(incident)} · {standing(incident)}"),
        input_block("Which S3 and S4 belong to it?", chosen, WITH),
        context(
            f"They are merged into INC-{incident.id}, which becomes S2 and pages as any raise to S2. Each "
            "can be reopened for a day; what moved stays."
        ),
    ]
    return modal(f"Combine into INC-{incident.id}", "Combine", COMBINE_FORM, blocks, str(incident.id))


def candidate(incident: Incident) -> str:
    """Return an incident that may be meant, for a button."""
    return f"{plain_title(incident)} ({incident.severity}, {incident.status})"


def merged(incident: Incident) -> Message:
    """Say where a duplicate goes on, with the way back."""
    return offering(
        message(f"INC-{incident.id} is merged into INC-{incident.merged_into}: go on there."),
        reopens(incident),
    )


def _option(incident: Incident) -> dict[str, Any]:
    described = f"{incident.severity} {incident.status}"
    return option(plain_title(incident), incident.id, described)
