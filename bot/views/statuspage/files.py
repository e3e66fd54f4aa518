"""Our own status page as files: pages, feeds and JSON, the same whether served or exported."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files as resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from bot.domain.incidents.public_page import Contents, Notice
from bot.domain.incidents.publicity import PublicStatus
from bot.views.statuspage.feeds import atom, rss

RECENT = timedelta(days=14)
"""How long a notice that is resolved stays on the first page after the last change."""

_STYLE, _PAGE = (
    resources("bot.views.statuspage").joinpath(f"page.{kind}").read_text("utf-8") for kind in ("css", "html")
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What each file is sent with."""
FORM_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}
"""What a page with a form is sent with."""
TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xml": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}
_INDICATOR: Mapping[PublicStatus, str] = {
    PublicStatus.OPERATIONAL: "none",
    PublicStatus.DEGRADED: "minor",
    PublicStatus.PARTIAL: "major",
    PublicStatus.DISRUPTION: "critical",
    PublicStatus.SECURITY: "critical",
}
_COMPONENT: Mapping[PublicStatus, str] = {
    PublicStatus.OPERATIONAL: "operational",
    PublicStatus.DEGRADED: "degraded_performance",
    PublicStatus.PARTIAL: "partial_outage",
    PublicStatus.DISRUPTION: "major_outage",
    PublicStatus.SECURITY: "major_outage",
}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tone(status: PublicStatus, notices: list[Notice]) -> str:
    if status is PublicStatus.OPERATIONAL:
        return "warn" if notices else "ok"
    return "warn" if status is PublicStatus.DEGRADED else "bad"


_WORLD = Environment(autoescape=True, undefined=StrictUndefined)
_WORLD.filters["iso"] = _iso
_WORLD.filters["day"] = lambda at: f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC"
_WORLD.filters["month"] = lambda key: f"{datetime.strptime(key, '%Y-%m').replace(tzinfo=UTC):%B %Y}"
_TEMPLATE = _WORLD.from_string(_PAGE)
_FORM = _WORLD.from_string(resources("bot.views.statuspage").joinpath("subscribe.html").read_text("utf-8"))


def page_files(name: str, url: str, page: Contents, *, mails: bool = False) -> dict[str, bytes]:
    """Return each file by its path; the first page comes last, after what it leads to."""
    asks = {"subscribe": f"{url}/subscribe" if mails else ""}
    summary = _json(name, url, page)
    found = {
        f"history/{month}.html": _html(
            name, page, "month", up="../", heading=f"{name}: {month}", month=month, notices=notices, **asks
        )
        for month, notices in page.months.items()
    }
    found["history/index.html"] = _html(name, page, "months", up="../", heading=f"{name}: history", **asks)
    found["status.json"] = found["api/v2/summary.json"] = summary
    found["feed.atom"], found["feed.xml"] = atom(name, url, page), rss(name, url, page)
    found["index.html"] = _html(
        name,
        page,
        "now",
        heading=f"{overall(page)} · {name}",
        overall=overall(page),
        recent=_recent(page),
        **asks,
    )
    return found


def preview(name: str, page: Contents) -> bytes:
    """Return the first page as it would be, marked as what it is; nothing leads on from it."""
    heading = f"Preview: {overall(page)} · {name}"
    return _html(
        name, page, "now", heading=heading, overall=overall(page), recent=_recent(page), preview=True
    )


def overall(page: Contents) -> str:
    """Say how all of it is."""
    if page.status is not PublicStatus.OPERATIONAL:
        return page.status.value
    if page.open:
        return "Open notices"
    return "Maintenance under way" if any(one.running for one in page.planned) else "All systems operational"


def _recent(page: Contents) -> list[Notice]:
    """Return what was resolved shortly before the last change: the page stays the same until the next one."""
    since = page.changed_at - RECENT if page.changed_at else None
    return [one for one in page.notices if not one.open and since and one.last.at >= since]


def _html(name: str, page: Contents, kind: str, *, up: str = "", **more: Any) -> bytes:
    fixed = {"style": _STYLE, "tone": _tone, "days": RECENT.days, "name": name, "up": up}
    fixed |= {"preview": False, "subscribe": ""}
    return _TEMPLATE.render({"page": page, "kind": kind, **fixed, **more}).lstrip().encode()


def form_page(name: str, url: str, kind: str, title: str, **more: Any) -> bytes:
    """Return a page with a field for an address (`ask`), with one button (`press`), or with words alone."""
    given = {"said": "", "wrong": False, "address": "", "button": "", **more}
    return _FORM.render(
        {"style": _STYLE, "name": name, "url": url, "kind": kind, "title": title, **given}
    ).encode()


def _json(name: str, url: str, page: Contents) -> bytes:
    """Return it in the shape that readers of status pages know."""
    changed = _iso(page.changed_at) if page.changed_at else None
    said = {
        "page": {"id": "muster", "name": name, "url": url, "time_zone": "Etc/UTC", "updated_at": changed},
        "status": {"indicator": _INDICATOR[page.status], "description": overall(page)},
        "components": [
            {
                "id": f"component-{place}",
                "name": part,
                "status": "under_maintenance"
                if status is PublicStatus.OPERATIONAL and part in page.maintained
                else _COMPONENT[status],
                "position": place,
                "group_id": None,
            }
            for place, (part, status) in enumerate(page.components, 1)
        ],
        "incidents": [_incident(url, one) for one in page.open],
        "scheduled_maintenances": [
            {
                "id": f"maintenance-{one.id}",
                "name": one.text.splitlines()[0],
                "status": "in_progress" if one.running else "scheduled",
                "scheduled_for": _iso(one.starts_at),
                "scheduled_until": _iso(one.ends_at),
                "body": one.text,
                "components": [{"name": part} for part in one.components],
            }
            for one in page.planned
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _incident(url: str, one: Notice) -> dict[str, Any]:
    return {
        "id": f"notice-{one.id}",
        "name": one.title,
        "status": one.last.state.value.lower(),
        "impact": _INDICATOR[one.last.public_status],
        "created_at": _iso(one.began_at),
        "updated_at": _iso(one.last.at),
        "shortlink": link_to(url, one),
        "components": [{"name": part} for part in one.components],
        "incident_updates": [
            {
                "id": f"update-{post.id}",
                "status": post.state.value.lower(),
                "body": post.text,
                "created_at": _iso(post.at),
            }
            for post in one.posts
        ],
    }


def link_to(url: str, one: Notice) -> str:
    """Return where a notice is read for ever."""
    return f"{url}/history/{one.began_at:%Y-%m}.html#n{one.id}"
