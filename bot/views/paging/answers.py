"""The rarer answers to a page, in a menu beside its buttons: on my way, and cannot take it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.domain.errors import Step
from bot.domain.paging.escalations import Call
from bot.domain.paging.pages import Page
from bot.views.blocks import Element, Message, context, given, message, section
from bot.views.forms import input_block, modal, option, select, text_input
from bot.views.incidents.state import State, chosen, typed_line
from bot.views.mrkdwn import person, time_of_day
from bot.views.steps import row

MORE = "page_answers"
CANNOT_FORM = "page_cannot_form"
REASON, WORDS = "reason", "words"
CANNOT, HAND, OTHERS = "cannot", "hand", "others"

REASONS = (
    "No computer or network",
    "At work on another incident",
    "Ill or not fit",
    "Not my system",
    "Other",
)


def menu(page: Page, lengths: Sequence[timedelta]) -> Element:
    """Return the menu. It takes little height: who has just woken sees Acknowledge alone."""
    minutes = [one.seconds // 60 for one in lengths]
    ways = [option(f"On my way: {one} min", f"{one}:{page.id}") for one in minutes]
    ways.append(option("Hand it to …", f"{HAND}:{page.id}"))
    ways.append(option("Cannot take it", f"{CANNOT}:{page.id}"))
    return given(type="overflow", action_id=MORE, options=ways)


def of_list(shown: Sequence[Page]) -> Element:
    """Return the menu of a list of pages: for one of them its other answers are shown."""
    each = [option(_named(page), f"{OTHERS}:{page.id}") for page in shown]
    return select(MORE, each, placeholder="Answer one otherwise")


def _named(page: Page) -> str:
    role = f" as {page.role}" if page.role else ""
    return f"INC-{page.incident}{role}" if page.incident else f"The page for {page.level_team}"


def cannot_form(page: Page, after: Call | None = None) -> dict[str, Any]:
    """Return the form. `after` is whom the page calls next."""
    of = f"INC-{page.incident}" if page.incident else "A page outside any incident"
    then, label = "Nobody comes after you: the page stays open.", "Say so"
    if after and after.holder:
        then = f"{person(after.holder)} is at work on it already and holds it then: nobody else is called."
    elif after:
        then, label = "The next level is paged.", "Page the next"
    blocks = [
        context(f"{of} · {then}"),
        input_block("Why?", select(REASON, [option(one, one) for one in REASONS]), REASON),
        input_block("In your words", text_input(WORDS, max_length=300), WORDS, optional=True),
    ]
    return modal("Cannot take it", label, CANNOT_FORM, blocks, str(page.id))


def reason(state: State) -> str:
    """Return why somebody cannot take a page, or nothing when they did not choose."""
    why, words = chosen(state, REASON), typed_line(state, WORDS)
    return f"{why}: {words}" if why and words else why


def done(said: Message) -> dict[str, Any]:
    """Return the sheet that says what follows."""
    return modal("Cannot take it", None, "", said.blocks)


def on_the_way(page: Page) -> Message:
    due = time_of_day(page.escalation.due_at)
    return message(
        f"You are on the way, there by {time_of_day(page.there_by or page.escalation.due_at)}. Acknowledge "
        f"the page when you are there: it goes on at {due}. Until then I do not remind you."
    )


def stays_open(page: Page) -> Message:
    """Say to somebody who cannot take a page, and after whom nobody comes, what they can do."""
    text = (
        f"Nobody comes after you: the page stays open and calls you again at "
        f"{time_of_day(page.escalation.due_at)}. Ask somebody else: page a team or a person."
    )
    incident = page.incident
    return message(text, section(text), *row((Step("Page somebody", "escalate", incident),)))
