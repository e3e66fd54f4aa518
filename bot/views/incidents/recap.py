"""The recap: all that somebody needs who comes to an incident, read in private."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.times import Times
from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import Entry
from bot.domain.work.work import Action, Update
from bot.views.blocks import Message, actions, button, context, message, paragraphs, section
from bot.views.drill import says_drill
from bot.views.incidents import card, life, times
from bot.views.mrkdwn import actor, cut, escape, person, quote, when
from bot.views.naming import standing, title_inside
from bot.views.timeline import timeline
from bot.views.timeline.entries import sentence
from bot.views.work import action

OPEN = "recap_open"
HIGHLIGHTS = 5
"""How many of the latest highlights it shows."""
_ACTIONS = 5
_LONGEST = 700


@dataclass(frozen=True, slots=True)
class Recap:
    """How an incident stands. `vacant` are the roles that nobody has, `open_actions` the work to be done.

    `before` is who was at work in a role before it was reopened, or fell silent.
    """

    incident: Incident
    roles: Mapping[str, str]
    engaged: Page | None
    pending: Sequence[Page]
    vacant: Sequence[str]
    times: Times
    update: Update | None
    open_actions: Sequence[Action]
    highlights: Sequence[Entry]
    company: tuple[Sequence[str], Sequence[str]] = ((), ())
    before: Mapping[str, str] = field(default_factory=dict)


@says_drill
def recap(incident: Incident, found: Recap, *, came: bool = False) -> Message:
    """Return the recap; it says why it is there to somebody who just `came` into the channel."""
    heading = f"*{title_inside(incident)}: what you need to know*"
    state = card.state(incident, found.roles, found.engaged, found.pending, found.vacant)
    state += life.held_before(found.before)
    return message(
        f"{heading}\n{standing(incident)}",
        section(f"{heading}\n{state}{life.with_company(found.company)}\n{times.shown(found.times)}"),
        *(section(text) for text in (_summary(incident), _update(found.update), _actions_of(found)) if text),
        *map(section, paragraphs(_story(found.highlights))),
        actions(
            button("Timeline", timeline.OPEN, incident.id),
            *([button("Actions", action.LIST, incident.id)] if found.open_actions else []),
        ),
        context(f"{'Because you came in. ' if came else ''}Only you see this. `/inc recap` shows it anew."),
    )


def _summary(incident: Incident) -> str:
    if incident.summary.summary:
        return f"*Summary*\n{quote(incident.summary.summary, _LONGEST)}"
    return "*Summary*\nNone yet. Who knows what happened: `/inc summary`."


def _update(update: Update | None) -> str:
    if not update:
        return "*Last update*\nNone yet."
    return f"*Last update* from {actor(update.by)}, {when(update.at)}\n{quote(update.text, _LONGEST)}"


def _actions_of(found: Recap) -> str:
    """Say who does what."""
    work = [
        f"• {escape(cut(one.title, 150))}: {person(one.assignee) if one.assignee else 'nobody yet'}"
        for one in found.open_actions[:_ACTIONS]
    ]
    if more := len(found.open_actions) - len(work):
        work.append(f"and {more} more")
    return "\n".join(["*Open actions*", *work]) if work else ""


def _story(highlights: Sequence[Entry]) -> list[str]:
    return ["*Latest highlights*", *(f"{when(one.at)}  {sentence(one)}" for one in highlights)]
