"""The canvas that a review's document has in the incident's channel: made once, and written again on demand.

It is replaced as a whole, and only while nobody else wrote in it; one with words of people is left to them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.domain import facts
from bot.domain.facts import OfIncident
from bot.domain.incidents.incident import Incident
from bot.domain.reviews.canvas import ReviewCanvas
from bot.integrations.slack.canvases import Canvases, CanvasGone
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.reviews.canvases import (
    review_canvas_failed,
    review_canvas_kept,
    review_canvas_lost,
    review_canvas_written,
    review_canvases_withdrawn,
)
from bot.unit_of_work import UnitOfWork
from bot.views import review_canvas as view
from bot.web.links import Links
from storage import incidents, review_canvases, review_documents
from storage.outbox import Delivery
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the newest canvas should say: the `document` in the version that was asked for."""

    incident: Incident
    canvas: ReviewCanvas
    document: str
    page: str = ""

    @property
    def title(self) -> str:
        return view.title(self.incident, self.canvas.number)

    @property
    def line(self) -> str:
        return view.version_line(self.canvas.version)

    @property
    def text(self) -> str:
        return view.written(self.incident, self.document, self.canvas.version, self.page)


class ReviewCanvases:
    """A refusal is told in the channel; nothing else waits for a canvas."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient, links: Links | None = None) -> None:
        self._uow = uow
        self._canvases = Canvases(slack)
        self._links = links

    def jobs(self) -> list[Job]:
        heard = {facts.ReviewCanvasAsked, facts.TurnedPrivate}
        lane = "review_canvas:{incident}"
        return [Job("slack.write_canvas", heard, self.write, lane, _failed, about=_known)]

    async def write(self, delivery: Delivery) -> Effect | None:
        """Make the canvas, or write into it what stands in the version that was asked for."""
        number = delivery.subject["incident"]
        if strays := await self._uow.read(_strays, number):
            return await self._withdraw(delivery, strays)
        wanted = await self._uow.read(_wanted, number)
        if not wanted:
            return None
        if wanted.incident.channel != wanted.canvas.channel:
            raise DeliveryFailed("its channel is another one now", permanent=True)
        address = self._links.to_incident(number) if self._links else None
        wanted = replace(wanted, page=f"{address}/review" if address else "")
        text = await asyncio.to_thread(lambda: wanted.text)
        if wanted.canvas.canvas:
            return await self._write_again(wanted, text)
        return await self._write_first(delivery, wanted, text)

    async def _write_first(self, delivery: Delivery, wanted: Wanted, text: str) -> Effect:
        """Make it, unless an earlier call has whose answer was lost: that one is looked for."""
        canvas, found = wanted.canvas, None
        if delivery.uncertain or canvas.unsure:
            found = await self._canvases.seek(canvas.channel, wanted.title)
        made = replace(canvas, canvas=found or await self._canvases.make(canvas.channel, wanted.title, text))
        try:
            return await self._finished(wanted, made, text, found=bool(found))
        except CanvasGone:
            return partial(review_canvas_lost, canvas=canvas)
        except DeliveryFailed as failure:  # it is there: the next attempt has to look for it
            raise DeliveryFailed(failure.reason, uncertain=True, after=failure.after) from failure

    async def _finished(self, wanted: Wanted, made: ReviewCanvas, text: str, *, found: bool) -> Effect:
        made = replace(made, url=await self._canvases.address(made.canvas))
        tab = await self._canvases.closed(made.canvas, made.channel)
        if found and not await self._canvases.says(tab, text, wanted.line, view.letters):
            return partial(review_canvas_kept, canvas=made, told=False)
        seen = await self._canvases.mark(tab)
        return partial(review_canvas_written, canvas=replace(made, written=made.version, seen=seen))

    async def _write_again(self, wanted: Wanted, text: str) -> Effect:
        """Replace what stands there, unless it may hold words of somebody else."""
        canvas = wanted.canvas
        try:
            tab = await self._canvases.closed(canvas.canvas, canvas.channel)
            seen = await self._canvases.mark(tab)
            if seen and seen == canvas.seen:
                await self._canvases.replace(tab, text)
                seen = await self._canvases.mark(tab)
            elif not await self._canvases.says(tab, text, wanted.line, view.letters):
                told = bool(seen and canvas.seen)
                return partial(review_canvas_kept, canvas=canvas, told=told)
            # else an earlier attempt wrote it, and its answer was lost
        except CanvasGone:
            return partial(review_canvas_lost, canvas=canvas)
        return partial(review_canvas_written, canvas=replace(canvas, written=canvas.version, seen=seen))

    async def _withdraw(self, delivery: Delivery, strays: Sequence[tuple[Incident, ReviewCanvas]]) -> Effect:
        """Have nobody read them in the channel from before the incident turned private.

        What people wrote in one is not deleted with it: they read it no more, and nobody has it but us.
        """
        gone, left = list[ReviewCanvas](), list[ReviewCanvas]()
        for incident, canvas in strays:
            there = canvas.canvas
            if not there and (delivery.uncertain or canvas.unsure):
                title = view.title(incident, canvas.number)
                there = await self._canvases.seek(canvas.channel, title) or ""
            try:
                if there and canvas.kept:
                    await self._canvases.hide(there, canvas.channel)
                elif there:
                    await self._canvases.remove(there)
            except CanvasGone:
                pass
            except DeliveryFailed as failure:
                if not failure.permanent:
                    raise
                left.append(canvas)
                continue
            gone.append(canvas)
        return partial(review_canvases_withdrawn, gone=gone, left=left)


def _wanted(tx: Tx, incident_id: int) -> Wanted | None:
    """Return what is to be written, if anything is."""
    canvas = review_canvases.latest(tx, incident_id)
    if not canvas or canvas.version == canvas.written:
        return None
    version = review_documents.version(tx, incident_id, canvas.version)
    return Wanted(incidents.get(tx, incident_id), canvas, version.text) if version else None


def _strays(tx: Tx, incident_id: int) -> list[tuple[Incident, ReviewCanvas]]:
    """Return the canvases in a channel from before the incident turned private."""
    incident = incidents.get(tx, incident_id)
    found = review_canvases.of(tx, incident_id) if incident.private else []
    return [(incident, one) for one in found if one.channel != incident.channel]


def _known(tx: Tx, fact: OfIncident) -> Subjects:
    """Return the incident if its review has a canvas, or should have one."""
    return ({"incident": fact.incident},) if review_canvases.latest(tx, fact.incident) else ()


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    review_canvas_failed(tx, delivery.subject["incident"], why=reason)
