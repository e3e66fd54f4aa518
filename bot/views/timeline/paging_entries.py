"""What is said in the timeline of pages: who is called, who answers, who does not."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.domain.actors import BOT
from bot.domain.paging.escalations import Cause, Reason
from bot.domain.paging.reports import Outcome
from bot.domain.timeline.entries import Entry, Kind
from bot.views.mrkdwn import (
    actor,
    capital,
    escape,
    lasting,
    listed,
    people,
    person,
    quote,
    time_of_day,
    when,
)
from bot.views.naming import by_hand, in_role
from bot.views.timeline.wording import LINE, as_role, asked, because, by, roles_of


def _paged(entry: Entry) -> str:
    called = f"{_are(entry)} paged as {as_role(entry)}{_each(entry)}"
    asker = capital(actor(entry.data.get("asked_by") or BOT))
    match entry.data.get("reason"):
        case Reason.ASKED:
            said = f":\n{quote(entry.data['message'], LINE)}" if entry.data.get("message") else "."
            return f"{called}. {asker} asked{said}"
        case reason:
            return f"{called}{_BECAUSE.get(reason or '', '')}."


def _are(entry: Entry) -> str:
    called = entry.data["people"]
    return f"{people(called)} {'are' if len(called) > 1 else 'is'}"


def _each(entry: Entry) -> str:
    """Say that an answer of each is wanted, where it is."""
    return ", each of them has to answer" if entry.data["needs_all"] and entry.data["people"][1:] else ""


_BECAUSE: Mapping[str, str] = {
    Reason.SEVERITY: ": the severity was raised",
    Reason.REOPENED: ": the problem is back",
    Reason.LEFT: ": whoever had answered has left",
    Reason.INVESTIGATING: ": the investigation is taking long",
    Reason.TRIAGE: ": nobody has decided whether this is an incident",
    Reason.VERIFIED: ": S1 is verified",
    Reason.PUBLIC_STATUS: ": by the public status, the Incident Manager must be engaged",
    Reason.CUSTOMERS: ": customers are affected",
    Reason.SILENT: ": whoever had answered has shown no activity since",
    Reason.MERGED: ": the duplicate was calling for them",
}


def _skipped(entry: Entry) -> str:
    if why := entry.data.get("why"):
        return f"{escape(entry.data['team'])}: not paged, {escape(why)}. The next level is paged at once."
    return f"Nobody is on call for {escape(entry.data['team'])}, so the next level is paged at once."


def _acknowledged(entry: Entry) -> str:
    waited = lasting(timedelta(seconds=entry.data["seconds"]))
    own = [escape(one["role"]) for one in entry.data.get("also", ())]
    role, instead = escape(entry.data["role"]), entry.data.get("instead_of")
    if instead:
        as_whom = f"{role} instead of {person(instead)}{f', and as {listed(own)}' if own else ''}"
    else:
        as_whom = listed([role, *own])
    wanted = entry.data.get("wanted") or entry.data["role"]
    stands_in = wanted not in {entry.data["role"], *(one["role"] for one in entry.data.get("also", ()))}
    whose = f", for {escape(wanted)}" if stands_in else ""
    missing = entry.data.get("missing")
    too = f" {people(missing)} {'have' if missing[1:] else 'has'} to answer too." if missing else ""
    return f"*{person(entry.data['person'])} acknowledged* as {as_whom}{whose}, after {waited}.{too}"


_LATE = {
    Cause.NOT_RUNNING: "I was not running",
    Cause.NO_DATABASE: "my database could not be used",
    Cause.HELD_UP: "I was held up",
}


def _escalated(entry: Entry) -> str:
    called = f"{people(entry.data['people'])}, {as_role(entry)},"
    paged = f"{called} {'are' if entry.data['people'][1:] else 'is'} paged"
    late = entry.data.get("late")
    cause = _LATE[Cause(entry.data.get("because") or Cause.NOT_RUNNING)]
    after = f" This comes {lasting(timedelta(seconds=late))} late: {cause}." if late else ""
    if passed_over := entry.data.get("missed"):
        teams = listed(escape(team) for team in passed_over)
        after += f" Meanwhile the time of {teams} ran out too; it begins again now."
    again = entry.data["round"] > 1
    if asked(entry):
        now = "again" if again else "now"
        return f"{by(entry)} escalated{_for(entry)} without waiting: *{paged} {now}{_each(entry)}.*{after}"
    if again:
        if entry.data.get("quiet"):
            still = f"Still no answer to the {_page(entry)}. Paging {called} again{_each(entry)}."
            return f"{still}{_times(entry)}{after}"
        return f"*Nobody has answered{_for(entry)} yet.* Paging {called} again{_each(entry)}.{after}"
    silent = entry.data.get("silent")
    if silent and entry.data.get("gone"):
        gone = f"*{people(silent)} left the workspace while the {_page(entry)} waited.*"
        return f"{gone} {paged} now{_each(entry)}.{after}"
    if silent and not (entry.data.get("removed") or entry.data.get("reached", True)):
        return f"*The {_page(entry)} did not reach {people(silent)}.* {paged} now{_each(entry)}.{after}"
    what = "is not in this channel any more, to answer" if entry.data.get("removed") else "did not answer"
    who = f"{people(silent)} {what}" if silent else "Nobody was on call to answer"
    return f"*{who}{_for(entry)}.* {paged} now{_each(entry)}.{after}"


def _times(entry: Entry) -> str:
    """Return how often these calls were repeated, where one message tells of several."""
    times = entry.data.get("times", 1)
    if times == 1:
        return ""
    return f" Called {times} times since {when(datetime.fromisoformat(entry.data['since']))}."


def _cannot_take(entry: Entry) -> str:
    rest = ""
    if entry.data.get("alone"):
        rest = " Nobody comes after them, so the page stays open: `/inc escalate` pages somebody else."
    return (
        f"*{person(entry.data['person'])} cannot take the page for {escape(entry.data['role'])}.*{rest}"
        f"{because(entry)}"
    )


def _offered(entry: Entry) -> str:
    words = f"\n{quote(entry.text, LINE)}" if entry.text else ""
    whom = person(entry.data["person"])
    return f"{by(entry)} offered the page for {escape(entry.data['role'])} to {whom}.{words}"


def _held(entry: Entry) -> str:
    holder, wanted = person(entry.data["person"]), escape(entry.data["wanted"])
    silent = entry.data.get("silent")
    before = f"*{people(silent)} did not answer the page for {wanted}.* " if silent else ""
    if asked(entry):
        before = f"*{by(entry)} escalated the page for {wanted} without waiting.* "
    rests = "Nobody else is called by itself." if silent else f"The page for {wanted} calls nobody else."
    return f"{before}{holder} is at work on the incident and holds it. {rests}"


def _for(entry: Entry) -> str:
    """Say which page it was: several may be on their way for one incident."""
    return f" the {_page(entry)}" if entry.data.get("path") else ""


def _page(entry: Entry) -> str:
    path = entry.data.get("path")
    return f"page for {in_role(entry.data.get('wanted') or path, path)}" if path else "page"


def _nobody(entry: Entry) -> str:
    if entry.data.get("practice"):
        return (
            f"*Nobody who takes part can be called for {escape(entry.data['team'])}*, and nobody else is. "
            "`/inc test @person` in this channel adds somebody."
        )
    return (
        f"*Nobody is on call for {escape(entry.data['team'])}, at no level.* "
        f"{by_hand(entry.data.get('call', ()))} I try again at every deadline."
    )


def _unreached(entry: Entry) -> str:
    called = entry.data.get("person")
    whom = person(called) if called else "anybody"
    what = f"*The {_page(entry)} may not have reached {whom}*: {escape(entry.data['why'])}."
    return f"{what} {by_hand(entry.data.get('call', ()))}"


def _undelivered(entry: Entry) -> str:
    called = entry.data.get("person")
    who = person(called) if called else "anybody"
    return f"The page could not reach {who} ({escape(entry.data['why'])})."


def _notified(entry: Entry) -> str:
    return f"{person(entry.data['person'])} was also paged by {escape(entry.data['contact_method'])}."


def _pager_failed(entry: Entry) -> str:
    service, team = escape(entry.data["service"]), escape(entry.data["team"])
    return f"*{service} did not take the page for {team}*: {escape(entry.data['why'])}. I page by myself."


def _pager_answered(entry: Entry) -> str:
    data = entry.data
    known = f" ({person(data['person'])})" if data["person"] else ""
    who = f"{escape(data['name'])}{known}" if data["name"] else person(data["person"])
    return f"{who} {escape(data['did'])} the page for {escape(data['team'])} in {escape(data['service'])}."


_UNANSWERED = {
    Outcome.COMPLETED: "no key was pressed",
    Outcome.BUSY: "the line was busy",
    Outcome.NO_ANSWER: "nobody took the call",
    Outcome.MACHINE: "a mailbox took the call",
    Outcome.UNDELIVERED: "it was not delivered",
}


def _unanswered(entry: Entry) -> str:
    why = _UNANSWERED.get(entry.data["outcome"], "it failed")
    method = escape(entry.data["contact_method"])
    return f"{person(entry.data['person'])} did not answer by {method}: {why}."


SENTENCES: Mapping[Kind, Callable[[Entry], str]] = {
    Kind.PAGED: _paged,
    Kind.SKIPPED: _skipped,
    Kind.ACKNOWLEDGED: _acknowledged,
    Kind.ESCALATED: _escalated,
    Kind.ON_MY_WAY: lambda entry: (
        f"{person(entry.data['person'])} ({escape(entry.data['role'])}) is on the way, "
        f"there by {time_of_day(datetime.fromisoformat(entry.data['until']))}."
    ),
    Kind.CANNOT_TAKE: _cannot_take,
    Kind.PAGE_STOPPED: lambda entry: (
        f"{by(entry)} does not need {person(entry.data['person'])} any more: the page is cancelled."
    ),
    Kind.OFFERED: _offered,
    Kind.OFFER_DECLINED: lambda entry: (
        f"{by(entry)} declined the page for {escape(entry.data['role'])}: it stays with "
        f"{person(entry.data['person'])}."
    ),
    Kind.HELD: _held,
    Kind.NOBODY: _nobody,
    Kind.UNREACHED: _unreached,
    Kind.UNDELIVERED: _undelivered,
    Kind.NOTIFIED: _notified,
    Kind.PAGER_TOOK: lambda entry: (
        f"The page for {escape(entry.data['team'])} was raised in {escape(entry.data['service'])}."
    ),
    Kind.PAGER_FAILED: _pager_failed,
    Kind.PAGER_ANSWERED: _pager_answered,
    Kind.UNANSWERED: _unanswered,
    Kind.STILL_INVESTIGATING: lambda entry: (
        f"Investigating for over {entry.data['minutes']} min: the Incident Manager is called in."
    ),
    Kind.SILENCE_ASKED: lambda entry: (
        f"No sign of {person(entry.data['person'])} ({roles_of(entry)}) for {entry.data['minutes']} min: "
        "they were asked if they are still on it."
    ),
    Kind.SILENT: lambda entry: (
        f"No sign of {person(entry.data['person'])} for {entry.data['minutes']} min, though asked: "
        f"{roles_of(entry)} {'are' if entry.data['roles'][1:] else 'is'} paged again."
    ),
}
