"""The body of a request as JSON that can be written down."""

import json

import pytest

from bot.intake.bodies import parsed


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
