"""Why somebody was called, in short lines: for Slack, and read as plain text behind a link."""

from bot.domain.alerts.alert import Alert
from bot.domain.paging.escalations import Reason
from bot.domain.paging.offers import OfferState, PageOffer
from bot.domain.paging.pagers import PagerAlert, PagerState
from bot.domain.paging.pages import Page, PageState, mention
from bot.domain.paging.reports import Outcome
from bot.domain.paging.why import Basis, ByMethod, Chain, How
from bot.domain.process import NEXT
from bot.views.blocks import Element, Message, button, message, paragraphs, section
from bot.views.mrkdwn import actor, capital, cut, escape, lasting, person, time_of_day, when
from bot.views.naming import in_role, title

OPEN = "page_why"
SHOWN = 10
"""How many other pages of an incident are listed."""

_RULES = {
    Reason.DECLARED: "{type} pages {team} when an incident is declared",
    Reason.SEVERITY: "{type} pages {team} when the severity rises to S1 or S2",
    Reason.REOPENED: "{type} pages {team} when the problem is back",
    Reason.INVESTIGATING: "{team} is paged when Investigating takes too long",
    Reason.LEFT: "{team} is paged again when whoever answered has left",
    Reason.TRIAGE: "{type} pages {team} when nobody decides about a problem in triage",
    Reason.SILENT: "{team} is paged again when whoever answered shows no activity, and not when asked either",
    Reason.MERGED: "{team} was being paged for a duplicate, which was merged into this incident",
    Reason.PUBLIC_STATUS: "{team} is paged when customers have a disruption and no IM is engaged",
    Reason.CUSTOMERS: "{team} is paged when customers are affected, or degraded for five minutes",
    Reason.VERIFIED: "{type} pages {team} when an S1 is verified",
}
_SAID = {
    Outcome.DELIVERED: "delivered",
    Outcome.COMPLETED: "somebody listened",
    Outcome.BUSY: "busy",
    Outcome.NO_ANSWER: "no answer",
    Outcome.CANCELED: "canceled",
    Outcome.FAILED: "failed",
    Outcome.UNDELIVERED: "not delivered",
    Outcome.MACHINE: "a machine listened",
}

_ANSWERS = {
    OfferState.OPEN: "no answer yet",
    OfferState.ACCEPTED: "accepted",
    OfferState.DECLINED: "declined",
    OfferState.WITHDRAWN: "withdrawn",
    OfferState.UNREACHED: "could not be reached",
    OfferState.OVER: "not answered in time",
}
"""What became of an offer of the page to somebody else."""


def ask(page: Page) -> Element:
    """Return the button of a page that asks for it."""
    return button("Why?", OPEN, page.id)


def chain(found: Chain, viewer: str) -> Message:
    parts = lines(found, viewer)
    blocks = [*map(section, paragraphs(parts))]
    if found.others:
        others = found.others[-SHOWN:]
        blocks += [section("*Other pages of it:*"), *(section(_other(page), ask(page)) for page in others)]
        parts += ["*Other pages of it:*", *map(_other, others)]
    return message("\n".join(parts), *blocks)


def lines(found: Chain, viewer: str) -> list[str]:
    """Return the chain of one page, without the name of an incident that is private."""
    page = found.page
    whom = "You were" if page.responder == viewer else f"{mention(page.responder or '')} was"
    called = f"{whom} called" if page.responder else "Nobody could be called"
    about = f" for {title(found.incident)}" if found.incident else ""
    return [
        f"*{called} {when(page.raised_at)} as {in_role(page.role, page.level_team)}*{about}",
        f"Rule: {_rule(found)}.",
        f"Path, as it was then: {_path(page)}.",
        *map(_alert, found.alerts),
        *_on_call(found.basis, page),
        *(
            f"Passed over: {escape(team)}, {escape(why) or 'nobody was on call'}."
            for team, why in found.skipped
        ),
        "*Messages:*",
        *(_message(one) for one in found.messages),
        *([_in_pager(found.pager)] if found.pager else []),
        *(_offer(one, page) for one in found.offers),
        _next(page, viewer),
    ]


def _alert(alert: Alert) -> str:
    """Say which alert it began with, by which rule, and where its request is found in the log."""
    trace = f", trace {escape(alert.trace)}" if alert.trace else ""
    rule = f"rule {escape(alert.rule)}" if alert.rule else "attached by hand"
    return f"Alert A-{alert.id} of {escape(alert.source)}: *{escape(cut(alert.title, 200))}*, {rule}{trace}."


def _rule(found: Chain) -> str:
    of = found.page.escalation
    if of.reason not in _RULES:
        return f"{capital(actor(of.asked_by))} asked for {escape(of.team)}"
    kind = escape(found.incident.type) if found.incident else "It"
    return capital(_RULES[of.reason].format(type=kind, team=escape(of.team)))


def _path(page: Page) -> str:
    levels = [
        f"{number}. {escape(level.key)}{', all of them' * level.needs_all}, {lasting(level.timeout)}"
        + (" (this page)" if number == page.level + 1 else "")
        for number, level in enumerate(page.escalation.path, 1)
    ]
    return f"{'; '.join(levels)}; the last one again and again"


def _on_call(basis: Basis | None, page: Page) -> list[str]:
    level = page.escalation.path[page.level]
    if not page.responder:
        return []
    if level.call and not basis:
        return [f"Called by the path itself: {escape(level.call)}."]
    if not basis:
        return [f"On call by the list of {escape(page.level_team)} in `muster.yml`, not by a schedule."]
    if not basis.shift:
        return [f"Schedule {escape(basis.schedule)}: by which layer or override was not kept."]
    by = (
        f"an override by {person(basis.made_by)}"
        if basis.made_by
        else f"layer {escape(basis.shift.by.removeprefix('layer '))}"
    )
    if level.call == NEXT:
        return [f"Next on call by schedule {escape(basis.schedule)}: {by} from {when(basis.shift.start)}."]
    until = f" until {when(basis.until)}" if basis.until and basis.until.year < _FOREVER else ""
    return [f"On call by schedule {escape(basis.schedule)}: {by}{until}."]


_FOREVER = 9999


def _message(one: ByMethod) -> str:
    name = "Slack" if one.contact_method == "slack" else escape(one.contact_method)
    tries = f", tried {one.attempts} times" if one.attempts > 1 else ""
    left_early = one.hurried_by and one.how in (How.UNDER_WAY, How.TAKEN, How.REFUSED)
    early = [f"left early because {escape(one.hurried_by)} failed"] if left_early else []
    at = f" {time_of_day(one.at)}" if one.at else ""
    error = f": {escape(one.error)}" if one.error else ""
    match one.how:
        case How.WAITS:
            text = f"waits until{at}"
        case How.UNDER_WAY:
            text = f"under way{error}{tries}" + (f", next at{at}" if at else "")
        case How.TAKEN:
            text = f"taken{at}{tries}"
        case How.REFUSED:
            text = f"not taken{at}{error}{tries}"
        case _:
            text = "not sent: Slack took the page, or it was over"
    reports = [f"{_SAID[outcome]} {time_of_day(then)}" for outcome, then in one.reports]
    return f"• {name}: {'; '.join([text, *early, *reports])}"


_IN_PAGER = {
    PagerState.DUE: "on its way",
    PagerState.RAISED: "raised",
    PagerState.ACKNOWLEDGED: "raised, and acknowledged by now",
    PagerState.RESOLVED: "raised, and resolved by now",
    PagerState.REFUSED: "refused",
    PagerState.CANCELLED: "not raised: the page was over",
}


def _in_pager(alert: PagerAlert) -> str:
    """Say what came of the page in the pager that its team keeps."""
    at = f" {time_of_day(alert.taken_at)}" if alert.taken_at else ""
    error = f" ({escape(alert.error)})" if alert.error else ""
    failed = (
        f". It did not take it in time{error}, so I paged by every contact method" if alert.failed else error
    )
    return f"• {alert.name}, which {escape(alert.team)} keeps: {_IN_PAGER[alert.state]}{at}{failed}."


def _offer(one: PageOffer, page: Page) -> str:
    now = one.stands(page)
    at = f" {time_of_day(one.closed_at)}" if one.closed_at else ""
    asked = f"{person(one.asker)} asked {person(one.person)} to take it {time_of_day(one.made_at)}"
    return f"{asked}: {_ANSWERS[now]}{at}."


def _next(page: Page, viewer: str) -> str:
    if page.state is PageState.ACKNOWLEDGED:
        at = f" {time_of_day(page.answered_at)}" if page.answered_at else ""
        who = "You" if page.answered_by == viewer else person(page.answered_by or "")
        return f"{who} acknowledged it{at}."
    if page.state is PageState.ESCALATED:
        return "Nobody answered in time: it went on to the next level."
    if page.state is PageState.CANCELLED:
        return "It was cancelled: you need not do anything."
    then = "it is called again" if page.last_level else "the next level is called"
    return f"Answer due by {time_of_day(page.escalation.due_at)}; after that {then}."


def _other(page: Page) -> str:
    who = mention(page.responder) if page.responder else "nobody"
    return f"• Page {page.id}: {who} as {in_role(page.role, page.level_team)}, {when(page.raised_at)}"
