"""Services of ours as contact methods: their accounts, their addresses, and the rules of notification."""

from pathlib import Path

import pytest

from bot.config import Config
from bot.config.contact_methods import described
from tests.config.test_contact_methods import ANA, CONTACT_METHODS, SID, TOKEN, complaint, given

ACCOUNT = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_FROM": "+44 20 7946 0001"}
MAIL = {"SMTP_URL": "smtps://me:p%40ss@mail.example.com", "SMTP_FROM": "muster@example.com"}
OURS = """
contact_methods: {call: twilio call, sms: twilio sms, push: ntfy, email: smtp}
people:
  Ana@example.com: {call: "+44 20 7946-0002", sms: "+442079460002", push: ana, email: ana@example.com}
"""


def rules(config: Config, person: str = "ana@example.com") -> tuple[dict[str, float], dict[str, float]]:
    """Return after how many minutes a loud and a quiet page leaves by each contact method."""
    contact = config.process.contacts[person]
    loud, quiet = (
        {one.contact_method: one.after.total_seconds() / 60 for one in them}
        for them in (contact.loud, contact.quiet)
    )
    return loud, quiet


def test_a_service_of_ours_takes_its_account_from_the_environment(tmp_path: Path) -> None:
    config = given(tmp_path, OURS, ACCOUNT | MAIL | {"NTFY_TOKEN": ""})
    found = config.contact_methods

    services = [found[name].service for name in ("call", "sms", "push", "email")]
    assert services == ["twilio call", "twilio sms", "ntfy", "smtp"]
    assert (dict(found["call"].settings), dict(found["push"].settings)) == (ACCOUNT, {})
    assert described(found["call"], ["+442079460002"]) == "a call by Twilio, for +…02"
    assert {SID, TOKEN, MAIL["SMTP_URL"], "+442079460002"} <= set(config.withheld)
    assert config.warnings == given(tmp_path, "").warnings
    for secret in (TOKEN, "p%40ss", "20794"):
        assert secret not in repr(config) + repr(found)


def test_a_secret_of_a_service_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    environ = {**ACCOUNT, "TWILIO_AUTH_TOKEN_FILE": str(tmp_path / "token")}
    del environ["TWILIO_AUTH_TOKEN"]

    config = given(tmp_path, "contact_methods: {call: twilio call}", environ)

    assert config.contact_methods["call"].settings["TWILIO_AUTH_TOKEN"] == TOKEN


@pytest.mark.parametrize(
    ("method", "environ", "wanted"),
    [
        ("twilio call", {}, "contact_methods.c: `twilio call` needs TWILIO_ACCOUNT_SID in the environment"),
        ("twilio call", {}, "`twilio call` needs TWILIO_AUTH_TOKEN in the environment"),
        ("twilio cal", {}, "is no service and no Apprise URL. Did you mean `twilio call`?"),
        ("smtp", MAIL | {"SMTP_URL": "mail"}, "SMTP_URL is no URL that begins with smtps:// or smtp://"),
        ("ntfy", {"NTFY_URL": "ntfy.sh"}, "NTFY_URL is no URL that begins with https:// or http://"),
        ("twilio sms", ACCOUNT | {"TWILIO_FROM": "020 7946 0001"}, "TWILIO_FROM has no country code"),
    ],
)
def test_what_a_service_lacks_is_named(
    tmp_path: Path, method: str, environ: dict[str, str], wanted: str
) -> None:
    assert wanted in complaint(tmp_path, f"contact_methods: {{c: {method}}}", environ)


@pytest.mark.parametrize("number", ["020 7946 0002", "00442079460002", "+0207946000", "ana", "+44 20 x"])
def test_a_number_without_a_country_code_is_refused_by_name_and_not_shown(
    tmp_path: Path, number: str
) -> None:
    people = f'\npeople:\n  bo@example.com: {{call: "{number}"}}'

    said = complaint(tmp_path, "contact_methods: {call: twilio call}" + people, ACCOUNT)

    assert "people.bo@example.com.call: is no phone number with a country code. Write it as +44" in said
    assert f"`{number}`" not in said


def test_each_service_has_its_time_where_no_rule_is_written_and_an_apprise_url_has_none(
    tmp_path: Path,
) -> None:
    ours = given(tmp_path, OURS, ACCOUNT | MAIL)
    assert rules(ours) == ({"email": 0, "push": 1, "sms": 3, "call": 5}, {"email": 0, "push": 1})

    assert rules(given(tmp_path, CONTACT_METHODS + ANA)) == ({}, {})


def test_rules_are_written_for_everybody_and_for_single_people(tmp_path: Path) -> None:
    written = """
  bo@example.com: {push: bo}
notification_rules:
  default: {loud: [slack, push after 2m, call after 4m], quiet: [slack]}
  ANA@example.com: {loud: [call, slack]}
"""

    config = given(tmp_path, OURS + written, ACCOUNT | MAIL)

    assert rules(config) == ({"call": 0}, {})
    assert rules(config, "bo@example.com") == ({"push": 2, "call": 4}, {})


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("default: {loud: [call]}", "rules.default.loud: found a list, expected a list with `slack` in it"),
        ("default: {loud: [slack, cal]}", "Did you mean `call`?"),
        ("default: {loud: [slack, call after soon]}", "found `call after soon`, expected a duration"),
        ("default: {loud: call}", "expected a list of contact methods and when, such as [slack, push after"),
        ("default: {laud: [slack]}", "laud: is no key here. Did you mean `loud`?"),
        ("somebody: {loud: [slack]}", "notification_rules.somebody: has no usable name; expected an e-mail"),
        ("bo@example.com: {loud: [slack]}", "bo@example.com: has rules and no entry under `people`"),
        ("default: [slack]", "rules.default: found a list, expected a mapping with some of the keys"),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, written: str, wanted: str) -> None:
    said = complaint(tmp_path, f"{OURS}notification_rules:\n  {written}", ACCOUNT | MAIL)

    assert wanted in said
