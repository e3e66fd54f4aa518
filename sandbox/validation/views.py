"""What Slack would refuse in a modal or a Home tab."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.validation.blocks import ANYWHERE, actionable, between
from sandbox.validation.checks import Check, array, at, boolean, record, string, typed
from sandbox.validation.objects import kind, plain

VIEW_BYTES = 250 * 1024

SHARED: dict[str, Check] = {
    "blocks": array(typed(ANYWHERE), 100, 0),
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
VIEW = typed(
    {
        "modal": record(
            {
                "type": kind("modal"),
                **SHARED,
                "title": plain(24),
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
            "title blocks",
        ),
        "home": record({"type": kind("home"), **SHARED}, "blocks"),
    }
)


def view_too_large(view: Any) -> bool:
    """Slack answers `view_too_large` rather than `invalid_arguments` to such a view."""
    return len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode()) > VIEW_BYTES


def view_problems(view: Any) -> list[str]:
    """Every problem, in Slack's words, each with a JSON pointer that starts at `/view`."""
    problems = list(VIEW(view, "/view"))
    if isinstance(view, dict) and isinstance(view.get("blocks"), list):
        blocks = [block for block in view["blocks"] if isinstance(block, dict)]
        problems += [*between(blocks, "/view/blocks"), *_within(view, blocks)]
    if view_too_large(view):
        problems.append(at(f"must be less than {VIEW_BYTES + 1} bytes", "/view"))
    return problems


def _within(view: dict[str, Any], blocks: list[dict[str, Any]]) -> Iterator[str]:
    modal = view.get("type") == "modal"
    if modal and "submit" not in view and any(block.get("type") == "input" for block in blocks):
        yield at("missing required field: submit", "/view")
    for number, block in enumerate(blocks):
        for where, element in actionable(block):
            here = f"/view/blocks/{number}/{where}"
            if element.get("type") == "file_input" and not modal:
                yield at("unsupported type: file_input", f"{here}/type")
            if "response_url_enabled" in element and not (modal and block.get("type") == "input"):
                yield at("invalid additional property: response_url_enabled", here)
