"""What proves that a request comes from Twilio: a signature over the address it went to and all it says."""

import base64
import hashlib
import hmac
from collections.abc import Iterable


def signature(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return what Twilio signs a form with. A field that stands twice counts once for each of its values."""
    said = "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(token.encode(), (url + said).encode(), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()


def signed(token: str, url: str, fields: Iterable[tuple[str, str]], given: str) -> bool:
    """Say whether the signature is Twilio's."""
    return hmac.compare_digest(signature(token, url, fields).encode(), given.encode(errors="replace"))
