"""The document of a review becomes a canvas: it is asked for, made once, and has the version asked for."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.facts import ReviewCanvasAsked, ReviewCanvasWritten
from bot.domain.reviews.canvas import ReviewCanvas, asked_again
from bot.operations.reviews.documents import may_become_canvas, may_take, refuse_older
from bot.operations.reviews.elsewhere import may_leave
from bot.operations.workspace.channel import problem
from storage import review_canvases
from storage.transaction import Tx

_PRESS = "The document is kept here. Press the button on the review's page"


def ask_for_canvas(tx: Tx, incident_id: int, version: int, *, by: str, sure: str = "") -> None:
    """Have the newest version written as a canvas, or into the one that there is. Refuses one that was
    edited meanwhile, and where there is no channel for it; `sure` confirms what is private in it.
    """
    incident = may_take(tx, incident_id, by=by)
    channel = may_become_canvas(tx, incident)
    newest = refuse_older(tx, incident.id, version, can="become a canvas", then="make it a canvas")
    may_leave(tx, incident, newest.text, reader=by, sure=sure, at_home=True)
    canvas = asked_again(review_canvases.latest(tx, incident.id), incident.id, channel)
    review_canvases.put(tx, replace(canvas, version=version))
    tx.record(ReviewCanvasAsked(incident=incident.id, by=by))


def review_canvas_written(tx: Tx, *, canvas: ReviewCanvas) -> None:
    """Note the canvas, and which version stands there; that it does is told once."""
    before = _known(tx, canvas)
    if not before:
        return
    review_canvases.put(tx, replace(canvas, version=before.version, unsure=False))
    if (before.canvas, before.written) != (canvas.canvas, canvas.written):
        tx.record(ReviewCanvasWritten(incident=canvas.incident, version=canvas.written, url=canvas.url))


def review_canvas_kept(tx: Tx, *, canvas: ReviewCanvas, told: bool) -> None:
    """Leave a canvas to whoever wrote in it; `told` says that this is known, and not merely possible."""
    review_canvases.put(tx, replace(canvas, version=canvas.written, kept=True, unsure=False))
    what = "The canvas of the review stays as it is"
    why = "People wrote in it" if told else "Slack does not tell whether people wrote in it"
    cure = f"{_PRESS} again to have version {canvas.version} as a new canvas beside it."
    problem(tx, canvas.incident, what, why, cure)


def review_canvas_lost(tx: Tx, *, canvas: ReviewCanvas) -> None:
    """Note that the canvas is there no more. The document stays, and becomes another one if somebody asks."""
    review_canvases.forget(tx, canvas)
    cure = f"{_PRESS} again to have another one."
    problem(tx, canvas.incident, "The canvas of the review is gone", "Somebody deleted it in Slack", cure)


def review_canvas_failed(tx: Tx, incident_id: int, *, why: str) -> None:
    """Note that it could not be written, so that it can be asked for again."""
    if canvas := review_canvases.latest(tx, incident_id):
        review_canvases.put(tx, replace(canvas, version=canvas.written, unsure=not canvas.canvas))
    cure = f"{_PRESS} to try again."
    problem(tx, incident_id, "The review could not be written to its canvas", why, cure)


def review_canvases_withdrawn(tx: Tx, *, gone: Sequence[ReviewCanvas], left: Sequence[ReviewCanvas]) -> None:
    """Forget those that nobody reads any more in a channel from before the incident turned private, and say
    which are `left` there.
    """
    for canvas in (*gone, *left):
        review_canvases.forget(tx, canvas)
    if left:
        what = "A canvas of the review stands in the old channel still"
        cure = f"Delete it there by hand, whoever is in that channel can read it: {left[0].url}"
        problem(tx, left[0].incident, what, "Slack does not let Muster take it away", cure)


def _known(tx: Tx, canvas: ReviewCanvas) -> ReviewCanvas | None:
    return next((one for one in review_canvases.of(tx, canvas.incident) if one.number == canvas.number), None)
