"""A page, as the direct message that wakes somebody: drawn from what the page is now."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.actors import parsed
from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.undoing import Change
from bot.domain.paging.answers import Ways
from bot.domain.paging.calling import Calls
from bot.domain.paging.escalations import Call, Reason
from bot.domain.paging.pages import Page, PageState
from bot.domain.process import NEXT, RoleCard
from bot.domain.text import channel_name
from bot.views.blocks import Block, Element, Message, actions, button, confirm, context, message, section
from bot.views.drill import DRILL, mark, says_drill
from bot.views.incidents import weekend
from bot.views.incidents.life import take_lead
from bot.views.incidents.role_card import expected
from bot.views.incidents.triage import decision_buttons
from bot.views.mrkdwn import (
    actor,
    capital,
    entities,
    escape,
    lasting,
    people,
    person,
    place,
    quote,
    second_of_day,
    time_of_day,
    when,
)
from bot.views.naming import go_on, in_role, lead, standing, title, way_in
from bot.views.paging.answers import menu
from bot.views.paging.offers import offered
from bot.views.paging.why import ask

ACKNOWLEDGE = "page_acknowledge"
ESCALATE_NOW = "page_escalate_now"
STOP = "page_stop"
TAKE = "page_take"

_NTH = ("first", "second", "third", "fourth", "fifth")
WHY = "Why you: "
"""Begins the line that says why a page calls this person."""
SHOWN = 20
"""How many pages one answer offers."""


@says_drill
def page(
    page: Page,
    incident: Incident | None,
    *,
    calls: Calls | None = None,
    end: Page | None = None,
    given: tuple[str, str] | None = None,
    can_wait: bool = False,
    could_lead: bool = False,
    resent: bool = False,
    ways: Ways | None = None,
    cards: Sequence[RoleCard] = (),
    undone: Change | None = None,
    corrected_by: str = "",
) -> Message:
    """Return the direct message to the responder. `calls` says how often they were called so far, `end` how
    the path ended after the page moved on, `given` the role that it called for and who got it by hand,
    `can_wait` that it is weekend where they are, and no S1 or S2, `could_lead` that their role would lead,
    but for a lead chosen by hand, `resent` that an earlier one may have arrived, `ways` what can be answered
    beside an acknowledgement, `cards` what is expected in the roles that its responder took, `undone` the
    change for which it was raised.
    """
    match page.state:
        case PageState.PENDING:
            return _pending(page, incident, calls, ways or Ways(), resent=resent)
        case PageState.ACKNOWLEDGED:
            return _acknowledged(page, incident, cards, can_wait=can_wait, could_lead=could_lead)
        case PageState.CANCELLED if end:
            return _answered_by_another(page, incident, end)
        case PageState.ESCALATED:
            return _ended(page, incident, end) if end else _moved_on(page, incident)
        case _:
            return _cancelled(page, incident, given, undone, corrected_by)


def called_again() -> Message:
    """Return what is left of a message that a newer one stands for."""
    return message("You were called again: please answer the newest message.")


def answers(page: Page, *, last: bool = False) -> Block:
    """Return the buttons with which the responder answers; nobody comes after the `last` level."""
    return actions(
        button("Acknowledge", ACKNOWLEDGE, page.id, style="primary"),
        *([] if last else [button("Escalate now", ESCALATE_NOW, page.id)]),
    )


def take(
    page_id: int, called: Sequence[str], label: str = "Take this page", *, moved_on: bool = False
) -> Element:
    """Return the button with which somebody else answers, after a confirmation."""
    whose = f"{_are(called)} paged." if called else "Nobody was on call for it."
    whose = "The next level is paged for it." if moved_on else whose
    return button(
        label,
        TAKE,
        page_id,
        style="primary",
        confirm=confirm("Take this page?", f"{whose} The paging stops, and you answer for it.", "Take it"),
    )


def offer(page: Page) -> Message:
    """Ask somebody who acknowledged another's page whether they mean to take it."""
    whose = f"{_are(page.called)} paged" if page.responder else "Nobody is on call"
    text = (
        f"{whose} as {in_role(page.role, page.level_team)}. Take the page only if you can work on it now: "
        "the paging stops, and you answer for it."
    )
    return message(text, section(text), actions(button("Take it", TAKE, page.id, style="primary")))


def choice(found: Sequence[tuple[Page, Incident | None]], viewer: str, last: Collection[int] = ()) -> Message:
    """Return the pages that could be answered, each with its button. Nobody can be called after `last`."""
    mine = any(page.responder == viewer for page, _ in found)
    found = [(page, incident) for page, incident in found if page in calls([one for one, _ in found], viewer)]
    heading = (
        "*More than one page waits for you.*" if mine else "*No page here waits for you, but others do.*"
    )
    blocks = [section(f"{heading} Which one do you take?")]
    for page, incident in found[:SHOWN]:
        own = page.responder == viewer
        press = answers(page, last=page.id in last) if own else actions(take(page.id, page.called))
        blocks += [section(f"{mark(incident)}{_subject(page, incident)}\n{waiting(page)}"), press]
    return message("\n".join([heading, *(waiting(page) for page, _ in found[:SHOWN])]), *blocks)


@says_drill
def otherwise(page: Page, incident: Incident | None, ways: Ways) -> Message:
    """Return a page with its answers beside Acknowledge, for whoever finds it in a list."""
    _, *escalate = answers(page, last=ways.after is None)["elements"]
    line = f"{_subject(page, incident)}\n{waiting(page)}"
    return message(line, section(line), actions(*escalate, menu(page, ways.lengths)))


def none_waiting(incident: Incident | None) -> Message:
    if incident:
        name = f"INC-{incident.id}"
        return message(f"No page of {name} waits for an answer. `/inc {name}` shows how it stands.")
    return message(
        "No page waits for you. `/inc list` shows the open incidents, `/inc oncall` who would be paged."
    )


@says_drill
def answered(page: Page, incident: Incident | None, *, can_wait: bool = False) -> Message:
    if not incident:
        return message(f"You acknowledged the page for {escape(page.level_team)}.{_talk(page, incident)}")
    leads = f"Lead: {lead(incident)}. " if incident.lead != page.answered_by else "You lead it now. "
    text = (
        f"You acknowledged the page for {title(incident)}. {leads}{go_on(incident)}; "
        "`/inc update` there tells everybody how it stands."
    )
    return message(text, section(text), actions(weekend.wait(incident))) if can_wait else message(text)


def asked_by_name(page: Page, masked: Sequence[str] = ()) -> Message:
    """Return whom somebody asked for, with the way to stop it: nobody else would."""
    said = moved(page).text + (f"\n{hides(masked)}" if masked else "")
    return message(said, section(said), actions(stop(page)))


def hides(what: Sequence[str]) -> str:
    """Return what is told to whoever wrote what looks like a secret into the message of a page."""
    return (
        f"*What looks like a secret in your message ({', '.join(what)}) is masked:* the page did not wait. "
        "If it is one, revoke it where others may have seen it; if not, write it in the channel."
    )


def stop(page: Page) -> Element:
    return button("Stop this page", STOP, page.id)


def stopped(page: Page) -> Message:
    return message(f"{person(page.responder or '')} is not paged any more, and need not do anything.")


def moved(page: Page) -> Message:
    if page.answered_by:
        return message(
            f"{person(page.answered_by)} is at work on it and holds it now: nobody else is called."
        )
    if not page.responder:
        return message(
            f"Nobody is on call for {escape(page.level_team)} nor at any level before it. "
            "I keep trying; please call somebody by hand."
        )
    are, have = ("are", "have") if len(page.called) > 1 else ("is", "has")
    return message(
        f"{people(page.called)}, {in_role(page.role, page.level_team)}, {are} paged now "
        f"and {have} until {time_of_day(page.escalation.due_at)} to answer{_each(page)}."
    )


def calls(pending: Sequence[Page], viewer: str = "") -> list[Page]:
    """Return one page for each path, which may call several at once: the viewer's own where there is one."""
    by_path = {page.escalation.id: page for page in pending[::-1]}
    by_path |= {page.escalation.id: page for page in pending if page.responder == viewer}
    return [page for page in pending if by_path[page.escalation.id] is page]


def _are(called: Sequence[str]) -> str:
    return f"{people(called)} {'are' if len(called) > 1 else 'is'}"


def _each(page: Page) -> str:
    return ", each of them" if page.needs_all and len(page.called) > 1 else ""


def waiting(page: Page, *, exact: bool = False) -> str:
    """Return one line about a page that waits for an answer, and all who are called with it.

    An `exact` deadline has seconds.
    """
    until = (second_of_day if exact else time_of_day)(page.escalation.due_at)
    if not page.responder:
        return f"*Nobody is on call* for {escape(page.escalation.team)}. I try again at {until}"
    again = " again" if page.last_resort and page.round > 1 else ""
    there = ""
    if page.there_by:
        there = f"; {person(page.responder)} is on the way, there by {time_of_day(page.there_by)}"
    return (
        f"Paging {people(page.called)}, {in_role(page.role, page.level_team)}{again}: "
        f"answer due by {until}{_each(page)}{there}"
    )


def waiting_as(page: Page) -> str:
    """Say in which role its person is called, and by when they are to answer."""
    return f"{in_role(page.role, page.level_team)} · answer by {time_of_day(page.escalation.due_at)}"


def engaged(pages: Sequence[Page]) -> Page | None:
    """Return the first answered page of an incident, as if raised when its path began: that is the wait.

    One whose path came to somebody at work already has no answer: they may hold a role by hand.
    """
    answered = (page for page in pages if page.state is PageState.ACKNOWLEDGED and not page.rested)
    found = next(answered, None)
    return replace(found, raised_at=found.escalation.started_at) if found else None


def after(page: Page) -> timedelta:
    """Return how long an answered page had waited."""
    return (page.answered_at or page.raised_at) - page.raised_at


def _pending(
    page: Page, incident: Incident | None, calls: Calls | None, ways: Ways, *, resent: bool
) -> Message:
    loud = "*Nobody has answered. You are the last level: please answer now.*\n"
    loud = loud if page.loud and not page.by_name and not page.there_by else ""
    whom = f"{escape(page.level_team)} is paged" if page.in_channel else "You are paged"
    heading = f"{loud}*{whom}* for {_subject(page, incident)}{_how_often(page, calls)}"
    who = "Whoever can work on it, please" if page.in_channel else "Please"
    until = f"{who} answer *by {time_of_day(page.escalation.due_at)}*. {_otherwise(page, ways.after)}"
    if page.there_by:
        until = f"*You are on the way, there by {time_of_day(page.there_by)}.* {until}"
    until = f"{offered(ways.offer)} {until}".lstrip()
    blocks = [section(heading)]
    if incident and incident.summary.summary and not incident.private:
        blocks.append(section(quote(incident.summary.summary, 600)))
    blocks += [section(_asked(page, incident)), section(until, ask(page))]
    acknowledge, *escalate = answers(page, last=page.last_level)["elements"]
    others = [*escalate, *([] if page.in_channel else [menu(page, ways.lengths)])]
    blocks += [actions(acknowledge), *([actions(*others)] if others else []), context(_why(page))]
    if incident:
        blocks.append(context(f"Channel: {_way_in(incident)}{_call(incident)}"))
    if page.escalation.restored_from:
        blocks.insert(1, section(_restored(page, incident)))
    if resent:
        blocks.append(context("Sent again: Slack did not confirm the first one."))
    stop = "" if heading.endswith("._") else "."  # how often they were called is a sentence already
    return message(f"{heading}{stop} {_asked(page, incident)}\n{until}", *blocks)


def _call(incident: Incident) -> str:
    return f" · Call: <{entities(incident.call)}>" if incident.call else ""


def _way_in(incident: Incident) -> str:
    """Return the channel's link; before there is one, what stays true when there is."""
    if incident.channel or incident.channel_lost or incident.channel_deleted:
        return way_in(incident)
    where = "it" if incident.private else f"`{channel_name(incident.id, incident.name)}`"
    return f"you are added to {where} as soon as it is open"


def _how_often(page: Page, calls: Calls | None) -> str:
    """Say how often somebody was called, once that was more than once."""
    if not calls or calls.number <= 1:
        return ""
    how_often = f"called {calls.number} times since {time_of_day(calls.since)}"
    if page.there_by:  # that is an answer too
        return f"\n_You were {how_often}._"
    return f"\n_You were {how_often}; {'you have not' if page.quiet else 'nobody has'} answered._"


def _restored(page: Page, incident: Incident | None) -> str:
    """Say that the page may be over: what happened since the backup is not known."""
    where = f" Look into {place(incident.channel)} first." if incident and incident.channel else ""
    of = when(page.escalation.restored_from or page.raised_at)
    return (
        f"*Sent again: I was restored from a backup of {of}*, and do not know what happened since. "
        f"This may be over.{where} If it is, acknowledge it all the same."
    )


def _acknowledged(
    page: Page,
    incident: Incident | None,
    cards: Sequence[RoleCard] = (),
    *,
    can_wait: bool = False,
    could_lead: bool = False,
) -> Message:
    who = "You" if page.answered_by == page.responder else person(page.answered_by or "")
    where = f" Go on in {place(incident.channel)}." if incident and incident.channel else ""
    then = (where or _talk(page, incident)) if who == "You" else " You need not do anything."
    text = f"*{who} acknowledged this page* after {lasting(after(page))}: {_subject(page, incident)}.{then}"
    asked = [section(_asked(page, incident))] if page.escalation.message else []
    offers: list[Element] = []
    if incident and could_lead:
        text += f" {capital(lead(incident))} leads: a person chose so."
        offers.append(take_lead(incident))
    if incident and can_wait:
        offers.append(weekend.wait(incident))
    if incident and incident.status is Status.TRIAGE:
        offers += decision_buttons(incident)
    later = [actions(*offers)] if offers else []
    return message(
        text, section(text), *asked, *later, *(expected(incident, cards, pressed=False) if incident else [])
    )


def _talk(page: Page, incident: Incident | None) -> str:
    """Say where to go on when there is no channel to go to."""
    by = page.escalation.asked_by
    asked = isinstance(parsed(by), str) and by and not incident
    return f" Now talk to {person(by)}, who asked." if asked else ""


def _moved_on(page: Page, incident: Incident | None) -> Message:
    if incident and not incident.status.open:
        return message(f"*This page is over*: {_subject(page, incident)}. You need not do anything.")
    if page.last_level:
        return message(
            f"*This page was sent again*: {_subject(page, incident)}. Please answer the newest one."
        )
    text = (
        f"*This page has moved on to the next level*: {_subject(page, incident)}. "
        "If you can work on it now, take it back: the paging stops."
    )
    channel = [context(f"Channel: {way_in(incident)}")] if incident else []
    return message(text, section(text), actions(take(page.id, (), moved_on=True)), *channel)


def _ended(page: Page, incident: Incident | None, end: Page) -> Message:
    """Say how the path of a page that moved on ended: there is nothing to take back."""
    if (incident and not incident.status.open) or not end.answered_by:
        return message(f"*This page is over*: {_subject(page, incident)}. You need not do anything.")
    if incident and end.rested and end.answered_by != page.responder:
        return message(
            f"*This page rests with {person(end.answered_by)}*, who is at work on it: "
            f"{_subject(page, incident)}. You need not do anything."
        )
    return _answered_by_another(page, incident, end)


def _answered_by_another(page: Page, incident: Incident | None, end: Page) -> Message:
    answered = replace(page, answered_by=end.answered_by, answered_at=end.answered_at)
    return _acknowledged(answered, incident)


def _cancelled(
    page: Page,
    incident: Incident | None,
    given: tuple[str, str] | None,
    undone: Change | None,
    corrector: str,
) -> Message:
    now = f" It is {incident.status} now." if incident and not incident.status.open else ""
    if given:
        role, holder = given
        now = f" {person(holder)} is {escape(role)} now."
    if undone:
        what = undone.called.removeprefix("the ")
        now = (
            f" {capital(person(undone.by_whom))} undid the change of {escape(what)} for which you were paged."
        )
    elif corrector:
        now = f" {capital(person(corrector))} corrected the severity for which you were paged."
    text = f"*This page was cancelled*: {_subject(page, incident)}.{now} You need not do anything."
    return message(text)


def _subject(page: Page, incident: Incident | None) -> str:
    if not incident:
        return f"{escape(page.escalation.team)}, outside any incident"
    return f"*{title(incident)}* ({standing(incident).removeprefix(DRILL)})"


_BECAUSE = {
    Reason.SEVERITY: "{asker} raised the severity.",
    Reason.VERIFIED: "{asker} verified that it is S1: please see what is needed beyond the responders.",
    Reason.LEFT: "Whoever had answered has left.",
    Reason.SILENT: "Whoever had acknowledged it has shown no activity since: please see how it stands.",
    Reason.MERGED: "You were being paged for a duplicate of it, which goes on here.",
    Reason.PUBLIC_STATUS: "Customers have a disruption, and an Incident Manager must be engaged.",
    Reason.CUSTOMERS: "Customers are affected: please see what they are told. `/inc public draft`",
    Reason.INVESTIGATING: "The investigation is taking long: please see whether they need help.",
}


def _asked(page: Page, incident: Incident | None) -> str:
    """Say who wants an answer, and what for."""
    of = page.escalation
    asker = capital(actor(of.asked_by)) if of.asked_by else ""
    if of.reason in {Reason.ASKED, Reason.REOPENED}:
        wants = "asks for you" if of.reason is Reason.ASKED else "reopened it, the problem is back"
        if of.message and incident and incident.private:
            return f"{asker} {wants}. What they wrote is in the incident's channel."
        return f"{asker} {wants}" + (f":\n{quote(of.message)}" if of.message else ".")
    if of.reason in _BECAUSE:
        return _BECAUSE[of.reason].format(asker=asker)
    if of.reason is Reason.TRIAGE and incident and incident.status is Status.TRIAGE:
        decide = f"`/inc accept INC-{incident.id}` or `/inc decline INC-{incident.id}`"
        return (
            f"Reported by {actor(incident.reporter)} for triage, and nobody has decided yet. "
            f"Is it an incident? {decide}."
        )
    return f"Declared by {actor(incident.reporter)}." if incident else f"Asked by {asker}."


def _why(page: Page) -> str:
    if page.by_name:
        return f"{WHY}{actor(page.escalation.asked_by)} asked for you by name."
    text = f"{WHY}{_as_whom(page)}"
    if len(page.escalation.path) > 1:
        nth = _NTH[page.level] if page.level < len(_NTH) else f"number {page.level + 1}"
        text += f", {nth} to be called"
    if page.level > 0:
        text += f"; the page for {escape(page.escalation.team)} has come up to you"
    late = f" It comes {lasting(page.late)} late." if page.late >= timedelta(minutes=1) else ""
    return f"{text}.{late}"


def _as_whom(page: Page) -> str:
    level, role = page.escalation.path[page.level], in_role(page.role, page.level_team)
    if page.in_channel:
        return f"this is the channel of {role}"
    if level.names_person:
        return f"the path names you, as {role}"
    return f"you are {'next on call' if level.call == NEXT else 'on call'} as {role}"


def _otherwise(page: Page, after: Call | None) -> str:
    if page.by_name:
        return "After that I tell whoever asked, and page you again. Nobody else is called."
    if page.last_level:
        return "You are the last level: I page you again until somebody answers."
    if after and after.holder:
        who = f"{person(after.holder)}, who is at work on it already,"
        return f"After that, or with Escalate now, {who} holds it: nobody else is called."
    if after and after.responders:
        level = page.escalation.path[after.level]
        are = "are" if len(after.responders) > 1 else "is"
        who = f"{people(after.responders)}, {in_role(level.role, level.team)},"
        return f"After that, or with Escalate now, {who} {are} paged."
    return "After that the next level is paged."
