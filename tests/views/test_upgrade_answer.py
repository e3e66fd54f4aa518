"""The answer to a raised severity names who is paged, and who is told because they are at work already."""

from bot.domain.incidents.incident import Severity
from bot.domain.paging.engagement import Holder
from bot.views.incidents.severity import regraded
from tests.fakes import NOON
from tests.values import a_page, an_incident

GRAVE = an_incident(severity=Severity.S1)
EOC, IM = Holder("EOC", "UEOC", NOON, False), Holder("IM", "UIM", NOON, False)
PAGE = a_page(role="IM", responder="UIM")


def test_it_names_who_is_paged_and_who_is_told() -> None:
    text = regraded(GRAVE, Severity.S3, [PAGE], [EOC, IM]).text

    assert text.endswith("S1. Paged: <@UIM> (IM). At work on it already, and told: <@UEOC> (EOC).")


def test_it_says_nothing_of_that_where_nobody_is_paged_or_told() -> None:
    assert regraded(GRAVE, Severity.S2, [PAGE], [EOC]).text.endswith("is now S1.")
    assert regraded(GRAVE, Severity.S3).text.endswith("is now S1.")
