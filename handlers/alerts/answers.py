"""What sources are answered that send what is not taken."""

from collections.abc import Sequence

from aiohttp import web

from bot.domain.alerts.signals import Signal
from storage import alert_lookups
from storage.transaction import Tx

ASIDE = "an entry of `alerts` in muster.yml is broken and set aside; please send it again when it is mended"
"""Why a source is asked to send again: what it sends would be taken then."""


AGAIN_IN = 5
"""Seconds after which a source that asks is to send again what could not be kept."""


def invalid(errors: list[str]) -> web.Response:
    told = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    return web.json_response(told, status=400)


def unparsed() -> web.Response:
    """Return what PagerDuty's Events API answers to what is no JSON."""
    told = {
        "status": "Unrecognized object",
        "message": "Event object format is unrecognized",
        "errors": ["JSON parse error"],
    }
    return web.json_response(told, status=400)


def as_gitlab(tx: Tx, source: str, signals: Sequence[Signal]) -> list[dict[str, object]]:
    """Return what GitLab answers: each alert with its number."""
    found = [(one, alert_lookups.by_key(tx, source, one.key)) for one in signals]
    return [{"iid": alert.id if alert else None, "title": one.title} for one, alert in found]


def unknown(detail: str) -> web.Response:
    """Return the answer to a key that is none: Amazon brings the one in its address only when it is asked."""
    answer = problem(401, detail)
    answer.headers["WWW-Authenticate"] = 'Basic realm="alerts"'
    return answer


def problem(status: int, detail: str) -> web.Response:
    told = {"type": "about:blank", "title": detail, "status": status}
    answer = web.json_response(told, status=status, content_type="application/problem+json")
    if status == web.HTTPServiceUnavailable.status_code:
        answer.headers["Retry-After"] = str(AGAIN_IN)
    return answer
