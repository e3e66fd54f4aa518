"""How an offer of a page stands."""

import pytest

from bot.domain.paging.offers import TOO_LATE, OfferState, PageOffer
from bot.domain.paging.pages import PageState
from tests.fakes import NOON
from tests.values import a_page

STATES = [state for state in OfferState if state not in {OfferState.OPEN, OfferState.OVER}]


@pytest.mark.parametrize(
    ("state", "page", "stands"),
    [
        (OfferState.OPEN, PageState.PENDING, OfferState.OPEN),
        *((OfferState.OPEN, page, OfferState.OVER) for page in PageState if page is not PageState.PENDING),
        *((state, page, state) for state in STATES for page in PageState),
    ],
)
def test_an_open_offer_is_over_with_its_page_and_an_answered_one_stays_so(state, page, stands):
    offer = PageOffer(1, 1, "UEOC", "UIM", "", NOON, state)

    assert offer.stands(a_page(state=page)) is stands


def test_each_that_is_not_open_says_why_it_can_not_be_answered():
    assert set(TOO_LATE) == set(OfferState) - {OfferState.OPEN}
