"""A person's own contact methods: added, verified by a code that is sent there, and removed."""

from collections.abc import Callable
from math import ceil

from bot.domain.errors import Refused
from bot.domain.facts import VerificationCodeAsked
from bot.domain.paging.contact_methods import (
    MOST_CODES,
    OwnMethod,
    VerificationCode,
    address_of,
    next_code_at,
    wrong_with,
)
from bot.domain.rights import Right
from bot.operations.rights import allow
from storage import contact_methods, verification_codes
from storage.transaction import Tx

CodeOf = Callable[[OwnMethod, VerificationCode], str]
"""What a code says. It is worked out, and stored nowhere."""


def add_contact_method(tx: Tx, name: str, typed: str, *, by: str) -> OwnMethod:
    """Send a code to a person's new address. Until it is verified an earlier one is used."""
    allow(tx, by, Right.ACKNOWLEDGE)
    if not (kind := tx.process.contact_methods.get(name)):
        raise Refused(f"There is no contact method {name} here any more. Close this form and look again.")
    address = address_of(kind, typed)
    if contact_methods.verified(tx, by).get(name) == address:
        raise Refused(f"This {kind} is verified already. Write another one, or close this form.")
    method = contact_methods.get(tx, contact_methods.add(tx, by, name, address), by)
    _send_code(tx, method)
    return method


def send_code_again(tx: Tx, method_id: int, *, by: str) -> OwnMethod:
    """Send a new code; the earlier one holds no longer."""
    allow(tx, by, Right.ACKNOWLEDGE)
    method = contact_methods.get(tx, method_id, by)
    if not method.verified_at:
        _send_code(tx, method)
    return method


def verify_contact_method(tx: Tx, method_id: int, typed: str, code_of: CodeOf, *, by: str) -> str:
    """Have an address used for pages if the code is right; else count the try, and return what is wrong."""
    method = contact_methods.get(tx, method_id, by)
    if method.verified_at:
        return ""
    code = verification_codes.latest(tx, method.id)
    right = code is not None and code_of(method, code) == "".join(typed.split())
    if wrong := wrong_with(code, tx.now, right=right):
        if code:
            verification_codes.tried(tx, code.id)
        return wrong
    contact_methods.verify(tx, method)
    return ""


def remove_contact_method(tx: Tx, method_id: int, *, by: str) -> OwnMethod:
    """Delete an address of a person's."""
    method = contact_methods.get(tx, method_id, by)
    contact_methods.remove(tx, method.id)
    return method


def code_not_sent(tx: Tx, code_id: int, why: str) -> None:
    """Note that a code could not be sent, so that whoever waits for it is told why."""
    verification_codes.failed(tx, code_id, why)


def _send_code(tx: Tx, method: OwnMethod) -> None:
    longest, _ = MOST_CODES[-1]
    at = next_code_at(verification_codes.sent_to(tx, method.person, longest), tx.now)
    if at:
        minutes = ceil((at - tx.now).total_seconds() / 60)
        raise Refused(f"You were sent too many codes. Try again in {minutes} min.")
    code = verification_codes.add(tx, method.person, method.id)
    tx.record(VerificationCodeAsked(code=code, person=method.person))
