"""Which unknown keys are asked to come again: those that will be known when an entry is mended."""

import hashlib
from dataclasses import replace

import pytest

from handlers.alerts.keys import may_be_aside
from tests.fakes import process

HERS = hashlib.sha256(b"hers").hexdigest()


@pytest.mark.parametrize(
    ("aside", "keys", "given", "again"),
    [
        ([], {}, "hers", False),
        (["alerts.sources.ci"], {"alerts.sources.ci": HERS}, "hers", True),
        (["alerts.sources.ci"], {"alerts.sources.ci": HERS}, "mistyped", False),
        (["alerts.sources.ci"], {"alerts.sources.ci": HERS}, None, False),
        (["alerts.sources.ci"], {}, "mistyped", True),  # it may be that one's
        (["alerts.sources.ci", "alerts.sources.b"], {"alerts.sources.ci": HERS}, "mistyped", True),
        (["alerts.heartbeats.b"], {}, "mistyped", False),
        (["alerts.rules[1]"], {}, "mistyped", False),
        (["alerts.sources"], {}, "mistyped", True),
        (["alerts"], {}, "mistyped", True),
    ],
)
def test_an_unknown_key_may_be_of_what_is_set_aside(
    aside: list[str], keys: dict[str, str], given: str | None, again: bool
) -> None:
    known = replace(process(), set_aside=dict.fromkeys(aside, "broken"), aside_keys=keys)

    assert may_be_aside(known, "sources", given) is again
