"""Stories of all that an incident may be, each after the one whose incident it goes on with.

Each chapter begins with what the one before it left, and ends when that is done which it is about.
"""

from collections.abc import Awaitable, Callable

from tests.scenarios.dying import STEP, Mortal
from tests.scenarios.hasty import hasty
from tests.scenarios.kinds import ENDED, clicks, fires, holds, number_of, of_kinds, types
from tests.scenarios.telling import Story

FULL, WORSE, SLIP, SLOW = (f"name = '{name}'" for name in ("Disk full", "Disk is full", "Slip", "Slow api"))
UNSENT = "outbox WHERE state <> 'sent' AND job <> 'reconcile'"
MOST_STEPS = 4
"""Within a minute all is said."""
IN_FLIGHT = 6
"""Pages, questions and words to reporters."""


def chapter(tell: Callable[[Mortal], Awaitable[None]], after: Story | None) -> Story:
    async def whole(world: Mortal) -> None:
        await tell(world)
        await world.pass_time(STEP)
        for _ in range(MOST_STEPS):  # until all is drawn; a topic waits for some seconds
            if await holds(world, UNSENT)():
                await world.pass_time(STEP)

    return Story(whole, IN_FLIGHT, lambda _: of_kinds(hasty()), after)


async def morning(world: Mortal) -> None:
    """Nothing happened yet; the bot has learned who is there."""


# Scheduled maintenance


async def held(world: Mortal) -> None:
    """Plan a maintenance, and hold an alert of what it works on."""
    dev = world.person("dev")
    plan = 'maintenance "Upgrade" C3 for 2h services api hold their alerts'
    await world.insist(lambda: types(world, dev, plan), holds(world, "maintenances"))
    await world.insist(lambda: fires(world), holds(world, "alerts WHERE outcome LIKE 'held by%'"))


async def fires_on(world: Mortal) -> None:
    """End the maintenance; the alert fires still and is triaged, declined, and its channel archived."""
    dev, ines = world.person("dev"), world.person("ines")
    await world.insist(
        lambda: types(world, dev, "maintenance end"), holds(world, "maintenances WHERE state = 'over'")
    )
    await world.pass_time(15)
    number = await number_of(world, SLOW)
    await world.insist(
        lambda: types(world, ines, f"decline INC-{number} It was the upgrade"),
        holds(world, f"incidents WHERE {SLOW} AND status = 'Declined'"),
    )
    await world.pass_time(ENDED.total_seconds() + 60)


# Near misses, and what few may know


async def noticed(world: Mortal) -> None:
    dev = world.person("dev")
    await world.insist(lambda: types(world, dev, "nearmiss S1 Slip"), holds(world, f"incidents WHERE {SLIP}"))
    await world.until(holds(world, f"incidents WHERE {SLIP} AND channel IS NOT NULL"))


async def hidden(world: Mortal) -> None:
    dev = world.person("dev")
    await world.insist(
        lambda: types(world, dev, "private yes Customer data", SLIP),
        holds(world, f"incidents WHERE {SLIP} AND private = 1"),
    )


# One that people are at work on


async def begun(world: Mortal) -> None:
    dev, ana = world.person("dev"), world.person("ana")
    await world.insist(
        lambda: types(world, dev, "", name="Disk full", severity="S3"),
        holds(world, f"incidents WHERE {FULL}"),
    )
    await world.insist(
        lambda: clicks(ana, "*You are paged*", "Acknowledge"),
        holds(world, "entries WHERE kind = 'acknowledged'"),
    )
    await world.pass_time(75)  # who answers within a minute of another is told of in the same message


async def drafted(world: Mortal) -> None:
    """Have customers hear of it: Degraded Performance, a draft, and the EOC who confirms the impact."""
    dev, ana = world.person("dev"), world.person("ana")
    await world.insist(
        lambda: types(world, dev, "public degraded", FULL),
        holds(world, "incidents WHERE public_status LIKE 'Degraded%'"),
    )
    await world.insist(
        lambda: types(world, dev, "public draft", FULL, notice="Pushes are slow"),
        holds(world, "public_notices"),
    )
    await world.insist(
        lambda: clicks(ana, "affected?", "Confirm the impact"), holds(world, "public_confirmations")
    )


async def published(world: Mortal) -> None:
    dev, ana = world.person("dev"), world.person("ana")
    await world.insist(
        lambda: types(world, dev, "public publish Pushes are slow", FULL),
        holds(world, "incidents WHERE noticed_at IS NOT NULL"),
    )
    await world.insist(
        lambda: types(
            world, ana, "notice It is full", FULL, impact="Pushes are slow", response="- We drain it"
        ),
        holds(world, "executive_notices"),
    )


async def blocked(world: Mortal) -> None:
    """Set a field, and take it back."""
    dev = world.person("dev")
    await world.insist(
        lambda: types(world, dev, "field blocks-deployments yes", FULL),
        holds(world, "changes WHERE thing = 'field'"),
    )
    await world.insist(
        lambda: types(world, dev, "undo field", FULL), holds(world, "changes WHERE undone = 1")
    )


async def merged(world: Mortal) -> None:
    """Merge an S2 that nobody has answered into the S3, which its manager leads since."""
    dev, ines = world.person("dev"), world.person("ines")
    await world.insist(
        lambda: types(world, dev, "", name="Disk is full", severity="S2"),
        holds(world, f"incidents WHERE {WORSE}"),
    )
    await world.until(holds(world, f"incidents WHERE {WORSE} AND channel IS NOT NULL"))
    number = await number_of(world, FULL)
    await world.insist(
        lambda: types(world, dev, f"merge INC-{number}", WORSE),
        holds(world, "incidents WHERE merged_into IS NOT NULL"),
    )
    await world.insist(
        lambda: clicks(ines, "*You are paged*", "Acknowledge"), holds(world, "roles WHERE role = 'IM'")
    )


async def archived(world: Mortal) -> None:
    lead = world.person("ines")
    await world.insist(
        lambda: types(world, lead, "resolve fix", FULL),
        holds(world, f"incidents WHERE {FULL} AND status = 'Resolved'"),
    )
    await world.pass_time(ENDED.total_seconds() + 60)


MORNING = chapter(morning, None)
HELD = chapter(held, MORNING)
NOTICED = chapter(noticed, MORNING)
HIDDEN = chapter(hidden, NOTICED)
BEGUN = chapter(begun, MORNING)
DRAFTED = chapter(drafted, BEGUN)
MERGED = chapter(merged, BEGUN)

CHAPTERS = {
    "held": HELD,
    "fires on": chapter(fires_on, HELD),
    "noticed": NOTICED,
    "hidden": HIDDEN,
    "begun": BEGUN,
    "drafted": DRAFTED,
    "published": chapter(published, DRAFTED),
    "blocked": chapter(blocked, BEGUN),
    "merged": MERGED,
    "archived": chapter(archived, MERGED),
}
"""Which are struck."""
