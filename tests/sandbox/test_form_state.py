from itertools import count
from typing import Any

import pytest

from sandbox.validation import initial_state, submit_problems, with_block_ids

Json = dict[str, Any]

ONE = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
PROSE = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}


def asked(kind: str, block_id: str = "b", *, optional: bool = False, **keys: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": "x"},
        "optional": optional,
        "element": {"type": kind, "action_id": "a", **keys},
    }


@pytest.mark.parametrize(
    ("kind", "first", "key", "value", "nothing"),
    [
        ("plain_text_input", "initial_value", "value", "x", None),
        ("email_text_input", "initial_value", "value", "a@b.example", None),
        ("url_text_input", "initial_value", "value", "https://x.example", None),
        ("number_input", "initial_value", "value", "3", None),
        ("rich_text_input", "initial_value", "rich_text_value", PROSE, None),
        ("datepicker", "initial_date", "selected_date", "2024-02-29", None),
        ("timepicker", "initial_time", "selected_time", "08:30", None),
        ("datetimepicker", "initial_date_time", "selected_date_time", 1_700_000_000, None),
        ("static_select", "initial_option", "selected_option", ONE, None),
        ("external_select", "initial_option", "selected_option", ONE, None),
        ("radio_buttons", "initial_option", "selected_option", ONE, None),
        ("checkboxes", "initial_options", "selected_options", [ONE], []),
        ("multi_static_select", "initial_options", "selected_options", [ONE], []),
        ("multi_external_select", "initial_options", "selected_options", [ONE], []),
        ("users_select", "initial_user", "selected_user", "U1", None),
        ("multi_users_select", "initial_users", "selected_users", ["U1"], []),
        ("conversations_select", "initial_conversation", "selected_conversation", "C1", None),
        ("multi_conversations_select", "initial_conversations", "selected_conversations", ["C1"], []),
        ("channels_select", "initial_channel", "selected_channel", "C1", None),
        ("multi_channels_select", "initial_channels", "selected_channels", ["C1"], []),
    ],
)
def test_an_element_starts_with_its_initial_value_or_none(
    kind: str, first: str, key: str, value: Any, nothing: Any
) -> None:
    assert initial_state([asked(kind, **{first: value})]) == {"b": {"a": {"type": kind, key: value}}}
    assert initial_state([asked(kind)]) == {"b": {"a": {"type": kind, key: nothing}}}


def test_state_is_held_in_inputs_sections_and_actions() -> None:
    blocks = [
        asked("plain_text_input", "input"),
        {"type": "section", "block_id": "section", "accessory": {"type": "users_select", "action_id": "a"}},
        {
            "type": "actions",
            "block_id": "actions",
            "elements": [
                {"type": "button", "action_id": "press"},
                {"type": "datepicker", "action_id": "on"},
                {"type": "timepicker", "action_id": "at"},
            ],
        },
        {"type": "section", "block_id": "picture", "accessory": {"type": "image"}},
        {"type": "divider", "block_id": "line"},
    ]

    state = initial_state(blocks)

    assert {block: list(held) for block, held in state.items()} == {
        "input": ["a"],
        "section": ["a"],
        "actions": ["on", "at"],
    }


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("conversations_select", "selected_conversation", "C7"),
        ("multi_conversations_select", "selected_conversations", ["C7"]),
    ],
)
def test_a_conversation_picker_may_start_where_the_form_was_opened(kind: str, key: str, value: Any) -> None:
    block = asked(kind, default_to_current_conversation=True)

    assert initial_state([block], "C7")["b"]["a"][key] == value


def test_names_are_given_to_what_has_none() -> None:
    numbers = count(1)
    blocks: list[Json] = [
        {"type": "divider"},
        {"type": "divider", "block_id": "mine"},
        {"type": "actions", "elements": [{"type": "button"}, {"type": "button", "action_id": "go"}]},
    ]

    named = with_block_ids(blocks, lambda: f"n{next(numbers)}")

    assert [block["block_id"] for block in named] == ["n1", "mine", "n2"]
    assert [element["action_id"] for element in named[2]["elements"]] == ["n3", "go"]
    assert "block_id" not in blocks[0]


REQUIRED = "Please complete this required field."


@pytest.mark.parametrize(
    ("element", "value", "problem"),
    [
        (asked("plain_text_input"), None, REQUIRED),
        (asked("plain_text_input"), "", REQUIRED),
        (asked("plain_text_input"), "x", None),
        (asked("plain_text_input", optional=True), None, None),
        (asked("plain_text_input", min_length=3), "xx", "You'll need to enter at least 3 characters."),
        (asked("plain_text_input", min_length=3), "xxx", None),
        (asked("plain_text_input", optional=True, min_length=3), "", None),
        (asked("plain_text_input", max_length=1), "xx", "Please enter no more than 1 character."),
        (asked("plain_text_input"), "x" * 3001, "Please enter no more than 3000 characters."),
        (asked("email_text_input"), "ana@example.com", None),
        (asked("email_text_input"), "ana@example", "Please enter a valid email address."),
        (asked("email_text_input"), "ana", "Please enter a valid email address."),
        (asked("url_text_input"), "https://x.example/a", None),
        (asked("url_text_input"), "x.example", "Please enter a valid URL, such as https://example.com."),
        (asked("number_input", is_decimal_allowed=False), "12", None),
        (asked("number_input", is_decimal_allowed=False), "1.5", "Please enter a whole number."),
        (asked("number_input", is_decimal_allowed=True), "1.5", None),
        (asked("number_input", is_decimal_allowed=True), "many", "Please enter a number."),
        (
            asked("number_input", is_decimal_allowed=False, min_value="2"),
            "1",
            "Please enter a number of at least 2.",
        ),
        (
            asked("number_input", is_decimal_allowed=False, max_value="2"),
            "3",
            "Please enter a number of at most 2.",
        ),
    ],
)
def test_slack_checks_what_was_typed_before_it_sends_a_form(
    element: Json, value: str | None, problem: str | None
) -> None:
    state = {"b": {"a": {"type": element["element"]["type"], "value": value}}}

    assert submit_problems({"blocks": [element]}, state) == ({"b": problem} if problem else {})


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        ("static_select", {"selected_option": None}),
        ("checkboxes", {"selected_options": []}),
        ("users_select", {"selected_user": None}),
        ("datepicker", {"selected_date": None}),
        ("datetimepicker", {"selected_date_time": None}),
        ("rich_text_input", {"rich_text_value": None}),
        ("rich_text_input", {"rich_text_value": {"type": "rich_text", "elements": []}}),
    ],
)
def test_a_required_choice_has_to_be_made(kind: str, held: Json) -> None:
    state = {"b": {"a": {"type": kind, **held}}}

    assert submit_problems({"blocks": [asked(kind)]}, state) == {"b": REQUIRED}
    assert submit_problems({"blocks": [asked(kind, optional=True)]}, state) == {}


def test_only_so_many_may_be_chosen() -> None:
    view = {"blocks": [asked("multi_users_select", max_selected_items=1)]}

    assert submit_problems(view, {"b": {"a": {"selected_users": ["U1"]}}}) == {}
    assert submit_problems(view, {"b": {"a": {"selected_users": ["U1", "U2"]}}}) == {
        "b": "Please choose no more than 1."
    }


def test_every_wrong_field_is_named_and_no_other_block() -> None:
    section = {"type": "section", "block_id": "s", "accessory": {"type": "users_select", "action_id": "a"}}
    view = {"blocks": [asked("plain_text_input", "one"), asked("users_select", "two"), section]}

    assert submit_problems(view, {}) == {"one": REQUIRED, "two": REQUIRED}
