"""Copies of a review's document in GitLab: each is looked at before it is written; people's text stays."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from bot.clock import Clock
from bot.config.trackers import GitlabSettings
from bot.domain import facts
from bot.domain.facts import OfIncident
from bot.domain.incidents.fields import CONFIDENTIAL
from bot.domain.reviews import copies as rules
from bot.domain.reviews.copies import Judged, Kept
from bot.domain.reviews.versions import Version
from bot.integrations.destination import Denied, Destination, Endless
from bot.integrations.trackers.gitlab_copies import SOMEBODY, Found, MergeRequests, Sheet, Shelf, WikiPages
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.reviews.copies import (
    TakenIn,
    copies_over,
    copy_edited,
    copy_failed,
    copy_looked_at,
    copy_written,
)
from bot.operations.reviews.elsewhere import marked_confidential
from bot.unit_of_work import UnitOfWork
from bot.views import review_copy as view
from storage import incidents, issues, review_copies, review_documents
from storage.outbox import Delivery
from storage.transaction import Tx

NAME = "GitLab"
LANE = "review_copy:{incident}:{place}"


class ReviewCopies:
    """Where an incident turns private, and the project is not fit for it, its copies say no more."""

    def __init__(self, uow: UnitOfWork, settings: GitlabSettings, clock: Clock, database: str) -> None:
        self._uow = uow
        api = Destination(NAME, f"{settings.url}/api/v4", {"PRIVATE-TOKEN": settings.token or ""}, clock)
        self._shelves: Mapping[Kept, Shelf] = {
            Kept.WIKI: WikiPages(api, settings.url, settings.project),
            Kept.FILE: MergeRequests(api, settings.url, settings.project),
        }
        self._database = database

    def jobs(self) -> list[Job]:
        heard = {facts.ReviewCopyAsked, facts.TurnedPrivate, facts.FieldChanged}
        asked = {facts.ReviewFetchAsked}
        return [
            Job("gitlab.copy_review", heard, self.write, LANE, _failed, about=_known),
            Job("gitlab.fetch_review", asked, self.fetch, LANE, _failed, about=_of_fact, coalesce=True),
        ]

    async def write(self, delivery: Delivery) -> Effect | None:
        """Write the version that was asked for, unless people wrote there: then that is taken in."""
        sheet = await self._uow.read(self._sheet, *_which(delivery))
        if not sheet:
            return None
        try:
            return await self._written(sheet)
        except Denied as denied:
            raise _told_now(denied, sheet) from None

    async def _written(self, sheet: Sheet, *, more: int = rules.MOST_OVER - 1) -> Effect | None:
        """Write it. What is merged or closed has another branch after it, and `more` of them are tried."""
        shelf, copy = self._shelves[sheet.copy.place], sheet.copy
        found = await self._look(sheet)
        there = await asyncio.to_thread(rules.there, found.text or "", copy.incident, self._database)
        if sheet.hidden:
            return await self._hide(sheet, found, known=there.ours or bool(copy.written))
        done = Judged.WRITE
        if found.text is not None:
            done, base = await self._judged(sheet, there)
            if done is Judged.EDITED:
                return await self._edited(sheet, found, there, base)
        if done is Judged.FOREIGN:
            raise DeliveryFailed(f"there is a {copy.path} already that is not Muster's", permanent=True)
        if found.over and done is not Judged.DONE:
            onward = rules.moved_on(copy)
            if not more:
                return partial(copies_over, copy=onward)
            return await self._written(replace(sheet, copy=onward), more=more - 1)
        if done is Judged.DONE and (found.number or copy.place is Kept.WIKI) and copy.url:
            return partial(copy_written, copy=replace(copy, number=found.number), version=copy.version)
        text = rules.marked(shelf.shown(sheet.wanted), copy.incident, copy.version, self._database)
        now = await shelf.write(sheet, found, text)
        return partial(copy_written, copy=now, version=copy.version)

    async def _hide(self, sheet: Sheet, found: Found, *, known: bool) -> Effect | None:
        """Say no more of an incident that turned private; git keeps earlier texts."""
        copy = sheet.copy
        text = rules.marked(view.hidden(sheet.incident), copy.incident, 0, self._database)
        if not known or found.text is None or found.text == text:
            return None
        if found.over:
            raise DeliveryFailed(f"its text is merged: {found.url}", permanent=True)
        now = await self._shelves[copy.place].write(sheet, found, text)
        return partial(copy_written, copy=now, version=0)

    async def fetch(self, delivery: Delivery) -> Effect | None:
        """Look for what people wrote there, and take it in."""
        sheet = await self._uow.read(self._sheet, *_which(delivery))
        if not sheet or sheet.hidden:
            return None
        try:
            found = await self._look(sheet)
        except Denied as denied:
            raise _told_now(denied, sheet) from None
        incident = sheet.copy.incident
        there = await asyncio.to_thread(rules.there, found.text or "", incident, self._database)
        done, base = await self._judged(sheet, there)
        if found.text is None or done is not Judged.EDITED:
            return partial(copy_looked_at, copy=sheet.copy)
        # who pushed may have pushed what somebody else wrote; of a wiki page only the webhook says who it was
        if found.who == SOMEBODY:
            found = replace(found, who=delivery.subject.get("who") or SOMEBODY)
        return await self._edited(sheet, found, there, base)

    async def _look(self, sheet: Sheet) -> Found:
        """Return what stands there. What is far too long is not worked through, unless it has to go."""
        try:
            found = await self._shelves[sheet.copy.place].look(sheet)
        except Endless:
            raise DeliveryFailed(view.ENDLESS, permanent=True) from None
        if rules.endless(found.text) and not sheet.hidden:
            raise DeliveryFailed(view.ENDLESS, permanent=True)
        return found

    async def _edited(self, sheet: Sheet, found: Found, there: rules.There, base: Version | None) -> Effect:
        shelf = self._shelves[sheet.copy.place]
        text = await asyncio.to_thread(rules.read_back, there.text, base, shelf.shown, shelf.plain)
        # a mark may name a version that there never was, or that was lost with a database: that is no fact
        number = base.number if base else 0
        taken = TakenIn(text, number, view.named(found.who) or SOMEBODY)
        return partial(copy_edited, copy=sheet.copy, found=taken)

    async def _judged(self, sheet: Sheet, there: rules.There) -> tuple[Judged, Version | None]:
        """Return what to do with what stands there, and the version that it was begun from."""
        copy, number = sheet.copy, there.base or sheet.copy.written
        base = await self._uow.read(review_documents.version, copy.incident, number)
        if there.ours and there.text == view.hidden(sheet.incident):
            return Judged.WRITE, base
        shelf = self._shelves[copy.place]
        how = {"shown": shelf.shown, "plain": shelf.plain}
        judged = partial(rules.judged, copy, there, sheet.wanted, base, database=self._database, **how)
        return await asyncio.to_thread(judged), base

    def _sheet(self, tx: Tx, incident_id: int, place: Kept) -> Sheet | None:
        copy, at = review_copies.of(tx, incident_id, place), tx.process.reviews.issues
        if not copy or not at or at.project != copy.project:
            return None
        incident = incidents.get(tx, incident_id)
        hidden = (incident.private or marked_confidential(tx, incident)) and not at.private
        version = review_documents.version(tx, incident_id, copy.version)
        if not version and not hidden:
            return None
        related = issues.of(tx, incident_id)
        wanted = version.text if version else ""
        return Sheet(incident, copy, wanted, self._database, at.target, related, hidden)


def _told_now(denied: Denied, sheet: Sheet) -> DeliveryFailed:
    """Return what is told at once where somebody waits for it, who can mend it now."""
    return denied if sheet.hidden else DeliveryFailed(denied.reason, permanent=True)


def _which(delivery: Delivery) -> tuple[int, Kept]:
    return delivery.subject["incident"], Kept(delivery.subject["place"])


def _of_fact(_: Tx, fact: facts.ReviewFetchAsked) -> Subjects:
    return ({"incident": fact.incident, "place": fact.place, "who": fact.who},)


def _known(tx: Tx, fact: OfIncident) -> Subjects:
    """Return the copies of the incident's review that the fact is about."""
    if isinstance(fact, facts.ReviewCopyAsked):
        return ({"incident": fact.incident, "place": fact.place},)
    if isinstance(fact, facts.FieldChanged) and fact.name != CONFIDENTIAL:
        return ()
    return [
        {"incident": one.incident, "place": one.place.value} for one in review_copies.every(tx, fact.incident)
    ]


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    incident, place = _which(delivery)
    copy_failed(tx, incident, place, why=reason, cure=view.cure(reason, place.said))
