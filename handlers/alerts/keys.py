"""Keys of sources, and signatures over what they send: compared in a time that tells nothing of them."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address

from bot.domain.alerts.routing import Heartbeat, Source
from bot.domain.process import Process

KEY_HEADERS = ("X-Muster-Key", "X-Gitlab-Token")
UNKNOWN_KEY = "the key is missing, or no source has it"
UNSIGNED = "the signature is missing, or it was not made with the secret of the source"
_SCHEMES = ("bearer", "geniekey", "genie-key", "genie")
_SENTRY = "Sentry-Hook-Signature"
_GRAFANA, _GRAFANA_TIME = "X-Grafana-Alerting-Signature", "X-Grafana-Alerting-Timestamp"


def is_key(source: Source | Heartbeat, given: object) -> bool:
    """Say whether this is the key of a source."""
    found = hashlib.sha256(given.encode("utf-8", "replace")).hexdigest() if isinstance(given, str) else ""
    return hmac.compare_digest(found, source.key)


def may_be_aside(process: Process, kind: str, given: object) -> bool:
    """Say whether a key may be of one of these that is set aside: it is, or of one no key can be read.

    Any other key that nobody knows is mistyped, and whoever sends it has to hear that.
    """
    found = hashlib.sha256(given.encode("utf-8", "replace")).hexdigest() if isinstance(given, str) else ""
    section = f"alerts.{kind}"
    aside = [one for one in process.set_aside if one in {"alerts", section} or one.startswith(f"{section}.")]
    return any(hmac.compare_digest(found, process.aside_keys.get(one, found)) for one in aside)


def given_keys(headers: Mapping[str, str], in_path: str | None = None) -> list[str]:
    """Return the keys that a request brings: Bearer, Basic with any name, a header, or its path."""
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    keys = [*map(headers.get, KEY_HEADERS), in_path]
    if scheme.lower() in _SCHEMES:
        keys.append(value.strip())
    elif scheme.lower() == "basic":
        with suppress(ValueError):  # of letters that are no base64, or no text
            keys.append(base64.b64decode(value, validate=True).decode().partition(":")[2])
    return [one for one in keys if one]


@lru_cache(maxsize=1000)
def sender(remote: str | None, forwarded: str) -> str:
    """Return the address a request comes from: behind a proxy of ours, the one that the proxy names."""
    with suppress(ValueError):
        if ip_address(remote or "").is_private and forwarded:
            return str(ip_address(forwarded.rpartition(",")[2].strip()))
    return remote or ""


def is_signed(source: Source, headers: Mapping[str, str], raw: bytes) -> bool:
    """Say whether a body is signed with the source's secret, or need not be as it has none."""
    if not source.secret:
        return True
    given, text = headers.get(_SENTRY, ""), raw
    if source.format == "grafana":
        given = headers.get(_GRAFANA, "")
        if stamp := headers.get(_GRAFANA_TIME):
            text = stamp.encode("utf-8", "replace") + b":" + raw
    made = hmac.new(source.secret.encode(), text, hashlib.sha256).hexdigest()
    return hmac.compare_digest(made.encode(), given.encode("utf-8", "replace"))
