"""What a person sees when the rules say no, or when something of ours breaks.

Refusals are caught around the handler: Bolt's own error handler can undo an `ack()` that was given.
"""

import functools
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import NotThem, Refused, Step
from bot.domain.incidents.incident import Incident
from bot.domain.work.held import LooksSecret
from bot.rehearsal.asked import Rehearsals
from bot.secret_scan import hidden
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message, message, section
from bot.views.drill import of_drill
from bot.views.mrkdwn import SECTION, harmless, quote
from bot.views.paging.oncall import without_database
from bot.views.steps import row
from bot.views.work import secret
from bot.web.links import Links
from handlers.request import Handler, Submission, answer, as_read, with_names
from storage.database import DatabaseBusy

log = logging.getLogger(__name__)

Submitted: TypeAlias = Callable[[Submission], Awaitable[None]]

FORM_IS_OPEN = "exchanged_trigger_id"
"""What Slack answers when a form was opened for this already; it delivers things twice."""
TOO_LATE = "Slack waited too long for us to open the form. Please try again."
SOON_TYPED = 30
"""A command of up to so many characters is typed again faster than it is copied."""
BROKE = (
    "Something broke on our side, and it has been logged. What was there before is unchanged: "
    "please try again, and page somebody by phone if it cannot wait."
)
NO_DATABASE = (
    "This was not done: my database does not work at the moment, and its operator can see that. "
    "Please try again in a minute. If it cannot wait, call somebody"
)
CALL = f"{NO_DATABASE}. On call by the configuration, not counting overrides:"
LAST = f"{NO_DATABASE}. On call as far as I know:"
LOOK_UP = f"{NO_DATABASE}: `/inc oncall`."
"""Under the field of a form, where nobody can be mentioned."""


@contextmanager
def concerning(incident: Incident | None, command: str = "") -> Iterator[None]:
    """Have a refusal say that it is of a drill, and offer a command for what a duplicate was merged into."""
    try:
        yield
    except Refused as refused:
        if incident:
            refused.drill = incident.drill
            into = incident.merged_into if command else None
            refused.steps = (*([Step(f"For INC-{into}", command, into)] if into else ()), *refused.steps)
        raise


def opens_once(handler: Handler) -> Handler:
    """Stay silent when Slack delivers a command or button again that has opened its form."""

    @functools.wraps(handler)
    async def guarded(**given: Any) -> None:
        try:
            await handler(**given)
        except SlackApiError as error:
            if error.response.get("error") != FORM_IS_OPEN:
                raise
            log.info("%s came again; its form is open already", handler.__name__)

    return guarded


def answers_refusals(handler: Handler) -> Handler:
    """Answer in private when a command, button or message shortcut is refused or breaks.

    The handler must name `respond`, and ack before it works.
    """

    acts = opens_once(handler)

    @functools.wraps(handler)
    async def guarded(**given: Any) -> None:
        try:
            await acts(**given)
        except Refused as refused:
            said = _refusal(harmless(str(refused)), given, refused.steps)
            await answer(given["respond"], of_drill(said) if refused.drill else said)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            log.warning("%s: Slack refused", handler.__name__, extra={"reason": code[:80]})
            late = "trigger" in code
            await answer(given["respond"], _refusal(TOO_LATE if late else BROKE, given))
        except DatabaseBusy as busy:
            log.error("%s could not be decided", handler.__name__, extra={"reason": str(busy)})
            uow: UnitOfWork = given["uow"]
            known = uow.last_known
            called = without_database(uow.process, uow.clock.now(), known)
            await answer(given["respond"], _refusal(LAST if known.schedules else CALL, given, more=called))
        except Exception:
            log.exception("%s failed", handler.__name__)
            await answer(given["respond"], _refusal(BROKE, given))

    return guarded


def _refusal(
    said: str, given: Mapping[str, Any], ways: tuple[Step, ...] = (), more: Sequence[str] = ()
) -> Message:
    """Return the answer with the ways on. It gives a long command back: Slack keeps nothing of it."""
    texts, command = [said, *more], given.get("command") or {}
    text, _ = hidden(as_read(command.get("text") or ""))
    if len(text) > SOON_TYPED:
        typed = quote(f"{command.get('command', '/inc')} {text}", SECTION - 200)
        texts.append(f"What you typed, to copy it:\n{typed}")
    return message("\n".join(texts), *map(section, texts), *row(ways))


def answers_in_form(block_id: str, person: str = "", *, own: bool = False) -> Callable[[Submitted], Handler]:
    """Show refusals beneath the field `block_id` of a submitted form, which stays open with all it holds;
    beneath its first one if that is empty. Those of a person who was chosen stand at the field `person`.
    What looks like a secret in it is asked about first, unless it has its `own` way, as what pages somebody.
    """

    def around(submitted: Submitted) -> Handler:
        async def handler(  # noqa: PLR0917 - Bolt passes what is named
            ack: AsyncAck,
            body: dict[str, Any],
            view: dict[str, Any],
            client: AsyncWebClient,
            uow: UnitOfWork,
            links: Links,
            rehearsals: Rehearsals,
        ) -> None:
            secret.refuse_typed({} if own else view)
            await submitted(Submission(ack, view, body["user"]["id"], client, uow, links, rehearsals))

        handler.__name__ = submitted.__name__

        @functools.wraps(handler)
        async def guarded(**given: Any) -> None:
            try:
                await handler(**given)
            except LooksSecret as found:
                await given["ack"](**secret.answer(given["view"], found))
            except Refused as refused:
                at = (person if isinstance(refused, NotThem) else "") or block_id
                await _wrong(given, at, await with_names(str(refused), given["uow"]))
            except DatabaseBusy as busy:
                log.error("%s could not be decided", handler.__name__, extra={"reason": str(busy)})
                await _wrong(given, block_id, LOOK_UP)
            except Exception:
                log.exception("%s failed", handler.__name__)
                await _wrong(given, block_id, BROKE)

        return guarded

    return around


async def _wrong(given: Mapping[str, Any], block_id: str, said: str) -> None:
    first = next(iter(given["view"]["state"]["values"]), "")
    await given["ack"](response_action="errors", errors={block_id or first: said})
