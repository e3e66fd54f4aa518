"""The messages that are edited in place: card, announcements, greeting. Each is drawn when it is sent."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.domain.facts import (
    Accepted,
    CardPosted,
    ChannelBack,
    ChannelLost,
    ChannelOpened,
    Fact,
    LinkAdded,
    LinkRemoved,
    PlaceRenamed,
    Subscribed,
)
from bot.domain.incidents.fields import FieldType, Link
from bot.domain.incidents.glance import Glance
from bot.domain.incidents.incident import Incident, Status, unverified
from bot.domain.maintenance.services import NO_CONNECTION, Connection
from bot.domain.paging.engagement import missing_roles, vacant_roles
from bot.domain.paging.pages import Page, PageState, since_reopened
from bot.domain.process import IncidentType
from bot.domain.timeline.entries import Entry, Kind
from bot.integrations.slack.client import Posted, SlackClient
from bot.integrations.slack.pace import Edits
from bot.integrations.slack.surfaces import (
    Surface,
    announcement_to_make,
    announcement_to_redraw,
    card_to_post,
    card_to_redraw,
    greeted,
    question_to_ask,
    question_to_redraw,
    shown_on,
)
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.alerts.judging import related
from bot.operations.incidents.fields import fields_for
from bot.operations.incidents.glance import glance_of_card
from bot.operations.maintenance.relating import connection
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.targets import callable_for
from bot.operations.workspace.channel import problem
from bot.operations.workspace.places import refused
from bot.unit_of_work import Guarded, UnitOfWork
from bot.views.alerts import alert as alert_view
from bot.views.blocks import Block, Message, mentions, quiet
from bot.views.incidents import announcement, card, greeting, privacy, tutorial
from bot.views.notices import removed
from bot.views.paging import page as page_view
from bot.web.links import Links
from storage import alerts, incidents, links, members, pages, people, places, posts, reading, roles, timeline
from storage.outbox import Delivery, LeaseKey
from storage.places import Place
from storage.posts import Post
from storage.reading import Part
from storage.transaction import About, Tx

_IN_CHANNEL = {
    "slack.post_card",
    "slack.pin_card",
    "slack.bookmark_card",
    "slack.bookmark_page",
    "slack.bookmark_link",
    "slack.redraw_card",
}
_EVER = datetime.min.replace(tzinfo=UTC)
APART = timedelta(seconds=1)
"""How long after one edit of a message the next one leaves: people read it, and Slack limits edits."""
SEARCH_AGAIN = timedelta(seconds=5)
"""When a channel that may yet be found is looked up again."""
_BACK = {ChannelBack, PlaceRenamed}
_ANNOUNCED = {Accepted, ChannelOpened, ChannelLost, *_BACK}
"""After what an incident may have to be announced."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the messages show, and where they are, read in one transaction.

    `own` is the role of the type's own team, `awaited` is whom the reporter waits for, `decision` what became
    of the triage, `on_call` who of the own team would be called now to decide it, `gone` who was removed from
    a private incident, `hidden` whether its reporter is not in it, `place` the channel the delivery names.
    """

    incident: Incident
    roles: dict[str, str]
    own: str
    engaged: Page | None
    pending: list[Page]
    missing: Sequence[tuple[str, str]]
    vacant: Sequence[str]
    awaited: Page | None
    decision: Entry | None
    on_call: Sequence[str]
    verifiable: bool
    fields: Sequence[tuple[FieldType, str]]
    links: Sequence[Link]
    alerts: Sequence[Block]
    related: Sequence[Incident]
    maintenance: Connection
    glance: Glance
    gone: frozenset[str]
    hidden: bool
    posts: Sequence[Post]
    place: Place | None
    pinned: bool
    searching: bool
    """Whether a channel that is not known may yet be on a page of Slack's list that was not read."""
    page: str = ""
    """Where the incident is read in a browser, if it is."""

    def post(self, kind: str, place: str = "") -> Post | None:
        """Return the message of this kind, or None while it has not been sent."""
        return next((post for post in self.posts if (post.kind, post.place) == (kind, place)), None)


class Cards:
    """The incident's standing messages. Card, announcements and the question of a triage are each edited at
    most once in `apart`, by each process: what changes meanwhile is shown by the next edit.
    """

    def __init__(
        self, uow: UnitOfWork, slack: SlackClient, apart: timedelta = APART, links: Links | None = None
    ) -> None:
        self._uow = uow
        self._slack = slack
        self._links = links if links and links.serves_pages else None
        self._edits = Edits(apart)

    def jobs(self) -> list[Job]:
        lane = "greeting:{incident}"
        return [
            *self._of_the_card(),
            *self._of_announcements(),
            _post("slack.greet", {ChannelOpened, ChannelLost}, self.greet, lane),
            _redraw(
                "slack.redraw_greeting",
                shown_on(Surface.GREETING),
                self.redraw_greeting,
                lane,
                about=greeted,
                drawn_by="slack.greet",
            ),
        ]

    def _of_the_card(self) -> list[Job]:
        lane, shown = "card:{incident}", {*shown_on(Surface.CARD), ChannelBack}
        return [
            _post(
                "slack.post_card",
                {ChannelOpened, ChannelBack},
                self.post_card,
                lane,
                about=card_to_post,
                leads=True,
            ),
            _post("slack.pin_card", {CardPosted}, self.pin_card, "pin:{incident}"),
            _post("slack.bookmark_card", {CardPosted}, self.bookmark_card, "bookmark:{incident}"),
            *self._of_the_page(),
            _post(
                "slack.bookmark_link",
                {LinkAdded, LinkRemoved, ChannelOpened},
                self.bookmark_link,
                "bookmark:{incident}",
                about=_to_bookmark,
            ),
            self._redrawn("card", "slack.redraw_card", shown, lane, card_to_redraw),
        ]

    def _of_the_page(self) -> list[Job]:
        if not self._links:
            return []
        return [_post("slack.bookmark_page", {CardPosted}, self.bookmark_page, "bookmark:{incident}")]

    def _of_announcements(self) -> list[Job]:
        lane, triage_lane = "announce:{incident}:{place}", "triage:{incident}:{place}"
        announce, ask = partial(self.announce, "announcement"), partial(self.announce, "triage")
        shown, asked = ({*shown_on(one), *_BACK} for one in (Surface.ANNOUNCEMENTS, Surface.TRIAGE))
        return [
            _post("slack.announce", {*_ANNOUNCED, Subscribed}, announce, lane, about=announcement_to_make),
            self._redrawn("announcement", "slack.redraw_announcement", shown, lane, announcement_to_redraw),
            _post("slack.announce_triage", _ANNOUNCED, ask, triage_lane, about=question_to_ask),
            self._redrawn("triage", "slack.redraw_triage", asked, triage_lane, question_to_redraw),
        ]

    def _redrawn(self, kind: str, name: str, facts: Collection[type[Fact]], lane: str, about: About) -> Job:
        return _redraw(
            name,
            facts,
            partial(self.redraw, kind),
            lane,
            about=about,
            drawn_by=_DRAWN_BY[kind],
            drawn=partial(self._drawn, kind),
        )

    async def post_card(self, delivery: Delivery) -> Effect | None:
        scene, message = await self._shown(delivery, _card)
        if not scene.incident.channel:
            return None
        known = scene.post("card")
        posted = (
            Posted(known.channel, known.ts)
            if known
            else await self._slack.post(delivery, scene.incident.channel, message)
        )
        return Guarded(partial(_card_posted, incident_id=scene.incident.id, posted=posted))

    async def pin_card(self, delivery: Delivery) -> None:
        """Pin the card, so that it is found from anywhere in the channel."""
        if post := await self._uow.read(posts.find, delivery.subject["incident"], "card"):
            await self._slack.tolerate(
                "already_pinned",
                "message_not_found",
                method="pins.add",
                channel=post.channel,
                timestamp=post.ts,
            )

    async def bookmark_card(self, delivery: Delivery) -> None:
        """Put a link to the card at the top of the channel; an earlier attempt may have put it there."""
        post = await self._uow.read(posts.find, delivery.subject["incident"], "card")
        if not post:
            return
        link = await self._slack.link_to(post.channel, post.ts)
        await self._bookmark(delivery, post.channel, "Incident card", link)

    async def bookmark_page(self, delivery: Delivery) -> None:
        """Put a link to the incident's page in the browser beside it."""
        number = delivery.subject["incident"]
        post = await self._uow.read(posts.find, number, "card")
        if post and (link := self._page_of(number)):
            await self._bookmark(delivery, post.channel, "Incident page", link)

    def _page_of(self, number: int) -> str:
        return (self._links and self._links.to_incident(number)) or ""

    async def _bookmark(self, delivery: Delivery, channel: str, title: str, link: str) -> None:
        if delivery.attempt > 1:
            there = await self._slack.call("bookmarks.list", channel_id=channel)
            if any(one.get("link") == link for one in there["bookmarks"]):
                return
        await self._slack.call("bookmarks.add", channel_id=channel, title=title, type="link", link=link)

    async def bookmark_link(self, delivery: Delivery) -> None:
        """Have a link at the top of the channel under its name, or not any more."""
        number, url = delivery.subject["incident"], delivery.subject["url"]
        incident, known = await self._uow.read(_linked, number)
        if not incident.channel:
            return
        name = known.get(url)
        answer = await self._slack.call("bookmarks.list", channel_id=incident.channel)
        there = next((one for one in answer["bookmarks"] if one.get("link") == url), None)
        to: dict[str, Any] = {"channel_id": incident.channel}
        if name and not there:
            await self._slack.call("bookmarks.add", **to, title=name, type="link", link=url)
        elif name and there and there.get("title") != name:
            await self._slack.call("bookmarks.edit", **to, bookmark_id=there["id"], title=name)
        elif there and not name:
            await self._slack.call("bookmarks.remove", **to, bookmark_id=there["id"])

    async def redraw(self, kind: str, delivery: Delivery) -> None:
        """Bring the card, an announcement or the question of a triage up to date."""
        monotonic = self._uow.clock.monotonic
        if wait := self._edits.wait(delivery.lane, monotonic()):
            raise DeliveryFailed("it was edited a moment ago", after=wait, held=True)
        scene, message = await self._shown(delivery, _DRAWN[kind])
        if post := scene.post(kind, delivery.subject.get("place", "")):
            await self._slack.redraw(delivery, post.channel, post.ts, message)
            self._edits.made(delivery.lane, monotonic())

    async def announce(self, kind: str, delivery: Delivery) -> Effect | None:
        """Announce the incident, or ask whether it is one, in one channel."""
        scene, message = await self._shown(delivery, _DRAWN[kind])
        name, place = delivery.subject["place"], scene.place
        if scene.incident.private:  # since it was to be announced
            return None
        if known := scene.post(kind, name):
            return Guarded(partial(posts.record, post=known))
        if not place and scene.searching:
            raise DeliveryFailed(f"#{name} is still being looked for", after=SEARCH_AGAIN, held=True)
        if not place or place.archived:
            state = "is archived" if place else "does not exist, or the bot cannot see it"
            raise DeliveryFailed(f"#{name} {state}", permanent=True)
        posted = await self._slack.post(delivery, place.id, message)
        post = Post(scene.incident.id, kind, name, posted.channel, posted.ts)
        return Guarded(partial(posts.record, post=post))

    async def greet(self, delivery: Delivery) -> Effect | None:
        """Tell the reporter, if it is a person, what happens now, with the way in, and to stay reachable."""
        scene, message = await self._shown(delivery, _greeting)
        if not isinstance(scene.incident.reporter, str):
            return None
        if scene.post("greeting"):
            await self.redraw_greeting(delivery)
            return None
        posted = await self._slack.post(delivery, scene.incident.reporter, message, readable=False)
        return Guarded(
            partial(posts.record, post=Post(scene.incident.id, "greeting", "", posted.channel, posted.ts))
        )

    async def redraw_greeting(self, delivery: Delivery) -> None:
        scene, message = await self._shown(delivery, _greeting)
        if post := scene.post("greeting"):
            await self._slack.redraw(delivery, post.channel, post.ts, message)

    async def _drawn(self, kind: str, subject: Mapping[str, Any]) -> LeaseKey | None:
        place = subject.get("place", "")
        post = await self._uow.read(posts.find, subject["incident"], kind, place)
        return await self._slack.drawn(post.channel, post.ts) if post else None

    async def _shown(self, delivery: Delivery, view: Callable[[Scene], Message]) -> tuple[Scene, Message]:
        subject = delivery.subject
        page = self._page_of(subject["incident"])
        return await self._uow.read(_shown, subject["incident"], subject.get("place"), view, page)


def _shown(
    tx: Tx, incident_id: int, place: str | None, view: Callable[[Scene], Message], page: str
) -> tuple[Scene, Message]:
    """Return all that is so, and the message about it, which names whom it does not call."""
    scene = replace(_scene(tx, incident_id, place, of_card=view is _card), page=page)
    message = view(scene)
    others = mentions(message) - message.calls
    return scene, quiet(message, people.names(tx, others)) if others else message


def _scene(tx: Tx, incident_id: int, place: str | None = None, *, of_card: bool = True) -> Scene:
    pages.look_ahead(tx, [incident_id])
    incident, found = incidents.get(tx, incident_id), since_reopened(pages.of_incident(tx, incident_id))
    held, kind = roles.of(tx, incident_id), tx.process.type_of(incident.type)
    pending = [page for page in found if page.pending]
    return Scene(
        incident=incident,
        roles=held,
        own=tx.process.own_role(kind),
        engaged=page_view.engaged(found),
        pending=pending,
        missing=missing_roles(incident, found, tx.process, held),
        vacant=vacant_roles(incident, kind, tx.process, held),
        awaited=_awaited(kind, found, engaged_in(tx, incident_id)),
        verifiable=unverified(incident) and bool(tx.process.type_of(incident.type).verified),
        decision=timeline.latest(tx, incident_id, Kind.ACCEPTED, Kind.DECLINED),
        on_call=callable_for(tx, incident_id).get(kind.pages, ()) if incident.status is Status.TRIAGE else (),
        fields=fields_for(tx, incident),
        links=links.of(tx, incident_id),
        alerts=_alerts(tx, incident),
        related=related(tx, incident) if incident.status is Status.TRIAGE and not of_card else (),
        maintenance=connection(tx, incident) if of_card else NO_CONNECTION,
        glance=glance_of_card(tx, incident, pending) if of_card else Glance(),
        gone=members.gone(tx, incident_id),
        hidden=incident.private and incident.reporter not in members.of(tx, incident_id),
        posts=posts.of(tx, incident_id),
        place=places.named(tx, place) if place else None,
        pinned=incident.tutorial and timeline.latest(tx, incident_id, Kind.PIN) is not None,
        searching=not reading.whole(tx, Part.PRIVATE, Part.PUBLIC),
    )


def _alerts(tx: Tx, incident: Incident) -> list[Block]:
    """Return what the alerts of an incident say, in full while somebody has to decide about them."""
    found = alerts.of_incident(tx, incident.id)
    total = alerts.count(tx, incident.id).total if found else 0
    full = incident.status is Status.TRIAGE
    over = timeline.latest(tx, incident.id, Kind.ALERT_ENDED) if full and found else None
    return alert_view.about(found, total, full=full, flaps=bool(over and over.data.get("flaps")))


def _linked(tx: Tx, incident_id: int) -> tuple[Incident, dict[str, str]]:
    return incidents.get(tx, incident_id), {one.url: one.name for one in links.of(tx, incident_id)}


def _to_bookmark(tx: Tx, fact: LinkAdded | LinkRemoved | ChannelOpened) -> Subjects:
    """Return the links whose bookmark may be another: once the channel opens, all that there are."""
    if isinstance(fact, ChannelOpened):
        return [{"incident": fact.incident, "url": one.url} for one in links.of(tx, fact.incident)]
    there = incidents.has_channel(tx, fact.incident)
    return ({"incident": fact.incident, "url": fact.url},) if there else ()


def _awaited(kind: IncidentType, found: Sequence[Page], busy: Collection[str]) -> Page | None:
    """Return the page of the type's own team: answered by who is at work still, or as it calls somebody."""
    called = [page for page in found if page.escalation.team == kind.pages]
    answered = [page for page in called if page.state is PageState.ACKNOWLEDGED and page.answered_by in busy]
    return next(iter(answered or [page for page in called if page.pending]), None)


def _card(scene: Scene) -> Message:
    return card.card(
        scene.incident,
        scene.roles,
        scene.engaged,
        scene.pending,
        missing=scene.missing,
        vacant=scene.vacant,
        verifiable=scene.verifiable,
        fields=scene.fields,
        known=scene.links,
        alerts=scene.alerts,
        maintenance=scene.maintenance,
        glance=scene.glance,
        page=scene.page,
    )


def _announcement(scene: Scene) -> Message:
    return announcement.announcement(
        scene.incident, scene.roles, scene.engaged, own=scene.own, page=scene.page
    )


def _triage(scene: Scene) -> Message:
    return announcement.triage(
        scene.incident, scene.decision, scene.on_call, scene.awaited, scene.alerts, scene.related
    )


def _greeting(scene: Scene) -> Message:
    if scene.incident.reporter in scene.gone:
        return removed(scene.incident)
    if scene.hidden:  # they had left before it turned private
        return privacy.taken_back(scene.incident)
    if scene.incident.tutorial:
        return tutorial.guide(scene.incident, acknowledged=scene.engaged is not None, pinned=scene.pinned)
    return greeting.greeting(scene.incident, scene.awaited, scene.roles)


def _card_posted(tx: Tx, *, incident_id: int, posted: Posted) -> None:
    posts.record(tx, Post(incident_id, "card", "", posted.channel, posted.ts))
    tx.record(CardPosted(incident=incident_id))


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    incident, place = delivery.subject["incident"], delivery.subject.get("place")
    if delivery.job in _IN_CHANNEL and refused(tx, incident, reason):
        return
    shown = f"The announcement in #{place}" if place else "A message"
    what = {
        "slack.announce": "The incident could not be announced",
        "slack.announce_triage": "The problem could not be announced for triage",
        "slack.greet": "The reporter could not be told",
        "slack.post_card": "The card could not be posted",
        "slack.pin_card": "The card could not be pinned",
        "slack.bookmark_card": "The card could not be bookmarked",
        "slack.bookmark_page": "The link to the incident's page could not be bookmarked",
        "slack.bookmark_link": "A link could not be bookmarked",
    }.get(delivery.job, f"{shown} could not be brought up to date")
    if "redraw" in delivery.job and timeline.problem_since(tx, incident, what, _EVER):
        return  # each change would be refused, and told of, again
    cure = f"Check #{place} and post a link to this channel there by hand." if place else ""
    problem(tx, incident, what, reason, cure)


_post = partial(Job, on_dead=_failed)
_redraw = partial(Job, on_dead=_failed, coalesce=True)
_DRAWN = {"card": _card, "announcement": _announcement, "triage": _triage}
_DRAWN_BY = {"card": "slack.post_card", "announcement": "slack.announce", "triage": "slack.announce_triage"}
