"""Alerts, by the API. What is of a private incident is told only to a token that may know of that."""

from contextlib import suppress

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.listing import Sought
from bot.domain.errors import NotFound
from handlers.rest import models
from handlers.rest.asked import Asked, known_by
from storage import alerts
from storage.transaction import Tx


def list_alerts(tx: Tx, asked: Asked) -> models.Alerts:
    """Return a page of them: it may be shorter than it could be, by what is of private incidents."""
    query = asked.query
    sought = Sought(
        source=query.source, severities=tuple(query.severity), words=tuple(query.q.split()[:MOST_WORDS])
    )
    found = alerts.newest(
        tx, asked.viewer, only_open=query.open, limit=query.limit + 1, before=query.cursor, sought=sought
    )
    page = found[: query.limit]
    more = str(page[-1].id) if len(found) > len(page) else None
    shown = [_shown(one) for one in page if _may_know(tx, asked, one)]
    return models.Alerts(data=shown, next_cursor=more)


MOST_WORDS = 6


def show_alert(tx: Tx, asked: Asked) -> models.Alert:
    given = asked.path["alert"]
    digits = given[2:] if given[:2].upper() == "A-" else given
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else 0
    with suppress(NotFound):
        found = alerts.visible(tx, number, asked.by)
        if _may_know(tx, asked, found):
            return _shown(found)
    raise NotFound("alert", given[:40])


def _may_know(tx: Tx, asked: Asked, one: Alert) -> bool:
    if not one.incident:
        return True
    with suppress(NotFound):
        known_by(tx, asked, one.incident)
        return True
    return False


def _shown(one: Alert) -> models.Alert:
    return models.Alert(
        id=one.id,
        reference=f"A-{one.id}",
        source=one.source,
        key=one.key,
        title=one.title,
        text=one.text,
        severity=one.severity,
        state=one.state.value,
        labels=dict(one.labels),
        links=[models.AlertLink(name=each.name, url=each.url) for each in one.links],
        fired=one.fired,
        first_at=one.first_at,
        last_at=one.last_at,
        resolved_at=one.resolved_at,
        incident=f"INC-{one.incident}" if one.incident else None,
        page=one.page,
        outcome=one.outcome,
        rule=one.rule,
        trace=one.trace,
    )
