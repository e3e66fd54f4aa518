"""What `/inc review` says of the canvas of a review's document, with its button."""

from bot.domain.incidents.incident import Incident
from bot.domain.reviews.canvas import ReviewCanvas
from bot.views.blocks import Block, Message, actions, button, context, message
from bot.views.mrkdwn import link

CANVAS = "review_canvas"


def with_canvas(shown: Message, incident: Incident, canvas: ReviewCanvas | None, newest: int) -> Message:
    """Return the review with what became of its document in Slack; `newest` is the version that there is."""
    said, label = _standing(canvas, newest)
    blocks: list[Block] = [context(said)] if said else []
    if label:
        blocks.append(actions(button(label, CANVAS, incident.id)))
    return message("\n".join([shown.text, said]).strip(), *shown.blocks, *blocks)


def _standing(canvas: ReviewCanvas | None, newest: int) -> tuple[str, str]:
    """Return how far the canvas is, and what its button says, if there is anything to press for."""
    if canvas and canvas.version != canvas.written:
        return f"Version {canvas.version} is being written to a canvas in the channel.", ""
    if not canvas or not canvas.canvas:
        return "", "As a canvas"
    there = link(canvas.url, "A canvas in the channel")
    if canvas.kept:
        return f"{there} has its document. People may have written in it, so it stays as it is.", _NEW
    if canvas.written == newest:
        return f"{there} has version {newest} of its document, the newest.", ""
    return f"{there} has version {canvas.written} of its document; version {newest} is newer.", _UPDATE


_NEW, _UPDATE = "As a new canvas", "Update the canvas"


def asked(incident: Incident) -> Message:
    return message(
        f"The review of INC-{incident.id} is being written. In a moment the channel has it in a tab; "
        "`/inc review` links to it."
    )
