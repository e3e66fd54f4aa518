"""How a request becomes an answer: judged and written in one transaction, and the answer with it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.domain.errors import NotFound, Refused
from handlers.rest import follow_ups, models
from handlers.rest.asked import Asked, known_by, number
from handlers.rest.endpoints import Endpoint
from handlers.rest.wrong import said as said_of
from storage import api_answers
from storage.api_answers import Answered
from storage.transaction import Tx

LONGEST_KEY = 255
_NUL = "\\u0000"


class Invalid(Exception):
    """What was sent cannot be meant: with 400 it is not even JSON, with 422 something in it is wrong."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its JSON and, for one that was given before, that it is."""

    status: int
    text: str
    again: bool = False


def read_body(endpoint: Endpoint, raw: bytes) -> tuple[Any, Any]:
    """Return the body as the endpoint's model, and as JSON."""
    if not endpoint.writes or (endpoint.body is None and not raw.strip()):
        return None, None
    try:
        given = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise Invalid(400, "The body is no JSON.") from None
    if endpoint.body is None:
        return None, given
    return parsed(endpoint.body, _without_key(given)), given


def parsed(model: type[BaseModel], given: Any) -> BaseModel:
    if _NUL in json.dumps(given):
        raise Invalid(422, "A text cannot hold the character U+0000.")
    try:
        return model.model_validate(given)
    except ValidationError as wrong:
        raise Invalid(422, said_of(wrong, model)) from None


def _without_key(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: value for name, value in given.items() if name != "idempotency_key"}
    return given


def key_of(headers: Mapping[str, str], given: Any) -> str:
    """Return the idempotency key of a request, from its header or its body; empty without one."""
    in_body = given.get("idempotency_key", "") if isinstance(given, dict) else ""
    key = headers.get("Idempotency-Key", "").strip() or in_body
    if not isinstance(key, str) or len(key) > LONGEST_KEY or not key.isprintable():
        raise Invalid(422, f"The idempotency key has at most {LONGEST_KEY} printable characters.")
    return key


def digest(endpoint: Endpoint, asked: Asked, given: Any) -> str:
    said = [endpoint.method, endpoint.path, dict(asked.path), given]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def tag_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def answer(tx: Tx, endpoint: Endpoint, asked: Asked) -> Reply:
    return Reply(endpoint.status, _text(endpoint.answer(tx, asked)))


def write(tx: Tx, endpoint: Endpoint, asked: Asked, given: Any, wanted: frozenset[str]) -> Reply:
    """Do what is asked, unless it was done already for the same key. `wanted` are tags it must still have."""
    said = digest(endpoint, asked, given)
    if asked.key and (earlier := api_answers.given(tx, asked.token.id, asked.key)):
        if earlier.request != said:
            raise Conflict("This idempotency key was used for another request. Use a new one.")
        _still_known(tx, endpoint, asked, earlier.body)
        return Reply(earlier.status, earlier.body, again=True)
    if (
        wanted
        and "*" not in wanted
        and endpoint.shown
        and tag_of(_text(endpoint.shown(tx, asked))) not in wanted
    ):
        raise Stale("It has changed since you read it. Read it again, then decide.")
    reply = answer(tx, endpoint, asked)
    if asked.key:
        api_answers.keep(tx, asked.token.id, asked.key, Answered(said, reply.status, reply.text))
    return reply


def _still_known(tx: Tx, endpoint: Endpoint, asked: Asked, body: str) -> None:
    """Raise NotFound where an answer that is given again is of an incident that turned private since then."""
    said = json.loads(body)
    if endpoint.returns is models.FollowUp:
        follow_ups.known_follow_up(tx, asked, str(said["id"]))
        return
    of = said.get("incident") or (said["id"] if "highest_severity" in said else asked.path.get("incident"))
    if of:
        known_by(tx, asked, number(of))


def _text(found: BaseModel) -> str:
    return found.model_dump_json()


class Conflict(Refused):
    """The same key, another request."""


class Stale(Refused):
    """It is not any more as whoever asks has seen it."""


def status_of(refused: Refused) -> int:
    if isinstance(refused, NotFound):
        return 404
    return 412 if isinstance(refused, Stale) else 409
