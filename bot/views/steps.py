"""Buttons that run a command as if it had been typed: the way on from a refusal or a question."""

from collections.abc import Sequence

from bot.domain.errors import Step
from bot.views.blocks import Block, actions, button
from bot.views.incidents.state import number as read

RUN = tuple(f"inc_run_{number}" for number in range(6))
"""One id for each button: Slack refuses two of the same in one row."""
BUTTON_VALUE = 2000
"""How many characters Slack lets a button carry."""
_SURE = "!"


def row(steps: Sequence[Step]) -> list[Block]:
    """Return the buttons as one row, or nothing. A command too long for a button is left out, not cut."""
    buttons = [
        button(one.label, action_id, _value(one), style="primary" if number == 0 else None)
        for number, (action_id, one) in enumerate(zip(RUN, steps, strict=False))
        if fits(one)
    ]
    return [actions(*buttons)] if buttons else []


def fits(step: Step) -> bool:
    return len(_value(step)) <= BUTTON_VALUE


def pressed(value: str) -> Step:
    """Return the command that a button stands for, and its incident."""
    head, _, command = value.partition(":")
    number = head.removesuffix(_SURE)
    return Step("", command, read(number) if number else None, sure=head != number)


def _value(step: Step) -> str:
    return f"{step.incident or ''}{_SURE if step.sure else ''}:{step.command}"
