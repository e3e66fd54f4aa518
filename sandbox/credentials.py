"""What proves who somebody is: new in every run, unless whoever starts the sandbox chose it."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields

from sandbox.errors import Unusable

# Constant values could be used by any website that is open in the same browser.
CHOSEN = re.compile(r"[\x21-\x7e]{8,200}")
STARTS = {"bot_token": "xoxb-", "app_token": "xapp-", "twilio_sid": "AC"}
VARIABLES = {
    "bot_token": "SANDBOX_BOT_TOKEN",
    "app_token": "SANDBOX_APP_TOKEN",
    "signing_secret": "SANDBOX_SIGNING_SECRET",
    "client_secret": "SANDBOX_CLIENT_SECRET",
    "page_key": "SANDBOX_PAGE_KEY",
}


@dataclass(frozen=True)
class Credentials:
    """The app's four at Slack, its two at Twilio, and the key with which the page acts."""

    bot_token: str
    app_token: str
    signing_secret: str
    client_secret: str
    twilio_sid: str
    twilio_token: str
    page_key: str

    @classmethod
    def made(cls, chosen: Mapping[str, str] | None = None) -> "Credentials":
        """Take those that were chosen, by their names here, and make the others."""
        return cls(
            **{
                each.name: (chosen or {}).get(each.name) or STARTS.get(each.name, "") + secrets.token_hex(24)
                for each in fields(cls)
            }
        )

    @property
    def kept(self) -> dict[str, str]:
        """What an app still needs in the next run; the page gets a new key."""
        return {name: value for name, value in vars(self).items() if name != "page_key"}

    def sign(self, text: str) -> str:
        """Make what nobody can guess who knows the text alone."""
        return _mark("".join(vars(self).values()), text)

    def ticket(self, nonce: str) -> str:
        """Proof for one more socket. It stays good: clients repeat their last address after a restart."""
        return f"{nonce}-{_mark(self.app_token, nonce)}"

    def admits(self, ticket: str) -> bool:
        nonce, _, mark = ticket.partition("-")
        return same(mark, _mark(self.app_token, nonce))


def _mark(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(errors="replace"), hashlib.sha256).hexdigest()[:40]


def same(given: str, expected: str) -> bool:
    """Compare without telling by the time it takes how much was right."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def chosen_in(environment: Mapping[str, str]) -> dict[str, str]:
    """What was chosen there. Raises Unusable, without repeating a value."""
    chosen, problems = {}, []
    for name, variable in VARIABLES.items():
        if not (value := environment.get(variable, "").strip()):
            continue
        chosen[name] = value
        start = STARTS.get(name, "")
        if not (CHOSEN.fullmatch(value) and value.startswith(start)):
            begins = f", beginning with {start}" if start else ""
            problems.append(f"{variable}: expected 8 to 200 characters without spaces{begins}")
    if problems:
        raise Unusable(*problems)
    return chosen
