"""What is typed after `/inc simulate`, and how much of a long story is shown."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity
from bot.rehearsal.asked import Wish
from bot.views.rehearsal import Said, Script, texts
from handlers.paging.simulate import typed
from tests.domain.oncall.values import utc
from tests.fakes import process

ZONE, NOW = ZoneInfo("Europe/Berlin"), utc("2026-11-25 14:30")


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("s2", Wish(severity="S2")),
        ("nobody answers for 8 hours", Wish(silent=("nobody",), hours=8)),
        ("no-answer EOC, IM and dotcom CMOC", Wish(silent=("EOC", "IM", "dotcom CMOC"))),
        (
            "gitlab.com s3 2026-12-25 03:10 no answer EOC for 2h",
            Wish("GitLab.com", "S3", utc("2026-12-25 02:10"), ("EOC",), 2),
        ),
        ("without EOC at tomorrow 3:10", Wish(at=utc("2026-11-26 02:10"), silent=("EOC",))),
        ("03:10", Wish(at=utc("2026-11-26 02:10"))),
        ("fri 18:00 S4", Wish(severity="S4", at=utc("2026-11-27 17:00"))),
        ("type GitLab.com S1", Wish("GitLab.com", "S1")),
        (
            "severity s2, type: sirt, on fri 6pm, for 3h",
            Wish("SIRT", "S2", utc("2026-11-27 17:00"), (), 3),
        ),
        (
            "no-answer @U0ANA, EOC fri 18:00 GitLab.com",
            Wish("GitLab.com", "S1", utc("2026-11-27 17:00"), ("U0ANA", "EOC")),
        ),
    ],
)
def test_words_in_any_order_say_what_is_rehearsed(text: str, wish: Wish) -> None:
    assert typed(text, process(), ZONE, NOW) == wish


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow", "`tomorrow`. A day needs a time: `tomorrow 03:10`. Write"),
        ("S1 S2", "`S2`. Write in any order, each once: a type"),
        ("S1 25:00", "There is no time 25:00"),
        ("the database breaks", "`the database breaks`. Write in any order"),
        ("type Gitlab S1", "`type Gitlab`. Did you mean the type GitLab.com?"),
        ("foo S1 bar fri 18:00 baz", "`foo`, `bar`, `baz`. Write in any order"),
        ("sev5 for 90m", "`sev5 for 90m`. Write in any order"),
        ("S1 no-answer", "`no-answer`. Write in any order"),
    ],
)
def test_each_word_that_says_none_of_it_is_named_with_what_is_expected(text: str, said: str) -> None:
    with pytest.raises(Refused, match=re.escape(said)):
        typed(text, process(), ZONE, NOW)


def test_a_long_story_is_cut_between_its_lines_and_says_so() -> None:
    script = Script("GitLab.com", Severity.S1, NOW, ZONE)
    said = [Said(minute(n), "ana", "sms", f"Text {n} <!channel> " + "x" * 500, "") for n in range(60)]

    found = texts(script, said, [], 7000)

    assert all(len(text) <= 3000 for text in found)
    assert sum(map(len, found)) < 7600
    assert "<!channel>" not in "".join(found)
    assert "lines more. Rehearse fewer hours to see all" in found[-1]
    assert found[-1].endswith("*16:30*  Every page is answered.")


def minute(number: int) -> datetime:
    return (NOW + timedelta(minutes=number)).astimezone(ZONE)
