"""Whether Amazon signed what came: as its documentation has it, by the certificate that the message names."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from bot.intake.sns import NOTIFICATION

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.x509 import load_pem_x509_certificate
except ImportError:  # an extra
    rsa = None  # type: ignore[assignment]

EXTRA = "needs the package cryptography to verify signatures: pip install 'muster-bot[alerts]'."
_AMAZON = re.compile(r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?/(?P<rest>[\x21-\x7e]*)")
"""Anything else may be anybody's: a certificate of theirs, or a door of ours that is asked to open."""
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
"""What is signed, in this order: of a notification, and of what confirms a subscription or its end."""


class AmazonAway(Exception):
    """Amazon could not be asked. It sends again what is not taken."""


def can_verify() -> bool:
    return rsa is not None


def of_amazon(url: object, ending: str = "") -> str:
    """Return an address if it is one of Amazon SNS by https and its path ends so, else nothing."""
    found = _AMAZON.fullmatch(url) if isinstance(url, str) else None
    return str(url) if found and found["rest"].endswith(ending) else ""


def signed_text(told: Mapping[str, Any]) -> bytes:
    """Return what is signed. A notification without a subject has no line for it."""
    names = _SIGNED.get(str(told.get("Type")), _SIGNED[""])
    return "".join(f"{name}\n{told[name]}\n" for name in names if told.get(name) is not None).encode()


def is_signed(told: Mapping[str, Any], certificate: bytes) -> bool:
    """Say whether the signature is that of this certificate, in version 1 or 2."""
    version = {"1": hashes.SHA1, "2": hashes.SHA256}.get(str(told.get("SignatureVersion")))
    try:
        key = load_pem_x509_certificate(certificate).public_key()
        signature = base64.b64decode(str(told.get("Signature")), validate=True)
        if not version or not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(signature, signed_text(told), padding.PKCS1v15(), version())
    except (InvalidSignature, ValueError, TypeError, binascii.Error):
        return False
    return True
