"""What a link in a page opens: a small page for a phone, without scripts or anything from elsewhere."""

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.resources import files
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined

from bot.domain.incidents.incident import Incident
from bot.domain.paging.answers import LENGTHS, Ways
from bot.domain.paging.notification_tests import MethodTest
from bot.domain.paging.pages import Page, PageState
from bot.domain.process import CHANNEL
from bot.views.drill import DRILL
from bot.views.naming import plain_role, plain_title
from bot.views.paging.answers import CANNOT, REASONS

ACKNOWLEDGE = "acknowledge"
TAKE = "take"
ON_MY_WAY = {f"way:{one.seconds // 60}": one for one in LENGTHS}
CONFIRM = "confirm"

_STYLE, _PAGE = (
    files("bot.views.paging").joinpath(f"link_page.{kind}").read_text("utf-8") for kind in ("css", "html")
)
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined).from_string(_PAGE)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What every such page is sent with: nothing keeps it, finds it, frames it or learns its address."""

YOU = "you"
_OPENING_CHANGES_NOTHING = "Opening this page changes nothing; only a button does."


@dataclass(frozen=True, slots=True)
class Shown:
    """One page: a heading, a few lines, perhaps a button with what it does, and rarer answers, then where to
    turn. With `reasons` it asks why somebody cannot take it; `cannot` is what follows.
    """

    heading: str
    lines: tuple[str, ...] = ()
    button: str = ""
    act: str = ""
    others: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    cannot: str = ""
    channel: str = ""
    call: str = ""
    colleagues: tuple[tuple[str, str], ...] = ()
    why: tuple[str, ...] = ()
    footer: str = "Muster"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a page stands for the person who comes with a link: `now` is the newest page of its chain.

    `zone` is the name of the person's time zone, as Slack knows it. `colleagues` are the others on the path
    who have a number, `team` is the workspace. `why` says why the page called them, `cannot` that they said
    that they cannot take it.
    """

    page: Page
    now: Page
    incident: Incident | None
    person: str
    names: dict[str, str]
    zone: str | None = None
    colleagues: tuple[tuple[str, str], ...] = ()
    team: str = ""
    why: tuple[str, ...] = ()
    ways: Ways = field(default_factory=Ways)
    cannot: bool = False

    def name(self, user: str | None) -> str:
        """Return whom a sentence is about."""
        if user and user.startswith(CHANNEL):
            return user
        return YOU if user == self.person else f"@{self.names.get(user or '', 'somebody')}"


def drawn(shown: Shown) -> str:
    return _TEMPLATE.render(shown=shown, style=_STYLE, cannot=CANNOT)


def standing(found: Standing) -> Shown:
    """Return the page that says how it stands, and offers what can be done and whom to call.

    A private incident's says nothing more, and a page that is over calls nobody.
    """
    shown, mine = _standing(found), found.now.answered_by == found.person
    if _private(found):
        return shown
    shown = replace(shown, why=found.why)
    if not (found.now.pending or mine):
        return shown
    call = (found.incident and found.incident.call) or ""
    return replace(shown, channel=_channel(found), call=call, colleagues=found.colleagues)


def _channel(found: Standing) -> str:
    """Return where Slack opens the channel, whatever the workspace's address."""
    if not found.incident or not found.incident.channel:
        return ""
    team = {"team": found.team} if found.team else {}
    return f"https://slack.com/app_redirect?{urlencode({**team, 'channel': found.incident.channel})}"


def _standing(found: Standing) -> Shown:
    page, now = found.page, found.now
    if page.pending:
        return _waiting(found)
    if page.state is not PageState.ESCALATED:
        return _over(found, page)
    return _moved_on(found) if now.pending else _over(found, now)


def notification_test(way: MethodTest, zone: str | None) -> Shown:
    """Return the page on which a test is confirmed, for a person in a time zone."""
    if way.confirmed_at:
        return Shown(
            f"{way.contact_method} works", (f"Confirmed at {_time_of_day(way.confirmed_at, zone)}.",)
        )
    return Shown(
        f"A test of {way.contact_method}",
        ("Nothing has happened. Confirm that the test reached you, and Slack will say so too.",),
        "It arrived",
        CONFIRM,
        footer=_OPENING_CHANGES_NOTHING,
    )


def unusable() -> Shown:
    """Return the page for a link that we did not make, or that is for nothing any more."""
    return Shown(
        "This link does not work",
        (
            "It is incomplete, too old, for somebody who has left, or not from this Muster.",
            "Was the text cut? Open the link from the message itself. Otherwise answer in Slack: press "
            "Acknowledge in Muster's direct message, or type /inc ack.",
        ),
    )


def lost() -> Shown:
    """Return the page for a link of a page that a restored database knows nothing of."""
    return Shown(
        "Muster does not know this page any more",
        (
            "It is from before Muster was restored from a backup. Nobody else is called for it.",
            "If it is not over, declare it again in Slack: type /inc declare.",
        ),
    )


def away(act: str | None) -> Shown:
    """Return the page for when the database cannot be used. `act` is the button that was pressed."""
    if act not in (ACKNOWLEDGE, TAKE, CONFIRM):
        return Shown(
            "Muster cannot read its database",
            (
                "So this page cannot be shown, and nothing has changed. Reload it in a minute.",
                "Are you paged? Answer Muster's message in Slack, or call a colleague and say so.",
            ),
        )
    again = "Its operator can see that. Try again in a minute."
    if act == CONFIRM:
        return Shown("Not written down", (f"The database takes nothing now. {again}",), "Try again", act)
    return Shown(
        "Your answer was not written down",
        (
            f"Muster's database takes nothing now, so the page goes on calling. {again}",
            "Are you working on it? Say so in Slack, or call a colleague, so that nobody else has to.",
        ),
        "Try again",
        act,
    )


def _waiting(found: Standing) -> Shown:
    page = found.page
    lines = [*_about(page, found.incident), f"You are paged as {plain_role(page.role, page.level_team)}."]
    if page.last_resort:
        lines.insert(0, "Nobody has answered yet. You are the last level.")
    if page.there_by:
        lines.append(f"You are on the way, there by {_time_of_day(page.there_by, found.zone)}.")
    return Shown(
        _subject(page, found.incident),
        (*lines, f"Please answer by {_time_of_day(page.escalation.due_at, found.zone)}, or it goes on."),
        "Acknowledge",
        ACKNOWLEDGE,
        others=tuple(
            (act, f"On my way: {one.seconds // 60} min")
            for act, one in ON_MY_WAY.items()
            if one in found.ways.lengths
        ),
        reasons=REASONS,
        cannot=_after_them(found),
        footer=_OPENING_CHANGES_NOTHING,
    )


def _after_them(found: Standing) -> str:
    after = found.ways.after
    if after and after.holder:
        return f"{_whoever(found, after.holder)} is at work on it and holds it then: nobody else is called."
    return "The next level is paged." if after else "Nobody comes after you: it stays open."


def _whoever(found: Standing, user: str | None) -> str:
    return "Somebody else" if _private(found) else found.name(user)


def stays_open(found: Standing) -> Shown:
    """Return the page for somebody who cannot take a page, and after whom nobody comes."""
    due = _time_of_day(found.page.escalation.due_at, found.zone)
    ask = "Call somebody who can" if _private(found) or not found.colleagues else "Call one of these"
    return Shown(
        "Nobody comes after you",
        (
            f"The page stays open and calls you again at {due}.",
            f"{ask}, or page a team in Slack: type /inc escalate.",
        ),
        colleagues=() if _private(found) else found.colleagues,
    )


def _moved_on(found: Standing) -> Shown:
    now = found.now
    named = found.name(now.responder)
    whom = (
        "somebody else is paged"
        if _private(found)
        else f"{named} {'are' if named == YOU else 'is'} paged as {plain_role(now.role, now.level_team)}"
    )
    with_whom = f"now {whom}" if now.responder else "now nobody is on call for it"
    why = "You said that you cannot take it" if found.cannot else "This page has moved on"
    return Shown(
        _subject(now, found.incident),
        (
            *_about(now, found.incident),
            f"{why}: {with_whom}.",
            "Take it only if you can work on it now: the paging stops, and you answer for it.",
        ),
        "Take the page",
        TAKE,
        footer=_OPENING_CHANGES_NOTHING,
    )


def _over(found: Standing, page: Page) -> Shown:
    subject = _subject(page, found.incident)
    if page.state is not PageState.ACKNOWLEDGED:
        incident = None if _private(found) else found.incident
        status = f" INC-{incident.id} is {incident.status}." if incident else ""
        at_work = found.incident is not None and found.incident.status.open  # its role may be theirs by hand
        end = "Who holds its role now stands in Slack." if at_work else "You need not do anything."
        return Shown(subject, (f"This page was cancelled.{status} {end}",))
    if page.answered_by != found.person:
        who = _whoever(found, page.answered_by)
        did = "is at work on it and holds this page" if page.rested else "acknowledged this page"
        cannot = "You said that you cannot take it. " if found.cannot else ""
        return Shown(subject, (f"{cannot}{who} {did}. You need not do anything.",))
    incident = found.incident
    channel = incident.channel_name if incident and incident.channel and not _private(found) else None
    where = f"Go on in #{channel} in Slack." if channel else "Go on in Slack as soon as you can."
    return Shown(subject, ("You acknowledged this page. The paging has stopped.", where))


def _subject(page: Page, incident: Incident | None) -> str:
    """Return what it is about. A private incident has no name outside its channel."""
    if not incident:
        return f"Page for {page.escalation.team}"
    title = plain_title(incident)
    name = title[:1].upper() + title[1:]
    return f"{DRILL}{name}" if incident.drill else name


def _about(page: Page, incident: Incident | None) -> tuple[str, ...]:
    if incident:
        return () if incident.private else (f"{incident.severity} · {incident.status}",)
    return (page.escalation.message or "Outside any incident.",)


def _private(found: Standing) -> bool:
    """Say whether the page names the incident's number and nothing else: others may see the phone."""
    return found.incident is not None and found.incident.private


def _time_of_day(at: datetime, zone: str | None) -> str:
    """Return a time by the person's own clock, and whose it is: UTC where theirs is not known here."""
    try:
        if zone:
            return f"{at.astimezone(ZoneInfo(zone)):%H:%M} ({zone})"
    except (KeyError, ValueError, OSError):
        pass  # it names no zone, or one that this machine does not have
    return f"{at.astimezone(UTC):%H:%M} UTC"
