import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.validation import VIEW_BYTES, message_problems, view_problems, view_too_large

Json = dict[str, Any]
Sized = Callable[[int], Json]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**keys: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **keys}


def accessory(kind: str, **keys: Any) -> Json:
    return section(accessory={"type": kind, "action_id": "a", **keys})


def button(**keys: Any) -> Json:
    return {"type": "button", "text": plain(), **keys}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def asked(kind: str, **keys: Any) -> Json:
    """An input block around such an element."""
    return {"type": "input", "label": plain(), "element": {"type": kind, "action_id": "a", **keys}}


def option(value: str = "v", text: str = "x", **keys: Any) -> Json:
    return {"text": plain(text), "value": value, **keys}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


def confirm(**keys: Any) -> Json:
    return {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain(), **keys}


def image(**keys: Any) -> Json:
    return {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "x", **keys}


def modal(*blocks: Json, **keys: Any) -> Json:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks), **keys}


def complaint(problem: str) -> Callable[[int], str]:
    return lambda most: problem.format(most=most, over=most + 1)


LONG = complaint("must be less than {over} characters")
MANY = complaint("no more than {most} items allowed")

# What grows, how far it may, the words of the refusal, and where it points.
LIMITS: list[tuple[str, Sized, int, Callable[[int], str], str]] = [
    ("section text", lambda n: section(text=mrkdwn("x" * n)), 3000, LONG, "text/text"),
    ("section fields", lambda n: section(fields=[mrkdwn()] * n), 10, MANY, "fields"),
    ("section field", lambda n: section(fields=[mrkdwn("x" * n)]), 2000, LONG, "fields/0/text"),
    ("block_id", lambda n: section(block_id="x" * n), 255, LONG, "block_id"),
    ("header", lambda n: {"type": "header", "text": plain("x" * n)}, 150, LONG, "text/text"),
    ("context", lambda n: {"type": "context", "elements": [mrkdwn()] * n}, 10, MANY, "elements"),
    ("actions", lambda n: actions(*[button()] * n), 25, MANY, "elements"),
    ("image url", lambda n: image(image_url="https://" + "x" * (n - 8)), 3000, LONG, "image_url"),
    ("image alt text", lambda n: image(alt_text="x" * n), 2000, LONG, "alt_text"),
    ("image title", lambda n: image(title=plain("x" * n)), 2000, LONG, "title/text"),
    ("button text", lambda n: actions(button(text=plain("x" * n))), 75, LONG, "elements/0/text/text"),
    ("button value", lambda n: actions(button(value="x" * n)), 2000, LONG, "elements/0/value"),
    ("button url", lambda n: actions(button(url="https://" + "x" * (n - 8))), 3000, LONG, "elements/0/url"),
    (
        "button label",
        lambda n: actions(button(accessibility_label="x" * n)),
        75,
        LONG,
        "elements/0/accessibility_label",
    ),
    ("action_id", lambda n: actions(button(action_id="x" * n)), 255, LONG, "elements/0/action_id"),
    ("options", lambda n: accessory("static_select", options=options(n)), 100, MANY, "accessory/options"),
    (
        "option groups",
        lambda n: accessory("static_select", option_groups=[{"label": plain(), "options": options(1)}] * n),
        100,
        MANY,
        "accessory/option_groups",
    ),
    (
        "options of a group",
        lambda n: accessory("static_select", option_groups=[{"label": plain(), "options": options(n)}]),
        100,
        MANY,
        "accessory/option_groups/0/options",
    ),
    (
        "group label",
        lambda n: accessory(
            "static_select", option_groups=[{"label": plain("x" * n), "options": options(1)}]
        ),
        75,
        LONG,
        "accessory/option_groups/0/label/text",
    ),
    (
        "option value",
        lambda n: accessory("static_select", options=[option("x" * n)]),
        150,
        LONG,
        "accessory/options/0/value",
    ),
    (
        "option text",
        lambda n: accessory("static_select", options=[option(text="x" * n)]),
        75,
        LONG,
        "accessory/options/0/text/text",
    ),
    (
        "option description",
        lambda n: accessory("static_select", options=[option(description=plain("x" * n))]),
        75,
        LONG,
        "accessory/options/0/description/text",
    ),
    ("overflow", lambda n: accessory("overflow", options=options(n)), 5, MANY, "accessory/options"),
    ("checkboxes", lambda n: accessory("checkboxes", options=options(n)), 10, MANY, "accessory/options"),
    (
        "radio buttons",
        lambda n: accessory("radio_buttons", options=options(n)),
        10,
        MANY,
        "accessory/options",
    ),
    (
        "placeholder",
        lambda n: accessory("users_select", placeholder=plain("x" * n)),
        150,
        LONG,
        "accessory/placeholder/text",
    ),
    (
        "confirm title",
        lambda n: actions(button(confirm=confirm(title=plain("x" * n)))),
        100,
        LONG,
        "elements/0/confirm/title/text",
    ),
    (
        "confirm text",
        lambda n: actions(button(confirm=confirm(text=plain("x" * n)))),
        300,
        LONG,
        "elements/0/confirm/text/text",
    ),
    (
        "confirm button",
        lambda n: actions(button(confirm=confirm(confirm=plain("x" * n)))),
        30,
        LONG,
        "elements/0/confirm/confirm/text",
    ),
    (
        "deny button",
        lambda n: actions(button(confirm=confirm(deny=plain("x" * n)))),
        30,
        LONG,
        "elements/0/confirm/deny/text",
    ),
    ("label", lambda n: {**asked("users_select"), "label": plain("x" * n)}, 2000, LONG, "label/text"),
    ("hint", lambda n: {**asked("users_select"), "hint": plain("x" * n)}, 2000, LONG, "hint/text"),
    (
        "initial value",
        lambda n: asked("plain_text_input", initial_value="x" * n),
        3000,
        LONG,
        "element/initial_value",
    ),
    (
        "max_length",
        lambda n: asked("plain_text_input", max_length=n),
        3000,
        complaint("must be less than {over}"),
        "element/max_length",
    ),
    (
        "list indent",
        lambda n: {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "indent": n,
                    "elements": [{"type": "rich_text_section", "elements": []}],
                }
            ],
        },
        8,
        complaint("must be less than {over}"),
        "elements/0/indent",
    ),
]


@pytest.mark.parametrize(
    ("sized", "most", "words", "where"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS]
)
def test_a_limit_holds_in_messages_and_in_modals(
    sized: Sized, most: int, words: Callable[[int], str], where: str
) -> None:
    assert message_problems([sized(most)]) == []
    assert view_problems(modal(sized(most))) == []
    assert message_problems([sized(most + 1)]) == [f"{words(most)} [json-pointer:/blocks/0/{where}]"]
    assert view_problems(modal(sized(most + 1))) == [f"{words(most)} [json-pointer:/view/blocks/0/{where}]"]


def markdown(size: int) -> Json:
    return {"type": "markdown", "text": "x" * size}


def table(rows: int = 1, columns: int = 1) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([section()] * 50, None),
        ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([markdown(12_000)], None),
        ([markdown(12_001)], "must be less than 12001 characters [json-pointer:/blocks/0/text]"),
        ([markdown(6000), markdown(6000)], None),
        (
            [markdown(6000), markdown(6001)],
            "markdown must be less than 12001 characters in total [json-pointer:/blocks]",
        ),
        ([table(100, 20)], None),
        ([table(101)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
        ([table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
        ([table(), table()], "only one table allowed [json-pointer:/blocks]"),
        ([asked("file_input")], "unsupported type: file_input [json-pointer:/blocks/0/element/type]"),
    ],
)
def test_a_message_has_limits_of_its_own(blocks: list[Json], problem: str | None) -> None:
    assert message_problems(blocks) == ([problem] if problem else [])


REFUSED: list[tuple[Json, str]] = [
    ({}, "missing required field: type [json-pointer:/blocks/0]"),
    ({"type": "foo"}, "unsupported type: foo [json-pointer:/blocks/0/type]"),
    ({"type": "file"}, "unsupported type: file [json-pointer:/blocks/0/type]"),
    ({"type": "section"}, "missing required field: text [json-pointer:/blocks/0]"),
    (section(colour="red"), "invalid additional property: colour [json-pointer:/blocks/0]"),
    (section(text=mrkdwn("")), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (section(text="x"), "must provide an object [json-pointer:/blocks/0/text]"),
    (section(text={"type": "mrkdwn"}), "missing required field: text [json-pointer:/blocks/0/text]"),
    (
        section(text={**mrkdwn(), "emoji": True}),
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ),
    (
        section(text={**plain(), "verbatim": True}),
        "invalid additional property: verbatim [json-pointer:/blocks/0/text]",
    ),
    (section(fields=[]), "no fewer than 1 items allowed [json-pointer:/blocks/0/fields]"),
    ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
    ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
    ({"type": "context", "elements": []}, "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (
        {"type": "context", "elements": [button()]},
        "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
    ),
    (actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (
        actions(button(text=mrkdwn())),
        "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]",
    ),
    (
        actions(button(style="default")),
        "must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (actions(button(url="not a url")), "must be a valid URL [json-pointer:/blocks/0/elements/0/url]"),
    (
        actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain()})),
        "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]",
    ),
    (
        actions({"type": "plain_text_input", "action_id": "a"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    (actions(button(), image()), "unsupported type: image [json-pointer:/blocks/0/elements/1/type]"),
    (accessory("datetimepicker"), "unsupported type: datetimepicker [json-pointer:/blocks/0/accessory/type]"),
    (asked("button", text=plain()), "unsupported type: button [json-pointer:/blocks/0/element/type]"),
    (
        asked("overflow", options=options(2)),
        "unsupported type: overflow [json-pointer:/blocks/0/element/type]",
    ),
    (
        {"type": "input", "element": {"type": "users_select"}},
        "missing required field: label [json-pointer:/blocks/0]",
    ),
    ({"type": "input", "label": plain()}, "missing required field: element [json-pointer:/blocks/0]"),
    (
        {**asked("users_select"), "label": mrkdwn()},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/label/type]",
    ),
    (
        {**asked("users_select"), "optional": "yes"},
        "must provide a boolean [json-pointer:/blocks/0/optional]",
    ),
    (
        accessory("static_select"),
        "missing required field: options [json-pointer:/blocks/0/accessory]",
    ),
    (
        accessory("static_select", options=[]),
        "no fewer than 1 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    (
        accessory(
            "static_select",
            options=options(1),
            option_groups=[{"label": plain(), "options": options(1)}],
        ),
        "option_groups cannot be given together with options [json-pointer:/blocks/0/accessory]",
    ),
    (
        accessory("static_select", options=[option("")]),
        "must be more than 0 characters [json-pointer:/blocks/0/accessory/options/0/value]",
    ),
    (
        accessory("static_select", options=[{"text": mrkdwn(), "value": "v"}]),
        "unsupported type: mrkdwn [json-pointer:/blocks/0/accessory/options/0/text/type]",
    ),
    (
        accessory("static_select", options=[option(url="https://x.example")]),
        "invalid additional property: url [json-pointer:/blocks/0/accessory/options/0]",
    ),
    (
        accessory("static_select", options=[option("a")], initial_option=option("b")),
        "must match exactly one of the provided options [json-pointer:/blocks/0/accessory/initial_option]",
    ),
    (
        accessory("static_select", options=[option("a")], initial_option=option("a", "other words")),
        "must match exactly one of the provided options [json-pointer:/blocks/0/accessory/initial_option]",
    ),
    (
        accessory("static_select", options=[option("a", description=plain())], initial_option=option("a")),
        "must match exactly one of the provided options [json-pointer:/blocks/0/accessory/initial_option]",
    ),
    (
        accessory("checkboxes", options=options(2), initial_options=[option("0"), option("9")]),
        "must match exactly one of the provided options [json-pointer:/blocks/0/accessory/initial_options/1]",
    ),
    (
        accessory("multi_users_select", max_selected_items=0),
        "must be greater than 0 [json-pointer:/blocks/0/accessory/max_selected_items]",
    ),
    (
        accessory("multi_users_select", max_selected_items=1, initial_users=["U1", "U2"]),
        "no more than 1 items allowed [json-pointer:/blocks/0/accessory/initial_users]",
    ),
    (
        accessory("checkboxes", options=options(1), placeholder=plain()),
        "invalid additional property: placeholder [json-pointer:/blocks/0/accessory]",
    ),
    (
        accessory("datepicker", initial_date="2024-2-1"),
        "must be a date in the format YYYY-MM-DD [json-pointer:/blocks/0/accessory/initial_date]",
    ),
    (
        accessory("datepicker", initial_date="2023-02-29"),
        "must be a date in the format YYYY-MM-DD [json-pointer:/blocks/0/accessory/initial_date]",
    ),
    (
        accessory("timepicker", initial_time="24:00"),
        "must be a time in the format HH:mm [json-pointer:/blocks/0/accessory/initial_time]",
    ),
    (
        accessory("timepicker", timezone="Mars/Base"),
        "must be a valid IANA time zone [json-pointer:/blocks/0/accessory/timezone]",
    ),
    (
        asked("datetimepicker", initial_date_time=123),
        "must be greater than 999999999 [json-pointer:/blocks/0/element/initial_date_time]",
    ),
    (
        asked("number_input"),
        "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]",
    ),
    (
        asked("number_input", is_decimal_allowed=False, min_value=1),
        "must provide a string [json-pointer:/blocks/0/element/min_value]",
    ),
    (
        asked("number_input", is_decimal_allowed=False, max_value="ten"),
        "must be a number [json-pointer:/blocks/0/element/max_value]",
    ),
    (
        asked("number_input", is_decimal_allowed=False, min_value="9", max_value="10", initial_value="11"),
        "must not be greater than max_value [json-pointer:/blocks/0/element/initial_value]",
    ),
    (
        asked("plain_text_input", min_length=5, max_length=4),
        "must not be greater than max_length [json-pointer:/blocks/0/element/min_length]",
    ),
    (
        asked("plain_text_input", max_length=0),
        "must be greater than 0 [json-pointer:/blocks/0/element/max_length]",
    ),
    (
        asked("plain_text_input", multiline=1),
        "must provide a boolean [json-pointer:/blocks/0/element/multiline]",
    ),
    (
        asked("plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_blur"]}),
        "must be a valid enum value: on_enter_pressed, on_character_entered"
        " [json-pointer:/blocks/0/element/dispatch_action_config/trigger_actions_on/0]",
    ),
    ({"type": "image", "alt_text": "x"}, "missing required field: image_url [json-pointer:/blocks/0]"),
    (
        image(slack_file={"id": "F1"}),
        "slack_file cannot be given together with image_url [json-pointer:/blocks/0]",
    ),
    (
        {"type": "image", "image_url": "https://x.example"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (
        {"type": "rich_text", "elements": [{"type": "text", "text": "x"}]},
        "unsupported type: text [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "user"}]}],
        },
        "missing required field: user_id [json-pointer:/blocks/0/elements/0/elements/0]",
    ),
]


@pytest.mark.parametrize(("block", "problem"), REFUSED)
def test_what_is_wrong_in_a_block_is_named_and_located(block: Json, problem: str) -> None:
    assert message_problems([block]) == [problem]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "divider"},
        section(text=plain(), expand=True, fields=[plain(), mrkdwn()]),
        accessory(
            "static_select",
            options=[option("a")],
            initial_option={**option("a"), "text": {**plain(), "emoji": True}},
        ),
        accessory(
            "checkboxes",
            options=[{"text": mrkdwn("*b*"), "value": "v"}],
            initial_options=[{"text": mrkdwn("*b*"), "value": "v"}],
        ),
        accessory("overflow", options=[option(url="https://x.example")]),
        accessory(
            "conversations_select", default_to_current_conversation=True, filter={"include": ["public"]}
        ),
        section(accessory=image()),
        asked("datepicker", initial_date="2024-02-29", placeholder=plain()),
        asked("timepicker", initial_time="23:59", timezone="Europe/Lisbon"),
        asked("datetimepicker", initial_date_time=1_700_000_000),
        asked("number_input", is_decimal_allowed=True, min_value="-1.5", max_value="10", initial_value="2"),
        asked("rich_text_input", initial_value={"type": "rich_text", "elements": []}),
        asked("external_select", min_query_length=0, initial_option=option()),
        asked("email_text_input", focus_on_load=True),
        actions(button(value="1", style="danger", confirm=confirm(style="danger"))),
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "x", "style": {"bold": True}},
                        {"type": "link", "url": "https://x.example"},
                        {"type": "user", "user_id": "U1"},
                        {"type": "emoji", "name": "wave"},
                        {"type": "broadcast", "range": "here"},
                    ],
                },
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "x"}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
            ],
        },
    ],
)
def test_good_blocks_are_accepted_everywhere(block: Json) -> None:
    assert message_problems([block]) == []
    assert view_problems(modal(block)) == []


def test_names_are_used_once() -> None:
    twice = [section(block_id="b"), section(block_id="b")]
    same = actions(button(action_id="a"), button(action_id="a"))

    assert message_problems(twice) == ["`block_id` b already exists [json-pointer:/blocks/1/block_id]"]
    assert message_problems([same]) == [
        "`action_id` a already exists [json-pointer:/blocks/0/elements/1/action_id]"
    ]
    assert message_problems([actions(button(action_id="a")), actions(button(action_id="a"))]) == []


def test_one_element_has_the_focus() -> None:
    first, second = asked("users_select", focus_on_load=True), asked("users_select", focus_on_load=True)

    assert view_problems(modal(first, asked("users_select", focus_on_load=False))) == []
    assert view_problems(modal(first, second)) == [
        "only one element can have focus_on_load set to true"
        " [json-pointer:/view/blocks/1/element/focus_on_load]"
    ]


def home(*blocks: Json, **keys: Any) -> Json:
    return {"type": "home", "blocks": list(blocks), **keys}


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal(title=plain("x" * 24)), None),
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=plain("x" * 24)), None),
        (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (modal(title=mrkdwn()), "unsupported type: mrkdwn [json-pointer:/view/title/type]"),
        (modal(private_metadata="x" * 3000), None),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(private_metadata={}), "must provide a string [json-pointer:/view/private_metadata]"),
        (modal(callback_id="x" * 255), None),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(external_id="x" * 256), "must be less than 256 characters [json-pointer:/view/external_id]"),
        (modal(*[section()] * 100), None),
        (modal(*[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (home(*[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(id="V1"), "invalid additional property: id [json-pointer:/view]"),
        (modal(markdown(1)), "unsupported type: markdown [json-pointer:/view/blocks/0/type]"),
        (modal(asked("file_input", max_files=10)), None),
        (
            modal(asked("file_input", max_files=11)),
            "must be less than 11 [json-pointer:/view/blocks/0/element/max_files]",
        ),
        (modal(asked("channels_select", response_url_enabled=True)), None),
        (
            modal(accessory("channels_select", response_url_enabled=True)),
            "invalid additional property: response_url_enabled [json-pointer:/view/blocks/0/accessory]",
        ),
        (home(asked("users_select")), None),
        (
            home(asked("file_input")),
            "unsupported type: file_input [json-pointer:/view/blocks/0/element/type]",
        ),
        (home(title=plain()), "invalid additional property: title [json-pointer:/view]"),
        (
            {"type": "modal", "title": plain(), "blocks": [asked("users_select")]},
            "missing required field: submit [json-pointer:/view]",
        ),
        ({"type": "modal", "title": plain(), "blocks": [section()]}, None),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        ({"type": "modal", "title": plain()}, "missing required field: blocks [json-pointer:/view]"),
        ({"type": "dialog"}, "unsupported type: dialog [json-pointer:/view/type]"),
        ({}, "missing required field: type [json-pointer:/view]"),
    ],
)
def test_a_view_has_limits_of_its_own(view: Json, problem: str | None) -> None:
    assert view_problems(view) == ([problem] if problem else [])


def sized_view(size: int) -> Json:
    view = modal(*[section(fields=[mrkdwn("x" * 2000)] * 10)] * 12, private_metadata="")
    blocks = view["blocks"]
    while (room := size - len(json.dumps(view, separators=(",", ":")))) > 3100:
        blocks.append(section(text=mrkdwn("x" * 3000)))
    return {**view, "private_metadata": "x" * room}


def test_a_view_fits_into_250_kilobytes() -> None:
    assert view_problems(sized_view(VIEW_BYTES)) == []
    assert not view_too_large(sized_view(VIEW_BYTES))
    assert view_too_large(sized_view(VIEW_BYTES + 1))
    assert view_problems(sized_view(VIEW_BYTES + 1)) == [
        f"must be less than {250 * 1024 + 1} bytes [json-pointer:/view]"
    ]


@pytest.mark.parametrize("junk", [None, "x", 1, [1], {"type": []}, [[]], [None]])
def test_junk_is_refused_and_not_raised(junk: Any) -> None:
    assert message_problems(junk)
    assert view_problems(junk)
    assert message_problems([junk])
    assert message_problems([actions(junk), section(accessory=junk), {"type": "input", "element": junk}])
    assert view_problems({"type": "modal", "blocks": junk, "title": junk, "private_metadata": junk})
