"""Pages for alerts: of a team that a rule names, with an incident or without one."""

from collections.abc import Sequence

from bot.domain.actors import Actor, Machine, MachineKind
from bot.domain.alerts.alert import Alert
from bot.domain.alerts.requests import joined_page
from bot.domain.alerts.routing import MOST_INCIDENTS, STORM, Routed, Rule
from bot.domain.incidents.incident import Incident
from bot.domain.paging.escalations import Reason
from bot.operations.paging.paging import being_paged, cancel_page, raise_page
from storage import alert_pages, alerts, pages
from storage.transaction import Tx

_TEXT = 500


def page_alone(tx: Tx, alert: Alert, routed: Routed) -> tuple[int, str]:
    """Page a team for an alert of which no incident is made. Return the page, and what was made of it.

    Alerts of its group share the page while it calls. In a storm of groups the newest page stands for all.
    """
    if (known := _calling(tx, alert)) is not None:
        return known, joined_page(known)
    recent = alert_pages.paged_since(tx, alert.source, tx.now - STORM)
    if len(recent) >= MOST_INCIDENTS:
        return recent[0], f"joined page {recent[0]}: its source has paged {len(recent)} times just now"
    kind = tx.process.type_of(routed.rule.type)
    team = tx.process.teams[routed.rule.team or kind.pages]
    said = f"{routed.severity} {alert.title}\n{alert.text}".strip()
    source = Machine(MachineKind.ALERT, alert.source)
    page = raise_page(tx, team, None, Reason.ASKED, by=source, message=said[:_TEXT])
    return page.id, f"paged {team.name}: page {page.id}"


def _calling(tx: Tx, alert: Alert) -> int | None:
    """Return the page that calls for the group of an alert, or that somebody answered while it fires on."""
    for known in alert_pages.pages_of_group(tx, alert.source, alert.group, tx.now - STORM):
        if pages.latest(tx, pages.get(tx, known)).pending or alert_pages.firing_of_page(tx, known):
            return known
    return None


def ended(tx: Tx, alert: Alert) -> None:
    """Call nobody any more once all alerts of a page are over."""
    if alert.page and not alert_pages.firing_of_page(tx, alert.page):
        now = pages.latest(tx, pages.get(tx, alert.page))
        if now.pending:
            cancel_page(tx, now)


def page_team(tx: Tx, team: str, incident: Incident, *, by: Actor) -> None:
    """Page a team that a rule names for an incident, unless that is being paged."""
    if team in tx.process.teams and not being_paged(tx, incident.id, team):
        raise_page(tx, tx.process.teams[team], incident, Reason.ASKED, by=by)


def _teams_of(rules: Sequence[Rule], found: Sequence[Alert]) -> list[str]:
    """Return the teams that the rules of alerts name, each once."""
    named = {one.name: one.team for one in rules if one.team}
    return list(dict.fromkeys(named[one.rule] for one in found if one.rule in named))


def page_for_alerts(tx: Tx, incident: Incident, *, by: Actor) -> None:
    """Page the teams of an accepted incident's alerts beside whom its type pages."""
    for team in _teams_of(tx.process.alert_rules, alerts.of_incident(tx, incident.id, 100)):
        page_team(tx, team, incident, by=by)
