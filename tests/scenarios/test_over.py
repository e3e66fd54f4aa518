"""Every message with a button is edited when its moment has passed: nothing promises what is refused."""

import re
from typing import Any

from bot.domain.incidents.incident import Status
from bot.views import steps
from bot.views.alerts import alerts, changes, false_alarm, heartbeats, one_alert
from bot.views.incidents import (
    access,
    card,
    checklist,
    declare,
    executive_notice,
    fields,
    fixing,
    guide,
    leave,
    life,
    listing,
    merging,
    near_miss,
    nudges,
    overload,
    reopen,
    role_card,
    role_request,
    security,
    severity,
    silence,
    streams,
    subscriptions,
    triage,
    undo,
    verify,
    weekend,
)
from bot.views.maintenance import maintenance, related
from bot.views.oncall import calendar, cover, handover, home, override, unsent
from bot.views.paging import answers as answers_view
from bot.views.paging import digest, escalate, notification_test, offers, own_contact_methods, vacancy, why
from bot.views.paging import page as page_view
from bot.views.timeline import note, timeline
from bot.views.work import action, follow_up, review, secret, summary, update
from bot.views.work.review_canvas import CANVAS
from handlers.features import BUTTONS
from handlers.incidents import practice
from handlers.register import LISTENERS
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, asks, buttons, inc, presses, shown, whole_panel
from tests.scenarios.look import card as card_of
from tests.values import an_incident

Json = dict[str, Any]

OVER = {
    card.ACKNOWLEDGE: "no page of the incident waits any more",
    page_view.ACKNOWLEDGE: "the page is answered, moves on or is cancelled",
    page_view.ESCALATE_NOW: "likewise",
    answers_view.MORE: "likewise",
    page_view.TAKE: "likewise",
    streams.TAKE_LEAD: "the stream is closed, as all are with the incident: tests/scenarios/test_streams.py",
    streams.UPDATE_OPEN: "likewise",
    streams.CLOSE_OPEN: "likewise",
    offers.ACCEPT: "the offer is answered or withdrawn, or its page is over",
    offers.DECLINE: "likewise",
    why.OPEN: "likewise",
    vacancy.PAGE_TEAM: "somebody holds the role, or is paged for it, or the incident is over",
    vacancy.PAGE_TEAM_ABOVE: "likewise",
    digest.ACKNOWLEDGE_ALL: "nothing in the list waits any more, or a newer list stands for it",
    cover.ACCEPT: "somebody accepted, or who asked took it back",
    cover.WITHDRAW: "likewise",
    handover.TAKE_OVER: "somebody took it over, nothing is left to take over, or the next shift began",
    handover.NOT_YET: "likewise",
    override.CANCEL: "it was cancelled",
    secret.SHOW: "somebody said what it is; a private question belongs to who wrote it",
    secret.KEEP: "likewise",
    secret.CHANGE: "likewise",
    update.SNOOZE: "an update was posted, the time for the next one changed, or the incident is over",
    update.STOP: "likewise",
    triage.ACCEPT: "it is decided",
    triage.DECLINE: "it is decided",
    **dict.fromkeys(triage.ADD, "likewise"),
    merging.OPEN: "likewise",
    false_alarm.OPEN: "likewise",
    escalate.OPEN: "the incident is not worked on any more",
    severity.OPEN: "likewise",
    role_request.TAKE: "it is answered, somebody got the role, or the incident is over",
    role_request.DECLINE: "likewise",
    verify.VERIFY: "it is answered, or it is an S1 no more",
    weekend.WAIT: "it was pressed, it became grave, or the incident is over",
    weekend.WORK: "the work goes on",
    life.TAKE_LEAD: "they lead, or the incident is over",
    silence.ON_IT: "they did something, their role is paged again, or it is nobody's or not investigated",
    silence.AGAIN: "likewise",
    fields.OPEN: "every required field is set, somebody stopped it or leads, or the incident is closed",
    fields.STOP: "likewise",
    **dict.fromkeys(
        (*related.RELATED, related.UNRELATED), "it is answered, the maintenance is over, or the incident"
    ),
    maintenance.START: "it runs, or is cancelled",
    maintenance.CANCEL: "likewise",
    maintenance.EDIT: "it is over, or cancelled",
    maintenance.END: "likewise",
    maintenance.EXTEND: "likewise",
    maintenance.EXTEND_MORE: "likewise",
    near_miss.TURN_REAL: "it is an incident, or over",
    summary.OPEN: "it is written, or the incident is over",
    nudges.SNOOZE: "what is asked for is there, or the incident is over",
    nudges.STOP: "likewise",
    overload.ASK: "another IM is asked for or has come, or the incident is over",
    checklist.TAKE: "somebody takes the call, or the incident is over",
    overload.HELP: "another IM has come, or the incident is over",
}
"""Buttons of messages that stay, and when each is taken away: none is left at the end of an incident."""
STAYS = {
    access.LET_IN,
    access.REFUSE,
    subscriptions.STOP,
    checklist.PRESS,
    timeline.OPEN,
    life.STATUS_OPEN,
    reopen.OPEN,
    action.ADD,
    action.DONE,
    action.TAKE,
    action.RETURN,
    action.KEEP,
    follow_up.DONE,
    follow_up.EDIT,
    review.TICK,
    review.UNTICK,
    review.FINISH,
    review.CHANGE,
    review.WAIVE,
    review.OPEN,
    review.SNOOZE,
    review.CLOSE,
    card.MORE,
    notification_test.ARRIVED,
    cover.OPEN,
    handover.OPEN,
    page_view.STOP,
}
"""Buttons that work on after the incident, until what they are for is done."""
UNTIL_THEN = {update.OPEN}
"""On the card while it is active, and on a reminder until it is over."""
IN_PANELS = {
    one.draw(seen)["action_id"]
    for seen in (an_incident(status=status) for status in Status)
    for one in BUTTONS
    if one.offered(seen, seen.lead)
}
IN_PRIVATE = {
    *(IN_PANELS - {*OVER, *STAYS, *UNTIL_THEN}),
    *steps.RUN,
    streams.LEAD_OPEN,
    streams.RENAME_OPEN,
    calendar.ADDRESSES,
    calendar.RENEW,
    home.ACKNOWLEDGE,
    unsent.AGAIN,
    unsent.DROP,
    own_contact_methods.ADD,
    own_contact_methods.ENTER,
    own_contact_methods.AGAIN,
    own_contact_methods.REMOVE,
    own_contact_methods.RULE,
    own_contact_methods.DEFAULT,
    own_contact_methods.TEST,
    action.PREVIOUS,
    action.NEXT,
    follow_up.PREVIOUS,
    follow_up.NEXT,
    follow_up.CANCEL,
    follow_up.REOPEN,
    follow_up.KEEP_ALL,
    follow_up.OFFERED,
    review.REQUEST,
    CANVAS,
    declare.TYPE_CHOSEN,
    *declare.INSTEAD.values(),
    practice.TAKE_PART,
    re.compile(f"{declare.JOIN}[0-9]+"),
    guide.OPEN,
    maintenance.NEW,
    nudges.START,
    leave.PAGE,
    leave.QUIET,
    life.HISTORY,
    fixing.OPEN,
    *listing.BUTTONS,
    listing.SEARCH,
    *alerts.BUTTONS,
    *one_alert.BUTTONS,
    alerts.HEARTBEATS,
    heartbeats.FORGET,
    changes.OPEN,
    role_card.OPEN,
    executive_notice.OPEN,
    executive_notice.EDIT,
    *checklist.OPEN.values(),
    security.OPEN,
    subscriptions.OTHERS,
    *security.PRESSED.values(),
    life.LEAD_TO_END,
    life.CLOSE,
    undo.UNDO,
    reopen.ONLY,
    timeline.EVERYTHING,
    note.EDIT,
    timeline.HIGHLIGHTS,
    timeline.NEWER,
    timeline.OLDER,
    notification_test.BEGIN,
}
"""Buttons of panels, forms, Homes and private answers, which go when they are pressed or closed."""


def standing(world: World) -> list[tuple[str, Json]]:
    """Return every message that stays, with whose direct message or which channel it is in."""
    ana = world.person("dev")
    found = [("channel", one) for one in ana.messages(CHANNEL) if not one.get("is_ephemeral")]
    for name in ("dev", "ana", "ines", "carla", "lena"):
        found += [(name, one) for one in world.person(name).dm()]
    return found


def ids(message: Json) -> set[str]:
    blocks = message.get("blocks", [])
    elements = [one for block in blocks for one in block.get("elements", [])]
    elements += [block["accessory"] for block in blocks if "accessory" in block]
    return {one["action_id"] for one in elements if "action_id" in one and not one.get("url")}


def carried(world: World) -> set[str]:
    return set().union(*(ids(one) for _, one in standing(world)))


async def answers(world: World, name: str) -> None:
    who = world.person(name)
    calling = next(one for one in who.dm() if page_view.ACKNOWLEDGE in ids(one))
    await presses(world, who, calling, "Acknowledge")
    await world.settle()


async def acknowledges(world: World, name: str) -> None:
    await asks(world, name, "ack")
    await world.settle()


async def test_at_the_end_no_button_is_left_whose_moment_has_passed(world: World) -> None:
    await world.declare(severity="S1")
    seen = carried(world)
    await world.pass_minutes(16)
    seen |= carried(world)
    for name in ("ines", "carla"):
        await world.person(name).join(CHANNEL)
        await acknowledges(world, name)
    assert not carried(world) & {page_view.ACKNOWLEDGE, page_view.ESCALATE_NOW, page_view.TAKE}
    await inc(world, "ines", "escalate EOC")
    await world.person("ines").fill({"message": "Please come"})
    await world.person("ines").submit()
    await world.pass_minutes(16)
    seen |= carried(world)
    assert {vacancy.PAGE_TEAM, vacancy.PAGE_TEAM_ABOVE} <= carried(world)

    await asks(world, "ines", "status fixing")
    await asks(world, "ines", "cancel A test")
    await world.settle()

    assert {page_view.TAKE, vacancy.PAGE_TEAM, update.SNOOZE} <= seen
    left = carried(world)
    assert not left & (OVER.keys() | UNTIL_THEN), [
        one["text"] for _, one in standing(world) if ids(one) - STAYS
    ]


async def test_a_page_that_moved_on_promises_nothing_once_the_incident_is_over(world: World) -> None:
    await world.declare()
    await world.pass_minutes(16)
    await answers(world, "ines")
    assert "acknowledged this page" in world.person("ana").dm()[0]["text"]

    await asks(world, "ines", "resolve fix")
    await world.settle()

    assert "*This page is over*" in world.person("ana").dm()[0]["text"]


async def test_a_reminder_of_an_update_is_over_with_the_update(world: World) -> None:
    await world.declare(severity="S1")
    await world.pass_minutes(15)
    nudges = [(who, one) for who, one in standing(world) if update.SNOOZE in ids(one)]
    assert {who for who, _ in nudges} == {"channel", "dev"}

    await world.pass_minutes(15)
    assert len([one for _, one in standing(world) if update.SNOOZE in ids(one)]) == 2, "only the newest asks"
    dev = world.person("dev")
    await world.pass_minutes(1)
    newest = next(one for one in reversed(dev.dm()) if update.SNOOZE in ids(one))
    await presses(world, dev, newest, "Snooze 15 min")
    assert "was overdue. The reminder was snoozed until" in str([one["text"] for one in dev.dm()])
    assert "That is over" not in str([one["text"] for _, one in standing(world)])

    await inc(world, "dev", "update")
    await dev.fill({"text": "Still full"})
    await dev.submit()
    await world.settle()

    assert not [one for _, one in standing(world) if update.SNOOZE in ids(one)]


async def test_one_message_names_the_roles_of_a_round_and_is_edited_as_it_goes_on(world: World) -> None:
    await world.declare(severity="S1")
    await world.pass_minutes(15)

    found = [one for where, one in standing(world) if where == "channel" and page_view.TAKE in ids(one)]
    assert len(found) == 1
    assert [label for label in shown(found[0]).splitlines() if label.startswith("Take ")] == [
        "Take EOC",
        "Take IM",
        "Take CMOC",
    ]

    await answers(world, "ines")
    [again] = [one for where, one in standing(world) if where == "channel" and one["ts"] == found[0]["ts"]]
    assert "has answered" in shown(again)
    assert page_view.TAKE not in ids(again) or "Take EOC" not in shown(again)


async def test_the_card_says_that_there_is_no_eoc_and_offers_to_page_again(world: World) -> None:
    dev = await world.declare(severity="S1")
    await answers(world, "ines")
    await world.pass_minutes(15)
    card_now = next(
        one for _, one in standing(world) if "Page EOC again" in shown(one) and "S1 Critical" in shown(one)
    )
    assert "EOC: nobody" in shown(card_now)
    panel = await whole_panel(world, "dev")
    assert "EOC: nobody" in shown(panel)
    assert {"Page EOC again", "Page CMOC again"} <= set(buttons(panel))
    ines = world.person("ines")
    told = next(one for one in ines.dm() if "You hold the page" in one["text"])
    assert ids(told) == {vacancy.PAGE_TEAM, vacancy.PAGE_TEAM_ABOVE}
    assert not [one for one in ines.dm()[1:] if "You are paged" in one["text"]]

    await ines.click(told, text="Page EOC again")
    await world.settle()
    assert not [one for one in ines.dm() if "Page EOC again" in shown(one)]
    await answers(world, "ana")

    assert "EOC: nobody" not in shown(card_of(dev))


def test_every_button_is_listed_here_and_once() -> None:
    """Whoever adds a button says here when it is taken away, or that it stays, or where it goes by itself."""
    known = [*OVER, *STAYS, *UNTIL_THEN, *IN_PRIVATE]

    assert {one.constraint for one in LISTENERS if one.kind == "action"} == set(known)
    assert len(known) == len(set(known))


async def test_a_button_of_panels_and_private_answers_is_in_no_message_that_stays(world: World) -> None:
    await world.declare(severity="S1")
    seen = carried(world)
    await world.pass_minutes(16)
    await inc(world, "dev", "action restart the pods")
    await world.person("dev").submit()
    await world.settle()

    seen |= carried(world)
    assert action.TAKE in seen
    assert not seen & IN_PRIVATE
