"""The notice to the executives, and what is told in its thread."""

from dataclasses import replace

from bot.domain.errors import Refused, Step
from bot.domain.facts import NoticeContinued, NoticePosted
from bot.domain.incidents.executive_notices import ExecutiveNotice, noticeable
from bot.domain.incidents.fields import letters
from bot.domain.incidents.incident import Incident
from bot.domain.process import INFRASTRUCTURE_LIAISON
from bot.operations.rights import visible
from bot.secret_scan import refuse_secrets
from bot.views.incidents.executive_notice import Begun
from storage import actions, executive_notices, links, roles, updates
from storage.transaction import Tx

_ISSUE = {"issue", "gitlabissue", "incidentissue", "mainincident", "productionissue", "ticket"}
"""Names of a link that is the main incident's."""


def begin_notice(tx: Tx, incident_id: int, *, by: str) -> Begun:
    """Return what is known already of the four parts, or the notice that is there; refuse before anybody
    writes in vain.
    """
    incident = _noticeable(tx, visible(tx, incident_id, by))
    sent = updates.latest(tx, incident_id)
    work = [one.title for one in actions.of(tx, incident_id) if not one.done_at]
    issue = next((one.url for one in links.of(tx, incident_id) if letters(one.name) in _ISSUE), "")
    return Begun(
        incident=incident,
        there=executive_notices.of(tx, incident_id),
        liaison=roles.of(tx, incident_id).get(INFRASTRUCTURE_LIAISON),
        summary=incident.summary.executive or incident.summary.summary,
        impact=sent.text if sent else "",
        response="\n".join(f"- {title}" for title in work),
        issue=issue,
    )


def post_notice(tx: Tx, incident_id: int, notice: ExecutiveNotice, *, by: str, sure: str = "") -> None:
    """Post the notice in the executives' channel. There is one of an incident. What looks like a secret in
    it has to be confirmed.
    """
    _noticeable(tx, visible(tx, incident_id, by))
    if executive_notices.of(tx, incident_id):
        raise Refused(
            f"The executives have the notice of INC-{incident_id} already. What changed goes into its "
            "thread: `/inc notice <text>`."
        )
    if not (notice.summary and notice.impact and notice.response):
        raise Refused("A notice needs a summary, the impact on customers and the current response.")
    refuse_secrets(notice.heading, notice.summary, notice.impact, notice.response, sure=sure)
    number = executive_notices.add(tx, replace(notice, incident=incident_id, written_by=by, at=tx.now))
    tx.record(NoticePosted(incident=incident_id, by=by, text=notice.summary, notice=number))


def continue_notice(tx: Tx, incident_id: int, text: str, *, by: str, sure: str = "") -> None:
    """Tell the executives what changed, in the thread of the notice."""
    _noticeable(tx, visible(tx, incident_id, by))
    if not executive_notices.of(tx, incident_id):
        raise Refused(
            f"The executives have no notice of INC-{incident_id} yet.",
            Step("Write it", "notice", incident_id),
        )
    if not text:
        raise Refused("Write what changed for customers, or in the response.")
    refuse_secrets(text, sure=sure)
    more = ExecutiveNotice(0, incident_id, "", text, "", "", "", by, tx.now)
    number = executive_notices.add(tx, more)
    tx.record(NoticeContinued(incident=incident_id, by=by, text=text, notice=number))


def _noticeable(tx: Tx, incident: Incident) -> Incident:
    if incident.drill:
        raise Refused(f"INC-{incident.id} is a drill: the executives are told nothing of it.")
    if not tx.process.executive_channel:
        raise Refused(
            "No channel for executives is configured: the operator names one under `executive_channel` in "
            "`muster.yml`. Until then write it into the summary's *Exec summary*, to copy it from there.",
            Step("Write the summary", "summary", incident.id),
        )
    return noticeable(incident)
