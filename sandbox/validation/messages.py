"""What Slack would refuse in the blocks of a message."""

from collections.abc import Iterator
from typing import Any

from sandbox.validation.blocks import ANYWHERE, IN_MESSAGES, MARKDOWN_TOTAL, actionable, between
from sandbox.validation.checks import Check, array, at, boolean, record, string, typed

BLOCKS = array(typed({**ANYWHERE, **IN_MESSAGES}), 50, 0)


def message_problems(blocks: Any) -> list[str]:
    """Every problem, in Slack's words, each with a JSON pointer that starts at `/blocks`."""
    problems = list(BLOCKS(blocks, "/blocks"))
    if isinstance(blocks, list):
        whole = [block for block in blocks if isinstance(block, dict)]
        problems += [*between(whole, "/blocks"), *_only_in_messages(whole)]
    return problems


_line = string(40_000, 0)
_ATTACHMENT: dict[str, Check] = {
    **dict.fromkeys(
        [
            "author_icon",
            "author_link",
            "author_name",
            "callback_id",
            "color",
            "fallback",
            "footer",
            "footer_icon",
            "image_url",
            "pretext",
            "text",
            "thumb_url",
            "title",
            "title_link",
        ],
        _line,
    ),
    "fields": array(record({"title": _line, "value": _line, "short": boolean}), 100, 0),
    "mrkdwn_in": array(_line, 100, 0),
}


def attachment_problems(attachment: dict[str, Any]) -> list[str]:
    """What is wrong in an old-style attachment: only of what Slack describes is there a right form."""
    problems = [
        problem
        for key, check in _ATTACHMENT.items()
        if key in attachment
        for problem in check(attachment[key], f"/attachments/{key}")
    ]
    return problems + (message_problems(attachment["blocks"]) if "blocks" in attachment else [])


def _only_in_messages(blocks: list[dict[str, Any]]) -> Iterator[str]:
    written = [block.get("text") for block in blocks if block.get("type") == "markdown"]
    if len(written) > 1 and sum(len(text) for text in written if isinstance(text, str)) > MARKDOWN_TOTAL:
        yield at(f"markdown must be less than {MARKDOWN_TOTAL + 1} characters in total", "/blocks")
    if sum(block.get("type") == "table" for block in blocks) > 1:
        yield at("only one table allowed", "/blocks")
    for number, block in enumerate(blocks):
        for where, element in actionable(block):
            if element.get("type") == "file_input":
                yield at("unsupported type: file_input", f"/blocks/{number}/{where}/type")
