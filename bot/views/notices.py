"""Short messages to one person or the channel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.paging.pages import Page
from bot.views.blocks import Message, actions, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import SECTION, escape, lasting, people, person, place, quote, when
from bot.views.naming import by_hand, in_role, title
from bot.views.paging.page import stop


def database_alarm(why: str, overdue: int, *, written: bool) -> Message:
    """Tell those on call what has to be done about the database, and whether pages move on meanwhile."""
    said = f"*My database needs its operator now:* {escape(why)}."
    if written:
        return message(f"{said} So far everything works. Have somebody look after it before that ends.")
    waiting = f" {overdue} pages are overdue now." if overdue else ""
    return message(
        f"{said}{waiting} While nothing can be written, "
        "no page moves on to its next level, and nobody can declare or acknowledge. Pages that wait are sent "
        "all the same. Call people by phone (`/inc oncall`), and have somebody look after the database."
    )


def written_again(at: datetime) -> Message:
    """Return what is left of that once it is over."""
    return message(
        f"My database needed its operator. That is over since {when(at)}: you need not do anything."
    )


@says_drill
def somebody_else(page: Page, incident: Incident | None, call: Sequence[Mapping[str, Any]] = ()) -> Message:
    """Tell the asker that nobody is on call where they asked, and who is called instead."""
    what = f" for {title(incident)}" if incident else ""
    if page.responder:
        text = (
            f"Nobody is on call for {escape(page.escalation.team)}, so I paged the next level{what}: "
            f"{people(page.called)}, {in_role(page.role, page.level_team)}."
        )
    else:
        text = (
            f"Nobody is on call for {escape(page.escalation.team)} nor at any level after it{what}. "
            f"{by_hand(call)} I keep trying at every deadline."
        )
    return message(text)


@says_drill
def person_unanswered(page: Page, incident: Incident | None) -> Message:
    """Tell the asker that a person did not answer: nobody comes after them by itself."""
    what = f" for {title(incident)}" if incident else ""
    where = f" INC-{incident.id}" if incident else ""
    text = (
        f"*{person(page.responder or '')} has not answered your page{what}.* I page them again every "
        f"{lasting(page.escalation.path[page.level].timeout)}, and call nobody else. "
        f"To page a team or another person: `/inc{where} escalate`."
    )
    return message(text, section(text), actions(stop(page)))


def unreached(page: Page, call: Sequence[Mapping[str, Any]]) -> Message:
    """Tell the asker of a page outside any incident that it may not have reached anybody."""
    whom = person(page.responder) if page.responder else "anybody"
    of = escape(page.escalation.team)
    text = f"*Your page for {of} may not have reached {whom}.* {by_hand(call)} I go on paging."
    return message(text)


@says_drill
def removed(incident: Incident) -> Message:
    """Say to somebody who was removed from a private incident that nothing is left for them here."""
    return message(f"You are not in the channel of {title(incident)} any more. You need not do anything.")


@says_drill
def graver(incident: Incident, *, engaged: bool) -> Message:
    """Tell somebody who is `engaged`, or else leads, that an incident became one, grave, or is back."""
    where = f" in {place(incident.channel)}" if incident.channel else ""
    why = "You acknowledged a page for it already" if engaged else "You lead it"
    return message(
        f"{title(incident)} is {incident.severity} and {incident.status} now. {why}: go on{where}."
    )


@says_drill
def shadowed(page: Page, incident: Incident | None) -> Message:
    """Tell somebody who shadows a team whom its page calls. They are not called by it."""
    many = "are" if len(page.called) > 1 else "is"
    calls = f"{people(page.called)} {many} paged" if page.called else "Nobody is on call"
    where = f" ({place(incident.channel)})" if incident and incident.channel else ""
    about = f" for {title(incident)}{where}" if incident else ""
    return message(f"You shadow {escape(page.level_team)}: {calls}{about}. You need not do anything.")


@says_drill
def problem(incident: Incident, what: str, why: str, cure: str) -> Message:
    """Tell the lead of something that failed and needs a hand."""
    text = f"{title(incident)}: {escape(what)} ({escape(why)}). {escape(cure)}"
    return message(text)


@says_drill
def given_back(incident: Incident, what: str, why: str, text: str) -> Message:
    """Give what somebody wrote for an incident's channel back to them, and say what to do."""
    reason, cure = next((words for code, words in _AWAY.items() if code in why), (why, _KEPT))
    said = f"*Your {what} for {title(incident)} is not in its channel:* {escape(reason)}. {cure}"
    whole = quote(text, len(text))
    step = len(text) if len(whole) <= SECTION else _ALWAYS_FITS
    parts = [text[start : start + step] for start in range(0, len(text), step)]
    return message(f"{said}\n{whole}", section(said), *(section(quote(part)) for part in parts))


_KEPT = "It is kept: `/inc timeline`."
_ALWAYS_FITS = 500
"""So many characters fit into a section even when each is escaped."""
_REMOVED = ("I was removed from it", f"To have it posted, type `/invite @muster` there. {_KEPT}")
_AWAY = {
    "is_archived": ("the channel is archived", f"To have it posted, unarchive the channel. {_KEPT}"),
    "not_in_channel": _REMOVED,
    "channel_not_found": (
        "I cannot see it any more: I was removed, or it was deleted",
        f"If it is still there, type `/invite @muster` in it. {_KEPT}",
    ),
}
"""What Slack's refusals mean to somebody who wrote something, and what they can do."""


def stray(number: int, of: datetime) -> Message:
    """Tell a channel that its incident was declared after the backup that the bot goes on with."""
    return message(
        f"*I know nothing of INC-{number} any more.* I was restored from a backup of {when(of)}, and it was "
        "declared after that. This channel stays, but nobody is paged or reminded for it, and its commands "
        "and buttons do nothing. If it is not over, declare it again: `/inc declare`."
    )
