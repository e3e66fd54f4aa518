"""Bad input: text too long, empty or evil; people and channels that are not there; a bot locked out."""

import pytest

from sandbox.faults import Fault
from sandbox.person import Person
from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    answer,
    asks,
    buttons,
    card,
    corrects,
    deactivates,
    inc,
    presses,
    sends,
    shown,
    told,
)

EVIL = "<!channel> <!here> <!everyone> <@U0SAM00012> <!subteam^S0BACKEND1> <#C0GENERAL1>"
NAMES = {
    "long": ("x" * 300, "inc-1-" + "x" * 74),
    "emoji": ("🔥🔥🔥", "inc-1"),
    "spaces": ("   ", "inc-1"),
    "right to left": ("\u202eتعطل الخادم\u202c", "inc-1"),
    "evil": (EVIL, "inc-1-channel-here-everyone-u0sam00012-subteam-s0backend1-c0general1"),
    "formatting": ("```x``` `y` *z* _a_ ~b~", "inc-1-x-y-z-a-b"),
    "quotes": ("\"it's\" 'so'", "inc-1-it-s-so"),
    "lines": ("two\nlines\r\nmore", "inc-1-two-lines-more"),
    "NUL": ("nul\x00byte", "inc-1-nulbyte"),
    "escaped": ("&lt;!channel&gt; &amp;", "inc-1-lt-channel-gt-amp"),
}


def crowds(world: World) -> list[str]:
    """Return why phones buzzed for other reasons than a mention by name or a direct message."""
    return [one.why for one in world.slack.notified if one.why not in {"mention", "dm"}]


def pinged(world: World, who: str) -> bool:
    user = world.person(who).id
    return any(one.user == user for one in world.slack.notified)


@pytest.mark.parametrize(("name", "channel"), NAMES.values(), ids=NAMES)
async def test_any_name_makes_an_incident_and_pings_nobody(world: World, name: str, channel: str):
    dev = await world.declare(name=name, severity="S1")
    await world.pass_minutes(20)

    assert world.slack.workspace.channel(channel)
    heading = shown(card(dev, channel)).split("\n")[0]
    assert heading.startswith("INC-1 ")
    if not name.strip():
        assert heading == "INC-1 Untitled incident"
    assert "\u202e" not in heading
    assert "\x00" not in heading
    assert "INC-1" in shown(dev.messages("incidents")[-1])
    assert "You are paged" in shown(world.person("lena").dm()[0])
    assert crowds(world) == []
    assert not pinged(world, "sam")


async def test_text_typed_anywhere_pings_nobody(world: World):
    dev = await world.declare(name="Disk full", summary=EVIL, severity="S1")
    await inc(world, "dev", "update")
    await sends(world, dev, text=EVIL)
    await inc(world, "dev", "summary")
    await sends(world, dev, causes=EVIL, cmoc=EVIL, executive=EVIL)
    await inc(world, "dev", "action")
    await sends(world, dev, title=EVIL, details=EVIL)
    await presses(world, dev, next(one for one in dev.messages(CHANNEL) if "Done" in buttons(one)), "Done")
    await inc(world, "dev", "escalate liaison")
    await sends(world, dev, message=EVIL)
    await inc(world, "dev", "rename")
    await sends(world, dev, name=EVIL)
    await world.settle_down()

    channel = NAMES["evil"][1]
    said = await dev.say(channel, "&lt;!channel&gt;")
    world.slack.notified.clear()
    await dev.react(said, "pushpin")
    for word in ("status Fixing", "resolve fix"):
        await inc(world, "dev", word, channel)
    await presses(world, dev, card(dev, channel), "Reopen")
    await sends(world, dev, which="back", reason=EVIL)
    shown(await asks(world, "dev", "timeline all", channel))

    assert any("Reason:\n> &lt;!channel&gt;" in text for text in told(dev, channel))
    assert crowds(world) == []
    assert not pinged(world, "sam")


LONG = "wörd " * 2000


@pytest.mark.parametrize(
    "word", ["declare", "update", "action", "", "escalate", "help", "severity", "status"]
)
async def test_a_very_long_command_is_cut_or_refused_but_never_breaks(world: World, word: str):
    await world.declare()

    dev = await inc(world, "dev", f"{word} {LONG}")

    if not word:
        assert dev.modal is None
        assert "To declare a new incident with it: `/inc declare …`." in answer(dev)["text"]
        assert "to copy it" in answer(dev)["text"]
    elif word in {"declare", "action"}:
        assert dev.modal
        assert "… (cut)" in str(dev.modal)
    elif word == "update":
        assert "… (cut)" in told(dev)[-1]
    else:
        assert dev.modal is None
        assert answer(dev)["text"].startswith("I know no ")


async def test_a_very_long_name_and_reason_stay_whole_and_are_shown_cut(world: World):
    dev = await world.declare()

    await inc(world, "dev", f"rename {LONG[:300]}")
    await world.settle_down()
    channel = "inc-1-" + "word-" * 14 + "word"

    assert "… (cut)" in shown(card(dev, channel))
    assert "… (cut)" in world.slack.workspace.channel(channel).topic.value
    for word in ("status Fixing", "resolve fix", f"reopen {LONG}"):
        await inc(world, "dev", word, channel)
    assert "… (cut)" in told(dev, channel)[-1]


async def test_a_message_of_20000_characters_is_quoted_in_part_with_its_link(world: World):
    ana, dev = world.person("ana"), world.person("dev")
    said = await ana.say("general", "The disk is full. " * 1111)

    await dev.message_shortcut("declare_from_message", said)
    await world.settle()
    assert dev.modal
    quoted = next(block for block in dev.modal["blocks"] if block.get("block_id") == "summary")
    assert await sends(world, dev, name="Disk full", severity="S3") == {}

    text = quoted["element"]["initial_value"]
    assert len(text) <= 3000
    assert text.endswith(f"/p{said['ts'].replace('.', '')}")
    assert "… (cut)" in text
    assert "The disk is full." in shown(card(dev))
    assert "The disk is full." in shown(ana.dm()[0])


async def test_a_pinned_message_of_20000_characters_is_kept_and_shown_in_part(world: World):
    dev = await world.declare()
    said = await dev.say(CHANNEL, "The disk is full. " * 1111)

    await dev.react(said, "pushpin")
    await world.settle()

    assert "… (cut)" in shown(await asks(world, "dev", "timeline"))


async def test_somebody_deactivated_is_not_paged(world: World):
    await deactivates(world, "ana")

    await world.declare()

    assert "You are paged" in shown(world.person("bo").dm()[0])
    assert world.person("ana").dm() == []


async def test_a_level_without_anybody_is_skipped_at_once_and_the_channel_is_told(world: World):
    await deactivates(world, "ana", "bo")

    dev = await world.declare()

    assert "You are paged" in shown(world.person("ines").dm()[0])
    assert any("Nobody is on call for dotcom EOC, so the next level is paged" in text for text in told(dev))


@pytest.mark.faults
async def test_when_nobody_is_left_the_channel_is_called_until_somebody_comes(world: World):
    await deactivates(world, "ana", "bo", "ines", "ivan", "lena", "luis")
    dev = await world.declare()
    assert any("Nobody is on call for dotcom EOC, at no level" in text for text in told(dev))

    await world.pass_minutes(15)

    assert len([text for text in told(dev) if "<!channel>" in text]) == 2
    loud = next(one for one in reversed(dev.messages(CHANNEL)) if "Take this page" in buttons(one))
    await presses(world, dev, loud, "Take this page", confirm=True)
    assert any("dev acknowledged" in text for text in told(dev))


async def _archived(lena: Person) -> None:
    await lena.archive("incidents")


async def _renamed(lena: Person) -> None:
    await lena.rename("incidents", "old-incidents")


@pytest.mark.parametrize("how", [_archived, _renamed])
async def test_a_missing_announcement_channel_stops_nothing_else_and_is_told(world: World, how):
    await how(world.person("lena"))
    await world.settle()

    dev = await world.declare()

    assert "INC-1 Disk full" in shown(dev.messages("incidents-dotcom")[-1])
    problem = next(text for text in told(dev) if "could not be announced" in text)
    assert "#incidents" in problem
    assert "by hand" in problem
    assert "You are paged" in shown(world.person("ana").dm()[0])
    await corrects(world, "dev", "S4")
    assert "S4 Low · Investigating" in shown(dev.messages("incidents-dotcom")[-1])
    assert len([text for text in told(dev) if "announced" in text]) == 1


async def test_an_announcement_channel_archived_later_is_told_once_in_words(world: World):
    dev = await world.declare()
    await world.person("lena").archive("incidents")
    await world.settle()

    await corrects(world, "dev", "S4")
    await inc(world, "dev", "severity S3")

    assert "S3 Moderate · Investigating" in shown(card(dev))
    assert "S3 Moderate · Investigating" in shown(dev.messages("incidents-dotcom")[-1])


async def test_a_channel_that_cannot_be_opened_stops_neither_page_nor_announcement(world: World):
    world.slack.faults.append(Fault("conversations.create", "error", "restricted_action"))

    dev = await world.declare()

    assert "You are paged" in shown(world.person("ana").dm()[0])
    assert "INC-1 Disk full" in shown(dev.messages("incidents")[-1])
    problem = next(shown(one) for one in dev.dm() if "restricted_action" in shown(one))
    assert "Make a channel by hand" in problem
    assert "its channel could not be opened" in shown(dev.messages("incidents")[-1])
    assert "its channel could not be opened" in shown(world.person("ana").dm()[0])
    assert "its channel could not be opened" in shown(await asks(world, "dev", "list", "general"))


async def test_a_taken_channel_name_gets_a_number(world: World):
    await world.person("ren").create(CHANNEL)

    dev = await world.declare()

    assert shown(card(dev, f"{CHANNEL}-2")).startswith("INC-1 Disk full")
    assert f"<#{world.slack.workspace.channel(f'{CHANNEL}-2').id}>" in shown(dev.messages("incidents")[-1])


async def test_a_new_name_whose_channel_is_taken_gets_a_number_too(world: World):
    await world.person("ren").create("inc-1-mail-is-slow")
    dev = await world.declare()

    await inc(world, "dev", "rename Mail is slow")
    await world.settle_down()

    assert shown(card(dev, "inc-1-mail-is-slow-2")).startswith("INC-1 Mail is slow")


@pytest.mark.parametrize("visibility", ["everyone", "private"])
async def test_kicked_out_of_the_channel_the_bot_says_so_and_goes_on(world: World, visibility: str):
    dev = await world.declare(visibility=visibility)
    await dev.kick(CHANNEL, "muster")
    await world.settle()

    assert (await asks(world, "dev", "severity S1"))["text"].startswith("INC-1 is now S1.")
    await inc(world, "dev", "update Still full")

    assert "You are paged" in shown(world.person("ines").dm()[0])
    assert "Still full" in shown(await asks(world, "dev", "timeline"))
    if visibility == "private":
        assert any("invite" in shown(one) for one in dev.dm())


BLANK = "\u200b\u2060 \u3164\ufe0f"


@pytest.mark.parametrize(
    ("opened", "field", "answers"),
    [
        ("update", "text", {}),
        ("cancel", "reason", {}),
        ("severity S4", "reason", {"which": "never"}),
        ("rename", "name", {}),
        ("action", "title", {}),
        ("reopen", "reason", {"which": "correct"}),
    ],
)
async def test_what_nobody_can_see_is_no_text(world: World, opened: str, field: str, answers: dict[str, str]):
    dev = await world.declare()
    if opened == "reopen":
        await inc(world, "dev", "resolve fix")
    await inc(world, "dev", f"{opened} {BLANK}" if opened != "severity S4" else opened)

    problems = await sends(world, dev, **answers, **{field: BLANK})

    assert list(problems) == [field]
    assert dev.modal


async def test_a_name_that_is_too_long_is_refused_and_given_back(world: World):
    dev = await world.declare()
    name = "Checkout fails " * 21

    refused = await asks(world, "dev", f"rename {name}")

    assert refused["text"].startswith("That name has 314 characters, and 300 are the most.")
    assert f"> /inc rename {name.strip()}" in shown(refused)
    assert "INC-1 Disk full" in shown(card(dev))
    await inc(world, "dev", f"declare {name}", "general")
    assert dev.modal
    summary = next(block for block in dev.modal["blocks"] if block.get("block_id") == "summary")
    assert summary["element"]["initial_value"] == name.strip()


async def test_a_name_that_is_its_number_is_said_once(world: World):
    dev = await world.declare(name="inc-1")

    assert shown(card(dev, "inc-1-inc-1")).startswith("INC-1\n")
    assert "*You are paged* for *INC-1* (" in shown(world.person("ana").dm()[0])
