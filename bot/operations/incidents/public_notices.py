"""The notice to customers: its draft, who confirms that it is wanted, and that it was published."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.editions import refuse_overtaken
from bot.domain.errors import Refused, Step
from bot.domain.facts import (
    ImpactConfirmed,
    NoticeDrafted,
    NoticePublished,
    NoticeWanted,
    NotPublished,
)
from bot.domain.incidents.communication import (
    Told,
    confirming_roles,
    filling,
    is_draft,
    left_as_it_was,
    notice_text,
    noticeable,
    publish_by,
    unconfirmed,
    who_confirms,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.public_posts import known
from bot.domain.incidents.publicity import PublicNotice
from bot.domain.process import CMOC, IM
from bot.domain.text import one_line, tidy
from bot.operations.incidents.changes import save
from bot.operations.incidents.public_posts import add_post, publishing, refuse_others
from bot.operations.rights import visible
from bot.secret_scan import refuse_secrets
from storage import public_notices, roles
from storage.transaction import Tx

LONGEST_REASON = 500
AT_ONCE = timedelta(minutes=1)
"""Of two people who publish the same text so shortly after each other, the first one did."""


def told(tx: Tx, incident: Incident) -> Told:
    """Return what customers were told of an incident."""
    wanted, kind = confirming_roles(incident, tx.process), tx.process.type_of(incident.type)
    by, going = publish_by(incident, tx.process), publishing(tx, incident)
    held = roles.of(tx, incident.id)
    teams = ((role, tx.process.team_of_role(role, kind)) for role in wanted)
    return Told(
        notice=public_notices.of(tx, incident.id),
        roles=wanted,
        holders={role: held[role] for role in wanted if role in held},
        teams={role: team.name for role, team in teams if team},
        confirmed=public_notices.confirmed(tx, incident.id),
        by=by,
        where=tx.process.communication,
        shown=going.shown if going.last else left_as_it_was(incident),
        late=by is not None and by < tx.now,
    )


def draft(
    tx: Tx,
    incident_id: int,
    text: str,
    *,
    by: str,
    sure: str = "",
    components: tuple[str, ...] | None = None,
    seen: str | None = None,
) -> Incident:
    """Write what customers are to read. Who has to confirm that they have to is asked. What looks like a
    secret in it has to be confirmed by who wrote it. `seen` is the edition that they had before them. What an
    earlier draft says is affected stays, unless `components` say something else.
    """
    incident = noticeable(visible(tx, incident_id, by))
    kept = notice_text(text)
    refuse_secrets(kept, sure=sure)
    before = public_notices.of(tx, incident.id)
    stay = before.components if before and is_draft(incident, before) else ()
    about = stay if components is None else known(components, tx.process.communication)
    same_text = bool(before and before.text == kept)
    if not before or not same_text or about != stay:
        _refuse_unseen(before, seen)
        public_notices.put(tx, PublicNotice(incident.id, kept, by, tx.now, about))
    if not same_text:
        tx.record(NoticeDrafted(incident=incident.id, by=by, text=kept))
    return incident


def confirm(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Confirm, in a role that one holds, that customers outside are significantly affected."""
    incident = noticeable(visible(tx, incident_id, by))
    now = told(tx, incident)
    if not now.missing:
        raise Refused(
            f"It is confirmed already that INC-{incident.id} affects customers significantly.",
            Step("What customers know", "public notice", incident.id),
        )
    theirs = now.may_confirm(by)
    if not theirs:
        raise Refused(f"That is not yours to say. {who_confirms(now)}", *filling(incident, now))
    for role in theirs:
        public_notices.confirm(tx, incident.id, role, by)
        tx.record(ImpactConfirmed(incident=incident.id, by=by, role=role))
    return incident


def publish(
    tx: Tx,
    incident_id: int,
    text: str,
    *,
    by: str,
    sure: str = "",
    components: tuple[str, ...] = (),
    seen: str | None = None,
) -> Incident:
    """Have the status pages say this text, or the draft, or note that people had them say it: only once it is
    confirmed that it should be said. `seen` is the edition of the text that the writer had before them.
    """
    incident = noticeable(visible(tx, incident_id, by))
    now, going = told(tx, incident), publishing(tx, incident)
    first = incident.publicity.noticed_at is None
    if first and unconfirmed(incident, tx.process, now.confirmed):
        raise _unconfirmed(incident, now, by, written=bool(tidy(text)))
    refuse_others(tx, incident, going, by)
    written = now.notice.text if now.notice else ""
    kept = notice_text(text or written)
    about = going.about(components, incident.id) if going.goes_out else ()
    read = now.notice and not is_draft(incident, now.notice)
    same = going.says_already(incident, kept, about) if going.goes_out else read and kept == written
    said_at = incident.publicity.noticed_at
    if said_at and same and tx.now - said_at < AT_ONCE:
        return incident
    _refuse_unseen(now.notice, seen)
    if kept != written:
        refuse_secrets(kept, sure=sure)
    public_notices.put(tx, PublicNotice(incident.id, kept, by, tx.now, about))
    publicity = replace(incident.publicity, noticed_at=tx.now, unpublished="")
    published = replace(incident, publicity=publicity)
    tx.record(NoticePublished(incident=incident.id, by=by, text=kept, first=first))
    save(tx, published)
    if going.goes_out:
        add_post(tx, published, kept, about, by)
    return published


def _unconfirmed(incident: Incident, now: Told, by: str, *, written: bool) -> Refused:
    return Refused(
        "Publish nothing yet: it is not confirmed that customers outside are significantly affected. "
        f"{who_confirms(now)}{' What you wrote is kept as the draft.' if written else ''}",
        *([Step("I confirm it", "public confirm", incident.id)] if now.may_confirm(by) else []),
        *filling(incident, now),
    )


def _refuse_unseen(notice: PublicNotice | None, seen: str | None) -> None:
    if notice:
        refuse_overtaken(notice.edition, seen, notice.written_by)


def leave_unpublished(tx: Tx, incident_id: int, reason: str, *, by: str) -> Incident:
    """Say why customers are not told: nobody is asked for it any more."""
    incident = noticeable(visible(tx, incident_id, by))
    if incident.publicity.noticed_at:
        raise Refused(
            f"Customers were told of INC-{incident.id} already.",
            Step("What customers know", "public notice", incident.id),
        )
    why = one_line(reason)[:LONGEST_REASON]
    if not why:
        raise Refused("Say why it is not published: `/inc public not-published <reason>`.")
    left = replace(incident, publicity=replace(incident.publicity, unpublished=why))
    tx.record(NotPublished(incident=incident.id, by=by, text=why))
    save(tx, left)
    return left


def remind_of_notice(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Remind the CMOC of the status page. While there is none, of one that was written the IM or the lead."""
    held = roles.of(tx, incident.id)
    others = (held.get(IM) or incident.lead) if incident.publicity.noticed_at else None
    _want(tx, incident, held.get(CMOC) or others)


def ask_whether_communicated(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Ask the CMOC, or else the IM, or else the lead, when customers should have heard of it."""
    held = roles.of(tx, incident.id)
    _want(tx, incident, held.get(CMOC) or held.get(IM) or incident.lead)


def _want(tx: Tx, incident: Incident, person: str | None) -> None:
    if person:
        tx.record(NoticeWanted(incident=incident.id, person=person))
