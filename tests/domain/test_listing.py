"""What somebody means by the words after `/inc list`."""

import pytest

from bot.domain.incidents.incident import Severity
from bot.domain.incidents.listing import Listed, Which, listed

TYPES = ("GitLab.com", "Gameday", "Data Centre")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Listed()),
        ("open", Listed()),
        ("MINE", Listed(Which.MINE)),
        ("s1 S2", Listed(severities=(Severity.S1, Severity.S2))),
        ("gitlab.com recent", Listed(Which.RECENT, type="GitLab.com")),
        ("all data centre power lost", Listed(Which.ALL, type="Data Centre", words=("power", "lost"))),
        ("disk S1 open", Listed(words=("disk", "S1", "open"))),
        ("all disk page 3", Listed(Which.ALL, words=("disk",), page=3)),
        ("page 0", Listed()),
        ("page", Listed(words=("page",))),
        ("a b c d e f g h", Listed(words=tuple("abcdef"))),
    ],
)
def test_words_limit_the_list_and_the_others_are_searched_for(typed: str, meant: Listed) -> None:
    assert listed(typed, TYPES) == meant
    assert listed(str(meant), TYPES) == meant
