"""Takes secrets out of text. Everything that is printed or logged goes through here.

What looks like a secret is found by its shape, wherever it stands; what this process was given is known by
its value too, as a password may hold any character.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote, unquote

REDACTED = "[redacted]"

OFTEN = 64
"""Texts up to this long come again and again, as keys and words of ours do: what is left of them is kept."""

SHORTEST = 4
"""A shorter secret is not looked for by its value: it would blank parts of ordinary words."""

LONG_USER = 16
"""A user without a password is a key when it is long, as in `https://<key>@host`; a shorter one is a name."""

_OPEN = frozenset({"http", "https", "ws", "wss", "tcp", "file", "sqlite", "postgres", "postgresql"})
"""Schemes of which host and path may be shown. In any other, such as a method's, each part can be a token."""

# At most so many characters before an @, as each :// would otherwise look through the whole of a long text.
_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]{0,30})://(?P<rest>(?:\S{0,500}@)?[^\s\"'`<>]+)", re.IGNORECASE
)
_PLACES = re.compile(r"(?:\{\w+\}|[:@/.?&=,-])+")
"""The rest of a URL that only names what belongs where, as in `twilio://{account_sid}:{auth_token}@…`."""
_CREDENTIALS = re.compile(r"(?<![\w.+-])[\w.+-]{1,100}:[^\s@\"'`<>(){}\[\],;/]{1,200}@[\w.+-]+")
_TOKEN = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+|xwfp-[\w-]+|(?<=bearer )[\w.~+/=-]{4,}"
    r"|(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|(?<=hooks\.slack\.com/)[^\s\"'<>\\]+|(?<=hooks\.slack-gov\.com/)[^\s\"'<>\\]+|(?<=ticket=)[\w%.-]+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<!\w)(?:\+|%2B)[1-9]\d{6,14}(?!\d)", re.IGNORECASE)
"""A phone number as it is dialled: people add theirs while the bot runs, so its value is not known here."""
_SECRET_NAME = (
    r"(?<![\w-])(?:[\w-]{0,60}(?:password|passwd|passphrase|secret|token|api_?key|private_?key)s?|pass|pwd)"  # noqa: S105 (a pattern)
)
_ASSIGNED = re.compile(
    rf"(?P<name>{_SECRET_NAME}[\\\"']*\s*=\s*)(?P<value>'[^']*'|\"[^\"]*\"|[^\s\"',;&`)}}\]]+)", re.IGNORECASE
)
_NAMED = re.compile(
    rf"(?P<name>(?:(?:response_url|x-slack-signature|authorization|cookie)s?[\\\"']*|{_SECRET_NAME}[\\]*[\"'])"
    r"\s*[:=]\s*[\[(]*[\\\"']*)(?P<value>(?:(?:bearer|basic) )?[^\s\\\"',]+)",
    re.IGNORECASE,
)
_SECRET_KEY = re.compile(
    rf"(?:{_SECRET_NAME}|response_urls?|x-slack-signature|authorization|cookie)", re.IGNORECASE
)
_SECRET_VARIABLE = re.compile(
    r"(?!.*_(?:FILE|PATH|DIR)$).*(?:PASSWORD|SECRET|TOKEN|(?:^|_)(?:PASS|PWD|KEY|CREDENTIALS?|DSN|HEARTBEAT)(?:_|$))",
    re.IGNORECASE,
)
_NO_SECRETS = frozenset({"PWD", "OLDPWD"})
"""What every shell sets."""
_HOOK = re.compile(r"(?<=/)(?P<hook>[^/?#]{0,40}hooks?[^/?#]{0,40}|p|t|b|twilio)/[^?#]+", re.IGNORECASE)
_LONG = re.compile(r"(?<=/)(?=[^/]*\d)(?=[^/]*[a-z])[\w~%.=:+-]{20,}", re.IGNORECASE)


_WORDS = re.compile(r"[\w,]*")
"""Text in which nothing can look like a secret: each shape has another character in it."""


class Redaction:
    """Replaces secrets: those that are given, as they are and encoded, and whatever looks like one."""

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret) if len(form) >= SHORTEST}
        self._forms = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, self._forms)))
        self._often = lru_cache(maxsize=1024)(self._redacted)

    def __call__(self, text: str) -> str:
        return self._often(text) if len(text) <= OFTEN else self._redacted(text)

    def _redacted(self, text: str) -> str:
        if any(one in text for one in self._forms):
            text = self._known.sub(REDACTED, text)
        if _WORDS.fullmatch(text):
            return text
        text = _NUMBER.sub(REDACTED, _URL.sub(_shown, _TOKEN.sub(REDACTED, text)))
        text = _NAMED.sub(_without_value, _ASSIGNED.sub(_without_value, text))
        return _CREDENTIALS.sub(REDACTED, text)

    def value(self, found: object) -> object:
        """Return a value with every text in it redacted, however deep it stands."""
        if found is None or isinstance(found, bool | int | float):
            return found
        if isinstance(found, Mapping):
            return self.fields(found)
        if isinstance(found, list | tuple | set | frozenset):
            return [self.value(each) for each in found]
        return self(str(found))

    def fields(self, found: Mapping[str, object]) -> dict[str, object]:
        """Return a mapping redacted, also by what its keys are called."""
        return {self(str(key)): self._under(str(key), each) for key, each in found.items()}

    def _under(self, key: str, found: object) -> object:
        return REDACTED if isinstance(found, str) and _is_secret_key(key) else self.value(found)


@lru_cache(maxsize=1024)
def _is_secret_key(key: str) -> bool:
    return _SECRET_KEY.fullmatch(key) is not None


def given(environ: Mapping[str, str], arguments: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the secrets that a process was given: by name in the environment, or within a URL."""
    found = {value.strip() for name, value in environ.items() if _is_secret(name)}
    for text in (*environ.values(), *arguments):
        for url in re.findall(r"://(.*)", text):
            found |= _credentials_of(url)
    return tuple(sorted(one for one in found if len(one) >= SHORTEST))


def redaction() -> Redaction:
    """Return what takes out of a text the secrets that this process was started with."""
    return Redaction(given(os.environ, sys.argv[1:]))


def _is_secret(variable: str) -> bool:
    return variable not in _NO_SECRETS and bool(_SECRET_VARIABLE.match(variable))


def _credentials_of(url: str) -> set[str]:
    """Return what may not be shown of a URL without its scheme, however it is read.

    A password with an unencoded @ makes programs take its end for a part of the host's name.
    """
    user, at, host = url.rpartition("@")
    if not at:
        return set()
    _, _, password = user.partition(":")
    secrets = {password, unquote(password)} if password else {user} if len(user) >= LONG_USER else set()
    name = re.split(r"[:/?#]", host, maxsplit=1)[0]
    return secrets | {f"{piece}@{name}" for piece in user.split("@")[1:]}


def _forms(secret: str) -> set[str]:
    escaped = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return {secret, *escaped, repr(secret)[1:-1], quote(secret, safe=""), quote(secret)}


def _without_value(found: re.Match[str]) -> str:
    return found[0] if found["value"].strip("[]") == "redacted" else found["name"] + REDACTED


def _shown(found: re.Match[str]) -> str:
    scheme, rest = found["scheme"].lower(), found["rest"]
    if _PLACES.fullmatch(rest):
        return found[0]
    if scheme not in _OPEN:
        return f"{found['scheme']}://{REDACTED}"
    user, at, place = rest.rpartition("@")
    if at:  # a database's user alone is no secret; before a web address it is a key
        kept = user if scheme.startswith("postgres") and ":" not in user and "/" not in user else REDACTED
        place = f"{kept}@{place}"
    path, mark, query = place.partition("?")
    path = _LONG.sub(REDACTED, _HOOK.sub(rf"\g<hook>/{REDACTED}", path))
    if mark and not scheme.startswith("postgres"):
        query = re.sub(r"=[^&#]+", f"={REDACTED}", query) if "=" in query else REDACTED
    return f"{found['scheme']}://{path}{mark}{query}"
