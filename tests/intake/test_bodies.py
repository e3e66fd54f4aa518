"""The body of a request as JSON that can be written down."""

import json
from contextlib import suppress

import pytest

from bot.intake.bodies import SHALLOW, parsed


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Disk full \\ud83d...", "Disk full ?..."),
        ("\\ude00 first", "? first"),
        ("\\ud83d\\ude00 whole", "😀 whole"),
        ("plain", "plain"),
    ],
)
def test_half_a_character_is_replaced_and_the_rest_stays(text: str, read: str) -> None:
    body = f'{{"alerts": [{{"{text}": "{text}"}}]}}'.encode()

    found = parsed(body, "application/json")

    assert found == {"alerts": [{read: read}]}
    json.dumps(found, ensure_ascii=False).encode()


def test_half_a_character_in_raw_bytes_is_replaced_too() -> None:
    found = parsed(b'{"title": "Disk full \xed\xa0\xbd"}', "application/json")

    json.dumps(found, ensure_ascii=False).encode()


@pytest.mark.parametrize("depth", [SHALLOW // 2, 900, 100_000])
def test_what_is_taken_can_be_written_down_however_deep_it_is(depth: int) -> None:
    body = b'{"a":' * depth + b"1" + b"}" * depth

    with suppress(ValueError):  # nested too deeply
        json.dumps(parsed(body))
