"""What a person sees when the rules say no, or when something of ours breaks.

Refusals are caught around the handler: Bolt's own error handler can undo an `ack()` that was given.
"""

import functools
import logging
import re
from typing import Any

from bot.desk import Desk
from bot.domain.errors import Refused
from bot.views.blocks import escape, message
from handlers.request import Handler, answer
from storage import people

log = logging.getLogger(__name__)

BROKE = (
    "Something broke on our side, and it has been logged. What was there before is unchanged: "
    "please try again, and page somebody by phone if it cannot wait."
)
_TOKEN = re.compile(r"(<[@#][A-Z0-9]+>)")
_PERSON = re.compile(r"<@([A-Z0-9]+)>")


def answers_refusals(handler: Handler) -> Handler:
    """Answer in private when a command, button or message shortcut is refused or breaks.

    The handler must name `respond`, and ack before it works.
    """

    @functools.wraps(handler)
    async def guarded(**given: Any) -> None:
        try:
            await handler(**given)
        except Refused as refused:
            await answer(given["respond"], message(harmless(str(refused))))
        except Exception:
            log.exception("%s failed", handler.__name__)
            await answer(given["respond"], message(BROKE))

    return guarded


def answers_in_form(block_id: str) -> Any:
    """Show refusals beneath the field `block_id` of a submitted form, which stays open with all it holds.

    The handler must name `ack` and `desk`, and ack last.
    """

    def around(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(**given: Any) -> None:
            try:
                await handler(**given)
            except Refused as refused:
                said = await _spoken(str(refused), given["desk"])
                await given["ack"](response_action="errors", errors={block_id: said})
            except Exception:
                log.exception("%s failed", handler.__name__)
                await given["ack"](response_action="errors", errors={block_id: BROKE})

        return guarded

    return around


def harmless(text: str) -> str:
    """Escape a refusal, which may quote what was typed, but keep the people and channels it names."""
    return "".join(part if _TOKEN.fullmatch(part) else escape(part) for part in _TOKEN.split(text))


async def _spoken(text: str, desk: Desk) -> str:
    """Return a refusal for a place that shows plain text only: names instead of mentions."""
    for user in _PERSON.findall(text):
        found = await desk.read(people.get, user)
        text = text.replace(f"<@{user}>", f"@{found.name}" if found else "somebody else")
    return text
