"""The tutorial: one direct message that says what comes next, edited with each step that is done."""

from bot.domain.incidents.incident import FINISHED, GONE, Incident
from bot.views.blocks import Message, context, message, section
from bot.views.drill import says_drill
from bot.views.naming import title, way_in

DONE, NEXT, LATER = ":white_check_mark:", ":point_right:", ":white_circle:"


@says_drill
def guide(incident: Incident, *, acknowledged: bool, pinned: bool) -> Message:
    """Return the steps: those done, the next one with how it is done, and what comes later."""
    if incident.status in GONE:
        return message(
            f"The tutorial {title(incident)} is {incident.status}. To begin anew: `/inc tutorial`."
        )
    steps = _steps(incident, acknowledged=acknowledged, pinned=pinned)
    left = [number for number, (_, _, done) in enumerate(steps) if not done]
    lines = [
        f"{DONE} {name}" if done else f"{NEXT} *{name}*\n{how}" if number == left[0] else f"{LATER} {name}"
        for number, (name, how, done) in enumerate(steps)
    ]
    heading = f"*{title(incident)}, step by step*"
    if left:
        said = f"{heading}. Next: {steps[left[0]][0]}."
        last = (
            "Only you are called, and nothing is announced. Each step can be done by a button too. Enough? "
            "`/inc cancel enough` in its channel ends it."
        )
    else:
        said = f"{heading}. That is all: you have led an incident from its declaration to its end."
        lines.append("*That is all.* You have led an incident from its declaration to its end.")
        last = "To practise with others: `/inc test @person`. All commands: `/inc help`."
    return message(said, section("\n".join([heading, *lines])), context(last))


def _steps(incident: Incident, *, acknowledged: bool, pinned: bool) -> list[tuple[str, str, bool]]:
    """Return each step with how it is done, and whether it is."""
    where = way_in(incident)
    return [
        ("Declare it", "", True),
        (
            "Acknowledge your page",
            "Press *Acknowledge* in my other message here, or type `/inc ack`. In a real incident the next "
            "person is called after 15 minutes.",
            acknowledged,
        ),
        (
            "Send an update",
            f"In {where} type `/inc update I found the cause`, or press *Update* on the card there.",
            incident.updated_at is not None,
        ),
        (
            "Pin what matters",
            f"Write a message in {where} and react to it with :pushpin:. It is on the timeline then: "
            "`/inc timeline`.",
            pinned,
        ),
        (
            "Resolve it",
            f"In {where} type `/inc resolve fix`. Only the lead can, and that is you.",
            incident.status in FINISHED,
        ),
    ]
