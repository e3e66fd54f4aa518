"""Stories of what people do while they work on an incident, each after the one that it goes on with."""

from collections.abc import Awaitable, Callable

from sandbox.person import Person
from tests.scenarios.chapters import BEGUN, FULL, HIDDEN, MERGED, MORNING, SLIP, WORSE, chapter
from tests.scenarios.dying import Mortal
from tests.scenarios.kinds import clicks, fires, found, holds, number_of, types, types_in

DATABASE, API = "name = 'Slow database'", "name = 'Slow api'"


async def does(world: Mortal, who: str, command: str, rows: str) -> None:
    """Have somebody type a command in the channel of the full disk, until there are such rows."""
    person = world.person(who)
    await world.insist(lambda: types(world, person, command, FULL), holds(world, rows))


# What is written down


async def worked(world: Mortal) -> None:
    """Note an action, a link, what was seen, and when it began; then hide the note."""
    await does(world, "dev", "action Drain the node", "actions")
    await does(world, "dev", "link Graph https://graphs.example.com/1", "links")
    await does(world, "dev", "note at 11:55 Seen at night", "entries WHERE kind = 'note'")
    await world.insist(
        lambda: rewrites(world, world.person("dev")),
        holds(world, "entries WHERE kind = 'note' AND hidden = 1"),
    )
    await does(world, "dev", "time impact-start 11:50", "incidents WHERE impact_began_at IS NOT NULL")
    await world.insist(
        lambda: clicks_here(world, world.person("ana"), "Drain the node", "Done"),
        holds(world, "actions WHERE done_at IS NOT NULL"),
    )


async def rewrites(world: Mortal, person: Person) -> None:
    """Have somebody hide the note, at another time and in other words."""
    if not person.modal:
        await types_once(world, person, "note edit")
        if person.modal:
            await person.submit()
            await world.calm()
    if person.modal and "Which?" in str(person.modal):
        await person.submit()
    if person.modal and "Which?" not in str(person.modal):
        await person.fill({"text": "Seen by day", "hidden": "hide"})
        await person.submit()


async def types_once(world: Mortal, person: Person, command: str) -> None:
    channel = (await found(world, f"incidents WHERE {FULL}"))[0]["channel_name"]
    await person.slash("/inc", command, channel=channel)
    await world.calm()


async def clicks_here(world: Mortal, person: Person, words: str, label: str) -> None:
    """Have somebody press a button of the last message with these words in the incident's channel."""
    channel = (await found(world, f"incidents WHERE {FULL}"))[0]["channel_name"]
    if person.id not in world.slack.workspace.channel(channel).members:
        await person.join(channel)
    seen = [one for one in person.messages(channel) if words in str(one) and label in str(one)]
    await person.click(seen[-1], text=label)


async def followed(world: Mortal) -> None:
    """Follow it from elsewhere; an update goes to who does."""
    await does(world, "sam", f"subscribe INC-{await number_of(world, FULL)}", "subscriptions")
    await does(world, "dev", "update Half of the disks are full", "updates")


async def asked(world: Mortal) -> None:
    """Ask somebody to take a role, who takes it."""
    await does(world, "dev", "role ask IM @ines", "entries WHERE kind = 'role_asked'")
    await world.insist(
        lambda: clicks(world.person("ines"), "do you take", "Take IM"),
        holds(world, "roles WHERE role = 'IM'"),
    )


async def put_off(world: Mortal) -> None:
    """Put a reminder off, stop it, and let the incident rest until Monday."""
    await does(world, "ana", "snooze update 1h", "timers WHERE snoozed_until IS NOT NULL")
    await does(world, "ana", "nudges stop update", "timers WHERE stopped = 1")
    await does(world, "ana", "wait until monday", "incidents WHERE waits_until IS NOT NULL")
    await does(world, "ana", "pause end", "incidents WHERE waits_until IS NULL")
    await does(world, "ana", "pause until friday The vendor", "incidents WHERE paused_for LIKE '%vendor%'")


async def streamed(world: Mortal) -> None:
    """Open a stream, update it from its own channel, and close it there."""
    await does(world, "dev", "stream database @ana", "streams WHERE channel IS NOT NULL")
    [stream] = await found(world, "streams")
    there, ana = stream["channel_name"], world.person("ana")
    await world.insist(
        lambda: types_in(world, ana, "update The lock is found", there), holds(world, "stream_updates")
    )
    await world.insist(
        lambda: types_in(world, ana, "stream close The index is rebuilt", there),
        holds(world, "streams WHERE closed_at IS NOT NULL"),
    )


# What makes it worse


async def raised(world: Mortal) -> None:
    await does(world, "dev", "severity S2", f"incidents WHERE {FULL} AND severity = 'S2'")


async def lowered(world: Mortal) -> None:
    """Undo the raise; who was paged for it and has not answered is not paged any more."""
    await does(world, "dev", "undo severity", f"incidents WHERE {FULL} AND severity = 'S3'")


async def called(world: Mortal) -> None:
    """Prepare a call with customers."""
    await does(world, "dev", "customer-call", "entries WHERE kind LIKE 'checklist%'")
    await does(world, "dev", "link customer call https://meet.example/2", "links")
    await does(world, "dev", "role CSM @ren", "roles WHERE role = 'CSM'")


async def combined(world: Mortal) -> None:
    """Combine two S3 to an S2, which pages."""
    dev = world.person("dev")
    await world.insist(
        lambda: types(world, dev, "", name="Disk is full", severity="S3"),
        holds(world, f"incidents WHERE {WORSE}"),
    )
    number = await number_of(world, WORSE)
    await does(world, "dev", f"combine INC-{number}", f"incidents WHERE {FULL} AND severity = 'S2'")


async def reopened(world: Mortal) -> None:
    """Reopen a duplicate that was none: it goes on by itself, and pages again."""
    number, dev = await number_of(world, WORSE), world.person("dev")
    await world.insist(
        lambda: types_in(world, dev, f"reopen INC-{number} Another disk", "general"),
        holds(world, f"incidents WHERE {WORSE} AND status = 'Investigating'"),
    )


# What few may know, and what monitoring says


async def let_in(world: Mortal) -> None:
    """Ask for access to what is private; its lead gives it."""
    number, ren, dev = await number_of(world, SLIP), world.person("ren"), world.person("dev")
    await world.insist(
        lambda: types_in(world, ren, f"access INC-{number} I know it", "general"),
        holds(world, "access_requests"),
    )
    await world.insist(
        lambda: clicks(dev, "asks to be let into", "Let in"),
        holds(world, "access_requests WHERE granted = 1"),
    )


async def alerted(world: Mortal) -> None:
    """Accept what an alert opened, add another alert to it, and resolve both."""
    ines = world.person("ines")
    await world.insist(lambda: fires(world), holds(world, f"incidents WHERE {API} AND channel IS NOT NULL"))
    number = await number_of(world, API)
    await world.insist(
        lambda: types_in(world, ines, f"accept INC-{number}", "general"),
        holds(world, f"incidents WHERE {API} AND status = 'Investigating'"),
    )
    await world.insist(
        lambda: clicks(world.person("ana"), "*You are paged*", "Acknowledge"),
        holds(world, "entries WHERE kind = 'acknowledged'"),
    )
    await world.insist(lambda: fires(world, "database"), holds(world, f"incidents WHERE {DATABASE}"))


async def attached(world: Mortal) -> None:
    ines, number = world.person("ines"), await number_of(world, API)
    [alert] = await found(world, "alerts WHERE key LIKE '%database%'")
    await world.insist(
        lambda: types_in(world, ines, f"alerts attach A-{alert['id']} INC-{number}", "general"),
        holds(world, f"alerts WHERE id = {alert['id']} AND incident = {number}"),
    )
    for service in ("api", "database"):
        await world.insist(
            _resolves(world, service),
            holds(world, f"alerts WHERE key LIKE '%{service}%' AND state = 'resolved'"),
        )


def _resolves(world: Mortal, service: str) -> Callable[[], Awaitable[None]]:
    return lambda: fires(world, service, "resolve")


RAISED, ALERTED = chapter(raised, BEGUN), chapter(alerted, MORNING)

CHAPTERS = {
    "worked": chapter(worked, BEGUN),
    "followed": chapter(followed, BEGUN),
    "asked": chapter(asked, BEGUN),
    "put off": chapter(put_off, BEGUN),
    "streamed": chapter(streamed, BEGUN),
    "raised": RAISED,
    "lowered": chapter(lowered, RAISED),
    "called": chapter(called, RAISED),
    "combined": chapter(combined, BEGUN),
    "reopened": chapter(reopened, MERGED),
    "let in": chapter(let_in, HIDDEN),
    "alerted": ALERTED,
    "attached": chapter(attached, ALERTED),
}
"""Which are struck."""
