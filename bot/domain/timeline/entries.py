"""The timeline: what happened, each with the time at which it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.domain.actors import Actor


class Kind(StrEnum):
    """What an entry tells. The keys of its `data` stand beside each."""

    DECLARED = "declared"  # severity, triage, near_miss, over (before it was declared)
    NEAR_MISS = "near_miss"  # reason
    REAL = "real"  # reason
    TOOK_PART = "took_part"  # person: who takes part in practice too
    ACCEPTED = "accepted"
    DECLINED = "declined"  # reason
    STATUS = "status"  # before, after, reason, back (of a reopening: the problem is), into and channel
    DUPLICATE = "duplicate"  # duplicate, name, moved_actions, moved_links: it was merged into this one
    DUPLICATE_REOPENED = "duplicate_reopened"  # duplicate: it is worked on by itself again
    SEVERITY = "severity"  # before, after, reason (of a correction)
    VERIFIED = "verified"
    IM_ASKED = "im_asked"  # team
    WAITS = "waits"  # until, paused
    GOES_ON = "goes_on"
    RENAMED = "renamed"  # before, after
    PRIVATE = "private"  # channel: the one that everybody could read
    LINK = "link"  # name, url
    LINK_REMOVED = "link_removed"  # name, url
    ISSUE_TOUCHED = "issue_touched"  # number, did, name (there), labels: what somebody did to it there
    SUBSCRIBED = "subscribed"  # target, target_kind, duplicate
    UNSUBSCRIBED = "unsubscribed"  # target, target_kind
    MAINTENANCE = "maintenance"  # maintenance, name, related, owner: whether the incident has to do with it
    EXECUTIVE_NOTICE = "executive_notice"  # notice
    EXECUTIVE_UPDATE = "executive_update"  # notice
    EXECUTIVE_CORRECTED = "executive_corrected"  # notice
    CHECKLIST = "checklist"  # checklist, item
    ACCESS = "access"  # request, person, granted: they asked to be let in
    FIELD = "field"  # name, type (of its value), before, after
    ALERT = "alert"  # alert, title, others: it is of this incident now, and so many with it
    ALERT_ENDED = "alert_ended"  # alert, title, others, left (how many fire still), flaps, asks
    ALERT_DETACHED = "alert_detached"  # alert, title
    ALERT_SHELVED = "alert_shelved"  # alert, title, until
    FALSE_ALARM = "false_alarm"  # changes (the alert should be changed), reason
    TIME = "time"  # name, before, after (empty: set by itself)
    PUBLIC_STATUS = "public_status"  # before, after
    NOTICE_DRAFTED = "notice_drafted"
    IMPACT_CONFIRMED = "impact_confirmed"  # role
    NOTICE_PUBLISHED = "notice_published"  # first
    NOT_PUBLISHED = "not_published"
    LEAD = "lead"  # before, after, taken (by hand without being handed over)
    ROLE = "role"  # role, person, holder (who had it before)
    ROLE_ASKED = "role_asked"  # role, person: whether they take it
    ROLE_DECLINED = "role_declined"  # role, person, asker
    TAKEN_OVER = "taken_over"  # role, outgoing, lead (it came with the role)
    PAGED = "paged"  # page, team, role, people, needs_all, reason, asked_by, message
    SKIPPED = "skipped"  # page, team, why (empty: nobody on call there)
    ACKNOWLEDGED = "acknowledged"  # page, role, person, instead_of, seconds, also (page, role), missing
    ESCALATED = (
        "escalated"  # page, from_page, path, wanted, team, role, people, needs_all, silent, reached, and:
    )
    # round, late (seconds), because, missed, quiet (somebody is at work on it)
    ON_MY_WAY = "on_my_way"  # page, role, person, until
    PAGE_STOPPED = "page_stopped"  # page, person: who was paged by name
    CANNOT_TAKE = "cannot_take"  # page, role, person, reason, alone: nobody comes after them
    OFFERED = "offered"  # page, role, person
    OFFER_DECLINED = "offer_declined"  # page, role, person: who offered it
    HELD = "held"  # page, wanted, person, silent: the path came to somebody who is engaged, and rests there
    NOBODY = "nobody"  # page, team, round, quiet, practice: nobody on call at any level
    UNREACHED = "unreached"  # page, person, path, why, quiet: no contact method took the page
    LEFT = (
        "left"  # person, removed, roles, actions, lead: who leads now, None if nobody can, "" if they did not
    )
    UNDELIVERED = "undelivered"  # page, person, why
    NOTIFIED = "notified"  # page, person, contact_method: one took the page
    PAGER_TOOK = "pager_took"  # page, team, service: the pager that the team keeps
    PAGER_FAILED = "pager_failed"  # page, team, service, why: Muster pages itself
    PAGER_ANSWERED = "pager_answered"  # page, team, service, did, name (as they are called there), person
    UNANSWERED = "unanswered"  # page, person, contact_method, outcome: what it took reached nobody
    STILL_INVESTIGATING = "still_investigating"  # minutes
    SILENCE_ASKED = "silence_asked"  # person, roles, minutes: they were asked whether they are still on it
    SILENT = "silent"  # person, roles, minutes: they showed no activity, and their roles are paged again
    UPDATE = "update"  # update
    SUMMARY = "summary"  # changed: names of the parts
    ACTION = "action"  # action
    ACTION_TAKEN = "action_taken"  # action, person
    ACTION_RETURNED = "action_returned"  # action
    ACTION_DONE = "action_done"  # action, there: where and by whom, if in a tracker
    ACTION_KEPT = "action_kept"  # action: it is a follow-up since
    FOLLOW_UP_CHANGED = "follow_up_changed"  # action, what, before, after
    FOLLOW_UP_CANCELLED = "follow_up_cancelled"  # action, there
    FOLLOW_UP_REOPENED = "follow_up_reopened"  # action, there
    FOLLOW_UP_ISSUE = "follow_up_issue"  # action, tracker, url
    REVIEW_REQUESTED = "review_requested"
    REVIEW_BEGUN = "review_begun"  # owner, again
    REVIEW_GIVEN = "review_given"  # person, holder (who had it before)
    REVIEW_TASK_DONE = "review_task_done"  # task
    REVIEW_TASK_UNDONE = "review_task_undone"  # task
    REVIEW_TASK_CHANGED = "review_task_changed"  # task, what, before, after
    REVIEW_ENDED = "review_ended"  # outcome, left (how many tasks are open)
    UPDATE_OVERDUE = "update_overdue"  # due
    STEPPED_BACK = "stepped_back"  # roles, actions: what they gave up
    NUDGED = "nudged"  # nudge, person: who was asked, empty for the channel
    PUT_OFF = "put_off"  # nudge, did (snoozed, stopped, started, waits), until
    CHANNEL_ENDS = "channel_ends"  # status
    STREAM_OPENED = "stream_opened"  # stream, name, lead, again
    STREAM_UPDATE = "stream_update"  # stream, name, update
    STREAM_LEAD = "stream_lead"  # stream, name, before, after
    STREAM_CLOSED = "stream_closed"  # stream, name, ended (what ended it, if nobody did)
    STREAM_RENAMED = "stream_renamed"  # stream, before, after
    STREAM_MOVED = "stream_moved"  # stream, name, duplicate: it came from there
    CHANNEL_RENAMED = "channel_renamed"  # before, after
    PROBLEM = "problem"  # what, why, cure
    PIN = "pin"  # ts, permalink, files, edited, deleted, secret (what it looks like), marked_by, stream
    MASKED = "masked"  # place, what, held, people: who is asked
    MASK_DECIDED = "mask_decided"  # place, what, held, decision
    NOTE = "note"
    NOTE_CHANGED = "note_changed"  # note, how, was (its time before)
    PICTURE_DELETED = "picture_deleted"  # picture, name
    REVIEW_SAVED = "review_saved"  # version
    REVIEW_COMMENTED = "review_commented"  # comment
    REVIEW_APPROVED = "review_approved"  # version
    REVIEW_ISSUE = "review_issue"  # version, tracker, url
    REVIEW_CANVAS = "review_canvas"  # version, url
    RESTORED = "restored"  # of


HIGHLIGHTS = frozenset(
    {
        *(Kind.PIN, Kind.NOTE, Kind.UPDATE, Kind.STATUS, Kind.SEVERITY, Kind.VERIFIED, Kind.DECLARED),
        *(Kind.DUPLICATE, Kind.PUBLIC_STATUS, Kind.NOTICE_PUBLISHED),
        *(Kind.NEAR_MISS, Kind.REAL, Kind.STREAM_UPDATE),
    }
)
"""What the short timeline shows; all activity shows everything."""

TOLD = frozenset(Kind) - {
    Kind.DECLARED,
    Kind.FIELD,
    Kind.TIME,
    Kind.ALERT_DETACHED,
    Kind.ALERT_SHELVED,
    Kind.FALSE_ALARM,
    Kind.SUBSCRIBED,
    Kind.CHECKLIST,
    Kind.EXECUTIVE_NOTICE,
    Kind.EXECUTIVE_UPDATE,
    Kind.EXECUTIVE_CORRECTED,
    Kind.UNSUBSCRIBED,
    Kind.LINK,
    Kind.LINK_REMOVED,
    Kind.MAINTENANCE,
    Kind.UPDATE,
    Kind.ACTION,
    Kind.ACTION_TAKEN,
    Kind.ACTION_DONE,
    Kind.ACTION_KEPT,
    Kind.FOLLOW_UP_CHANGED,
    Kind.FOLLOW_UP_CANCELLED,
    Kind.FOLLOW_UP_REOPENED,
    Kind.FOLLOW_UP_ISSUE,
    Kind.REVIEW_BEGUN,
    Kind.REVIEW_GIVEN,
    Kind.REVIEW_ENDED,
    Kind.REVIEW_TASK_DONE,
    Kind.REVIEW_TASK_UNDONE,
    Kind.REVIEW_TASK_CHANGED,
    Kind.UPDATE_OVERDUE,
    Kind.NUDGED,
    Kind.PUT_OFF,
    Kind.ROLE_ASKED,
    Kind.SILENCE_ASKED,
    Kind.SILENT,
    Kind.ON_MY_WAY,
    Kind.OFFERED,
    Kind.OFFER_DECLINED,
    Kind.NOTIFIED,
    Kind.PAGER_TOOK,
    Kind.PAGER_ANSWERED,
    Kind.UNANSWERED,
    Kind.PIN,
    Kind.NOTE,
    Kind.NOTE_CHANGED,
    Kind.PICTURE_DELETED,
    Kind.REVIEW_SAVED,
    Kind.REVIEW_COMMENTED,
    Kind.MASKED,
    Kind.MASK_DECIDED,
    Kind.NOTICE_DRAFTED,
    Kind.IMPACT_CONFIRMED,
    Kind.CHANNEL_ENDS,
    Kind.STREAM_OPENED,
    Kind.STREAM_UPDATE,
    Kind.STREAM_LEAD,
    Kind.STREAM_CLOSED,
    Kind.STREAM_RENAMED,
    Kind.STREAM_MOVED,
}
"""Kinds that the incident channel is told in one line as they happen; the others have their own message."""


ALARMS = frozenset({Kind.NOBODY, Kind.UNREACHED})
"""Kinds for which people must call by hand: `call` (person, name, phone) joins their data when told."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened at `at`. `by` is None where nobody knows who wrote what is pinned."""

    id: int
    incident: int
    kind: Kind
    at: datetime
    by: Actor | None
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def posted_at(ts: str) -> datetime:
    """Return when a Slack message was posted, or an event happened: its `ts` is seconds since 1970."""
    return datetime.fromtimestamp(float(ts), UTC)
