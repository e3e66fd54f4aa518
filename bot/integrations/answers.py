"""What a service outside answers, read no further than is good for whoever shares the event loop."""

import json
from typing import Any

import aiohttp

LONGEST = 8_000_000
"""Bytes of an answer, unpacked: a hundred of the longest issues fit, and it is understood in a moment."""
_PIECE = 65_536


class TooLong(ValueError):
    """There is more in an answer than is read."""


async def said_in(answer: aiohttp.ClientResponse) -> Any:
    """Return the JSON of an answer, None for an empty one. Raises ValueError for none, and TooLong."""
    if (answer.content_length or 0) > LONGEST:
        raise TooLong
    raw = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        raw += piece
        if len(raw) > LONGEST:
            raise TooLong
    try:
        return json.loads(raw) if raw.strip() else None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
