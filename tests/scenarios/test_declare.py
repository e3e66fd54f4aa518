"""Declaring: the form, and everything that comes of it."""

import pytest

from sandbox.faults import Fault
from sandbox.hooks import MOST_USES
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, asks, buttons, card, corrects, inc, presses, sends, shown, told


async def test_the_form_asks_six_things_and_guides_the_choice_of_a_severity(world: World):
    dev = await inc(world, "dev", "", "general")

    assert dev.modal
    asked = [block["label"]["text"] for block in dev.modal["blocks"] if block["type"] == "input"]

    assert asked == [
        "Name",
        "Incident type",
        "Initial status",
        "Severity",
        "Summary",
        "Who should be able to see this incident?",
    ]
    form = shown(dev.modal)
    classed = "Contains ORANGE or YELLOW data? Choose Private."
    for words in ("Active incident", "Triage a problem", "Everyone (public)", classed, "S1 (worst)"):
        assert words in form
    assert "A primary service or a part of the users" in form


@pytest.mark.parametrize(
    ("command", "text", "name"),
    [
        ("/inc", "", None),
        ("/inc", "declare", None),
        ("/inc", "declare Checkout is slow", "Checkout is slow"),
        ("/inc", "new Checkout is slow", "Checkout is slow"),
        ("/inc", "Checkout is slow for everybody", "Checkout is slow for everybody"),
        ("/incident", "", None),
        ("/incident", "DECLARE Checkout is slow", "Checkout is slow"),
        ("/incident", "checkout is slow", "checkout is slow"),
        ("/inc", "declare 5 < 6 & @ana in #general says so", "5 < 6 & @ana in #general says so"),
    ],
)
async def test_what_is_typed_becomes_the_name_in_the_form(world: World, command: str, text: str, name: str):
    dev = world.person("dev")

    await dev.slash(command, text, channel="random")
    await world.settle()

    assert dev.modal
    assert dev.modal["blocks"][0]["element"].get("initial_value") == name


async def test_the_form_closes_at_once(world: World):
    dev = await inc(world, "dev", "", "general")
    world.slack.latency = 0.5

    await dev.fill({"name": "Disk full", "severity": "S3"})
    problems = await dev.submit()

    assert problems == {}
    assert dev.modal is None
    world.slack.latency = 0


async def test_an_incident_without_a_name_is_untitled_until_it_is_renamed(world: World):
    dev = await world.declare(name=None)
    assert shown(card(dev, "inc-1")).startswith("INC-1 Untitled incident")

    await inc(world, "dev", "rename Disk full", "inc-1")
    await world.settle_down()

    assert shown(card(dev)).startswith("INC-1 Disk full")


async def test_a_form_without_a_severity_is_not_sent(world: World):
    dev = await inc(world, "dev", "", "general")

    problems = await sends(world, dev, name="Disk full")

    assert list(problems) == ["severity"]
    assert dev.modal
    assert "No incident is open" in (await asks(world, "dev", "list", "general"))["text"]


async def test_a_message_becomes_a_quotation_with_a_link_in_the_summary(world: World):
    ana, dev = world.person("ana"), world.person("dev")
    said = await ana.say("general", "The disk is *full* & nobody noticed\n<!here> @bo")

    await dev.message_shortcut("declare_from_message", said)
    await world.settle()
    await sends(world, dev, name="Disk full", severity="S3")

    link = f"https://tanuki.slack.com/archives/{said['channel']}/p{said['ts'].replace('.', '')}"
    for words in ("wrote:", "The disk is *full* &amp; nobody noticed", link):
        assert words in shown(card(dev))


async def test_slacks_menu_opens_the_form_too(world: World):
    dev = world.person("dev")

    await dev.shortcut("declare_anywhere")
    await world.settle()
    await sends(world, dev, name="Disk full", severity="S3")

    assert card(dev)


async def test_the_channel_has_people_a_topic_and_a_pinned_card_with_buttons(world: World):
    dev = await world.declare(severity="S1")

    channel = world.slack.workspace.channel(CHANNEL)
    people = {world.slack.workspace.user(member).handle for member in channel.members}
    pinned = card(dev)

    assert not channel.private
    assert people == {"muster", "dev", "ana", "ines", "carla"}
    assert channel.topic.value == "S1 · Investigating · Lead dev · Disk full"
    assert list(channel.pins) == [pinned["ts"]]
    assert [one["link"].rpartition("/")[2] for one in channel.bookmarks] == [
        f"p{pinned['ts'].replace('.', '')}"
    ]
    assert "*:rotating_light: S1 Critical · Investigating*" in shown(pinned)
    assert "`blocks deployments`" in shown(pinned)
    assert buttons(pinned) == [
        "Verified: page leadership and liaison",
        "Not S1",
        "Acknowledge",
        "Update",
        "Status",
        "Escalate",
        "More",
    ]


@pytest.mark.parametrize(
    ("kind", "places"),
    [("GitLab.com", ["incidents", "incidents-dotcom"]), ("Dedicated", ["incidents", "incidents-dedicated"])],
)
async def test_announcements_stand_in_the_types_channels_and_are_edited_in_place(
    world: World, kind: str, places: list[str]
):
    lena = world.person("lena")
    await world.declare(type=kind)
    before = [lena.messages(place)[-1] for place in places]
    assert all("S3 Moderate · Investigating*\n> *INC-1 Disk full*" in shown(one) for one in before)
    assert all("Nobody has acknowledged yet" in shown(one) for one in before)

    await presses(world, world.person("ana"), world.person("ana").dm()[0], "Acknowledge")
    await corrects(world, "ana", "S4")

    after = [lena.messages(place)[-1] for place in places]
    assert [one["ts"] for one in after] == [one["ts"] for one in before]
    assert all("S4 Low · Investigating" in shown(one) for one in after)
    assert all("acknowledged after 0 s" in shown(one) for one in after)


async def test_the_reporter_is_asked_to_stay_reachable_until_somebody_has_engaged(world: World):
    dev = await world.declare()
    first = dev.dm()[0]
    assert "*You declared INC-1 Disk full*" in shown(first)
    assert "Until they acknowledge, you lead: stay reachable" in shown(first)
    channel = world.slack.workspace.channel(CHANNEL).id
    assert f"<#{channel}>" in shown(first)

    await presses(world, world.person("ana"), world.person("ana").dm()[0], "Acknowledge")

    assert len(dev.dm()) == 1
    assert "acknowledged and is at work on it" in shown(dev.dm()[0])


async def test_a_drill_is_called_a_drill_everywhere(world: World):
    dev = await world.declare(type="Gameday", people=["ana"], announced=["yes"])

    places = [card(dev), dev.messages("incidents")[-1], world.person("ana").dm()[0]]
    topic = world.slack.workspace.channel(CHANNEL).topic.value

    assert all(shown(one).startswith("DRILL · ") for one in places)
    assert topic.startswith("DRILL · ")


async def test_a_private_type_starts_the_form_as_private(world: World):
    dev = await inc(world, "dev", "", "general")
    await dev.fill({"name": "Disk full", "severity": "S3", "type": "SIRT"})

    await dev.press("declare_type", value="SIRT")
    await world.settle()
    assert await sends(world, dev) == {}

    assert world.slack.workspace.channel(CHANNEL).private
    assert "private" in shown(card(dev))


async def test_a_command_or_button_that_slack_delivers_twice_opens_one_form(world: World):
    world.slack.manners.copies = lambda: 2

    dev = await inc(world, "dev", "declare Disk full", channel="general")
    assert dev.modal
    await dev.fill({"severity": "S3"})
    assert await dev.submit() == {}
    await world.settle()
    await presses(world, dev, card(dev), "Status")
    await inc(world, "dev", "status")
    await dev.shortcut("declare_anywhere")
    await world.settle()

    said = [
        one["text"] for room in ("general", CHANNEL) for one in dev.messages(room) if one.get("is_ephemeral")
    ]
    assert [text.partition(" (")[0] for text in said] == ["*INC-1 Disk full*"]
    assert [call.ok for call in world.slack.calls("views.open")] == [True, False] * 4


@pytest.mark.parametrize("severity", ["S3", "S1"])
async def test_whoever_declares_is_answered_in_private_where_they_did(world: World, severity: str):
    dev = await world.declare(severity=severity)

    (said,) = [one for one in dev.messages("general") if one.get("is_ephemeral")]
    assert said["text"].startswith("*INC-1 Disk full* (")
    assert f" {severity} " in said["text"]
    assert "· Investigating) is declared. Being paged: " in said["text"]
    assert "<@" not in said["text"]
    assert not any(one.get("is_ephemeral") for one in world.person("ana").messages("general"))


@pytest.mark.parametrize("confirms", [True, False])
async def test_what_was_said_in_private_is_shown_to_everybody_only_after_a_question(
    world: World, confirms: bool
):
    dev = world.person("lena")
    said = await dev.say("leadership", "The CEO's laptop is stolen")
    await dev.message_shortcut("declare_from_message", said)
    await world.settle()
    await dev.fill({"severity": "S3", "visibility": "Everyone (public)"})
    assert await dev.submit() == {}
    await world.settle()

    assert "Everybody will read what was said in private" in shown(dev.modal)
    assert told(dev, "incidents") == []
    await dev.fill({} if confirms else {"visibility": "Private"})
    assert await dev.submit() == {}
    await world.settle()

    announced = told(dev, "incidents")
    assert any("laptop" in text for text in announced) is confirms
    assert dev.modal is None


async def test_the_private_answer_gets_the_channels_link_in_its_place(world: World):
    dev = await world.declare()

    (said,) = [one for one in dev.messages("general") if one.get("is_ephemeral")]
    channel = world.slack.workspace.channel(CHANNEL)
    assert said["text"].endswith(f"is declared. Being paged: ana. Go on in <#{channel.id}>.")


@pytest.mark.parametrize(("wait", "uses"), [(1900, 0), (60, MOST_USES)], ids=["expired", "used up"])
async def test_an_answer_that_cannot_be_edited_any_more_stays_as_it_is(world: World, wait: int, uses: int):
    world.slack.faults.append(Fault("conversations.create", "ratelimit", wait))
    dev = await world.declare()
    for hook in world.slack.workspace.hooks.values():
        hook.uses += uses
    await world.pass_minutes(wait / 60 + 1)

    (said,) = [one for one in dev.messages("general") if one.get("is_ephemeral")]
    assert said["text"].endswith("Its channel is being opened: my direct message to you has the link.")
    assert any(f"<#{world.slack.workspace.channel(CHANNEL).id}>" in shown(one) for one in dev.dm())
    assert not any("could not" in text for text in [*told(dev), *(shown(one) for one in dev.dm())])


async def test_a_shortcut_from_anywhere_is_answered_by_the_direct_message_alone(world: World):
    dev = world.person("dev")
    await dev.shortcut("declare_anywhere")
    await world.settle()
    await dev.fill({"name": "Disk full", "severity": "S3"})
    assert await dev.submit() == {}
    await world.settle()

    assert len(dev.dm()) == 1
    assert not any(one.get("is_ephemeral") for one in dev.messages("general"))


async def test_an_answer_that_cannot_get_its_link_stays_as_it_is(world: World):
    world.slack.faults.append(Fault("conversations.create", "error", "internal_error"))
    await world.declare()
    world.slack.faults.append(Fault("response_url", "drop_before"))
    await world.pass_minutes(1)

    given_up = await world.muster.uow.read(lambda tx: tx.all("SELECT job FROM outbox WHERE state = 'dead'"))
    assert (world.slack.faults, given_up) == ([], [])
