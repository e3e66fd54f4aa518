"""Forms that are sent twice or too late, and buttons that outlive what they are for."""

import asyncio

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, card, inc, presses, sends, shown, told, whole_panel


async def test_a_form_sent_twice_acts_once(world: World):
    dev = await inc(world, "dev", "", "general")
    await dev.fill({"name": "Disk full", "severity": "S3"})
    await asyncio.gather(dev.submit(), dev.submit())
    await world.settle()
    for word, answers in (
        ("update", {"text": "Still full"}),
        ("action", {"title": "Drain"}),
        ("escalate cmoc", {"message": "Please"}),
    ):
        await inc(world, "dev", word)
        await dev.fill(answers)
        await asyncio.gather(dev.submit(), dev.submit())
        await world.settle()

    assert "*1 open incident*" in shown(await asks(world, "dev", "list"))
    public = [shown(one) for one in dev.messages(CHANNEL) if not one.get("is_ephemeral")]
    assert [sum(words in one for one in public) for words in ("*Update on", "*Action:*")] == [1, 1]
    assert len(world.person("carla").dm()) == len(world.person("ana").dm()) == 1


OLD_BUTTONS = {
    "Update": "INC-1 is Cancelled and takes no updates.",
    "Escalate": "INC-1 is Cancelled: nobody is paged for it any more.",
    "Cancel the incident": "INC-1 is Cancelled already.",
    "Severity": "INC-1 is Cancelled; its severity stays.",
    "Add action": "INC-1 is Cancelled: it takes no more actions.",
    "Take the lead": "INC-1 is Cancelled: its people stay as they are.",
    "Hand over the lead": "INC-1 is Cancelled: its people stay as they are.",
    "Roles": "INC-1 is Cancelled: its people stay as they are.",
    "Summary": "INC-1 is Cancelled: its summary stays as it is.",
    "Rename": "INC-1 is Cancelled: it keeps its name.",
    "Take this page": "This page was cancelled: INC-1 is Cancelled.",
    "Escalate now": "This page was cancelled: INC-1 is Cancelled.",
}


@pytest.mark.parametrize(("label", "says"), OLD_BUTTONS.items(), ids=OLD_BUTTONS)
async def test_an_old_button_of_an_incident_that_is_over_says_so(world: World, label: str, says: str):
    await world.declare()
    who = "dev" if label == "Hand over the lead" else "ren"
    person = world.person(who)
    await person.join(CHANNEL)
    panel = await whole_panel(world, who)
    await inc(world, "dev", "cancel A test")

    await presses(world, person, panel, label, confirm=True)

    assert person.modal is None
    assert answer(person)["text"].startswith(says)


FORMS = {
    "update": ({"text": "Still full"}, "status"),
    "severity": ({"severity": "S1"}, "severity"),
    "status": ({"status": "Fixing"}, "status"),
    "cancel": ({"reason": "A test"}, "reason"),
    "summary": ({"summary": "Still full"}, "summary"),
    "action": ({"title": "Drain"}, "title"),
    "field": ({"field:Customer impact": "yes"}, "field:Keep GitLab Issue Confidential"),
    "escalate cmoc": ({"message": "Please"}, "teams"),
    "role": ({"role": "IM", "person": "sam"}, "person"),
    "lead": ({"person": "sam"}, "person"),
    "rename": ({"name": "Mail is slow"}, "name"),
}


@pytest.mark.parametrize(("word", "answers", "field"), [(word, *rest) for word, rest in FORMS.items()])
async def test_a_form_sent_after_the_end_keeps_what_was_written(
    world: World, word: str, answers: dict[str, str], field: str
):
    await world.declare()
    dev = await inc(world, "dev", word)
    await inc(world, "dev", "cancel A test")

    problems = await sends(world, dev, **answers)

    assert list(problems) == [field]
    assert "INC-1 is Cancelled" in str(problems)
    assert dev.modal


@pytest.mark.parametrize("where", [CHANNEL, "general"])
async def test_words_that_were_typed_before_the_incident_ended_are_asked_about_again(
    world: World, where: str
):
    dev = await world.declare()
    asked = await asks(world, "dev", f"{'updte' if where == CHANNEL else 'update'} Still full", where)
    label = "/inc update Still full" if where == CHANNEL else "For INC-1"
    world.clock.advance(seconds=5)
    await inc(world, "dev", "resolve fix")

    await presses(world, dev, asked, label)

    said = answer(dev, where)
    assert shown(said).startswith("INC-1 is Resolved since you were asked.")
    assert not any("Still full" in text for text in told(dev))
    world.clock.advance(seconds=5)
    await presses(world, dev, said, "/inc update Still full")
    assert len([text for text in told(dev) if "Still full" in text]) == 1


async def test_the_card_begins_the_review_at_once_and_a_second_press_says_that_it_has(world: World):
    dev = await world.declare(severity="S1")
    await world.pass_minutes(1)
    await inc(world, "dev", "resolve fix")
    drawn = card(dev)

    await asyncio.gather(*(dev.click(drawn, text="Begin the review") for _ in range(2)))
    await world.settle()

    said = [shown(one) for one in dev.messages(CHANNEL) if one.get("is_ephemeral")]
    assert any(one.startswith("INC-1 is now Post-incident.") for one in said)
    assert any(one.startswith("INC-1 is Post-incident already.") for one in said)


async def test_a_second_press_of_a_status_that_it_has_says_so(world: World):
    dev = await world.declare(severity="S1")
    await inc(world, "dev", "resolve fix")
    asked = await asks(world, "dev", "staus Post-incident")
    world.clock.advance(seconds=5)
    await inc(world, "dev", "status Post-incident")

    await presses(world, dev, asked, "/inc status Post-incident")

    assert shown(answer(dev)).startswith("INC-1 is Post-incident already.")
