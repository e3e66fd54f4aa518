"""Somebody's own shifts in a browser, and the forms by which they ask for cover, swap and override."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot.domain.oncall.cover import CoverRequest, Made
from bot.domain.oncall.spans import Span
from bot.views.browser.forms import Filled
from bot.views.browser.note import local, zone_name
from bot.views.browser.oncall import spell
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from bot.views.oncall.calendar import HINT
from bot.views.oncall.fields import shift_value

SHIFT, THEIRS, SCHEDULE, FROM, UNTIL, PERSON = "shift", "theirs", "schedule", "from", "until", "person"
COVER, SWAP, OVERRIDE = "cover", "swap", "override"
FIELDS: Mapping[str, Sequence[str]] = {
    COVER: (SHIFT, SCHEDULE, FROM, UNTIL),
    SWAP: (SHIFT, THEIRS),
    OVERRIDE: (SCHEDULE, PERSON, FROM, UNTIL),
}
"""The forms, and the fields of each."""
SHOWN = 40
"""How many shifts are listed, and offered in a menu: a page stays small."""
DONE: Mapping[str, str] = {
    COVER: "Your request is asked in the schedule's channel. Until somebody accepts, you are on call.",
    SWAP: "The swap is offered in the schedule's channel. Nothing changes until it is accepted.",
    OVERRIDE: "The override is made, and its schedule's channel is told.",
    "cancelled": "The override is cancelled. Its rotation counts again.",
    "accepted": "You are on call then. The schedule's channel shows it.",
    "ended": "The request is ended. Nothing changes.",
    "renewed": "These addresses are new. The earlier ones show nothing any more.",
}
"""What is said after a form."""


@dataclass(frozen=True, slots=True)
class Mine:
    """What the page shows, read in one transaction, for `viewer`."""

    viewer: Viewer
    now: datetime
    schedules: Sequence[str]
    mine: Sequence[tuple[str, Span]]
    theirs: Sequence[tuple[str, str, Span]]
    requests: Sequence[CoverRequest]
    made: Sequence[Made]

    @property
    def people(self) -> set[str]:
        found = {who for _, who, _ in self.theirs}
        found |= {who for one in self.requests for who in (one.asker, one.colleague) if who}
        return found | {who for one in self.made for who in (one.person, one.replaces, one.made_by) if who}


def _when(span: Span, now: datetime, reader: Reader) -> Markup:
    """Say when a shift is; of one that has begun until when, since what is known of it begins now."""
    if span.start <= now:
        return Markup("until {}").format(reader.time(span.end))
    return spell(span.start, span.end, reader)


def shown(
    found: Mine, feeds: Mapping[str, str], forms: Mapping[str, Filled], done: str, reader: Reader
) -> Mapping[str, Any]:
    """Return what the template is rendered with. `feeds` has the addresses for calendar programs."""
    return {
        "title": "My shifts",
        "shifts": [
            (name, _when(span, found.now, reader), span.start <= found.now)
            for name, span in found.mine[:SHOWN]
        ],
        "more": max(0, len(found.mine) - SHOWN),
        "own_options": [
            (shift_value(name, span), _option(name, span, reader)) for name, span in found.mine[:SHOWN]
        ],
        "their_options": [
            (shift_value(name, span, who), f"{reader.names.get(who, who)}, {_option(name, span, reader)}")
            for name, who, span in found.theirs
        ],
        "schedules": [(name, name) for name in found.schedules],
        "requests": [_request(one, found.viewer.person, reader) for one in found.requests],
        "made": [
            (
                one.id,
                one.schedule,
                reader.name(one.person),
                _instead(one, reader),
                spell(one.starts_at, one.ends_at, reader),
            )
            for one in found.made
        ],
        "feeds": feeds,
        "feed_hint": HINT,
        "clock": zone_name(found.viewer.zone),
        "said": DONE.get(done, ""),
        **forms,
    }


def _option(schedule: str, span: Span, reader: Reader) -> str:
    """Return a shift as one reads it in a menu."""
    start, end = (at.astimezone(reader.zone) for at in (span.start, span.end))
    return f"{start:%a %-d %b %H:%M} to {end:%a %-d %b %H:%M}, {schedule}"


def _request(one: CoverRequest, viewer: str, reader: Reader) -> Mapping[str, Any]:
    when = spell(one.starts_at, one.ends_at, reader)
    if one.colleague and one.back_from and one.back_until:
        back = spell(one.back_from, one.back_until, reader)
        what = Markup("{} offers {} to swap {} for {}").format(
            reader.name(one.asker), reader.name(one.colleague), when, back
        )
    else:
        what = Markup("{} asks for cover, {}").format(reader.name(one.asker), when)
    own, asked = one.asker == viewer, one.colleague in (None, viewer)
    return {
        "id": one.id,
        "schedule": one.schedule,
        "what": what,
        "accept": ("Accept the swap" if one.colleague else "I cover this") if asked and not own else "",
        "end": "Withdraw" if own else "Decline" if one.colleague == viewer else "",
    }


def _instead(one: Made, reader: Reader) -> Markup:
    return Markup(" instead of {}").format(reader.name(one.replaces)) if one.replaces else Markup("")


def began_with(found: Mine, start: datetime, end: datetime) -> Mapping[str, Mapping[str, str]]:
    """Return what stands in the fields of forms that nobody has filled in yet."""
    zone = found.viewer.zone
    schedule = found.mine[0][0] if found.mine else next(iter(found.schedules), "")
    times = {FROM: local(start, zone), UNTIL: local(end, zone)}
    return {COVER: {SCHEDULE: schedule}, SWAP: {}, OVERRIDE: {SCHEDULE: schedule, PERSON: "me", **times}}
