"""The question to somebody silent, as it is now, and the look whether they answered it unheard."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bot.domain.facts import AnswerOverdue
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.silence import SPOKEN
from bot.domain.timeline.entries import Kind
from bot.integrations.slack.client import SlackClient
from bot.jobs import Effect, Job, OnDead
from bot.operations.incidents.silence import duties_of, unanswered, waited_for
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.incidents import silence
from storage import activity, pages, timeline
from storage.outbox import Delivery
from storage.transaction import Tx

SILENCE = "silence"


def drawn(tx: Tx, incident: Incident, person: str) -> tuple[Message, bool, bool]:
    """Return what the question to a person says now, whether it is still asked, and whether it is over:
    in between their role is paged, and the message shows whom that calls.
    """
    seen, theirs = activity.of(tx, incident.id).get(person), duties_of(tx, incident).get(person, ())
    if theirs and seen and seen.asked_at:
        minutes = int((seen.asked_at - seen.at).total_seconds() // 60)
        return silence.asked(incident, [one.role for one in theirs], minutes), True, False
    roles = _asked_about(tx, incident, person)
    paged = [page for page in pages.pending_of(tx, incident.id) if page.escalation.role in roles]
    return silence.over(incident, roles, paged, person, minded=bool(theirs)), False, not paged


def _asked_about(tx: Tx, incident: Incident, person: str) -> Sequence[str]:
    """Return the roles about which somebody was asked last."""
    asked = timeline.of_kinds(tx, incident.id, Kind.SILENCE_ASKED)
    return next((one.data["roles"] for one in reversed(asked) if one.data["person"] == person), ())


def looking(uow: UnitOfWork, slack: SlackClient, on_dead: OnDead) -> Job:
    """Return what looks in an incident's channel before somebody who has not answered is paged again.

    Slack sends nothing again that was written while the bot was away, or its connection.
    """

    async def look(delivery: Delivery) -> Effect:
        incident, person = delivery.subject["incident"], delivery.subject["person"]
        spoke, where = False, await uow.read(waited_for, incident, person)
        if where:
            gone, method = ("not_in_channel", "channel_not_found"), "conversations.history"
            answer = await slack.tolerate(*gone, method=method, channel=where[0], limit=200)
            spoke = any(_spoke(one, person, where[1]) for one in answer.get("messages", ()))
        return partial(unanswered, incident_id=incident, person=person, spoke=spoke)

    def page(tx: Tx, delivery: Delivery, reason: str) -> None:
        on_dead(tx, delivery, reason)
        unanswered(tx, delivery.subject["incident"], delivery.subject["person"])

    lane = "silent:{incident}:{person}"
    return Job("slack.look_for_answer", {AnswerOverdue}, look, lane, page, coalesce=True)


def _spoke(message: Mapping[str, Any], person: str, since: datetime) -> bool:
    """Say whether somebody wrote a message since then, or in its thread, as far as can be told from it."""
    theirs = message.get("user") == person and not message.get("bot_id") and message.get("subtype") in SPOKEN
    replied = message["latest_reply"] if person in message.get("reply_users", ()) else 0
    return max(float(message["ts"]) if theirs else 0, float(replied)) >= since.timestamp()
