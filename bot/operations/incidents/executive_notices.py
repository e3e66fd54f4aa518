"""The notice to the executives, and what is told in its thread."""

from dataclasses import replace

from bot.domain.errors import Refused, Step
from bot.domain.facts import NoticeContinued, NoticeCorrected, NoticePosted
from bot.domain.incidents.executive_notices import ExecutiveNotice, noticeable, refuse_others
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
    incident = _noticeable(tx, visible(tx, incident_id, by), by)
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
    _noticeable(tx, visible(tx, incident_id, by), by)
    if executive_notices.of(tx, incident_id):
        raise Refused(
            f"The executives have the notice of INC-{incident_id} already. What changed goes into its "
            "thread: `/inc notice <text>`."
        )
    _whole(notice, sure)
    number = executive_notices.add(tx, replace(notice, incident=incident_id, written_by=by, at=tx.now))
    tx.record(NoticePosted(incident=incident_id, by=by, text=notice.summary, notice=number))


def continue_notice(tx: Tx, incident_id: int, text: str, *, by: str, sure: str = "") -> None:
    """Tell the executives what changed, in the thread of the notice."""
    _noticeable(tx, visible(tx, incident_id, by), by)
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


def may_correct(tx: Tx, incident_id: int, *, by: str) -> Begun:
    """Return the notice to whoever wrote it; refuse before anybody writes in vain."""
    begun = begin_notice(tx, incident_id, by=by)
    if not begun.there:
        said = f"The executives have no notice of INC-{incident_id} yet."
        raise Refused(said, Step("Write it", "notice", incident_id))
    if begun.there.written_by != by:
        raise Refused(
            f"<@{begun.there.written_by}> wrote the notice of INC-{incident_id}: only they correct it. What "
            "changed goes into its thread.",
            Step("Tell what changed", "notice", incident_id),
        )
    return begun


def correct_notice(tx: Tx, incident_id: int, notice: ExecutiveNotice, *, by: str, sure: str = "") -> None:
    """Have the notice say what is right; its thread keeps what it said before."""
    before = may_correct(tx, incident_id, by=by).there
    assert before
    _whole(notice, sure)
    if notice.parts == before.parts:
        raise Refused("Nothing in it is different. Change what is wrong.")
    kept = executive_notices.add(tx, replace(before, at=tx.now))
    executive_notices.correct(tx, replace(notice, id=before.id, incident=incident_id))
    tx.record(NoticeCorrected(incident=incident_id, by=by, text=notice.summary, notice=kept))


def _whole(notice: ExecutiveNotice, sure: str) -> None:
    if not (notice.summary and notice.impact and notice.response):
        raise Refused("A notice needs a summary, the impact on customers and the current response.")
    refuse_secrets(notice.heading, notice.summary, notice.impact, notice.response, sure=sure)


def _noticeable(tx: Tx, incident: Incident, by: str) -> Incident:
    if incident.drill:
        raise Refused(f"INC-{incident.id} is a drill: the executives are told nothing of it.")
    if not tx.process.executive_channel:
        raise Refused(
            "No channel for executives is configured: the operator names one under `executive_channel` in "
            "`muster.yml`. Until then write it into the summary's *Exec summary*, to copy it from there.",
            Step("Write the summary", "summary", incident.id),
        )
    refuse_others(noticeable(incident), roles.of(tx, incident.id), by)
    return incident
