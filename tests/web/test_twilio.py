"""Twilio's signature, by the example that Twilio publishes."""

import pytest

from bot.web.twilio import signature, signed

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
GIVEN = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
TWICE = [
    ("Sid", "CA123"),
    ("SidAccount", "AC123"),
    ("Digits", "5678"),
    ("Digits", "1234"),
    ("Digits", "1234"),
]


def test_the_signature_is_that_of_the_published_example() -> None:
    assert signature("12345", URL, FIELDS) == GIVEN
    assert signature("12345", URL, TWICE) == "IK+Dwps556ElfBT0I3Rgjkr1wJU="
    assert signed("12345", URL, reversed(FIELDS), GIVEN)


@pytest.mark.parametrize(
    ("url", "given"),
    [
        (URL.replace(".com", ".com:1234"), GIVEN),
        (URL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL.replace("https", "http"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (URL.replace("https", "http").replace(".com", ".com:1234"), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ],
)
def test_the_port_may_be_left_out_of_the_address_or_written(url: str, given: str) -> None:
    assert signed("12345", url, FIELDS, given)


@pytest.mark.parametrize(
    ("token", "url", "fields", "given"),
    [
        ("12346", URL, FIELDS, GIVEN),
        ("12345", URL + "3", FIELDS, GIVEN),
        ("12345", URL, FIELDS[1:], GIVEN),
        ("12345", URL, [*FIELDS, ("Digits", "1")], GIVEN),
        ("12345", URL, FIELDS, ""),
        ("12345", URL, FIELDS, "\u00fc"),
    ],
)
def test_another_token_address_or_field_has_another_signature(token, url, fields, given) -> None:
    assert not signed(token, url, fields, given)
