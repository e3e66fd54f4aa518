"""The direct message with which somebody tests how they are paged."""

from bot.domain.paging.trials import FIRST_DOOR, Trial, Way
from bot.views.blocks import Element, Message, button, context, message, section
from bot.views.mrkdwn import escape, time_of_day

ARRIVED = "trial_arrived"
BEGIN = "trial_begin"


def dm(trial: Trial) -> Message:
    """Return the message, with what is known of each door."""
    heading = "*This is a test of how you are paged.* Nothing has happened."
    lines = [_line(way) for way in trial.ways]
    blocks = [section(heading)]
    for way, line in zip(trial.ways, lines, strict=True):
        blocks.append(section(line, None if way.confirmed_at else _arrived(trial, way.door)))
    blocks += [context(hint) for hint in _hints(trial)]
    return message("\n".join([heading, *lines]), *blocks)


def begun(trial: Trial) -> Message:
    """Say where to look."""
    doors = [way.door for way in trial.ways if way.door != FIRST_DOOR]
    also = f" and by {', '.join(escape(door) for door in doors)}" if doors else ""
    return message(f"I am testing how you are paged: look at my direct message to you{also}.")


def _arrived(trial: Trial, door: str) -> Element:
    label = "It arrived" if door == FIRST_DOOR else f"{door} arrived"
    return button(label, ARRIVED, f"{trial.id}:{door}")


def _line(way: Way) -> str:
    name = "Slack" if way.door == FIRST_DOOR else escape(way.door)
    if way.error:
        return f"{name}: *failed*: {escape(way.error)}; check `doors.{name}`"
    handed = f"handed over {time_of_day(way.handed_at)}" if way.handed_at else "on its way"
    confirmed = f", confirmed {time_of_day(way.confirmed_at)}" if way.confirmed_at else ""
    return f"{name}: {handed}{confirmed}"


def _hints(trial: Trial) -> list[str]:
    if len(trial.ways) > 1:
        return []
    return [
        "You have no second door: while Slack is away, no page reaches you. Ask whoever runs Muster to name "
        "your address under `people` in muster.yml."
    ]
