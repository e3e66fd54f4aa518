"""Who reads the status page by e-mail: parted into lanes, and nobody twice."""

from datetime import timedelta

from bot.domain.incidents.public_subscribers import LANES
from storage import public_subscribers
from tests.conftest import Office
from tests.fakes import FakeClock


def test_each_who_confirmed_by_then_is_in_one_lane(office: Office, clock: FakeClock) -> None:
    ids = [office.perform(public_subscribers.add, f"reader{n}@example.com", f"token{n}") for n in range(9)]
    for one in ids[:7]:
        office.perform(public_subscribers.confirm, one)
    until = clock.now()
    clock.advance(minutes=1)
    office.perform(public_subscribers.confirm, ids[7])

    found = []
    for lane in range(LANES):
        after = 0
        while to := office.read(public_subscribers.following, lane, after, until):
            found.append(to.id)
            after = to.id

    assert sorted(found) == ids[:7]
    assert office.read(public_subscribers.counted) == (8, 1)
    waits = office.read(public_subscribers.of_address, "reader8@example.com")
    assert waits
    assert waits == office.read(public_subscribers.of_token, "token8")
    assert waits.waits(clock.now())
    clock.advance(minutes=60 * 48)
    assert not waits.waits(clock.now())
    office.perform(public_subscribers.forget_waiting, clock.now() - timedelta(days=2))
    assert office.read(public_subscribers.counted) == (8, 0)
    office.perform(public_subscribers.forget, ids[0])
    assert office.read(public_subscribers.get, ids[0]) is None
