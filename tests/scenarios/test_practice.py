"""Practice: whoever was chosen is called as in an incident, and nobody else is, whatever happens."""

import re

import pytest

from bot.config import Config
from sandbox.slack import Slack
from tests.scenarios.conftest import World, with_phones
from tests.scenarios.look import acknowledged, answer, asks, buttons, card, inc, presses, sends, shown

ROOM = "inc-1-disk-full"
OUTSIDE = ("ana", "bo", "ines", "ivan", "carla", "chen", "lena", "luis", "lia", "selma", "piet", "rosa")


@pytest.fixture
def config(slack: Slack) -> Config:
    return with_phones(slack)


def reached(world: World) -> dict[str, list[str]]:
    """Return what reached those who do not take part: direct messages, texts on the phone, and mentions."""
    sent = [one.args for name in ("chat.postMessage", "chat.update") for one in world.slack.calls(name)]
    found = {}
    for who in OUTSIDE:
        person = world.person(who)
        mentions = [str(one) for one in sent if f"<@{person.id}>" in str(one)]
        got = [one["text"] for one in person.dm()] + [one.text for one in person.phone()] + mentions
        if got:
            found[who] = got
    return found


def everything(world: World) -> list[str]:
    return [
        one.args["text"] for name in ("chat.postMessage", "chat.update") for one in world.slack.calls(name)
    ]


async def practise(world: World, words: str = "S1 Disk full") -> None:
    dev = await inc(world, "dev", f"test @ren @sam {words}", "general")
    assert "Only" in shown(answer(dev, "general"))
    await world.settle_down()


async def test_every_path_and_timer_calls_only_those_who_take_part_and_all_say_drill(world: World):
    await practise(world)
    first = len(world.person("ren").dm())
    assert first >= 1
    await world.pass_minutes(16)
    assert len(world.person("sam").dm()) >= 1
    await world.stop()
    await world.start()
    await world.pass_hours(2)
    dev = await inc(world, "dev", "verify", ROOM)
    await world.pass_minutes(20)
    await acknowledged(world, "ren")
    await inc(world, "dev", "escalate Security", ROOM)
    assert await sends(world, dev, message="Look") == {}
    await inc(world, "dev", "update Half of it is back", ROOM)
    await world.pass_hours(2)

    assert reached(world) == {}
    texts = everything(world)
    assert [one for one in texts if "<!channel>" in one or "<!here>" in one] == [], "others may look on"
    assert len(texts) > 20
    assert [one for one in texts if not one.startswith("DRILL · ")] == []
    phones = [one.text for who in ("ren", "sam") for one in world.person(who).phone()]
    assert [one for one in phones if "DRILL" not in one] == []
    assert [one for one in world.slack.calls("chat.postMessage") if one.args["channel"] == "incidents"] == []
    assert "announced" not in str(world.person("ana").messages("incidents"))
    assert world.texts("ana", "incidents") == []


async def test_every_answer_home_list_and_question_says_drill_first(world: World):
    await practise(world, "S2 Disk full")
    sam = world.person("sam")  # of whom two roles are wanted

    await sam.open_home()
    await world.settle()
    home = shown(await sam.open_home())
    first = home.partition("Pages that wait for you")[2].partition("Open incidents")[0]
    assert first.count("INC-1 Disk full") == first.count("DRILL · *INC-1 Disk full*") > 1
    assert "Incident Manager (dotcom IMOC)" in first, "pages of practice are told apart"
    assert "DRILL · *INC-1 Disk full*" in shown(await asks(world, "ren", "list drills", "general"))
    assert not shown(await asks(world, "ren", "list", ROOM)).startswith("DRILL")
    done = ("", "severity S1", "verify", "role IM @sam", "public partial", "recap", "timeline", "roles")
    for one in (*done, "reopen", "undo lead", "pause", "field bogus 3", "nearmiss", "role IM @lena"):
        assert shown(await asks(world, "dev", one, ROOM)).startswith("DRILL · "), one

    dev = await inc(world, "dev", "escalate", ROOM)
    assert "Only those who take part are called" in shown(dev.modal)
    assert world.person("ana").id not in str(dev.modal)


async def test_who_declared_it_for_others_is_told_of_it_and_reminded_of_nothing(world: World):
    """They lead until somebody acknowledges; what is overdue is said in its channel alone."""
    await practise(world, "S2 Disk full")
    await world.pass_hours(4)

    dev = world.person("dev")
    assert [one["text"] for one in dev.dm() if "You declared" not in one["text"]] == []
    assert "overdue" in str(dev.messages(ROOM))


@pytest.mark.parametrize(
    "words",
    [
        "escalate @ana What is it?",
        "role IM @ana",
        "lead @ana",
        "action Look into it @ana",
        "subscribe @ana",
    ],
)
async def test_nobody_outside_is_given_work_until_they_take_part(world: World, words: str):
    await practise(world)
    said = await asks(world, "dev", words, ROOM)

    assert "does not take part" in shown(said)
    assert "Take part" in buttons(said)
    assert reached(world) == {}

    await inc(world, "dev", "test @ana", ROOM)
    await inc(world, "dev", words, ROOM)
    await inc(world, "dev", "update Still looking", ROOM)
    assert set(reached(world)) == {"ana"}


async def test_who_passes_by_answers_only_once_they_take_part(world: World):
    await practise(world)
    await world.person("ana").join(ROOM)
    said = await asks(world, "ana", "ack", ROOM)
    assert (
        "does not take part" in shown(said) or "not yours" in shown(said) or "nothing" in shown(said).lower()
    )
    said = await asks(world, "ana", "test me", ROOM)
    assert "takes part" in shown(said)


@pytest.mark.parametrize(
    ("words", "said"),
    [("subscribe #general", "only who takes part hears of it"), ("notice It is down", "executives")],
)
async def test_no_channel_outside_hears_of_it(world: World, words: str, said: str):
    await practise(world)

    assert said in shown(await asks(world, "dev", words, ROOM))


async def test_it_stays_out_of_lists_but_its_own(world: World):
    await practise(world)

    for words in ("list", "list all", "list mine", "list recent"):
        assert "Disk full" not in shown(await asks(world, "dev", words, "general"))
    assert "Disk full" in shown(await asks(world, "dev", "list drills", "general"))
    assert "No incident is open" in shown(await asks(world, "ana", "update It is back", "general"))
    assert "Disk full" in shown(await asks(world, "dev", "update It is back", "general"))


async def test_whom_nobody_knows_is_no_part_of_its_name(world: World):
    for text in ("test @nobody S1 Database is down", "test me @old S1 Database is down"):
        refused = shown(await asks(world, "dev", text, "general"))
        assert "I do not know who `@" in refused
        assert f"/inc {text}" in refused, "nothing typed is lost"
    assert "*INC-1 Mails to @all*" in shown(await asks(world, "dev", "test me Mails to @all", "general"))


async def test_the_form_takes_people_and_a_gameday_too(world: World):
    ren = world.person("ren").id
    dev = await inc(world, "dev", "test", "general")
    assert "Who takes part?" in shown(dev.modal)
    assert await sends(world, dev, name="Disk full", severity="S1", people=[ren]) == {}
    await world.settle_down()
    await inc(world, "dev", "declare Game", "general")
    await dev.fill({"type": "Gameday", "severity": "S1"})
    assert await sends(world, dev) == {}, "the form asks what it did not ask yet"
    assert "Who takes part?" in shown(dev.modal)
    assert await sends(world, dev) == {"people": "Please complete this required field."}
    assert await sends(world, dev, people=[ren]) == {}
    await world.pass_hours(1)

    assert reached(world) == {}
    assert re.search("DRILL", shown(card(dev, ROOM)))


async def test_the_tutorial_names_each_next_step_in_one_message_that_is_edited(world: World):
    dev = await inc(world, "dev", "tutorial", "general")
    await world.settle_down()
    room = "inc-1-my-first-incident"

    def guide() -> str:
        (found,) = [one for one in world.person("dev").dm() if "step by step" in one["text"]]
        assert found["text"].startswith("DRILL · ")
        return str(found["text"])

    assert guide().endswith("Next: Acknowledge your page.")
    (page,) = [one for one in dev.dm() if "Acknowledge" in buttons(one)]
    await dev.click(page, text="Acknowledge")
    await world.settle()
    assert guide().endswith("Next: Send an update.")
    await world.stop()
    await world.start()
    await inc(world, "dev", "update I found the cause", room)
    assert guide().endswith("Next: Pin what matters.")
    await dev.say(room, "The disk was full")
    await dev.react(dev.messages(room)[-1], "pushpin")
    await world.settle()
    assert guide().endswith("Next: Resolve it.")
    await inc(world, "dev", "resolve fix", room)
    assert "That is all" in guide()
    assert "INC-2 My first incident" in shown(await asks(world, "dev", "tutorial", "general"))
    again = await asks(world, "dev", "tutorial", "general")
    assert "Your tutorial INC-2 goes on" in shown(again)
    await presses(world, dev, again, "End it")
    assert "INC-3 My first incident" in shown(await asks(world, "dev", "tutorial", "general"))
    assert reached(world) == {}


async def test_a_guest_is_told_that_the_tutorial_is_not_theirs(world: World):
    refused = await asks(world, "gus", "tutorial", "general")

    assert "which guests do not do here" in shown(refused)
    assert "Choose" not in shown(refused)
