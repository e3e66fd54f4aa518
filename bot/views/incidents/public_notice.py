"""What customers are told: its state, the forms that write it, and the questions to those who decide."""

from typing import Any

from bot.domain.errors import Step
from bot.domain.incidents.communication import Told, filling, is_draft
from bot.domain.incidents.incident import GONE, Incident, Status
from bot.domain.incidents.public_posts import Publishing
from bot.domain.process import Communication
from bot.views.blocks import Block, Message, context, message, section
from bot.views.drill import says_drill
from bot.views.forms import input_block, modal, multi_select, option, text_input
from bot.views.mrkdwn import actor, escape, link, listed, person, quote, when
from bot.views.naming import standing, title, title_inside, way_in
from bot.views.steps import row

OPEN = "public_notice_open"
DRAFT_FORM, PUBLISH_FORM, WHY_FORM = "public_draft_form", "public_publish_form", "public_why_form"
TEXT, WHY, COMPONENTS = "notice", "why", "components"
_SHOWN = 1500
_BY_HAND = Publishing(Communication())


def proposed(incident: Incident, told: Told) -> str:
    """Return what a notice begins with: its draft, else what the summary says."""
    summary = incident.summary
    return (told.notice.text if told.notice else "") or summary.cmoc or summary.summary


def draft_form(incident: Incident, told: Told, text: str = "") -> dict[str, Any]:
    blocks = [
        context(f"{title_inside(incident)} · Nothing is published by this: it asks {_asked(told)}."),
        _text(text or proposed(incident, told)),
    ]
    return modal("Notice to customers", "Save the draft", DRAFT_FORM, blocks, str(incident.id))


def publish_form(
    incident: Incident, told: Told, publishing: Publishing = _BY_HAND, text: str = ""
) -> dict[str, Any]:
    about = f"{title_inside(incident)} · {where_to(publishing)}"
    blocks = [context(about), _text(text or proposed(incident, told))]
    if publishing.goes_out and publishing.where.components:
        names = [option(one.name, one.name) for one in publishing.where.components]
        chosen = multi_select(COMPONENTS, names, initial=publishing.affected)
        blocks.append(input_block("What is affected", chosen, COMPONENTS))
    return modal("It is published", "Published", PUBLISH_FORM, blocks, str(incident.id))


def where_to(publishing: Publishing) -> str:
    """Say where a text goes and who is sent a message, before it is published."""
    if not publishing.where.publishes:
        return "Write it on the status page first. This notes what it says."
    if publishing.kept_back:
        return (
            f"Muster publishes nothing of it, since {publishing.kept_back}. Write it on the status page "
            "by hand, if at all: this notes what it says."
        )
    pages = [
        f"{one.name} ({'sends subscribers a message' if one.notifies else 'sends nobody a message'})"
        for one in publishing.where.pages
    ]
    mails = " Those who subscribed there are mailed it." if publishing.where.mails else ""
    return f"This publishes it on {listed(['our status page', *map(escape, pages)])}.{mails}"


def went_to(publishing: Publishing) -> str:
    """Say where a text went."""
    if publishing.kept_back:
        return f"Muster publishes nothing of it, since {publishing.kept_back}: this notes it."
    pages = ["our status page", *(escape(one.name) for one in publishing.where.pages)]
    return f"Published on {listed(pages)}."


@says_drill
def not_taken(incident: Incident, page: str, why: str, *, over: bool) -> Message:
    """Tell whoever published a text that a status page does not say it."""
    said = f"*{escape(page)} did not take what you published of {title(incident)}* ({escape(why)})."
    again = Step("Send again", "public send-again", incident.id)
    if over:
        return message(said, section(f"{said} It is kept."), *row([again]))
    return message(said, section(f"{said} It is tried again by itself. {way_in(incident)}"), *row([again]))


def why_form(incident: Incident) -> dict[str, Any]:
    blocks = [
        context(f"{title_inside(incident)} · Nobody is asked for a notice any more."),
        input_block("Not published because", text_input(WHY, max_length=500, focus=True), WHY),
    ]
    return modal("Not published", "Save", WHY_FORM, blocks, str(incident.id))


def _text(text: str) -> Block:
    hint = "What customers notice, and what we do. No names, no customer's data."
    return input_block("What customers read", text_input(TEXT, initial=text, multiline=True), TEXT, hint=hint)


def _asked(told: Told) -> str:
    return f"{listed(map(escape, told.roles))} to confirm that customers are significantly affected"


@says_drill
def state(
    incident: Incident, told: Told, viewer: str, said: str = "", publishing: Publishing = _BY_HAND
) -> Message:
    """Return what customers know, what is missing until they can be told, and the next step first."""
    publicity = incident.publicity
    lines = [said] if said else []
    lines += [
        f"*{title_inside(incident)}: what customers know*",
        f"Public status: *{publicity.public_status}*",
    ]
    lines += [heard(incident, told)]
    if not publicity.noticed_at:
        lines += [confirmations(told)]
    texts = ["\n".join(lines)]
    if last := publishing.last:
        texts.append(f"*{escape(last.title)}* · {last.state}\n{quote(last.text, _SHOWN)}")
    if told.notice and not (last and last.text == told.notice.text):
        drafted = last or is_draft(incident, told.notice)
        what = f"Draft by {actor(told.notice.written_by)}" if drafted else "Published"
        texts.append(f"*{what}*\n{quote(told.notice.text, _SHOWN)}")
    if told.where.status_page:
        texts.append(link(told.where.status_page, "Status page"))
    return message(texts[0], *map(section, texts), *row(_steps(incident, told, viewer)))


def heard(incident: Incident, told: Told) -> str:
    """Say whether customers heard of it, or until when they should."""
    publicity = incident.publicity
    if publicity.noticed_at:
        return f"The status page was written {when(publicity.noticed_at)}."
    if publicity.unpublished:
        return f"Not published, because\n{quote(publicity.unpublished)}"
    if incident.status is Status.CLOSED and (told.late or not told.by):
        return f"Never published, and INC-{incident.id} is closed: nobody waits for it any more."
    hear = "should have heard" if told.late else "should hear"
    return f"Not published yet: customers {hear} by {when(told.by)}." if told.by else "Not published."


def confirmations(told: Told) -> str:
    """Say who has confirmed that customers are significantly affected, and who has not."""
    said = []
    for role in told.roles:
        if role in told.confirmed:
            said.append(f"{escape(role)}: confirmed by {person(told.confirmed[role])}")
        elif role in told.holders:
            said.append(f"{escape(role)}: {person(told.holders[role])}, not yet")
        else:
            said.append(f"{escape(role)}: nobody holds it")
    return f"Significant external impact: {' · '.join(said)}"


def _steps(incident: Incident, told: Told, viewer: str) -> list[Step]:
    if incident.status in GONE and not told.shown:
        return []
    number, found = incident.id, []
    publicity = incident.publicity
    if told.may_confirm(viewer) and not publicity.noticed_at:
        found.append(Step("Confirm the impact", "public confirm", number))
    if told.shown and not incident.status.open:
        return [Step("Publish that it is over", "public publish", number)]
    if publicity.noticed_at:
        return [Step("Write it anew", "public publish", number)]
    ready = Step("It is published", "public publish", number)
    draft = Step("Change the draft" if told.notice else "Draft the notice", "public draft", number)
    found += [draft, ready] if told.missing else [ready, draft]
    return [*found, *filling(incident, told), Step("Not published because …", "public not-published", number)]


@says_drill
def to_confirm(incident: Incident, told: Told, whom: str) -> Message:
    """Ask whoever holds a role whether customers outside are significantly affected."""
    roles = listed(map(escape, told.may_confirm(whom)))
    text = (
        f"*{title(incident)}: are customers outside significantly affected?* Your word as {roles} is wanted "
    )
    text += "before a notice is published."
    written = told.notice
    if written and incident.private:
        text += f"\nThe draft is in its channel: {way_in(incident)}, `/inc public notice`."
    elif written:
        text += f"\n{actor(written.written_by)} drafted:\n{quote(written.text, _SHOWN)}"
    steps = [
        Step("Confirm the impact", "public confirm", incident.id),
        Step("No: do not publish", "public not-published", incident.id),
    ]
    return message(text, section(text), *row(steps))


@says_drill
def wanted(incident: Incident, told: Told) -> Message:
    """Remind one person that customers are to hear of it, or to hear more."""
    since = incident.publicity.noticed_at
    if told.shown and not incident.status.open:
        by_hand = None if told.where.publishes else since
        shows = f"says what it said {when(by_hand)}" if by_hand else "still shows it as open"
        text = f"*{title(incident)} is {incident.status}, and the status page {shows}.*"
        steps = [Step("Publish that it is over", "public publish", incident.id)]
    elif since:
        text = f"*The status page says of {title(incident)} what it said {when(since)}.* Is there news?"
        steps = [Step("I wrote it anew", "public publish", incident.id)]
    else:
        hear = "should have heard" if told.late else "should hear"
        due = f" They {hear} of it by {when(told.by)}." if told.by else ""
        text = f"*Have customers heard of {title(incident)}?* Nothing is published yet.{due}"
        first = Step("It is published", "public publish", incident.id)
        draft = Step("Draft the notice", "public draft", incident.id)
        steps = [*([draft, first] if told.missing else [first, draft])]
        steps += [Step("Not published because …", "public not-published", incident.id)]
    text += f"\n{standing(incident)} · public status {incident.publicity.public_status} · {way_in(incident)}"
    return message(text, section(text), *row(steps))


@says_drill
def over(incident: Incident) -> Message:
    """Return what is left of a question about what customers are told."""
    publicity = incident.publicity
    if publicity.noticed_at:
        return message(f"Customers were told of {title(incident)} {when(publicity.noticed_at)}.")
    if publicity.unpublished:
        return message(f"{title(incident)} is not published, as somebody said why.")
    return message(f"{title(incident)} is {incident.status}: nothing is asked of you for customers now.")


@says_drill
def confirmed(incident: Incident) -> Message:
    """Return what is left of the question whether customers are affected."""
    return message(f"Answered: {title(incident)} affects customers outside significantly.")


@says_drill
def published(incident: Incident, text: str, where: Communication) -> Message:
    """Tell those who talk with customers that they were told."""
    said = f"*Customers were told of {title_inside(incident)}*: {incident.publicity.public_status}."
    return message(said, section(f"{said}\n{quote(text, _SHOWN)}"), context(_further(incident, where)))


@says_drill
def mitigated(incident: Incident, where: Communication) -> Message:
    """Tell those who talk with customers that it is mitigated."""
    said = f"*{title_inside(incident)} is mitigated*: {incident.publicity.public_status}, {incident.status}."
    return message(said, section(said), context(_further(incident, where)))


def _further(incident: Incident, where: Communication) -> str:
    page = [link(where.status_page, "status page")] if where.status_page else []
    return f"Further information: {' · '.join([*page, way_in(incident)])}"


def stakeholders(incident: Incident, where: Communication) -> str:
    """Say who is told of a notice, or that they are to be told by hand."""
    if incident.private:
        return "It is private, so no other channel is told: tell customer success and the community by hand."
    if incident.drill:
        return "It is a drill: nobody outside is told."
    if not where.channels:
        return "No channel of customer success or the community is configured: tell them by hand."
    return f"Told: {listed('#' + escape(one) for one in where.channels)}."
