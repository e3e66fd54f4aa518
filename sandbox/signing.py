"""RS256 for the tokens of Sign in with Slack. The key is the same in every sandbox and protects nothing."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice

from sandbox.state import Json

PRIME_BITS = 1024
EXPONENT = 65537
ROUNDS = 12
# What PKCS #1 v1.5 puts before a SHA-256 digest.
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
SMALL = (
    3,
    5,
    7,
    11,
    13,
    17,
    19,
    23,
    29,
    31,
    37,
    41,
    43,
    47,
    53,
    59,
    61,
    67,
    71,
    73,
    79,
    83,
    89,
    97,
    101,
    103,
)


@dataclass(frozen=True)
class Key:
    modulus: int
    private: int

    def public(self) -> Json:
        """As a JWKS holds it."""
        numbers = {"n": _number(self.modulus), "e": _number(EXPONENT)}
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "sandbox", **numbers}

    def sign(self, claims: Json) -> str:
        """A JSON Web Token that says so."""
        head = {"alg": "RS256", "typ": "JWT", "kid": "sandbox"}
        said = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
        size = (self.modulus.bit_length() + 7) // 8
        digest = SHA256 + hashlib.sha256(said.encode()).digest()
        padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
        signature = pow(int.from_bytes(padded), self.private, self.modulus)
        return f"{said}.{encoded(signature.to_bytes(size))}"


def encoded(data: bytes) -> str:
    """Base64 as the web's tokens have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8))


@cache
def key() -> Key:
    """Made once a process, of numbers that are no secret; it takes a second."""
    first, second = _prime("p"), _prime("q")
    return Key(first * second, pow(EXPONENT, -1, (first - 1) * (second - 1)))


def _prime(seed: str) -> int:
    start = int.from_bytes(b"".join(islice(_digests(seed), PRIME_BITS // 256)))
    # The two highest bits make the product of two of them as long as it can be.
    start |= 3 << (PRIME_BITS - 2) | 1
    return next(number for number in count(start, 2) if _is_prime(number) and (number - 1) % EXPONENT)


def _digests(seed: str) -> Iterator[bytes]:
    return (hashlib.sha256(f"sandbox {seed} {number}".encode()).digest() for number in count())


def _is_prime(number: int) -> bool:
    """Miller and Rabin's test, to bases that depend on nothing but their place."""
    if any(number % small == 0 for small in SMALL):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(number, int.from_bytes(base), odd, twos) for base in islice(_digests("base"), ROUNDS))


def _passes(number: int, base: int, odd: int, twos: int) -> bool:
    value = pow(base, odd, number)
    if value in (1, number - 1):
        return True
    for _ in range(twos - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False
