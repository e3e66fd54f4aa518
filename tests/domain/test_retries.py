from datetime import timedelta

from bot.domain.retries import LONGEST, LONGEST_FOR_PAGES, delay


def test_delays_double_and_are_bounded():
    delays = [delay(attempt, 1, urgent=False) for attempt in range(1, 30)]

    assert delays == sorted(delays)
    assert delays[0] < timedelta(seconds=2)
    assert delays[-1] <= LONGEST * 1.25


def test_a_page_is_tried_again_soon():
    assert delay(50, 1, urgent=True) <= LONGEST_FOR_PAGES * 1.25


def test_deliveries_that_failed_together_do_not_come_back_together():
    assert len({delay(4, number, urgent=False) for number in range(50)}) == 50
