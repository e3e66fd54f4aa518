"""Contact methods: what may stand in the file, what is said of the rest, and what is never shown."""

import logging
from pathlib import Path

import pytest

from bot.config import Config, ConfigInvalid, load
from bot.config.contact_methods import ContactMethod, described, understood
from bot.domain.process import UNKNOWN, Notice
from tests.fakes import FIFTEEN_MINUTES

SID, TOKEN = "AC" + "a" * 32, "b" * 32
ENVIRON = {"TWILIO_SID": SID, "TWILIO_TOKEN": TOKEN, "TWILIO_FROM": "+442079460001"}
CONTACT_METHODS = """
contact_methods:
  sms: "twilio://${TWILIO_SID}:${TWILIO_TOKEN}@${TWILIO_FROM}/{address}"
  push: "ntfys://ntfy.example.com/{address}"
"""
ANA = """
people:
  Ana@example.com: {phone: "+44 20 7946 0000", sms: "+442079460002", push: ana-phone}
"""


def given(folder: Path, text: str, environ: dict[str, str] = ENVIRON) -> Config:
    path = folder / "muster.yml"
    path.write_text(text)
    return load(path, environ)


def complaint(folder: Path, text: str, environ: dict[str, str] = ENVIRON) -> str:
    with pytest.raises(ConfigInvalid) as caught:
        given(folder, text, environ)
    return str(caught.value)


def test_a_contact_method_is_a_url_with_the_environment_and_an_address_in_it(tmp_path: Path) -> None:
    config = given(tmp_path, CONTACT_METHODS + ANA)

    assert config.contact_methods["sms"].url("+44 2") == f"twilio://{SID}:{TOKEN}@+442079460001/%2B44%202"
    assert config.contact_methods["push"].url("a/b") == "ntfys://ntfy.example.com/a%2Fb"


def test_people_are_known_by_email_in_any_case_or_by_slack_id(tmp_path: Path) -> None:
    process = given(tmp_path, CONTACT_METHODS + ANA + "  U012ABC: {push: bo}\n").process

    assert process.contact("U9", "ANA@example.com").phone == "+44 20 7946 0000"
    assert dict(process.contact("U9", "ana@example.com").addresses) == {
        "sms": "+442079460002",
        "push": "ana-phone",
    }
    assert dict(process.contact("U012ABC", None).addresses) == {"push": "bo"}
    assert process.contact("U9", "bo@example.com") == UNKNOWN


def test_a_level_says_by_which_contact_methods_a_page_leaves_and_slack_is_understood(tmp_path: Path) -> None:
    levels = "path: [{page: dotcom EOC, notify: [slack, sms after 5m, push]}, {page: dotcom IMOC}]"
    config = given(tmp_path, CONTACT_METHODS + "teams:\n  dotcom EOC:\n    " + levels)

    first, second = config.process.teams["dotcom EOC"].path

    assert first.notify == (Notice("sms", FIFTEEN_MINUTES / 3), Notice("push"))
    assert second.notify == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            'contact_methods:\n  sms: "json://${NOWHERE}/{address}"',
            "2: contact_methods.sms: ${NOWHERE} is not in the environment",
        ),
        ('contact_methods:\n  sms: "json://${NOWHERE}/{address}"', "Set NOWHERE where muster is started."),
        (
            'contact_methods: {push: "ntfy://ntfy.example.com/all"}',
            "contact_methods.push: the URL lacks {address}",
        ),
        ('contact_methods: {slack: "json://x/{address}"}', "contact_methods.slack: `slack` is reserved"),
        ('contact_methods: {phone: "json://x/{address}"}', "contact_methods.phone: `phone` is reserved"),
        (
            'contact_methods: {SMS: "json://x/{address}"}',
            "contact_methods.SMS: is no name for a contact method",
        ),
        (
            'contact_methods: {sms: "twilo://x/{address}"}',
            "does not understand this URL. Did you mean `twilio://`?",
        ),
        (
            'contact_methods: {sms: "twilio://x/{address}"}',
            "Expected twilio://{account_sid}:{auth_token}@{from_phone}",
        ),
        ('contact_methods: {sms: "{address}"}', "Apprise does not understand this URL."),
        ("contact_methods: {sms: 5}", "found `5` (YAML reads it as a number), expected an Apprise URL"),
        (
            "contact_methods: [sms]",
            "contact_methods: found a list, expected a mapping of names to Apprise URLs",
        ),
        (
            CONTACT_METHODS + "people:\n  ana@example.com: {smss: '+44'}",
            "smss: is no contact method. Did you mean `sms`?",
        ),
        (
            CONTACT_METHODS + "people:\n  ana: {sms: '+44'}",
            "people.ana: has no usable name; expected an e-mail",
        ),
        (
            CONTACT_METHODS + "people:\n  ana@example.com: {phone: +44207}",
            "expected text: a phone number or an address",
        ),
        (
            CONTACT_METHODS + "people:\n  ana@example.com: {phone: 020 7946 0000}",
            "people.ana@example.com.phone: lacks its country code. Write it like +44 20 7946 0000.",
        ),
        (
            "contact_methods: {mail: smtp}\npeople:\n  ana@example.com: {mail: nomail}",
            "people.ana@example.com.mail: is no e-mail address. Write it as ana@example.com.",
        ),
        (
            "contact_methods: {push: ntfy}\npeople:\n  ana@example.com: {push: a b/c}",
            "push: is no topic: 1 to 64 letters, digits, - or _, such as ana-phone",
        ),
        (CONTACT_METHODS + "people:\n  ana@example.com: {phone: ''}", "phone: found ``, expected text"),
        (
            CONTACT_METHODS + "people:\n  ana@example.com: +44207",
            "expected a mapping with phone and the names of contact methods",
        ),
    ],
)
def test_a_wrong_contact_method_or_address_is_named(tmp_path: Path, text: str, wanted: str) -> None:
    assert wanted in complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("notify", "wanted"),
    [
        ("[sms]", "expected a list with `slack` in it: every page goes out by Slack"),
        ("[slack, smt]", "notify[1]: found `smt`"),
        ("[slack, smt]", "Did you mean `sms`?"),
        ("[slack, sms after 5m]", "found `sms after 5m`, expected a time shorter than the level's timeout"),
        ("[slack, sms after soon]", "found `sms after soon`, expected a duration"),
        ("[slack after 1m]", "expected `slack` alone: a page goes out by Slack at once"),
        ("[slack, sms, sms after 1m]", "expected each contact method once, and `sms` stands there twice"),
        ("[slack, 5]", "expected slack, the name of a contact method, or a contact method and when"),
        ("sms", "expected a list of contact methods, such as [slack, sms after 5m]"),
    ],
)
def test_a_wrong_way_to_notify_is_named(tmp_path: Path, notify: str, wanted: str) -> None:
    level = f"teams:\n  dotcom EOC:\n    path: [{{page: dotcom EOC, timeout: 5m, notify: {notify}}}]"

    assert wanted in complaint(tmp_path, CONTACT_METHODS + level)


def test_an_address_that_its_contact_method_drops_is_warned_of_without_showing_it(tmp_path: Path) -> None:
    config = given(tmp_path, CONTACT_METHODS + "people:\n  bo@example.com: {sms: not-a-number, push: bo}\n")

    [warning] = [text for text in config.warnings if text.startswith("people.")]

    assert warning.startswith("people.bo@example.com.sms: the method does not seem to take this address")
    assert "not-a-number" not in warning


@pytest.mark.parametrize("url", ["twilo://${TWILIO_TOKEN}/{address}", "twilio://${TWILIO_TOKEN}/{address}"])
def test_neither_problems_nor_logs_nor_repr_show_a_secret(
    tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        said = complaint(tmp_path, f'contact_methods: {{sms: "{url}"}}' + ANA)
        config = given(tmp_path, CONTACT_METHODS + ANA)

    for secret in (TOKEN, "442079460002", "7946 0000", "ana-phone", "ntfy.example.com"):
        assert secret not in said + caplog.text + repr(config) + repr(config.contact_methods) + repr(
            config.process
        )


def test_what_is_put_into_urls_and_addresses_is_withheld_from_logs(tmp_path: Path) -> None:
    config = given(tmp_path, CONTACT_METHODS + ANA)

    assert {SID, TOKEN, "+44 20 7946 0000", "+442079460002", "%2B442079460002", "ana-phone"} <= set(
        config.withheld
    )


@pytest.mark.parametrize("password", ["p@ss", "a/b?c#d", "100%", "sp ace", "p:w1", "ü&=+"])
@pytest.mark.parametrize(
    "form",
    [
        "json://me:${CONTACT_METHOD_PASS}@sms.example.com:8443/{address}",
        "jsons://sms.example.com/{address}?+X-Key=${CONTACT_METHOD_PASS}",
    ],
)
def test_a_value_stays_one_part_of_the_url_whatever_it_holds(
    tmp_path: Path, password: str, form: str
) -> None:
    config = given(tmp_path, f'contact_methods: {{sms: "{form}"}}', {"CONTACT_METHOD_PASS": f"{password}\n"})

    service = understood(config.contact_methods["sms"].url("+4420"))

    assert service
    assert service.host == "sms.example.com"
    assert password in (service.password, *vars(service)["headers"].values())
    assert password in config.withheld


def test_a_user_may_be_an_address_and_a_host_may_have_a_port(tmp_path: Path) -> None:
    template = 'contact_methods: {sms: "json://${USER}:${PASS}@${HOST}/{address}"}'
    environ = {"USER": "me@example.com", "PASS": "a:1", "HOST": "sms.example.com:8443"}

    service = understood(given(tmp_path, template, environ).contact_methods["sms"].url("a"))

    assert service
    assert (service.user, service.password) == ("me@example.com", "a:1")
    assert (service.host, service.port) == ("sms.example.com", 8443)


def test_a_variable_may_hold_the_whole_beginning_of_a_url(tmp_path: Path) -> None:
    config = given(
        tmp_path, 'contact_methods: {sms: "${SMS}/{address}"}', {"SMS": "json://me:p%40ss@sms.example.com"}
    )

    assert config.contact_methods["sms"].url("a") == "json://me:p%40ss@sms.example.com/a"


@pytest.mark.parametrize(
    ("template", "environ", "wanted"),
    [
        (
            "ntfys://${HOST}/{address}",
            {"HOST": "ntfy.example.com/sub"},
            "HOST holds / where the URL has its host",
        ),
        ("json://me:x@${HOST}/{address}", {"HOST": "sms.example.com:8443/x"}, "HOST holds : where the URL"),
        ("json://me:p@ss@host/{address}", {}, "more than one @ before its first /"),
        ("${SMS}/{address}", {"SMS": "json://me:p@ss@host"}, "more than one @ before its first /"),
        ("json://me:${PASS}@host/{address}", {"PASS": "  "}, "${PASS} is not in the environment"),
    ],
)
def test_what_would_make_another_host_is_refused(
    tmp_path: Path, template: str, environ: dict[str, str], wanted: str
) -> None:
    said = complaint(tmp_path, f'contact_methods: {{sms: "{template}"}}', environ)

    assert wanted in said
    assert "p@ss" not in said


@pytest.mark.parametrize(
    ("url", "addresses", "shown"),
    [
        ("ntfys://ntfy.example.com/{address}", ["ana-phone", "bo"], "ntfy at ntfy.example.com, for a…ne, …"),
        ("json://me:p%40ss@sms.example.com:8443/{address}", [], "JSON at sms.example.com"),
        (f"twilio://{SID}:{TOKEN}@+442079460001/{{address}}", ["+442079460002"], "Twilio, for +…02"),
        ("pover://" + "u" * 30 + "@" + "t" * 30 + "/{address}", ["device"], "Pushover, for d…ce"),
    ],
)
def test_a_contact_method_is_described_without_a_secret(url: str, addresses: list[str], shown: str) -> None:
    assert described(ContactMethod("sms", url), addresses) == shown
