"""What a message says: text, blocks, attachments and metadata, as Slack accepts them."""

import json
import logging
from typing import Any

from sandbox.call import Call, check_texts
from sandbox.errors import SlackError, invalid_blocks
from sandbox.state import Json
from sandbox.validation import attachment_problems, message_problems, with_block_ids

log = logging.getLogger(__name__)
MOST_METADATA = 16_000
MOST_MARKDOWN = 12_000
MOST_ATTACHMENTS = 100
MOST_BLOCKS = 13_200
"""Characters of all blocks together. Slack does not publish it; this is what people met."""


def content_of(call: Call) -> Json:
    """Text, blocks, attachments and metadata, checked."""
    check_texts(call.args)
    if call.flag("as_user"):
        # Only a classic app may write as a person.
        raise SlackError("as_user_not_supported")
    blocks = _checked_blocks(call, call.parsed("blocks", "invalid_blocks_format"))
    attachments = _checked_attachments(call, call.parsed("attachments", "invalid_attachments"))
    text, marked = call.text("text"), call.text("markdown_text")
    if marked and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if len(marked) > MOST_MARKDOWN:
        raise SlackError("msg_too_long")
    if not (text or marked or blocks or attachments):
        raise SlackError("no_text")
    content: Json = {"text": text or marked}
    if blocks:
        content["blocks"] = blocks
    if attachments:
        content["attachments"] = attachments
    if metadata := _metadata(call):
        content["metadata"] = metadata
    return content


def _checked_blocks(call: Call, blocks: Any) -> list[Json]:
    """The blocks with their ids, or a refusal."""
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if problems := message_problems(blocks):
        log.warning("%s: %s", call.method.name, "; ".join(problems))
        raise invalid_blocks(problems)
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > MOST_BLOCKS:
        raise SlackError("msg_too_long" if call.method.name == "chat.update" else "msg_blocks_too_long")
    return with_block_ids(blocks, lambda: call.ws.ids.new("b"))


def _checked_attachments(call: Call, attachments: Any) -> list[Json]:
    """The attachments, with their numbers and the ids of their blocks, or a refusal."""
    if attachments is None:
        return []
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    made = []
    for number, one in enumerate((one for one in attachments if one), 1):
        if problems := attachment_problems(one):
            log.warning("%s: %s", call.method.name, "; ".join(problems))
            raise SlackError("invalid_attachments")
        made.append({**one, "id": number})
        if "blocks" in one:
            made[-1]["blocks"] = with_block_ids(one["blocks"], lambda: call.ws.ids.new("b"))
    return made


def _metadata(call: Call) -> Json | None:
    metadata = call.parsed("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if metadata and not (
        isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > MOST_METADATA:
        raise SlackError("metadata_too_large")
    return metadata
