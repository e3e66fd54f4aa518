"""What reaches a phone: our link first, and no other but that of the call."""

import pytest

from bot.views.paging import contact_methods
from tests.values import a_page, an_incident

LINK = "https://muster.example.com/p/WzEsIlUiXQ.x"


@pytest.mark.parametrize(
    "name", ["https://evil.io/p/1", "Disk full evil.io/p/1", "x" * 400 + " http://evil.io"]
)
def test_a_name_puts_no_link_before_ours_or_after_it(name: str) -> None:
    text = contact_methods.page(a_page(), an_incident(name=name), LINK, again=False)

    assert text.startswith(f"Muster: S3 INC-7. Acknowledge: {LINK} - ")
    assert text.count("://") == 1
    assert "evil.io" not in text


def test_neither_does_a_message_outside_any_incident() -> None:
    page = a_page(incident=None, message="Look at https://evil.io/p/1, now")

    text = contact_methods.page(page, None, LINK, again=True)

    assert (
        text
        == f"Muster (perhaps again): page for dotcom EOC. Acknowledge: {LINK} - Look at [link removed] now"
    )


def test_without_a_link_it_says_where_to_answer() -> None:
    assert contact_methods.page(a_page(), an_incident(private=True), None, again=False) == (
        "Muster: S3 private incident INC-7. Acknowledge it in Slack."
    )


def test_a_name_that_is_the_number_is_said_once() -> None:
    text = contact_methods.page(a_page(), an_incident(name="inc-7"), LINK, again=False)

    assert text == f"Muster: S3 INC-7. Acknowledge: {LINK}"


@pytest.mark.parametrize(
    ("private", "call", "end"),
    [
        (False, "https://meet.example/7", " - Disk full - Call: https://meet.example/7"),
        (False, "https://meet.example/" + "7" * 80, " - Disk full"),
        (True, "https://meet.example/7", ""),
    ],
)
def test_the_call_comes_last_unless_it_is_long_or_lets_anybody_in(private: bool, call: str, end: str) -> None:
    incident = an_incident(name="Disk full", private=private, call=call)

    assert contact_methods.page(a_page(), incident, LINK, again=False).endswith(f"Acknowledge: {LINK}{end}")
