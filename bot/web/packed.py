"""Unpacks bodies that came with a `Content-Encoding`.

aiohttp would do it while it reads the header, and there what it cannot unpack is an error of the server:
nobody could say whose request it was, and an alert in it would be lost without a word.
"""

import zlib

_GZIP, _ZLIB, _BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
MOST_MEMBERS = 16
"""gzip may have several parts, one after another. Each copies what follows: very many are an attack."""
_UNKNOWN = ("br", "zstd", "compress", "x-compress")
_DEFLATE = 8
"""What the low half of the first byte says in a zlib header; some send `deflate` without that header."""


class Unpackable(Exception):
    """A body is not packed as its header says."""


class NotUnderstood(Exception):
    """A body is packed in a way that is not read here. The text says what is."""


class TooMuch(Exception):
    """There is more in it than a body may have."""


def unpacked(raw: bytes, encoding: str, most: int) -> bytes:
    """Return what is in a body of at most `most` bytes.

    A name that packs nothing, such as utf-8, is passed over.
    """
    encoding = encoding.strip().lower()
    if encoding in _UNKNOWN:
        raise NotUnderstood(f"the body's Content-Encoding is {encoding}; expected gzip, deflate or none")
    if not raw or encoding not in ("gzip", "x-gzip", "deflate"):
        return raw
    if encoding == "deflate":
        return _member(raw, _ZLIB if raw[0] & 0xF == _DEFLATE else _BARE, most)[0]
    found = b""
    for _ in range(MOST_MEMBERS):
        part, raw = _member(raw, _GZIP, most - len(found))
        found += part
        raw = raw.lstrip(b"\0")  # a packer may fill up what it sends
        if not raw:
            return found
    raise Unpackable


def _member(raw: bytes, kind: int, most: int) -> tuple[bytes, bytes]:
    """Return what one packed part holds, and what comes after it."""
    reader = zlib.decompressobj(kind)
    try:
        found = reader.decompress(raw, most + 1)
    except zlib.error:
        raise Unpackable from None
    if len(found) > most:
        raise TooMuch
    if not reader.eof:
        raise Unpackable
    return found, reader.unused_data
