"""Bodies are unpacked within their limit, whoever packed them."""

import gzip
import zlib

import pytest

from bot.web.packed import MOST_MEMBERS, NotUnderstood, TooMuch, Unpackable, unpacked

TEXT = b"It is slow. " * 50
BARE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
WITHOUT_HEADER = BARE.compress(TEXT) + BARE.flush()


def packed(raw: bytes) -> bytes:
    """Return it without the time of day: in the names of tests it would differ between processes."""
    return gzip.compress(raw, mtime=0)


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (TEXT, "utf-8"),
        (packed(TEXT), "gzip"),
        (packed(TEXT), " X-GZip"),
        (packed(TEXT[:7]) + packed(TEXT[7:]), "gzip"),
        (packed(TEXT) + b"\0" * 9, "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (WITHOUT_HEADER, "deflate"),
    ],
)
def test_what_is_in_it_is_found(raw: bytes, encoding: str) -> None:
    assert unpacked(raw, encoding, len(TEXT)) == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_get_without_a_body_has_none(encoding: str) -> None:
    assert unpacked(b"", encoding, 10) == b""


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (packed(TEXT), "gzip"),
        (packed(TEXT[:300]) + packed(TEXT[300:]), "gzip"),
        (zlib.compress(TEXT), "deflate"),
    ],
)
def test_more_than_a_body_may_have_is_never_unpacked(raw: bytes, encoding: str) -> None:
    with pytest.raises(TooMuch):
        unpacked(raw, encoding, len(TEXT) - 1)


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"not packed", "gzip"),
        (b"not packed", "deflate"),
        (packed(TEXT)[:-9], "gzip"),
        (zlib.compress(TEXT)[:-5], "deflate"),
        (packed(TEXT) + b"more", "gzip"),
        (packed(b"") * (MOST_MEMBERS + 1), "gzip"),
    ],
)
def test_what_is_not_packed_as_it_says_is_refused(raw: bytes, encoding: str) -> None:
    with pytest.raises(Unpackable):
        unpacked(raw, encoding, 10_000)


def test_a_name_that_packs_in_another_way_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="is zstd; expected gzip, deflate or none"):
        unpacked(b"(\xb5/\xfd", "zstd", 10_000)
