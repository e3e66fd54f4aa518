"""What a message says: text, blocks, attachments and metadata, as Slack accepts them."""

import json
import logging
from typing import Any

from sandbox.call import Call
from sandbox.errors import SlackError, invalid_blocks
from sandbox.state import Json
from sandbox.validation import message_problems, with_block_ids

log = logging.getLogger(__name__)
MOST_METADATA = 16_000


def content_of(call: Call) -> Json:
    """Text, blocks, attachments and metadata, checked."""
    blocks = _checked_blocks(call, call.parsed("blocks", "invalid_blocks_format"))
    attachments = call.parsed("attachments", "invalid_attachments")
    text, marked = call.text("text"), call.text("markdown_text")
    if marked and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if not (text or marked or blocks or attachments):
        raise SlackError("no_text")
    if len(attachments or ()) > 100:
        raise SlackError("too_many_attachments")
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
    return with_block_ids(blocks, lambda: call.ws.ids.new("b"))


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
