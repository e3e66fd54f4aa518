"""What is drawn once for many: never older than who asks for it, and never for too much of the time."""

import asyncio

from markupsafe import Markup

from handlers.browser.drawn import AT_ONCE, LONGEST, SHARE, Drawings
from tests.fakes import FakeClock


class Wall:
    """Something that is drawn: the state of now, for a key. It can be held up while it is drawn."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.drawings = clock, Drawings[str, int](clock)
        self.state, self.drawn = 1, list[tuple[str, int]]()
        self.takes, self.moves = 0.0, 0
        self.go_on, self.begun = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    async def of(self, key: str) -> str:
        async def look() -> tuple[str, int]:
            return key, self.state

        async def draw() -> tuple[str, int, Markup]:
            state = self.state
            self.drawn.append((key, state))
            self.begun.set()
            await self.go_on.wait()
            self.clock.advance(seconds=self.takes)
            self.state += self.moves
            return key, state, Markup(f"{key}{state}")

        part, _ = await self.drawings.of(key, look, draw)
        return str(part)


async def turns() -> None:
    """Let everybody go on as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_who_asks_while_it_is_drawn_gets_what_is_begun_after_that_and_all_the_same(clock: FakeClock):
    wall = Wall(clock)
    wall.go_on.clear()
    first = asyncio.create_task(wall.of("a"))
    await wall.begun.wait()
    wall.moves = 1
    others = [asyncio.create_task(wall.of("a")) for _ in range(20)]
    await asyncio.sleep(0)

    wall.go_on.set()

    assert await first == "a1"
    assert await asyncio.gather(*others) == ["a2"] * 20
    assert wall.drawn == [("a", 1), ("a", 2)]


async def test_while_it_changes_all_the_time_those_who_wait_share_a_drawing(clock: FakeClock):
    wall = Wall(clock)
    wall.takes = AT_ONCE + 2 * LONGEST * SHARE
    assert await wall.of("a") == "a1"
    wall.state = 2
    waiting = [asyncio.create_task(wall.of(key)) for key in "aaabc"]
    await turns()
    assert wall.drawn == [("a", 1)]

    wall.state = 3
    clock.advance(seconds=LONGEST)
    await turns()
    assert wall.drawn == [("a", 1), ("a", 3)]
    clock.advance(seconds=LONGEST / 2)  # the last two have theirs within the longest time
    await turns()
    assert wall.drawn == [("a", 1), ("a", 3), ("b", 3)]
    clock.advance(seconds=LONGEST)

    assert await asyncio.gather(*waiting) == ["a3", "a3", "a3", "b3", "c3"]
    assert wall.drawn == [("a", 1), ("a", 3), ("b", 3), ("c", 3)]


async def test_nobody_waits_for_the_first_drawings_of_a_calm_time(clock: FakeClock):
    wall = Wall(clock)
    wall.takes = AT_ONCE / 10

    for wall.state in range(9):
        assert await wall.of("a") == f"a{wall.state}"

    assert len(wall.drawn) == 9


async def test_one_that_took_very_long_is_soon_forgotten(clock: FakeClock):
    wall = Wall(clock)
    wall.takes = 100
    await wall.of("a")
    clock.advance(seconds=LONGEST)
    wall.state = 2

    drawn = asyncio.create_task(wall.of("a"))
    await turns()

    assert drawn.done()
