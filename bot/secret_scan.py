"""Finds what looks like a secret in what people write. A wrong alarm in an incident costs trust.

The shapes of tokens are those of detect-secrets. Its guesses by entropy are left out, since commits, trace
ids and pictures look as random as a key; so are its shapes that fit ordinary words. Nothing is looked up over
the network: its plugins are asked for their patterns alone.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module

from bot.domain.incidents.incident import Draft
from bot.domain.work.held import CONFIRMED, Finding, LooksSecret, fingerprint, kinds, masked

log = logging.getLogger(__name__)

_PLUGINS = {
    "aws": "AWSKeyDetector",
    "azure_storage_key": "AzureStorageKeyDetector",
    "discord": "DiscordBotTokenDetector",
    "github_token": "GitHubTokenDetector",
    "gitlab_token": "GitLabTokenDetector",
    "mailchimp": "MailchimpDetector",
    "openai": "OpenAIDetector",
    "pypi_token": "PypiTokenDetector",
    "sendgrid": "SendGridDetector",
    "slack": "SlackDetector",
    "square_oauth": "SquareOAuthDetector",
    "stripe": "StripeDetector",
    "telegram_token": "TelegramBotTokenDetector",
    "twilio": "TwilioKeyDetector",
}
_MORE = {
    "Anthropic API Key": r"sk-ant-[\w-]{20,}",
    "GitHub Token": r"github_pat_\w{30,}",
    "Google API Key": r"AIza[\w-]{35}",
    "Google OAuth Token": r"ya29\.[\w-]{20,}",
    "Hashicorp Vault Token": r"hvs\.[\w-]{24,}",
    "Muster Token": r"muster_[\w-]{30,}",
    "NPM Token": r"npm_[A-Za-z0-9]{36}",
    "OpenAI Token": r"sk-(?:proj|svcacct)-[\w-]{40,}",
    "Slack Token": r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{20,}|xox[a-z]-[\w-]{20,}",
}
"""Shapes that detect-secrets 1.5.0 does not know yet."""

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [^-]{0,60}-----|\Z)", re.DOTALL
)
_IN_URL = re.compile(r"://[^\s:/?#\[\]@<>|]{0,100}:([^\s:/?#\[\]@<>|]{1,200})@")
_JWT = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}")
_BEARER = re.compile(r"\bauthorization\W{1,5}(?:bearer|basic)\s+([\w.~+/=-]{12,})", re.IGNORECASE)
_NAMED = re.compile(
    r"(?<![A-Za-z0-9])[\w-]{0,40}?(?P<name>password|passwd|pwd|passphrase|secret|token|api[_-]?key|"
    r"access[_-]?key|private[_-]?key|secret[_-]?access[_-]?key)\b[\"'`]?\s{0,3}(?:=>|:=|=|:)\s{0,3}"
    r"(?P<quote>[\"'`]?)(?P<value>[^\s\"'`<>]{6,200})",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"data:[\w/+.-]{1,80};base64,[A-Za-z0-9+/=]+")
_REST = re.compile(r"[\w+/=-]*(?:\.[\w-]{2,})*")
_PLACEHOLDER = re.compile(
    r"(?:[x*•.#_-]+|(?:your|my|the|some|new|old|test|example)[_-].*|pass(?:word)?|pwd|secret|token|user|"
    r"redacted|hidden|masked|removed|changed|rotated|revoked|expired|invalid|unknown|null|none|true|false|"
    r"\[.*|\(.*|\{.*|\$.*|%.*|/.*|~.*|https?:.*|<.*|&lt;.*)",
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PASSWORDS = {"password", "passwd", "pwd", "passphrase"}
_ENDINGS = ".,;:!?)"
_ORDINARY = re.compile(r"[A-Za-z]+[-_]?\d{1,3}|v?\d[\d.:,/-]*\w{0,3}|INC-\d+", re.IGNORECASE)
"""A host, a version, a time, a number, an incident: no long secret looks like it."""


def find(text: str) -> list[Finding]:
    """Return what looks like a secret in a text, in its order."""
    plain = _PICTURE.sub(lambda found: " " * len(found[0]), text)
    found = [*_shaped(plain), *_in_place(plain)]
    return sorted(found, key=lambda one: (one.start, -one.end))


def hidden(text: str) -> tuple[str, list[Finding]]:
    """Return a text with each finding masked, and the findings."""
    found = find(text)
    return (masked(text, found) if found else text), found


def without_secrets(draft: Draft) -> Draft:
    """Return what is declared, masked: neither the page nor anything else waits for an answer."""
    return replace(draft, name=hidden(draft.name)[0], summary=hidden(draft.summary)[0])


def refuse_secrets(*texts: str, sure: str) -> None:
    """Raise LooksSecret where a text holds one, unless somebody confirmed exactly these: `sure` says so.

    CONFIRMED stands for whatever there is.
    """
    if sure == CONFIRMED:
        return
    each = [(text, find(text)) for text in texts]
    found = [one for _, some in each for one in some]
    stands_for = mark_of(texts)
    if found and sure != stands_for:
        shown = "\n".join(masked(text, some) for text, some in each if some)
        raise LooksSecret(kinds(found), shown, stands_for)


def mark_of(texts: Sequence[str]) -> str:
    """Return what confirms the secrets of these texts, and no others."""
    return fingerprint(text[one.start : one.end] for text in texts for one in find(text))


@cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the shapes of tokens. The library takes a moment to import: the first call does it.

    Where it cannot be imported, a declaration must go on all the same: the other shapes are looked for.
    """
    own = [(what, re.compile(shape)) for what, shape in _MORE.items()]
    try:
        known = [
            (str(plugin.secret_type), pattern)
            for module, name in _PLUGINS.items()
            for plugin in [getattr(import_module(f"detect_secrets.plugins.{module}"), name)]
            for pattern in plugin.denylist
        ]
    except ImportError as error:
        log.warning("few secrets are recognized: install detect-secrets", extra={"reason": str(error)})
        known = []
    return (*known, *own)


def _shaped(text: str) -> Iterator[Finding]:
    for what, pattern in patterns():
        for found in pattern.finditer(text):
            start, end = found.span(found.lastindex or 0) if what == "AWS Access Key" else found.span()
            if start and text[start - 1].isalnum():
                continue  # a piece of something longer
            rest = _REST.match(text, end)
            yield Finding(what, start, rest.end() if rest else end)


def _in_place(text: str) -> Iterator[Finding]:
    """Find what is a secret by where it stands: after a name, in a URL, in a header, as a key."""
    yield from (Finding("Private Key", *found.span()) for found in _PRIVATE_KEY.finditer(text))
    yield from (Finding("JSON Web Token", *found.span()) for found in _JWT.finditer(text))
    yield from (Finding("Authorization Header", *found.span(1)) for found in _BEARER.finditer(text))
    for found in _IN_URL.finditer(text):
        if not _PLACEHOLDER.fullmatch(found[1]):
            yield Finding("Password in a URL", *found.span(1))
    for found in _NAMED.finditer(text):
        value = found["value"].rstrip(_ENDINGS)
        if _telling(found["name"].lower(), value, quoted=bool(found["quote"])):
            yield Finding("Password or Key", found.start("value"), found.start("value") + len(value))


def _telling(name: str, value: str, *, quoted: bool) -> bool:
    """Say whether what follows "password:" is one, and not the next word of a sentence."""
    if _PLACEHOLDER.fullmatch(value) or _UUID.fullmatch(value) or _ORDINARY.fullmatch(value):
        return name in _PASSWORDS and bool(re.fullmatch(r"[a-z]+\d{1,3}", value)) and len(value) > 6
    mixed = any(one.isdigit() for one in value) and any(one.isalpha() for one in value)
    if name in _PASSWORDS:
        return mixed or (quoted and len(value) >= 8)
    return mixed and len(value) >= 12
