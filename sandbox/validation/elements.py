"""Interactive elements, and which container takes which."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from sandbox.validation.checks import (
    Check,
    anything,
    array,
    at,
    at_most,
    boolean,
    every,
    integer,
    matching,
    one_of,
    record,
    string,
)
from sandbox.validation.objects import (
    among_options,
    choice,
    confirm,
    conversation_filter,
    counted,
    dispatch_config,
    identifier,
    image,
    kind,
    listed,
    not_over_selected,
    number,
    option,
    option_group,
    overflow_option,
    placeholder,
    plain,
    url,
)
from sandbox.validation.richtext import rich_text

Keys = dict[str, Check]


def element(name: str, keys: Keys, required: str = "", also: Check = anything) -> Check:
    return record({"type": kind(name), "action_id": identifier, **keys}, required, also)


def iso_date(value: Any, pointer: str) -> Iterator[str]:
    problems = list(matching(r"\d{4}-\d\d-\d\d", "a date in the format YYYY-MM-DD")(value, pointer))
    if not problems:
        try:
            date.fromisoformat(value)
        except ValueError:
            problems.append(at("must be a date in the format YYYY-MM-DD", pointer))
    yield from problems


def time_zone(value: Any, pointer: str) -> Iterator[str]:
    if not isinstance(value, str) or value not in available_timezones():
        yield at("must be a valid IANA time zone", pointer)


ASKED: Keys = {"confirm": confirm, "focus_on_load": boolean}
HINTED: Keys = {**ASKED, "placeholder": placeholder}
TYPED: Keys = {
    "placeholder": placeholder,
    "focus_on_load": boolean,
    "dispatch_action_config": dispatch_config,
}
LISTED: Keys = {**HINTED, "options": array(option, 100), "option_groups": array(option_group, 100)}
LENGTHS: Keys = {"min_length": integer(0, 3000), "max_length": integer(1, 3000)}
CONVERSATIONS: Keys = {**HINTED, "default_to_current_conversation": boolean, "filter": conversation_filter}
MANY: Keys = {"max_selected_items": counted}
ids = array(identifier, 1000, 0)

button = element(
    "button",
    {
        "text": plain(75),
        "value": string(2000),
        "url": url,
        "style": one_of("primary", "danger"),
        "confirm": confirm,
        "accessibility_label": string(75),
    },
    "text",
)

workflow = record(
    {
        "trigger": record(
            {
                "url": url,
                "customizable_input_parameters": array(
                    record({"name": string(255), "value": string(3000)}, "name value"), 100, 0
                ),
            },
            "url",
        )
    },
    "trigger",
)
# Pressing it starts a workflow of Slack's; the app hears nothing.
WORKFLOW: Keys = {
    "workflow_button": element(
        "workflow_button",
        {
            "text": plain(75),
            "workflow": workflow,
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
        "text workflow",
    )
}

SELECTS: Keys = {
    "static_select": element("static_select", {**LISTED, "initial_option": option}, also=listed),
    "external_select": element(
        "external_select", {**HINTED, "initial_option": option, "min_query_length": integer(0, 3000)}
    ),
    "users_select": element("users_select", {**HINTED, "initial_user": identifier}),
    "conversations_select": element(
        "conversations_select",
        {**CONVERSATIONS, "initial_conversation": identifier, "response_url_enabled": boolean},
    ),
    "channels_select": element(
        "channels_select", {**HINTED, "initial_channel": identifier, "response_url_enabled": boolean}
    ),
    "multi_static_select": element(
        "multi_static_select",
        {**LISTED, **MANY, "initial_options": array(option, 100)},
        also=every(listed, not_over_selected),
    ),
    "multi_external_select": element(
        "multi_external_select",
        {**HINTED, **MANY, "initial_options": array(option, 100), "min_query_length": integer(0, 3000)},
        also=not_over_selected,
    ),
    "multi_users_select": element(
        "multi_users_select", {**HINTED, **MANY, "initial_users": ids}, also=not_over_selected
    ),
    "multi_conversations_select": element(
        "multi_conversations_select",
        {**CONVERSATIONS, **MANY, "initial_conversations": ids},
        also=not_over_selected,
    ),
    "multi_channels_select": element(
        "multi_channels_select", {**HINTED, **MANY, "initial_channels": ids}, also=not_over_selected
    ),
}

CHOICES: Keys = {
    "checkboxes": element(
        "checkboxes",
        {**ASKED, "options": array(choice, 10), "initial_options": array(choice, 10)},
        "options",
        among_options,
    ),
    "radio_buttons": element(
        "radio_buttons",
        {**ASKED, "options": array(choice, 10), "initial_option": choice},
        "options",
        among_options,
    ),
}

TIMES: Keys = {
    "datepicker": element("datepicker", {**HINTED, "initial_date": iso_date}),
    "timepicker": element(
        "timepicker",
        {
            **HINTED,
            "initial_time": matching(r"([01]\d|2[0-3]):[0-5]\d", "a time in the format HH:mm"),
            "timezone": time_zone,
        },
    ),
}
DATE_TIME: Keys = {
    "datetimepicker": element(
        "datetimepicker", {**ASKED, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}
    )
}
RICH_TEXT_INPUT: Keys = {
    "rich_text_input": element(
        "rich_text_input",
        {**TYPED, "initial_value": rich_text, "min_lines": integer(1, 100), "max_lines": integer(1, 100)},
        also=at_most("min_lines", "max_lines"),
    )
}

INPUTS: Keys = {
    "plain_text_input": element(
        "plain_text_input",
        {**TYPED, **LENGTHS, "initial_value": string(3000, 0), "multiline": boolean},
        also=at_most("min_length", "max_length"),
    ),
    "email_text_input": element("email_text_input", {**TYPED, "initial_value": string(3000, 0)}),
    "url_text_input": element("url_text_input", {**TYPED, "initial_value": string(3000, 0)}),
    "number_input": element(
        "number_input",
        {
            **TYPED,
            "is_decimal_allowed": boolean,
            "initial_value": number,
            "min_value": number,
            "max_value": number,
        },
        "is_decimal_allowed",
        every(
            at_most("min_value", "max_value"),
            at_most("min_value", "initial_value"),
            at_most("initial_value", "max_value"),
        ),
    ),
    "file_input": element("file_input", {"filetypes": array(string(255), 100), "max_files": integer(1, 10)}),
}

OVERFLOW: Keys = {
    "overflow": element("overflow", {"options": array(overflow_option, 5), "confirm": confirm}, "options")
}
FEEDBACK = record({"text": plain(75), "value": string(2000), "accessibility_label": string(75)}, "text value")

IN_SECTION: Keys = {"button": button, "image": image, **WORKFLOW, **OVERFLOW, **SELECTS, **CHOICES, **TIMES}
IN_ACTIONS: Keys = {
    "button": button,
    **WORKFLOW,
    **OVERFLOW,
    **SELECTS,
    **CHOICES,
    **TIMES,
    **DATE_TIME,
    **RICH_TEXT_INPUT,
}
IN_INPUT: Keys = {**SELECTS, **CHOICES, **TIMES, **DATE_TIME, **RICH_TEXT_INPUT, **INPUTS}
IN_CONTEXT_ACTIONS: Keys = {
    "feedback_buttons": element(
        "feedback_buttons",
        {"positive_button": FEEDBACK, "negative_button": FEEDBACK},
        "positive_button negative_button",
    ),
    "icon_button": element(
        "icon_button",
        {
            "icon": one_of("trash"),
            "text": plain(75),
            "value": string(2000),
            "confirm": confirm,
            "accessibility_label": string(75),
            "visible_to_user_ids": ids,
        },
        "icon text",
    ),
}
