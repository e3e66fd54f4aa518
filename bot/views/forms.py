"""Forms as Slack takes them, and the fields in them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.views.blocks import Block, Element, given, plain_text
from bot.views.mrkdwn import cut

INPUT = 3000
MODAL_BLOCKS = 100
_OPTIONS = 100


def option(label: str, value: object, description: str | None = None) -> Element:
    return given(
        text=plain_text(label, 75),
        value=str(value)[:150],
        description=plain_text(description, 75) if description else None,
    )


def select(
    action_id: str,
    options: Sequence[Element],
    *,
    initial: object = None,
    placeholder: str | None = None,
    confirm: Element | None = None,
) -> Element:
    """Return a drop-down. `initial` is the value of the option chosen at first."""
    return given(
        type="static_select",
        action_id=action_id,
        options=list(options[:_OPTIONS]),
        initial_option=_chosen(options, initial),
        placeholder=plain_text(placeholder, 150) if placeholder else None,
        confirm=confirm,
    )


def multi_select(
    action_id: str, options: Sequence[Element], *, initial: Sequence[object] = (), placeholder: str = "Choose"
) -> Element:
    """Return a drop-down for several options. `initial` holds the values chosen at first."""
    kept = list(options[:_OPTIONS])
    wanted = {str(value) for value in initial}
    return given(
        type="multi_static_select",
        action_id=action_id,
        options=kept,
        initial_options=[each for each in kept if each["value"] in wanted] or None,
        placeholder=plain_text(placeholder, 150),
    )


def radio(action_id: str, options: Sequence[Element], *, initial: object = None) -> Element:
    """Return radio buttons, ten at most. `initial` is the value of the option chosen at first."""
    kept = list(options[:10])
    return given(
        type="radio_buttons", action_id=action_id, options=kept, initial_option=_chosen(kept, initial)
    )


def people_select(action_id: str, *, initial: str | None = None, placeholder: str | None = None) -> Element:
    return given(
        type="users_select",
        action_id=action_id,
        initial_user=initial,
        placeholder=plain_text(placeholder, 150) if placeholder else None,
    )


def channel_select(action_id: str, *, placeholder: str | None = None) -> Element:
    """Return a drop-down of the public channels."""
    return given(
        type="channels_select",
        action_id=action_id,
        placeholder=plain_text(placeholder, 150) if placeholder else None,
    )


def several_people_select(action_id: str, *, initial: Sequence[str] = ()) -> Element:
    """Return a field for any number of people."""
    return given(
        type="multi_users_select",
        action_id=action_id,
        initial_users=list(initial) or None,
        placeholder=plain_text("Choose", 150),
    )


def checkboxes(action_id: str, options: Sequence[Element], *, initial: Sequence[object] = ()) -> Element:
    """Return boxes to tick, ten at most. `initial` holds the values ticked at first."""
    kept, wanted = list(options[:10]), {str(value) for value in initial}
    return given(
        type="checkboxes",
        action_id=action_id,
        options=kept,
        initial_options=[each for each in kept if each["value"] in wanted] or None,
    )


def date_picker(action_id: str, *, initial: date | None = None) -> Element:
    return given(
        type="datepicker", action_id=action_id, initial_date=initial.isoformat() if initial else None
    )


def moment_picker(action_id: str, *, initial: datetime | None = None) -> Element:
    """Return a field for a day and a time, which Slack shows in the reader's time zone."""
    return given(
        type="datetimepicker",
        action_id=action_id,
        initial_date_time=int(initial.timestamp()) if initial else None,
    )


def text_input(
    action_id: str,
    *,
    initial: str = "",
    multiline: bool = False,
    max_length: int = INPUT,
    placeholder: str | None = None,
    focus: bool = False,
) -> Element:
    return given(
        type="plain_text_input",
        action_id=action_id,
        initial_value=cut(initial, max_length) or None,
        multiline=multiline,
        max_length=max_length,
        placeholder=plain_text(placeholder, 150) if placeholder else None,
        focus_on_load=focus or None,
    )


def input_block(
    label: str, element: Element, block_id: str, *, optional: bool = False, hint: str | None = None
) -> Block:
    """Return a labelled field of a form. Answers and errors are found under `block_id`."""
    return given(
        type="input",
        block_id=block_id,
        label=plain_text(label, 2000),
        element=element,
        optional=optional,
        hint=plain_text(hint, 2000) if hint else None,
    )


def modal(
    title: str, submit: str | None, callback_id: str, blocks: Iterable[Block], metadata: str = ""
) -> Block:
    """Return a form, or without `submit` a sheet to read."""
    return given(
        type="modal",
        title=plain_text(title, 24),
        submit=plain_text(submit, 24) if submit else None,
        close=plain_text("Cancel" if submit else "Close", 24),
        callback_id=callback_id or None,
        private_metadata=metadata or None,
        blocks=list(blocks)[:MODAL_BLOCKS],
    )


def _chosen(options: Sequence[Element], initial: object) -> Element | None:
    return next((each for each in options if each["value"] == str(initial)), None)
