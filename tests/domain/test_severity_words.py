"""A severity that is typed within a sentence."""

import pytest

from bot.domain.incidents.incident import Severity
from bot.domain.incidents.severity_words import graded, in_sentence


@pytest.mark.parametrize(
    ("text", "severity", "rest"),
    [
        ("checkout down, S2", "S2", "checkout down"),
        ("checkout down S2", "S2", "checkout down"),
        ("checkout down (sev 2).", "S2", "checkout down"),
        ("checkout down - sev-1!", "S1", "checkout down"),
        ("S1: db gone", "S1", "db gone"),
        ("sev2 checkout", "S2", "checkout"),
        ("p1 checkout", "S1", "checkout"),
        ("severity 3 - slow", "S3", "slow"),
        ("[S2] checkout", "S2", "checkout"),
        ("S3: slow", "S3", "slow"),
        ("uploads slow, s3", "S3", "uploads slow"),
        ("S1", "S1", ""),
        ("S3", "S3", ""),
        ("S3 uploads fail", None, "S3 uploads fail"),
        ("uploads fail on S3", None, "uploads fail on S3"),
        ("S1 or S2, who knows", None, "S1 or S2, who knows"),
        ("the p2 pipeline is red", None, "the p2 pipeline is red"),
        ("ps4 login", None, "ps4 login"),
        ("s1-db is gone", None, "s1-db is gone"),
        ("500s on checkout", None, "500s on checkout"),
        ("", None, ""),
    ],
)
def test_a_severity_at_either_end_is_taken_out_of_a_name(text: str, severity: str | None, rest: str) -> None:
    assert graded(text) == (Severity(severity) if severity else None, rest)


def test_where_a_severity_is_expected_s3_is_one() -> None:
    assert graded("S3 yesterday 14:05-15:10 Logins failed", sure=True)[0] is Severity.S3
    assert graded("S2 raised from S3", sure=True) == (Severity.S2, "raised from S3")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("it is S2 now", (Severity.S2, True)),
        ("make it sev 1 please!", (Severity.S1, True)),
        ("to S3", (Severity.S3, True)),
        ("S2 because checkout fails", (Severity.S2, False)),
        ("not S1", (Severity.S1, False)),
        ("from S3 to S1", None),
        ("bad", None),
    ],
)
def test_a_sentence_names_one_severity_and_perhaps_more(
    text: str, found: tuple[Severity, bool] | None
) -> None:
    assert in_sentence(text) == found
