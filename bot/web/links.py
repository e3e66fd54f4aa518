"""Links with which a page is answered without Slack.

They are signed with a key that is derived from the bot token: all replicas agree on it, there is nothing to
configure, and a new token makes the old links worthless. The database's id is part of the key, since every
database numbers its pages from 1: a link of one opens nothing in another. A link names what it is for and
nothing else; what may be done with it is decided when somebody comes with it. Each kind has a salt of its
own, so that none passes for another.
"""

import hashlib
import hmac
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from bot.domain.insights.periods import Period
from bot.domain.paging.contact_methods import OwnMethod, VerificationCode

ACKNOWLEDGE_PATH = "/p/"
CONFIRM_PATH = "/t/"
BUTTON_PATH = "/b/"
TWILIO_PATH = "/twilio/"
INCIDENT_PATH = "/incidents/INC-"
INSIGHTS_PATH = "/insights"
CALENDAR_PATH = "/c/"
MOST = 2**63
"""What no number of a row reaches."""


class Links:
    """Makes links below `base`, the bot's public address, and reads them. Without one it makes none.

    `pages` says whether there are pages for a browser, to which an incident can link.
    """

    def __init__(self, token: str, database: str, base: str | None, pages: bool = False) -> None:
        self.base, self.serves_pages = base, bool(base) and pages
        self._pages = _signer(token, f"muster: acknowledge a page of {database}")
        self._notification_tests = _signer(token, f"muster: confirm a test page of {database}")
        self._buttons = _signer(token, f"muster: a button on a phone of {database}")
        self._calls = _signer(token, f"muster: a call of {database}")
        self._calendars = _signer(token, f"muster: a calendar of {database}")
        self._codes = hashlib.sha256(f"muster: codes of {database} {token}".encode()).digest()
        self._called_tests = _signer(token, f"muster: a test by a call of {database}")

    def to_incident(self, number: int) -> str | None:
        """Return where an incident is read in a browser, by whoever signs in and may know of it."""
        return f"{self.base.rstrip('/')}{INCIDENT_PATH}{number}" if self.base and self.serves_pages else None

    def to_insights(self, period: Period) -> str | None:
        """Return where a time's figures are read in a browser, by whoever signs in."""
        if not self.base or not self.serves_pages:
            return None
        return f"{self.base.rstrip('/')}{INSIGHTS_PATH}?from={period.first}&to={period.last}"

    def listen(self, port: int) -> None:
        """Say on which port the bot listens, for a base that leaves it open as `{port}`."""
        self.base = self.base.replace("{port}", str(port)) if self.base else None

    def to_acknowledge(self, page: int, person: str) -> str | None:
        return self._link(ACKNOWLEDGE_PATH, self._pages, [page, person])

    def page_and_person(self, token: str) -> tuple[int, str] | None:
        """Return what a link to acknowledge is for, or None when we did not sign it."""
        return _read(self._pages, token)

    def to_confirm(self, notification_test: int, contact_method: str) -> str | None:
        return self._link(CONFIRM_PATH, self._notification_tests, [notification_test, contact_method])

    def notification_test_and_contact_method(self, token: str) -> tuple[int, str] | None:
        """Return what a link to confirm is for, or None when we did not sign it."""
        return _read(self._notification_tests, token)

    def to_press(self, page: int, person: str) -> str | None:
        """Return what a button on a phone posts to, to acknowledge without opening anything."""
        return self._link(BUTTON_PATH, self._buttons, [page, person])

    def button(self, token: str) -> tuple[int, str] | None:
        """Return which page a button acknowledges as whom, or None when we did not sign it."""
        return _read(self._buttons, token)

    def to_call(self, notification: int, person: str) -> str | None:
        """Return where Twilio asks what to say in a call of a notification."""
        return self._link(f"{TWILIO_PATH}call/", self._calls, [notification, person])

    def to_report(self, notification: int, person: str) -> str | None:
        """Return where Twilio says what became of a call or text of a notification."""
        return self._link(f"{TWILIO_PATH}report/", self._calls, [notification, person])

    def notification_and_person(self, token: str) -> tuple[int, str] | None:
        return _read(self._calls, token)

    def to_call_for_test(self, notification_test: int, contact_method: str) -> str | None:
        return self._link(f"{TWILIO_PATH}test/", self._called_tests, [notification_test, contact_method])

    def called_test_and_contact_method(self, token: str) -> tuple[int, str] | None:
        return _read(self._called_tests, token)

    def to_calendar(self, number: int, person: str, schedule: str = "") -> str | None:
        """Return where a calendar program reads a person's own shifts, or those of a schedule.

        The address is good for as long as `number` is the person's present one.
        """
        link = self._link(CALENDAR_PATH, self._calendars, [number, f"{person} {schedule}"])
        return f"{link}.ics" if link else None

    def calendar(self, token: str) -> tuple[int, str, str] | None:
        """Return the number, person and schedule of a calendar's address, or None when we did not sign it."""
        found = _read(self._calendars, token)
        return (found[0], *found[1].split(" ", 1)) if found else None  # type: ignore[return-value]

    def code(self, method: OwnMethod, code: VerificationCode) -> str:
        """Return the six digits that verify an address. They are stored nowhere: no copy of a database
        tells them. They hang on the address too, as a database that was restored counts codes anew.
        """
        said = (code.id, code.sent_at.isoformat(), method.id, method.person, method.name, method.address)
        digest = hmac.new(self._codes, repr(said).encode(), hashlib.sha256).digest()
        return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06}"

    def _link(self, path: str, signer: URLSafeSerializer, names: list[Any]) -> str | None:
        return f"{self.base.rstrip('/')}{path}{signer.dumps(names)}" if self.base else None


def _signer(token: str, salt: str) -> URLSafeSerializer:
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(token, salt=salt, signer_kwargs=how)


def _read(signer: URLSafeSerializer, token: str) -> tuple[int, str] | None:
    """Return what a token names; one that is signed and malformed all the same is none of ours."""
    try:
        match signer.loads(token):
            case [int(number), str(name)] if type(number) is int and 0 < number < MOST and name:
                return number, name
    except BadData:
        pass
    return None
