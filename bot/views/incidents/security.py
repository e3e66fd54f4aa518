"""Security, unauthorized access, a path to be blocked: the question, and who is called."""

from collections.abc import Mapping, Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.security import Concern
from bot.domain.paging.pages import Page, mention
from bot.views.blocks import Block, Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.incidents import privacy
from bot.views.mrkdwn import escape, person, quote
from bot.views.naming import title_inside

OPEN = "security_open"
PRESSED = {one: f"security_{one}" for one in Concern}
QUESTION = "Security, unauthorized access, or a whole path to be blocked?"
_LABELS = {
    Concern.SECURITY: "Security",
    Concern.ACCESS: "Unauthorized access",
    Concern.PATH: "A path must be blocked",
}
_LONGEST = 1500
"""Characters of what was typed that a button carries on."""


def in_panel(incident: Incident) -> Block:
    return section(QUESTION, button("Yes, page", OPEN, incident.id))


@says_drill
def question(incident: Incident, words: str = "") -> Message:
    """Ask which it is. `words` are sent on to whoever is paged."""
    said = [section(f"They read:\n{quote(words, _LONGEST)}")] if words else []
    presses = [
        button(label, PRESSED[one], f"{incident.id}:{words[:_LONGEST]}") for one, label in _LABELS.items()
    ]
    heading = f"*{QUESTION}* ({title_inside(incident)})"
    note = "The first two page Security and the IM, a path the IM. Who is at work on it already is not paged."
    return message(f"{heading} {note}", section(heading), *said, actions(*presses), context(note))


@says_drill
def called(incident: Incident, concern: Concern, waiting: Sequence[Page], held: Mapping[str, str]) -> Message:
    """Say who is called, and who is there already. What concerns security is better private."""
    paged = [f"{mention(page.responder)} ({escape(page.role)})" for page in waiting if page.responder]
    there = [f"{person(held[role])} ({escape(role)})" for role in concern.roles if role in held]
    said = [
        f"*{concern.said}*: INC-{incident.id}.",
        *([f"Being paged: {', '.join(paged)}."] if paged else []),
        *([f"There already: {', '.join(there)}."] if there else []),
    ]
    if not paged and not there:
        said.append("Nobody is on call who could be paged: `/inc escalate` pages somebody by name.")
    text = " ".join(said)
    if concern is Concern.PATH or incident.private:
        return message(text)
    more = "Everybody can read this incident. What concerns security belongs in a private one."
    return message(
        f"{text} {more}", section(text), section(more, button("Make it private", privacy.OPEN, incident.id))
    )
