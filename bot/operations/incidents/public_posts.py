"""What status pages say: a text goes out once who may publish it did, to each page, and perhaps again."""

from bot.domain.errors import Refused, Step
from bot.domain.facts import NoticeNotTaken, NoticeToPost, NoticeWanted
from bot.domain.incidents.communication import is_draft, left_as_it_was
from bot.domain.incidents.fields import AFFECTED_SERVICES
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.public_posts import (
    PageNotice,
    PublicPost,
    Publishing,
    affected,
    kept_back,
    publishers,
    state_of,
    title_of,
)
from bot.domain.process import CMOC, IM
from bot.operations.incidents.public_subscribers import mail_post
from bot.operations.rights import visible
from bot.operations.workspace.channel import problem
from storage import fields, public_notices, public_posts, roles
from storage.transaction import Tx

TOLD_AT = 2
"""After so many failures whoever published is told, though it is tried again."""


def publishing(tx: Tx, incident: Incident) -> Publishing:
    """Return how an incident is published."""
    where, last = tx.process.communication, public_posts.last(tx, incident.id)
    services = next((one.value for one in fields.of(tx, incident.id) if one.name == AFFECTED_SERVICES), "")
    of_last = last.components if last and not last.resolved else ()
    notice = public_notices.of(tx, incident.id)
    drafted = notice.components if notice and is_draft(incident, notice) else ()
    there = {one.name for one in where.components}
    return Publishing(
        where,
        kept_back(incident, tx.process),
        publishers(incident, roles.of(tx, incident.id)),
        tuple(one for one in drafted if one in there) or of_last or affected(services, where),
        last,
    )


def refuse_others(tx: Tx, incident: Incident, now: Publishing, person: str) -> None:
    """Refuse whoever may not publish it."""
    if not now.waits_for(person):
        return
    whom = " or ".join(f"<@{one}>" for one in now.by) or "the Communications Manager, and nobody is"
    team = tx.process.team_of_role(CMOC, tx.process.type_of(incident.type))
    page = (
        [Step("Page the CMOC", f"escalate {team.name}", incident.id)] if team and incident.status.open else []
    )
    raise Refused(
        f"It goes on the status page, so {whom} publishes it. A text that you typed is kept as the draft.",
        *page,
    )


def post_of(tx: Tx, incident: Incident, text: str, components: tuple[str, ...], author: str) -> PublicPost:
    """Return a text as it would be published now."""
    last = public_posts.last(tx, incident.id)
    first = last is None or last.resolved
    status = incident.publicity.public_status
    title = title_of(status, components) if first or not last else last.title
    return PublicPost(
        0, incident.id, title, text, status, state_of(incident), components, first, author, tx.now
    )


def add_post(tx: Tx, incident: Incident, text: str, components: tuple[str, ...], author: str) -> None:
    """Put a text on our own page, and have the others say it."""
    post = post_of(tx, incident, text, components, author)
    number = public_posts.add(tx, post)
    mail_post(tx, post, number)
    for page in tx.process.communication.pages:
        tx.record(NoticeToPost(incident=incident.id, by=author, post=number, page=page.name))


def send_again(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Have the pages that did not take the last text try it again. Nothing is said twice there."""
    incident = visible(tx, incident_id, by)
    now = publishing(tx, incident)
    refuse_others(tx, incident, now, by)
    late = [] if not now.goes_out or not now.last else behind(tx, now.last)
    if not late or not now.last:
        raise Refused(
            f"Nothing of INC-{incident.id} waits to be sent again.",
            Step("What customers know", "public notice", incident.id),
        )
    for page in late:
        tx.record(NoticeToPost(incident=incident.id, by=by, post=now.last.id, page=page, again=True))
    return incident


def behind(tx: Tx, last: PublicPost) -> list[str]:
    """Return the pages that do not say what was published last."""
    pages = [one.name for one in tx.process.communication.pages]
    return [
        one
        for one in pages
        if all(shown.post < last.id for shown in public_posts.shown(tx, last.incident, one))
    ]


def taken(tx: Tx, *, shown: tuple[PageNotice, ...]) -> None:
    """Note what a page says now."""
    for one in shown:
        public_posts.show(tx, one)


def not_taken(tx: Tx, number: int, page: str, why: str, *, over: bool) -> None:
    """Tell whoever published a text that a page does not say it: for now, or for good."""
    post = public_posts.get(tx, number)
    if isinstance(post.by, str):
        tx.record(
            NoticeNotTaken(incident=post.incident, person=post.by, page=page, why=why, over=over, told=False)
        )
    if over:
        cure = "Send it again: `/inc public send-again`."
        problem(tx, post.incident, f"{page} did not take what was published", why, cure)


def ask_to_end_notice(tx: Tx, incident: Incident) -> None:
    """Ask for the last word on the status page, once an incident is over that it still shows."""
    now = publishing(tx, incident)
    if not (now.shown and now.where.publishes if now.last else left_as_it_was(incident)):
        return
    held = roles.of(tx, incident.id)
    if whom := held.get(CMOC) or held.get(IM) or incident.lead:
        tx.record(NoticeWanted(incident=incident.id, person=whom))
