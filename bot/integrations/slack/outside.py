"""What we say of an incident outside its own channels, and how it is taken back.

Whoever is not in a private incident reads nothing of it: neither what they were told while it was public, nor
what they were told before they were removed. Each message that is not brought up to date by a job of its own
is kept where it is (`storage/said_outside.py`), and edited once its reader may not know of the incident.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from typing import Any

from bot.domain.facts import PersonRemoved, SaidOutside, TurnedPrivate
from bot.integrations.slack.client import Sent, SlackClient, listening
from bot.jobs import DeliveryFailed, Effect, Job, Run, Subjects
from bot.operations.workspace.channel import problem
from bot.operations.workspace.outside import said, taken_back
from bot.unit_of_work import UnitOfWork
from bot.views import notices
from bot.views.blocks import Message
from bot.views.incidents import privacy
from storage import duties, incidents, members, pages, said_outside, streams
from storage.outbox import Delivery
from storage.said_outside import Said
from storage.transaction import Tx


class Says(Enum):
    """What becomes of a job's messages when an incident turns private."""

    TAKEN_BACK = auto()
    """Edited, for all who are not in it: what no other row says."""
    REDRAWN = auto()
    """Brought up to date by a job that hears of it: then they name a private incident, and no more."""
    CLEARED = auto()
    """Deleted with all else in the thread, or in the channel, by `taking_back.py`."""
    INSIDE = auto()
    """Read by the incident's own people alone."""
    NOTHING = auto()
    """Of no incident, or without a message."""


SAYS: Mapping[str, Says] = {
    f"slack.{job}": says
    for says, jobs in {
        Says.REDRAWN: (
            *("send_page", "remind", "make_sure", "greet", "offer_page", "tell_handover"),
            *("announce", "announce_triage", "post_notice"),
        ),
        Says.CLEARED: ("thread_update", "thread_over", "thread_notice"),
        Says.INSIDE: (
            *("tell", "post_update", "nudge_channel", "post_action", "post_card", "post_checklist"),
            "post_review",
            *("last_word", "catch_up", "post_stream", "update_stream", "close_channel"),
        ),
        Says.NOTHING: (
            *(
                "archive",
                "archive_stream",
                "bookmark_card",
                "bookmark_link",
                "bookmark_page",
                "clear_place",
                "close_stream",
            ),
            *("first_topic", "follow_schedule", "invite", "invite_to_stream", "link_answer", "link_pinned"),
            *(
                "look_for_answer",
                "keep_picture",
                "mark_pinned",
                "open_channel",
                "open_stream",
                "pin_card",
                "read_pinned",
            ),
            *("put_out_of_stream", "rejoin", "rename_channel", "rename_stream", "set_topic"),
            *("unmark_pinned", "withdraw"),
            *("redraw_access", "redraw_action", "redraw_announcement", "redraw_ask_if_over", "redraw_card"),
            *("redraw_assignee", "redraw_checklist", "redraw_cover", "redraw_digest", "redraw_greeting"),
            *("redraw_handover", "redraw_maintenance", "redraw_notice", "redraw_notification_test"),
            *("redraw_offer", "redraw_page", "redraw_stream", "redraw_triage", "redraw_warning"),
            *(
                "settle_messages",
                "settle_second_im",
                "unannounce",
                "withdraw_notice",
                "take_back",
                "write_canvas",
            ),
            *("announce_maintenance", "thread_maintenance", "warn_of_maintenance", "ask_if_over"),
            *("tell_owner", "tell_owner_of_change", "tell_maintenance_unheard"),
            *("announce_override", "announce_rotation", "ask_for_cover", "tell_away", "tell_declined"),
            *("tell_lacking", "tell_odd", "tell_override", "tell_unheard", "warn_away", "remind_of_shift"),
            *("sum_up_follow_ups", "sum_up_month"),
            *("redraw_review", "redraw_review_nudge", "redraw_commented", "redraw_offer_close"),
            *("send_notification_test", "alarm_asker", "tell_stray", "tell_webhook_disabled"),
        ),
        Says.TAKEN_BACK: (
            *(
                "ask_access",
                "ask_alerts_over",
                "ask_decision",
                "ask_eoc",
                "ask_for_fields",
                "ask_for_im",
                "ask_for_notice",
            ),
            *("ask_for_role", "ask_second_im", "ask_silent", "ask_to_confirm", "ask_to_leave_call"),
            *("ask_to_take_over", "tell_not_taken_over", "ask_verify", "give_back", "give_back_page"),
            *("nudge", "nudge_lead", "offer_help", "send_update", "tell_asker", "tell_assignee"),
            *(
                "tell_given",
                "tell_holder",
                "tell_mitigated",
                "tell_not_taken",
                "tell_over",
                "tell_problem",
                "tell_published",
            ),
            *("tell_responder", "tell_shadow", "tell_subscriber", "tell_waiting", "thread_call_needed"),
            *("tell_stream_lead", "warn_of_secret", "remind_of_follow_up"),
            *("nudge_review", "tell_reviewer", "offer_close", "tell_commented"),
        ),
    }.items()
    for job in jobs
}


@dataclass(frozen=True, slots=True)
class Before:
    """An incident as a job began: what it said of one that was public then may name it."""

    incident: int
    private: bool
    inside: frozenset[str]


class Outside:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self, those: Iterable[Job]) -> list[Job]:
        """Return the jobs, which keep where they spoke of an incident, and the one that takes it back."""
        heard = {TurnedPrivate, PersonRemoved, SaidOutside}
        own = Job("slack.take_back", heard, self.take_back, "outside:{channel}:{ts}", _failed, about=_said)
        return [*map(self._keeping, those), own]

    def _keeping(self, job: Job) -> Job:
        keeps = SAYS.get(job.name, Says.TAKEN_BACK) is Says.TAKEN_BACK
        return replace(job, run=partial(self._kept, job.run)) if keeps else job

    async def _kept(self, run: Run, delivery: Delivery) -> Effect | None:
        before = await self._uow.read(_before, delivery)
        with listening() as sent:
            try:
                effect = await run(delivery)
            except DeliveryFailed:  # something was said, and what else was to be done failed
                if sent:
                    await self._uow.perform(_keep, None, before, sent)
                raise
        return partial(_keep, effect=effect, before=before, sent=sent) if before and sent else effect

    async def take_back(self, delivery: Delivery) -> Effect | None:
        """Have a message say no more than its reader may know, unless they may know of it again."""
        where = delivery.subject["channel"], delivery.subject["ts"]
        message = await self._uow.read(_instead, delivery)
        if not message:
            return None
        await self._slack.redraw(delivery, *where, message)
        return partial(taken_back, channel=where[0], ts=where[1])


def _before(tx: Tx, delivery: Delivery) -> list[Before]:
    """Return the incidents that a job speaks of, as they are before it does."""
    found = []
    for number in _incidents_of(tx, delivery.subject):
        incident = incidents.get(tx, number)
        own = {incident.channel, *(one.channel for one in streams.of(tx, number))}
        found.append(Before(number, incident.private, frozenset(one for one in own if one)))
    return found


def _incidents_of(tx: Tx, subject: Mapping[str, Any]) -> list[int]:
    if number := subject.get("incident"):
        return [number]
    if page := subject.get("page"):
        number = pages.get(tx, page).incident
        return [number] if number else []
    duty = subject.get("duty")  # a change of shift may be about several
    return sorted({one.incident for one in duties.briefs(tx, duty)}) if duty else []


def _keep(tx: Tx, effect: Effect | None, before: Sequence[Before], sent: Sequence[Sent]) -> None:
    if effect:
        effect(tx)
    for one in before:
        there = [each for each in sent if each.posted.channel not in one.inside]
        for each in there:
            where = Said(one.incident, each.posted.channel, each.posted.ts, each.person)
            said(tx, where, private=one.private)


def _said(tx: Tx, fact: TurnedPrivate | PersonRemoved | SaidOutside) -> Subjects:
    """Return the messages whose readers may not know of the incident any more."""
    if isinstance(fact, SaidOutside):
        return ({"incident": fact.incident, "channel": fact.channel, "ts": fact.ts, "person": fact.person},)
    if isinstance(fact, PersonRemoved):
        found = said_outside.to(tx, fact.incident, fact.person)
    else:
        there = set(members.of(tx, fact.incident))
        found = [one for one in said_outside.of(tx, fact.incident) if one.person not in there]
    return [
        {"incident": one.incident, "channel": one.channel, "ts": one.ts, "person": one.person}
        for one in found
    ]


def _instead(tx: Tx, delivery: Delivery) -> Message | None:
    number, person = delivery.subject["incident"], delivery.subject["person"]
    incident = incidents.get(tx, number)
    if person in members.of(tx, number):  # they were let in since then
        return None
    removed = person in members.gone(tx, number)
    return notices.removed(incident) if removed else privacy.taken_back(incident)


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = "What somebody was told of it who is not in it could not be taken back"
    problem(tx, delivery.subject["incident"], what, reason, "Ask an admin to delete it by hand.")
