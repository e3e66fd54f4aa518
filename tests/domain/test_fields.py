"""Custom fields: what each kind takes, and which are missing when."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.fields import FieldKind, FieldType, Required, link, missing, value
from bot.domain.incidents.incident import Severity, Status
from tests.fakes import NOON
from tests.values import an_incident

CHOICES = ("Git over SSH", "API")


def of(kind: str, unset: str = "") -> FieldType:
    return FieldType("It", FieldKind(kind), CHOICES if "choice" in kind else (), unset=unset)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  two\nwords ", "two words"),
        ("text", "-", ""),
        ("number", "12", "12"),
        ("number", "0,5", "0.5"),
        ("choice", "git-over-ssh", "Git over SSH"),
        ("several choices", "api, git over ssh,api", "API, Git over SSH"),
        ("yes or no", "True", "yes"),
        ("yes or no", "n", "no"),
        ("person", "U012ABC", "U012ABC"),
        ("link", "https://a.test/x?y=1", "https://a.test/x?y=1"),
        ("date", "2026-12-31", "2026-12-31"),
        ("date", "", ""),
        ("date", "None", ""),
        ("several choices", "clear", ""),
        ("text", "none", "none"),
    ],
)
def test_each_kind_keeps_what_was_meant(kind: str, typed: str, kept: str) -> None:
    assert value(of(kind), typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("number", "many", "a number, such as 12"),
        ("number", "1,234", "a number, such as 12"),
        ("choice", "Pages", "one of: Git over SSH, API"),
        ("several choices", "API, Pages", "some of these, with commas between them"),
        ("several choices", ",", "some of these"),
        ("yes or no", "perhaps", "yes or no. `-` empties it."),
        ("person", "ana", "a person, mentioned"),
        ("link", "javascript:alert(1)", "begins with https://"),
        ("link", "https://a.test/ x", "begins with https://"),
        ("date", "tomorrow", "a day, such as 2026-12-31"),
        ("date", "2026-02-30", "a day, such as 2026-12-31"),
        ("text", "x" * 501, "at most 500 characters"),
    ],
)
def test_what_a_kind_cannot_hold_is_refused_with_what_was_expected(kind: str, typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        value(of(kind), typed)


def test_what_a_field_without_a_value_is_called_empties_it() -> None:
    blocks = of("yes or no", unset="automatic")

    assert value(blocks, "Automatic") == ""
    with pytest.raises(Refused, match="automatic, yes or no"):
        value(blocks, "auto")


DURING, AFTER = (Status.INVESTIGATING, Status.MONITORING), (Status.RESOLVED, Status.POST_INCIDENT)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(
    ("required", "wanted"), [("declare", (*DURING, Status.FIXING, *AFTER)), ("resolve", AFTER), ("never", ())]
)
def test_a_required_field_is_missing_from_its_time_on_until_the_end(
    status: Status, required: str, wanted: tuple[Status, ...]
) -> None:
    field = replace(of("text"), required=Required(required))

    assert bool(missing({"It": field}, (), an_incident(status=status))) is (status in wanted)
    assert missing({"It": field}, ["It"], an_incident(status=status)) == ()


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        ({}, True),
        ({"types": ("GitLab.com",)}, True),
        ({"types": ("SIRT",)}, False),
        ({"severities": ("S1", "S3")}, True),
        ({"severities": ("S1", "S2")}, False),
    ],
)
def test_a_field_concerns_some_types_and_severities(limits: dict[str, Any], asked: bool) -> None:
    field = replace(of("text"), required=Required.DECLARE, **limits)

    assert bool(missing({"It": field}, (), an_incident(severity=Severity.S3))) is asked


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("n" * 76, "https://a.example/", "at most 75 characters"),
        ("Graphs", "https://me:secret@a.example/", "without the user and password"),
        ("Graphs", "HTTPS://me@a.example/", "without the user and password"),
    ],
)
def test_a_link_with_a_long_name_or_a_password_is_refused(name: str, url: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        link(name, url, "UDEV", NOON)


@pytest.mark.parametrize("url", ["HTTPS://a.example/", "https://a.example/@me?to=b@c"])
def test_a_link_may_be_in_capitals_and_name_people_in_its_path(url: str) -> None:
    assert link("n" * 75, url, "UDEV", NOON).url == url
