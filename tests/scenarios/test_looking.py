"""Looking: the panel, the lists, who is on call, help."""

import pytest

from handlers.inc import SUBCOMMANDS
from tests.scenarios.conftest import World
from tests.scenarios.look import (
    answer,
    asks,
    buttons,
    card,
    deactivates,
    inc,
    presses,
    sends,
    shown,
    whole_panel,
)

WORK = ["Update", "Escalate", "Status", "Severity", "Pause"]
FACTS = [
    "Summary",
    "Add action",
    "Actions",
    "Follow-ups",
    "Add follow-up",
    "Recap",
    "Get updates",
    "Timeline",
    "Add note",
    "Fields",
    "Links",
    "Times",
    "Reminders",
    "Texts held back",
]
OVER = [one for one in FACTS if one != "Get updates"]
REVIEWED = [*OVER[: OVER.index("Recap")], "Review", *OVER[OVER.index("Recap") :]]
PUBLIC, NOTICE = "Public status", "Notice to customers"
PEOPLE = [
    "Hand over the lead",
    "Roles",
    "Step back",
    "Rename",
    "Merge",
    "Combine",
    "Open a stream",
    "Cancel the incident",
    "It was a near miss",
    "Make it private",
]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], [*WORK, *FACTS, PUBLIC, NOTICE, *PEOPLE]),
        (["status Fixing", "resolve fix"], ["Close it", "Status", "Reopen", *REVIEWED, NOTICE]),
        (["status Fixing", "resolve fix", "close"], ["Status", "Reopen", *REVIEWED, NOTICE]),
        (["cancel A test"], ["Reopen", "Recap", "Timeline", "Declare another incident"]),
    ],
    ids=["active", "resolved", "closed", "cancelled"],
)
async def test_the_panel_offers_what_makes_sense_now(world: World, words: list[str], expected: list[str]):
    await world.declare()
    for word in words:
        await inc(world, "dev", word)

    panel = await whole_panel(world, "dev")

    assert "*INC-1 Disk full*" in shown(panel)
    assert [one for one in buttons(panel) if one not in {"Take this page", "Escalate now"}] == expected


async def test_the_panel_begins_with_the_next_steps_and_has_the_rest_behind_more(world: World):
    """At S1 it would fill two screens of a phone."""
    dev = await world.declare(severity="S1")
    short = await asks(world, "dev")
    few = [one for one in buttons(short) if one not in {"Take this page", "Escalate now"}]
    assert few[:2] == ["Update", "Escalate"]
    assert few[-5:] == ["Summary", "Add action", "Actions", "Hand over the lead", "More"]
    assert len(few) <= 12

    await presses(world, dev, short, "More")

    assert answer(dev)["ts"] == short["ts"]
    assert {*few} - {"More"} < {*buttons(answer(dev))}
    assert {"Roles", "Merge", "Timeline", "Public status"} <= {*buttons(answer(dev))}
    await inc(world, "dev", "status Fixing")
    await presses(world, dev, card(dev), "More")
    assert "Public status" in buttons(answer(dev))


async def test_the_panel_shows_how_it_stands_and_who_is_paged(world: World):
    await world.declare()

    theirs, mine = await whole_panel(world, "dev"), await whole_panel(world, "ana")

    for words in ("S3 Moderate · Investigating", f"Lead: <@{world.person('dev').id}>", "Paging <@"):
        assert words in shown(theirs)
    assert buttons(theirs)[:2] == ["Take this page", "Escalate now"]
    assert buttons(mine)[:2] == ["Acknowledge", "Escalate now"]
    assert ("Take the lead" in buttons(mine), "Take the lead" in buttons(theirs)) == (True, False)


async def test_the_panel_escalates_no_page_that_nobody_comes_after(world: World):
    dev = await world.declare()
    await world.pass_minutes(31)

    theirs, mine = await whole_panel(world, "dev"), await whole_panel(world, "lena")

    assert "Paging <@" in shown(theirs)
    assert (buttons(theirs)[0], buttons(mine)[0]) == ("Take this page", "Acknowledge")
    assert "Escalate now" not in buttons(theirs) + buttons(mine)
    await inc(world, "dev", "escalate leadership", "general")
    assert await sends(world, dev, message="Look too") == {}
    assert "Escalate now" not in buttons(await asks(world, "lena", "ack", "general"))


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("Update", "Send an update"),
        ("Escalate", "Escalate"),
        ("Status", "Change the status"),
        ("Severity", "Change the severity"),
        ("Summary", "Summary"),
        ("Add action", "Add an action"),
        ("Add follow-up", "Add a follow-up"),
        ("Add note", "Add a note"),
        ("Fields", "Fields of INC-1"),
        ("Links", "Links of INC-1"),
        ("Hand over the lead", "Hand over the lead"),
        ("Roles", "Give somebody a role"),
        ("Open a stream", "Open a stream"),
        ("Rename", "Rename INC-1"),
        ("Cancel the incident", "Cancel INC-1"),
        ("It was a near miss", "It was a near miss"),
    ],
)
async def test_each_button_of_the_panel_opens_its_form(world: World, label: str, title: str):
    dev = await world.declare()

    await presses(world, dev, await whole_panel(world, "dev"), label)

    assert dev.modal
    assert dev.modal["title"]["text"] == title


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ("Actions", "has no actions yet"),
        ("Follow-ups", "*Open follow-ups of INC-1:* none"),
        ("Timeline", "*Timeline of INC-1 Disk full*"),
    ],
)
async def test_each_other_button_answers_in_the_panels_place(world: World, label: str, says: str):
    dev = await world.declare()
    panel = await whole_panel(world, "dev")

    await presses(world, dev, panel, label)

    assert answer(dev)["ts"] == panel["ts"]
    assert says in shown(answer(dev))


async def test_bare_inc_elsewhere_opens_the_form_and_another_can_be_declared_after_the_end(world: World):
    await world.declare()
    dev = await inc(world, "dev", "cancel A test")

    await presses(world, dev, await whole_panel(world, "dev"), "Declare another incident")

    assert dev.modal
    assert dev.modal["title"]["text"] == "Declare an incident"


async def test_the_list_begins_with_the_worst(world: World):
    for name, severity in (("Mail is slow", "S4"), ("All is down", "S1"), ("Disk full", "S2")):
        await world.declare(name=name, severity=severity)

    listed = shown(await asks(world, "dev", "list", "general"))

    assert "*3 open incidents*, worst first" in listed
    order = [listed.index(name) for name in ("All is down", "Disk full", "Mail is slow")]
    assert order == sorted(order)
    assert f"<#{world.slack.workspace.channel('inc-3-disk-full').id}>" in listed


async def test_on_call_shows_each_team_level_by_level(world: World):
    await deactivates(world, "ana", "carla", "chen")

    listed = shown(await asks(world, "dev", "oncall", "general"))

    bo, ines, lena = (world.person(name).id for name in ("bo", "ines", "lena"))
    eoc = listed[listed.index("(dotcom EOC)") : listed.index("(dotcom IMOC)")]
    assert [eoc.index(f"<@{who}>") for who in (bo, ines, lena)] == sorted(
        eoc.index(f"<@{who}>") for who in (bo, ines, lena)
    )
    assert f"then after 15 min IM <@{ines}>, after 30 min Infrastructure Leader <@{lena}>" in eoc
    assert "(dotcom CMOC)*: *nobody on call*\nthen at once IM <@" in listed


async def test_on_call_shows_one_team_alone(world: World):
    listed = shown(await asks(world, "dev", "oncall imoc", "general"))

    assert "(dotcom IMOC)" in listed
    assert "(dotcom EOC)" not in listed
    assert "I know no team `foo`. Teams: dotcom EOC" in shown(
        await asks(world, "dev", "oncall foo", "general")
    )


@pytest.mark.parametrize(
    ("typed", "takes"),
    [
        ("test-page foo", "`/inc test-page` takes no words"),
        ("actions foo", "takes nothing or an incident's number"),
        ("roles foo", "takes nothing, `history` or an incident's number"),
        ("verify foo", "takes nothing or an incident's number"),
        ("timeline foo", "takes nothing, `all`, or an incident's number"),
    ],
)
async def test_a_word_that_a_command_does_not_take_is_refused(world: World, typed: str, takes: str):
    await world.declare(severity="S1")

    said = shown(await asks(world, "dev", typed))

    assert takes in said
    assert "`foo`" in said


async def test_help_names_every_command_on_one_screen(world: World):
    overview = await asks(world, "dev", "help", "general")

    for word in SUBCOMMANDS:
        assert f"`{word}`" in shown(overview)
    assert buttons(overview) == ["Declare an incident"]
    await presses(world, world.person("dev"), overview, "Declare an incident")
    assert world.person("dev").modal


@pytest.mark.parametrize("word", list(SUBCOMMANDS))
async def test_help_explains_each_command_with_an_example(world: World, word: str):
    answered = await asks(world, "dev", f"help {word}", "general")

    assert answered["text"].startswith(f"`/inc {word}")
    example = SUBCOMMANDS[word].example.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"Example: `{example}`" in answered["text"], "it can be copied as it stands"
    assert "\u02cb" not in answered["text"], "what is to be typed is shown as code"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("updat", "update"), ("tmeline", "timeline"), ("Sumary", "summary"), ("resovle", "resolve")],
)
async def test_a_mistyped_word_is_asked_about_and_may_be_a_name_all_the_same(
    world: World, typed: str, meant: str
):
    dev = world.person("dev")

    asked = await asks(world, "dev", typed, "general")
    assert f"Did you mean `/inc {meant}`?" in shown(asked)
    assert dev.modal is None
    await presses(world, dev, asked, f"Declare an incident “{typed}”")

    assert dev.modal
    assert dev.modal["blocks"][0]["element"]["initial_value"] == typed


async def test_help_for_a_word_that_is_none_says_so(world: World):
    close = await asks(world, "dev", "help updat", "general")
    far = await asks(world, "dev", "help pizza", "general")

    assert "Did you mean `/inc help update`?" in close["text"]
    assert "`/inc help` lists all commands." in far["text"]


async def test_an_incidents_channel_keeps_its_own_words(world: World):
    dev = await world.declare()
    text = "the database is down as well"

    asked = await asks(world, "dev", text)
    assert dev.modal is None
    assert buttons(asked) == [
        "Write it on the timeline",
        "Declare a new incident “the database is…”",
        "All commands",
    ]
    await presses(world, dev, asked, "Declare a new incident “the database is…”")

    assert dev.modal
    assert dev.modal["title"]["text"] == "Declare an incident"


async def test_a_list_is_changed_in_its_place(world: World):
    await world.declare(name="Disk full")
    await inc(world, "dev", "cancel A test")
    dev = await inc(world, "dev", "list S3 disk", "general")
    first = answer(dev, "general")
    assert "No incident is open (S3) with “disk”" in shown(first)
    assert "1 of all incidents is: press *All*." in shown(first)
    assert buttons(first) == ["Mine", "Recent", "All", "Drills", "Search"]

    await presses(world, dev, first, "Recent")

    assert answer(dev, "general")["ts"] == first["ts"]
    assert "*1 recent incident* (S3) with “disk”, open ones and the newest first\n*INC-1 Disk full*" in shown(
        answer(dev, "general")
    )
