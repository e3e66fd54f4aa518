"""From what a person chose to what Slack says about it."""

from typing import Any

from sandbox.errors import SlackError
from sandbox.state import Json
from sandbox.validation.state import HELD
from sandbox.workspace import Workspace

PEOPLE = ("users_select", "multi_users_select")
CHANNELS = ("channels_select", "multi_channels_select", "conversations_select", "multi_conversations_select")
ECHOED = ("text", "value", "style", "url", "placeholder", "confirm", "accessibility_label")


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def option_named(element: Json, name: Any) -> Json:
    """By value or by what it says; an option itself (from an external source) is taken as it is."""
    if isinstance(name, dict):
        return name
    for option in options_of(element):
        if name in (option["value"], option["text"]["text"]):
            return option
    known = ", ".join(option["text"]["text"] for option in options_of(element))
    raise SlackError(f"there is no option {name!r} among: {known}")


def held(ws: Workspace, element: Json, value: Any) -> Json:
    """The `state.values` entry of an element with `value` in it. Names stand for ids where Slack has ids."""
    kind = element["type"]
    key, _, nothing = HELD[kind]
    if isinstance(value, dict) and value.get("type") == kind:
        return value
    return {"type": kind, key: nothing if value is None or value == "" else _chosen(ws, element, value)}


def _chosen(ws: Workspace, element: Json, value: Any) -> Any:
    if isinstance(value, list):
        return [_chosen(ws, element, item) for item in value]
    kind = element["type"]
    if HELD[kind][0].startswith("selected_option"):
        return option_named(element, value)
    if kind in PEOPLE:
        return _person(ws, value)
    if kind in CHANNELS:
        return _channel(ws, value, element.get("filter", {}).get("include", []))
    if kind == "rich_text_input" and isinstance(value, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
        return {"type": "rich_text", "elements": [section]}
    return value if kind in ("datetimepicker", "rich_text_input") else str(value)


def _person(ws: Workspace, name: str) -> str:
    user = ws.user(name)
    if user.deleted:
        raise SlackError(f"{name} is deactivated and not offered")
    return user.id


def _channel(ws: Workspace, name: str, wanted: list[str]) -> str:
    channel = ws.channel(name)
    kind = "im" if channel.im else "private" if channel.private else "public"
    if wanted and kind not in wanted:
        raise SlackError(f"{name} is {kind} and not offered here")
    return channel.id


def action_item(ws: Workspace, block_id: str, element: Json, value: Any) -> Json:
    """The entry of `actions` for what was pressed or chosen."""
    kind = element["type"]
    item: Json = {"type": kind, "action_id": element["action_id"], "block_id": block_id}
    item |= {key: element[key] for key in ECHOED if key in element and kind == "button"}
    if kind == "overflow":
        item["selected_option"] = option_named(element, value)
    elif kind in HELD:
        item |= held(ws, element, value)
    return {**item, "action_ts": ws.ids.ts()}
