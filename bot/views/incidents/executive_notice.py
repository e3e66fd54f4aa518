"""The notice to the executives: heading and four parts, as the public GitLab handbook has them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.incidents.executive_notices import ExecutiveNotice
from bot.domain.incidents.fields import is_link
from bot.domain.incidents.incident import Incident
from bot.domain.process import INFRASTRUCTURE_LIAISON
from bot.domain.text import one_line
from bot.views.blocks import Message, actions, button, context, message, plain_text, section
from bot.views.drill import says_drill
from bot.views.forms import INPUT, input_block, modal, text_input
from bot.views.incidents.privacy import unannounced
from bot.views.incidents.state import State, typed
from bot.views.mrkdwn import cut, escape, link, person, quote, quotes
from bot.views.naming import sign, standing, title, title_inside, way_in

OPEN, FORM, MORE_FORM = "notice_open", "notice_form", "notice_more_form"
EDIT, EDIT_FORM = "notice_edit", "notice_edit_form"
HEADING, SUMMARY, IMPACT, RESPONSE, ISSUE, TEXT = "heading", "summary", "impact", "response", "issue", "text"
_LONGEST_HEADING = 100
_BEFORE = 600
_NOT_YET = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known before the notice is written; `there` is the one that is posted already."""

    incident: Incident
    there: ExecutiveNotice | None
    liaison: str | None
    summary: str
    impact: str
    response: str
    issue: str


def form(begun: Begun, more: str = "", channel: str = "") -> dict[str, Any]:
    """Return the form with what is known, and `more` at the end of the summary."""
    known = "\n".join(filter(None, (begun.summary, more)))

    def asked(label: str, name: str, initial: str, hint: str) -> dict[str, Any]:
        return input_block(label, text_input(name, initial=initial, multiline=True), name, hint=hint)

    heading = text_input(HEADING, initial=f"Incident on {begun.incident.type}", max_length=_LONGEST_HEADING)
    blocks = [
        context(f"{title_inside(begun.incident)} · Goes to #{escape(channel)}. {_who(begun)}"),
        input_block("Heading", heading, HEADING),
        asked("Summary", SUMMARY, cut(known, INPUT), "What happened, in two or three sentences."),
        asked(
            "Customer Impact",
            IMPACT,
            begun.impact,
            "What users notice, of which service, by which ways of access, and what percentage of them.",
        ),
        asked("Current Response", RESPONSE, begun.response, "A list of what is being done."),
        input_block(
            "Production Issue",
            text_input(ISSUE, initial=begun.issue, placeholder="https://"),
            ISSUE,
            optional=True,
            hint="A link to the main incident. The channel's link is added.",
        ),
    ]
    return modal("Executive notice", "Post it", FORM, blocks, str(begun.incident.id))


def more_form(begun: Begun, text: str = "") -> dict[str, Any]:
    """Ask what is told in the thread of the notice that is there."""
    element = text_input(TEXT, initial=text, multiline=True, focus=True)
    hint = "What changed for customers or in the response. Updates of the incident go there by themselves."
    asked = input_block("What has changed?", element, TEXT, hint=hint)
    line = f"{title_inside(begun.incident)} · Goes into the thread of the notice. {_who(begun)}"
    return modal("Tell the executives", "Send", MORE_FORM, [context(line), asked], str(begun.incident.id))


def edit_form(begun: Begun, there: ExecutiveNotice, channel: str) -> dict[str, Any]:
    """Return the form of the notice with what it says, to correct it."""
    known = replace(begun, summary=there.summary, impact=there.impact, response=there.response)
    view = form(replace(known, issue=there.issue), channel=channel)
    for block in view["blocks"]:
        if block.get("block_id") == HEADING:
            block["element"]["initial_value"] = cut(there.heading, _LONGEST_HEADING)
    said = {"title": plain_text("Correct the notice", 24), "submit": plain_text("Correct it", 24)}
    return view | said | {"callback_id": EDIT_FORM}


def entered(state: State) -> ExecutiveNotice | dict[str, str]:
    """Return what was written, or what is wrong, by block."""
    heading, *parts = (typed(state, name) for name in (HEADING, SUMMARY, IMPACT, RESPONSE, ISSUE))
    summary, impact, response, issue = parts
    needed = {SUMMARY: summary, IMPACT: impact, RESPONSE: response}
    wrong = {
        name: "The executives need this part: one sentence is enough." for name in needed if not needed[name]
    }
    if issue and not is_link(issue):
        wrong[ISSUE] = "Write an address that begins with https:// or http://, or nothing."
    if wrong:
        return wrong
    return ExecutiveNotice(0, 0, one_line(heading), summary, impact, response, issue, "", _NOT_YET)


@says_drill
def notice(incident: Incident, found: ExecutiveNotice) -> Message:
    """Return the notice as executives read it."""
    if incident.private:
        return unannounced(incident)
    heading = f"{sign(incident.severity)} *{escape(found.heading)}*"
    issue = link(found.issue, title(incident)) if found.issue else title(incident)
    parts = (
        ("Summary", found.summary),
        ("Customer Impact", found.impact),
        ("Current Response", found.response),
    )
    blocks = [
        block for name, text in parts for block in (section(f"*— {name} —*"), *map(section, quotes(text)))
    ]
    where = f"*— Production Issue —*\nMain incident: {issue}\nSlack Channel: {way_in(incident)}"
    said = [f"*— {name} —*\n{quote(text)}" for name, text in parts]
    return message("\n".join([heading, *said, where]), section(heading), *blocks, section(where))


@says_drill
def continued(incident: Incident, text: str, author: str) -> Message:
    """Return what is told in the thread."""
    heading = f"{title(incident)} · {standing(incident)} · from {escape(author)}"
    return message(f"{heading}\n{quote(text)}", section(f"*{heading}*"), *map(section, quotes(text)))


def corrected(before: ExecutiveNotice, author: str) -> Message:
    """Tell in the thread that the notice was corrected, and what it said before."""
    heading = f"{escape(author)} corrected the notice. Before, it said:"
    parts = (
        ("Heading", before.heading),
        ("Summary", before.summary),
        ("Customer Impact", before.impact),
        ("Current Response", before.response),
    )
    said = "\n".join(f"*{name}*\n{quote(text, _BEFORE)}" for name, text in parts if text)
    return message(f"{heading}\n{said}", section(f"*{heading}*"), section(said))


@says_drill
def moved(incident: Incident) -> Message:
    """Tell in the thread that the incident is over, or open again."""
    return message(f"*{title(incident)}*: {standing(incident)}. {way_in(incident)}")


def sent(incident: Incident, channel: str) -> Message:
    said = f"The executives read it in the thread of the notice of INC-{incident.id}, in #{escape(channel)}."
    return message(said, section(said), actions(button("Correct the notice", EDIT, incident.id)))


def _who(begun: Begun) -> str:
    if begun.liaison:
        return f"{INFRASTRUCTURE_LIAISON}, who writes it: {person(begun.liaison)}."
    page = f"`/inc escalate {INFRASTRUCTURE_LIAISON}`"
    return f"The {INFRASTRUCTURE_LIAISON} writes it, and nobody holds that role yet: {page}."
