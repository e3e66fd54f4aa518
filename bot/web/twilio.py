"""What proves that a request comes from Twilio: a signature over the address it went to and all it says."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

PORTS = {"https": 443, "http": 80}


def signature(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return what Twilio signs a form with. A field that stands twice counts once for each of its values."""
    said = "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(token.encode(), (url + said).encode(), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()


def signed(token: str, url: str, fields: Iterable[tuple[str, str]], given: str) -> bool:
    """Say whether the signature is Twilio's, which may or may not have the port in the address."""
    said = list(fields)
    possible = [signature(token, one, said).encode() for one in _written(url)]
    return any(hmac.compare_digest(one, given.encode(errors="replace")) for one in possible)


def _written(url: str) -> tuple[str, str]:
    """Return an address without its port, and with it."""
    parts = urlsplit(url)
    host, port = parts.netloc.removesuffix(f":{parts.port}"), parts.port or PORTS.get(parts.scheme)
    return parts._replace(netloc=host).geturl(), parts._replace(netloc=f"{host}:{port}").geturl()
