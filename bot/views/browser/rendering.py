"""Pages for a browser: one environment, in which all is escaped, and the headers they are sent with."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from importlib.resources import files as resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, no-store",
}
"""What each page is sent with. Nothing in one is from elsewhere, and no script or style stands in it."""

ASSETS: Mapping[str, tuple[str, str]] = {
    name: (resources("bot.views.browser").joinpath(name).read_text("utf-8"), kind)
    for name, kind in (
        ("style.css", "text/css"),
        ("app.js", "text/javascript"),
        ("icon.svg", "image/svg+xml"),
    )
}
"""What the pages load, by its name."""
_VERSIONS = {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, (text, _) in ASSETS.items()}

NAVIGATION = (
    ("/", "Board"),
    ("/incidents", "Incidents"),
    ("/on-call", "On call"),
    ("/follow-ups", "Follow-ups"),
    ("/reviews", "Reviews"),
    ("/status-page", "Status page"),
    ("/insights", "Insights"),
)
"""The pages that every page leads to."""
OF_ADMINS = (("/operator", "Operator"),)
"""Those that only whoever looks after Muster is led to."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads a page: a Slack user, with their time zone, and the mark that each form of theirs carries.

    An `admin` looks after Muster itself.
    """

    person: str
    name: str
    zone: tzinfo
    mark: str
    admin: bool = False


def rendered(template: str, *, root: str, viewer: Viewer | None, **values: Any) -> str:
    """Return a page. `root` is what stands before each path of ours in its links; `title` has to be given."""
    zone = viewer.zone if viewer else UTC
    leads = (*NAVIGATION, *(OF_ADMINS if viewer and viewer.admin else ()))
    given = {"root": root, "viewer": viewer, "zone": zone, "navigation": leads, "here": "", **values}
    return ENVIRONMENT.get_template(template).render(given)


def when(at: datetime, zone: tzinfo, *, day: bool = True) -> Markup:
    """Return a time as whoever reads has it, and in UTC where that is another one."""
    own, utc = at.astimezone(zone), at.astimezone(UTC)
    form = "%-d %b %Y, %H:%M" if day else "%H:%M"
    said = f"{own.strftime(form)} {_zone_name(own)}"
    if own.utcoffset() != timedelta():
        said += f" ({utc.strftime('%-d %b, %H:%M' if day and own.date() != utc.date() else '%H:%M')} UTC)"
    return Markup('<time datetime="{}">{}</time>').format(stamp(at), said)


def stamp(at: datetime) -> str:
    """Return a time for programs."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _zone_name(at: datetime) -> str:
    name = at.tzname() or ""
    return name if name.isalpha() else f"UTC{name}" if name else "UTC"


def lasting(length: timedelta) -> str:
    """Return a length in its two largest units: `3 d 4 h`, `1 h 5 min`, `12 min`, `40 s`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    first = next(number for number, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)


def mark(viewer: Viewer) -> Markup:
    """Return what stands in every form, so that it is known for one of ours."""
    return Markup('<input type="hidden" name="mark" value="{}">').format(viewer.mark)


def code(text: str) -> Markup:
    """Return a sentence of ours in which what stands between backticks is typed as it is."""
    parts = re.split(r"`([^`]*)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts)
    )


def _asset(name: str) -> str:
    return f"/static/{name}?v={_VERSIONS[name]}"


ENVIRONMENT = Environment(
    autoescape=True,
    undefined=StrictUndefined,
    loader=PackageLoader("bot.views", "browser"),
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.globals.update(when=when, lasting=lasting, asset=_asset, mark=mark, incident_path="/incidents/")
ENVIRONMENT.filters["code"] = code
