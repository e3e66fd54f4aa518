"""A private incident: whatever somebody may ask for, tried by an outsider and by a removed member."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest

import bot.operations
from bot.domain.alerts.signals import Signal, State
from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.executive_notices import ExecutiveNotice
from bot.domain.incidents.incident import Incident, ReviewState, Severity, Status, Summary
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.security import Concern
from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.times import Moment
from bot.domain.reviews.copies import Kept
from bot.domain.timeline.pictures import Offered
from bot.domain.work.held import HeldText, Place
from bot.domain.work.reviews import Review, Task
from bot.domain.work.work import ActionKind
from bot.operations.incidents.lifecycle import Written
from bot.operations.reviews.documents import NewVersion, approve_document
from bot.operations.work.actions import add_action
from bot.operations.work.follow_ups import Changes, NewFollowUp, add_follow_up
from bot.operations.work.reviews import TaskChanges
from bot.operations.workspace.membership import joined, left
from storage import access_requests, alerts, duties, held_texts, pictures, review_documents, reviews, timeline
from storage.alerts import Taken
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident

Operation = Callable[..., Any]
FOLLOW_UP = 2
PAGE = ACTION = TASK = COMMENT = BRIEF = REQUEST = HELD = ALERT = STREAM = 1

ASKED: Mapping[str, Callable[[Incident], tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "access.answer_access": lambda secret: ((REQUEST,), {"granted": True}),
    "acknowledge.acknowledge": lambda secret: ((PAGE,), {}),
    "acknowledge.acknowledge_incident": lambda secret: ((secret.id,), {}),
    "actions.add_action": lambda secret: (
        (secret.id,),
        {"title": "T", "details": "", "kind": ActionKind.ACTION, "assignee": None, "due": None},
    ),
    "follow_ups.add_follow_up": lambda secret: ((secret.id, NewFollowUp("T")), {}),
    "follow_ups.add_linked": lambda secret: ((secret.id, NewFollowUp("T")), {}),
    "follow_ups.keep_action": lambda secret: ((ACTION,), {}),
    "follow_ups.keep_all": lambda secret: ((secret.id,), {}),
    "follow_ups.change_follow_up": lambda secret: ((FOLLOW_UP, Changes(title="T")), {}),
    "follow_ups.finish_follow_up": lambda secret: ((FOLLOW_UP,), {}),
    "follow_ups.cancel_follow_up": lambda secret: ((FOLLOW_UP,), {}),
    "follow_ups.reopen_follow_up": lambda secret: ((FOLLOW_UP,), {}),
    "follow_ups.visible_follow_up": lambda secret: ((FOLLOW_UP,), {}),
    "review_reminders.snooze_review": lambda secret: ((secret.id,), {}),
    "reviews.change_task": lambda secret: ((TASK, TaskChanges(owner="UIM")), {}),
    "reviews.finish_review": lambda secret: ((secret.id,), {}),
    "reviews.give_review": lambda secret: ((secret.id, "UIM"), {}),
    "reviews.may_work_on_review": lambda secret: ((secret.id,), {}),
    "reviews.request_review": lambda secret: ((secret.id,), {}),
    "reviews.tick_task": lambda secret: ((TASK,), {}),
    "reviews.untick_task": lambda secret: ((TASK,), {}),
    "reviews.visible_task": lambda secret: ((TASK,), {}),
    "reviews.waive_review": lambda secret: ((secret.id, "It is known"), {}),
    "actions.take_action": lambda secret: ((ACTION,), {}),
    "actions.return_action": lambda secret: ((ACTION,), {}),
    "actions.finish_action": lambda secret: ((ACTION,), {}),
    "another_im.ask_for_im": lambda secret: ((secret.id,), {}),
    "another_im.help_out": lambda secret: ((secret.id,), {}),
    "judging.known_alert": lambda secret: ((ALERT,), {}),
    "judging.attach": lambda secret: ((ALERT, secret.id), {}),
    "judging.detach": lambda secret: ((ALERT,), {}),
    "judging.shelve": lambda secret: ((ALERT,), {}),
    "judging.unshelve": lambda secret: ((ALERT,), {}),
    "judging.false_alarm": lambda secret: ((secret.id, "Odd"), {"changes": True}),
    "answers.on_my_way": lambda secret: ((PAGE, timedelta(minutes=5)), {}),
    "answers.cannot_take": lambda secret: ((PAGE, "Ill"), {}),
    "answers.own_page": lambda secret: ((PAGE,), {}),
    "by_name.stop": lambda secret: ((PAGE,), {}),
    "by_name.request_person": lambda secret: (("UEOC2", ""), {"incident_id": secret.id}),
    "declare.join": lambda secret: ((secret.id,), {}),
    "escalate.escalate_now": lambda secret: ((PAGE,), {}),
    "fields.set_fields": lambda secret: ((secret.id, {"Customer impact": "yes"}), {}),
    "times.set_times": lambda secret: ((secret.id, {Moment.IMPACT_START: secret.declared_at}), {}),
    "documents.shelf": lambda secret: ((secret.id,), {}),
    "documents.kept_version": lambda secret: ((secret.id, 1), {}),
    "documents.unapproved_version": lambda secret: ((secret.id,), {}),
    "documents.may_edit": lambda secret: ((secret.id,), {}),
    "documents.may_take": lambda secret: ((secret.id,), {}),
    "documents.save_document": lambda secret: ((secret.id, NewVersion("# X", 0, "short", "")), {}),
    "comments.comment_on": lambda secret: ((secret.id, 0, "Seen"), {}),
    "comments.own_comment": lambda secret: ((COMMENT,), {}),
    "comments.change_comment": lambda secret: ((COMMENT, "Seen twice"), {}),
    "comments.delete_comment": lambda secret: ((COMMENT,), {}),
    "documents.saved_first": lambda secret: (
        (secret.id, NewVersion("# X", 0, "short", ""), approve_document),
        {},
    ),
    "copies.ask_for_copy": lambda secret: ((secret.id, 1, Kept.WIKI), {}),
    "copies.fetch_copy": lambda secret: ((secret.id, Kept.FILE), {}),
    "issues.ask_for_issue": lambda secret: ((secret.id, 1), {}),
    "canvases.ask_for_canvas": lambda secret: ((secret.id, 1), {}),
    "documents.approve_document": lambda secret: ((secret.id, 1), {}),
    "facts.facts_of": lambda secret: ((secret.id,), {}),
    "fields.add_link": lambda secret: ((secret.id, "Call", "https://call.test"), {}),
    "fields.change_links": lambda secret: ((secret.id, "Call", "https://call.test", []), {}),
    "fields.remove_link": lambda secret: ((secret.id, "https://call.test"), {}),
    "held.hold": lambda secret: ((secret.id, Place.NOTE, "Seen"), {}),
    "held.held_text": lambda secret: ((HELD,), {}),
    "held.keep_hidden": lambda secret: ((HELD,), {}),
    "held.show": lambda secret: ((HELD,), {}),
    "handover.take_over": lambda secret: ((BRIEF,), {}),
    "lifecycle.change_status": lambda secret: ((secret.id, Status.FIXING), {}),
    "lifecycle.may_end": lambda secret: ((secret.id, Status.RESOLVED), {}),
    "lifecycle.reopen": lambda secret: ((secret.id, "Again"), {}),
    "lifecycle.resolve": lambda secret: ((secret.id, "fix"), {}),
    "lifecycle.write_down": lambda secret: ((secret.id, Written("Known")), {}),
    "merging.combine": lambda secret: ((secret.id, []), {}),
    "merging.may_merge": lambda secret: ((secret.id, secret.id), {}),
    "merging.merge": lambda secret: ((secret.id, secret.id), {}),
    "near_miss.may_note_near_miss": lambda secret: ((secret.id,), {}),
    "near_miss.note_near_miss": lambda secret: ((secret.id, "No harm"), {}),
    "near_miss.turn_real": lambda secret: ((secret.id, "Harm"), {}),
    "notes.change_note": lambda secret: (
        (secret.id, 1),
        {"text": "Seen", "at": NOON, "hidden": True},
    ),
    "notes.note": lambda secret: ((secret.id, "Seen"), {}),
    "pictures.delete_picture": lambda secret: ((secret.id, 1), {}),
    "offers.to_offer": lambda secret: ((PAGE,), {}),
    "offers.offer_page": lambda secret: ((PAGE, "UEOC2", ""), {}),
    "role_requests.answer_for_role": lambda secret: ((secret.id,), {"takes": True}),
    "role_requests.ask_for_role": lambda secret: ((secret.id, "EOC", "UIM"), {}),
    "ownership.would_lead": lambda secret: ((secret.id,), {}),
    "ownership.assign_role": lambda secret: ((secret.id, "EOC", "UIM"), {}),
    "ownership.hand_over": lambda secret: ((secret.id, "UIM"), {}),
    "paging.request_page": lambda secret: (("dotcom CMOC", ""), {"incident_id": secret.id}),
    "practice.take_part": lambda secret: ((secret.id, "UEOC2"), {}),
    "privacy.may_make_private": lambda secret: ((secret.id,), {}),
    "privacy.make_private": lambda secret: ((secret.id, "Data"), {}),
    "rename.rename": lambda secret: ((secret.id, "Another"), {}),
    "executive_notices.begin_notice": lambda secret: ((secret.id,), {}),
    "executive_notices.continue_notice": lambda secret: ((secret.id, "Better"), {}),
    "executive_notices.may_correct": lambda secret: ((secret.id,), {}),
    "executive_notices.correct_notice": lambda secret: (
        (secret.id, ExecutiveNotice(0, 0, "H", "S", "I", "R", "", "", NOON)),
        {},
    ),
    "executive_notices.post_notice": lambda secret: (
        (secret.id, ExecutiveNotice(0, 0, "H", "S", "I", "R", "", "", NOON)),
        {},
    ),
    "checklists.begin_checklist": lambda secret: ((secret.id, "users_blocked"), {}),
    "checklists.press_item": lambda secret: ((secret.id, "users_blocked", "note"), {}),
    "checklists.take_call": lambda secret: ((secret.id,), {}),
    "subscriptions.subscribe": lambda secret: ((secret.id,), {"persons": ["UREP"], "channels": []}),
    "subscriptions.unsubscribe": lambda secret: ((secret.id, ["UREP"]), {}),
    "streams.visible_stream": lambda secret: ((STREAM,), {}),
    "streams.streams_of": lambda secret: ((secret.id,), {}),
    "streams.open_stream": lambda secret: ((secret.id, "network"), {}),
    "streams.post_stream_update": lambda secret: ((STREAM, "Found"), {}),
    "streams.lead_stream": lambda secret: ((STREAM, "UIM"), {}),
    "streams.rename_stream": lambda secret: ((STREAM, "network"), {}),
    "streams.close_stream": lambda secret: ((STREAM, "Done"), {}),
    "security.page_for": lambda secret: ((secret.id, Concern.ACCESS, "Root"), {}),
    "undo.undo": lambda secret: ((secret.id,), {}),
    "undo.undoable": lambda secret: ((secret.id,), {}),
    "undo.ended_by": lambda secret: ((secret.id,), {}),
    "held.waiting": lambda secret: ((secret.id,), {}),
    "severity.needless_pages": lambda secret: ((secret.id, Severity.S4), {}),
    "severity.change_severity": lambda secret: ((secret.id, Severity.S1), {}),
    "summary.write_summary": lambda secret: ((secret.id, Summary("Known")), {}),
    "summary.replace_words": lambda secret: ((secret.id, "Known"), {}),
    "summary.add_to_summary": lambda secret: ((secret.id, "More"), {}),
    "silence.on_it": lambda secret: ((secret.id,), {}),
    "silence.page_again": lambda secret: ((secret.id,), {}),
    "triage.accept": lambda secret: ((secret.id,), {}),
    "triage.decline": lambda secret: ((secret.id,), {}),
    "update.post_update": lambda secret: (
        (secret.id, "It is bad"),
        {"status": secret.status, "severity": secret.severity, "next_in": None},
    ),
    "timers.each": lambda secret: ((secret.id, "stop"), {}),
    "timers.snooze": lambda secret: ((secret.id, TimerKind.UPDATE), {}),
    "timers.start": lambda secret: ((secret.id, TimerKind.UPDATE), {}),
    "timers.stop": lambda secret: ((secret.id, TimerKind.UPDATE), {}),
    "stepping_back.held_by": lambda secret: ((secret.id,), {}),
    "stepping_back.step_back": lambda secret: ((secret.id,), {"page": False}),
    "stepping_back.step_back_to": lambda secret: ((secret.id, "UIM"), {}),
    "pause.may_pause": lambda secret: ((secret.id,), {}),
    "pause.pause": lambda secret: ((secret.id, NOON + timedelta(days=1)), {}),
    "weekend.wait_until_monday": lambda secret: ((secret.id,), {}),
    "weekend.work_now": lambda secret: ((secret.id,), {}),
    "public_status.set_public_status": lambda secret: ((secret.id, PublicStatus.DEGRADED), {}),
    "public_notices.draft": lambda secret: ((secret.id, "We look"), {}),
    "public_notices.confirm": lambda secret: ((secret.id,), {}),
    "public_notices.publish": lambda secret: ((secret.id, "We look"), {}),
    "public_notices.leave_unpublished": lambda secret: ((secret.id, "It is internal"), {}),
    "public_posts.send_again": lambda secret: ((secret.id,), {}),
    "less_bad.watch": lambda secret: ((secret.id, None), {"reason": "It holds"}),
    "verify.verify": lambda secret: ((secret.id,), {}),
    "relating.relate": lambda secret: ((secret.id, 1), {}),
    "rights.visible": lambda secret: ((secret.id,), {}),
    "rights.visible_page": lambda secret: ((PAGE,), {}),
    "why.why": lambda secret: ((PAGE,), {}),
    "why.why_newest": lambda secret: ((secret.id,), {}),
    "rights.visible_action": lambda secret: ((ACTION,), {}),
}
"""Every operation that takes the id of something of an incident, and what is asked of it."""

NOT_OF_AN_INCIDENT = {
    "dead_letters.send_again_as": "only for admins, who are told of no incident by it",
    "dead_letters.drop_as": "likewise",
    "heartbeats.forget_heartbeat": "what monitoring is to be heard of; no incident is looked at",
    "access.ask_access": "answers the same, whatever the number: tests/scenarios/test_access.py",
    "away.away": "schedules are everybody's",
    "board.board": "shows what somebody may see alone: tests/scenarios/browser/test_leaks.py",
    "board.board_seen": "likewise",
    "by_name.refuse_uncallable": "it looks at the person alone",
    "paging.refuse_a_flood": "it looks at the person alone",
    "calendars.number_of": "the addresses belong to whoever asks",
    "calendars.renew": "likewise",
    "load.load": "counts pages, and names no incident",
    "reading.begun": "reads nothing yet; what is read is held by tests/operations/test_insights.py",
    "handover.put_off": "whoever came on call asks it for themselves",
    "handover.own_duties": "schedules are everybody's",
    "handover.leave_note": "likewise",
    "overrides.override": "schedules are everybody's",
    "overrides.cancel_override": "likewise",
    "overrides.ask_for_cover": "likewise",
    "overrides.accept_cover": "likewise",
    "overrides.withdraw_cover": "likewise",
    "planning.plan_by_line": "maintenance is everybody's who works here",
    "planning.plan_maintenance": "maintenance is everybody's who works here",
    "planning.change_maintenance": "likewise",
    "planning.start_maintenance": "likewise",
    "planning.extend_maintenance": "likewise",
    "planning.end_maintenance": "likewise",
    "planning.cancel_maintenance": "likewise",
    "planning.publish_maintenance": "likewise",
    "planning.publishable_maintenance": "likewise",
    "planning.known_maintenances": "likewise",
    "planning.known_maintenance": "likewise",
    "relating.relate_declared": "of a new incident nobody else knows",
    "declare.declare": "of a new incident nobody else knows",
    "declare.declare_by_form": "likewise",
    "declare.declare_by_line": "likewise",
    "notification_tests.begin_notification_test": "a test belongs to whoever begins it",
    "notification_tests.confirm_notification_test": "compares the person of the test",
    "notification_rules.change_rule": "a rule belongs to whoever makes it",
    "notification_rules.use_default_rule": "likewise",
    "own_contact_methods.add_contact_method": "an address belongs to whoever adds it",
    "own_contact_methods.remove_contact_method": "likewise, and is looked up as theirs",
    "own_contact_methods.send_code_again": "likewise",
    "own_contact_methods.verify_contact_method": "likewise",
    "calling.pressed": "notes where somebody's own message of a page is, and shows nothing",
    "offers.accept": "an offer is looked up as theirs; test_offers.py has strangers and who was removed",
    "offers.decline": "likewise",
    "rights.allow": "asks for the person alone",
    "rights.on_call": "asks for the person alone",
    "rights.on_paths": "likewise",
}
TOLD_BY_SLACK = {
    "pins.pin": "Slack tells of marks to the bot in the channel; a removed person's does not count",
    "pins.unpin": "likewise",
}
GIVEN_THE_INCIDENT = {
    "facts.looks_of": "its caller has read the facts of the incident",
    "channel.not_posted": "a delivery gives a person's own text back",
    "pins.filled": "a delivery notes what Slack says of a message and who wrote it",
    "masking.ask_about": "its caller has made the incident",
    "masking.hold_masked": "its caller has read or made the incident",
    "changes.note_public_status": "its caller has read the incident",
    "public_status.engage_im": "its caller has read the incident",
    "lifecycle.moved": "its caller has read the incident",
    "severity.regraded": "its caller has read the incident",
    "changed.keep": "its caller has read and changed the incident",
    "subscriptions.move": "its caller has read both incidents",
    "streams.move_streams": "its caller has read both incidents",
    "escalate.next_after": "its caller has read the page",
    "escalate.pass_on": "likewise",
    "acknowledge.what_became_of": "its caller has read the page",
    "engaged.told_of": "its caller has read the incident",
    "paging.page_team": "its caller has read the incident",
    "paging.page_for_alerts": "likewise",
    "paging.page_for": "its caller has read the incident",
    "paging.raise_page": "its caller has read the incident",
}


@cache
def operations() -> dict[str, Operation]:
    """Return every public operation in which somebody acts, by module and name."""
    found: dict[str, Operation] = {}
    for module in pkgutil.walk_packages(bot.operations.__path__, "bot.operations."):
        loaded = importlib.import_module(module.name)
        for name, one in inspect.getmembers(loaded, inspect.isfunction):
            asked = inspect.signature(one).parameters
            by = asked["by"].annotation if "by" in asked else None
            if one.__module__ == loaded.__name__ and not name.startswith("_") and by not in {None, timedelta}:
                found[f"{module.name.rpartition('.')[2]}.{name}"] = one
    return found


def test_every_operation_that_somebody_asks_for_is_tried_here() -> None:
    known = [*ASKED, *NOT_OF_AN_INCIDENT, *TOLD_BY_SLACK, *GIVEN_THE_INCIDENT]

    assert sorted(known) == sorted(operations())


@pytest.fixture(params=[False, True], ids=["active", "in triage"])
def secret(office: Office, request: pytest.FixtureRequest) -> Incident:
    """A private incident with a page, an action, and somebody who was in it and is no more."""
    incident = given_incident(office, private=True, triage=request.param)
    what: dict[str, Any] = {"title": "Look", "details": "", "kind": ActionKind.ACTION}
    office.perform(add_action, incident.id, **what, assignee=None, due=None, by="UREP")
    office.perform(add_follow_up, incident.id, NewFollowUp("Add a node"), by="UREP")
    office.perform(operations()["streams.open_stream"], incident.id, "database", by="UREP")
    if request.param:
        office.perform(operations()["paging.request_page"], "dotcom EOC", "", by="UREP", incident_id=1)
    office.perform(_handed_over)
    for who in ("USOMEBODY", "UEOC"):
        office.perform(joined, "CINC", who, at=NOON)
        office.perform(left, "CINC", who, at=NOON)
    return incident


def _handed_over(tx: Tx) -> None:
    """Have two come on call, who are asked to take the incident over."""
    duties.add(tx, "EOC", ("UIM",))
    duty = duties.add(tx, "EOC", ("UREP", "UEOC"))
    access_requests.add(tx, 1, "UANOTHER", "To help")
    duties.add_brief(tx, duty.id, 1, "EOC", "UIM")
    disk = Signal("disk", "The disk is full", State.FIRING, Severity.S1)
    alerts.fire(tx, [Taken("prometheus", disk, "{}")])
    alerts.place(tx, ALERT, 1, "opened INC-1")
    held_texts.add(tx, HeldText(0, 1, Place.NOTE, "UREP", "UEOC", "Token", "It", "•", None, None, tx.now))
    task = Task(0, 1, "Fill the summary", None, tx.now.date())
    reviews.add(tx, Review(1, ReviewState.OPEN, "UREP", tx.now, tasks=(task,)))
    review_documents.comment(tx, 1, 0, "It was stolen", "UREP")
    timeline.pin(tx, 1, "4.0", NOON, "UREP")
    pictures.want(tx, 1, "4.0", Offered("F1", "graph.png", "https://files.slack.com/1", 10))


OUTSIDE = {"USTRANGER": "outsider", "USOMEBODY": "removed", "UEOC": "removed EOC"}
UNKNOWN = {
    f"I know no {what}."
    for what in (
        *(
            "incident `INC-1`",
            "page `1`",
            "action `1`",
            "action `2`",
            "task `1`",
            "comment `1`",
            "request `1`",
            "text `1`",
            "alert `A-1`",
        ),
        "stream `1`",
    )
}


def test_outsiders_and_removed_people_can_do_nothing_and_learn_nothing(
    office: Office, secret: Incident
) -> None:
    """One incident serves all of them, as none changes anything."""
    before = everything(office)
    wrong = []
    for name, who in product(sorted(ASKED), OUTSIDE):
        args, more = ASKED[name](secret)
        try:
            office.perform(operations()[name], *args, by=who, **more)
        except Exception as refused:
            if not isinstance(refused, NotFound) or str(refused) not in UNKNOWN:
                wrong.append((name, OUTSIDE[who], repr(refused)))
        else:
            wrong.append((name, OUTSIDE[who], "was done"))
        if everything(office) != before:
            pytest.fail(f"{name} changes something for the {OUTSIDE[who]}")

    assert wrong == []


class _Heard(Exception):
    """The operation was done: take it back, for the next one to find all as it was."""


def test_people_of_the_incident_are_heard(office: Office, secret: Incident) -> None:
    """Else the test above would prove nothing. The rules may say no, for a reason of their own."""

    def tried(tx: Tx, name: str) -> None:
        args, more = ASKED[name](secret)
        operations()[name](tx, *args, by="UREP", **more)
        raise _Heard

    deaf = []
    for name in sorted(ASKED):
        try:
            office.perform(tried, name)
        except NotFound as refused:
            deaf.append((name, str(refused)))
        except (Refused, _Heard):
            pass

    assert deaf == []


@pytest.mark.parametrize("name", sorted(TOLD_BY_SLACK))
def test_a_removed_persons_marks_do_not_count(office: Office, secret: Incident, name: str) -> None:
    before = everything(office)
    at = NOON.astimezone(UTC)

    office.perform(operations()[name], "CINC", "1.0", by="USOMEBODY", source="reaction", at=at)

    assert everything(office) == before


def everything(office: Office) -> list[Any]:
    """Return all that operations write, of people's acts."""
    tables = (
        "incidents",
        "pages",
        "actions",
        "roles",
        "entries",
        "updates",
        "pins",
        "members",
        "outbox",
        "fields",
        "briefs",
        "links",
        "subscriptions",
        "streams",
        "stream_updates",
        "held_texts",
        "executive_notices",
        "checklist_items",
        "alerts",
        "shelved_alerts",
        "false_alarms",
    )

    def rows(tx: Tx) -> list[Any]:
        return [sorted(map(repr, tx.all(f"SELECT * FROM {table}"))) for table in tables]  # names of ours

    return office.read(rows)
