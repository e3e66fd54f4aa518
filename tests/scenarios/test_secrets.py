"""What looks like a secret in an update, a note, the summary, a name or a pinned message."""

import logging

import pytest

from handlers.inc import SUBCOMMANDS
from sandbox.person import Person
from storage import held_texts, incidents
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, Json, answer, asks, buttons, inc, presses, sends, shown

KEY = "glpat-" + "aB3dE6gH9jK2mN5pQ8sT"  # put together, so that no scanner takes this file for a leak
MASKED = "••••••••"


def warnings(person: Person) -> list[Json]:
    return [one for one in person.dm() if "looks like a secret" in shown(one)]


def everything(world: World, *people: str) -> str:
    """Return all that these people see in the channels and in their direct messages."""
    seen: list[Json] = []
    for who in people:
        person = world.person(who)
        for place in (CHANNEL, "incidents", "incidents-dotcom"):
            for one in person.messages(place):
                seen += [one, *person.messages(place, one["ts"])]
        seen += person.dm()
    return "\n".join(shown(one) for one in seen)


@pytest.fixture(autouse=True)
def nothing_in_the_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    yield
    assert KEY not in caplog.text


@pytest.mark.parametrize("what", ["update", "note"])
async def test_a_typed_one_waits_for_its_author(world: World, what: str):
    await world.declare()

    asked = await asks(world, "dev", f"{what} The key {KEY} does not work")

    assert f"*Your {what} is not posted yet:*" in shown(asked)
    assert "GitLab Token" in shown(asked)
    assert KEY not in shown(asked)
    assert "does not work" in shown(asked)
    assert buttons(asked) == ["Change it", "Post anyway", "Discard"]
    assert "does not work" not in everything(world, "ana", "lena")

    dev = world.person("dev")
    await presses(world, dev, asked, "Post anyway")

    assert shown(answer(dev)) == f"Your {what} on INC-1 is posted."
    assert KEY in shown(await asks(world, "dev", "timeline"))
    assert "confirmed what looked like a secret (GitLab Token)" in shown(
        await asks(world, "dev", "timeline all")
    )


@pytest.mark.parametrize("what", ["update", "note"])
async def test_it_can_be_changed_or_discarded(world: World, what: str):
    await world.declare()
    asked = await asks(world, "dev", f"{what} The key {KEY} does not work")
    dev = world.person("dev")

    await presses(world, dev, asked, "Change it")
    assert KEY in str(dev.modal)
    assert await sends(world, dev, text="The key does not work") == {}
    assert "The key does not work" in shown(await asks(world, "dev", "timeline"))
    await presses(world, dev, asked, "Post anyway")
    assert "decided already" in shown(answer(dev))

    again = await asks(world, "dev", f"{what} Look: {KEY}")
    await presses(world, dev, again, "Discard")
    assert "Nothing is posted" in shown(answer(dev))
    assert (await world.muster.uow.read(held_texts.get, 2)).text == ""


async def test_the_question_is_answered_after_a_restart(world: World):
    await world.declare()
    asked = await asks(world, "dev", f"update Look: {KEY}")

    await world.stop()
    await world.start()

    await presses(world, world.person("dev"), asked, "Post anyway")
    assert KEY in everything(world, "ana")


async def sent(world: World, dev: Person, **answers: str) -> None:
    """Send a form that holds the key: it asks, keeps what was typed, and goes on when it is confirmed."""
    before = dev.modal
    assert before
    assert await sends(world, dev, **answers) == {}
    assert dev.modal
    assert "Nothing is saved yet" in shown(dev.modal)
    assert dev.modal["title"] == before["title"]
    said = await sends(world, dev)
    assert said == {"secret_sure": "It is still there. Take it out, or tick this if it is no secret."}
    sure = next(one for one in dev.modal["blocks"] if one.get("block_id") == "secret_sure")
    assert await sends(world, dev, secret_sure=[sure["element"]["options"][0]["value"]]) == {}


@pytest.mark.parametrize(
    ("command", "field"),
    [("update", "text"), ("note", "text"), ("summary", "summary"), ("summary", "causes")],
)
async def test_a_form_asks_in_place_and_loses_nothing(world: World, command: str, field: str):
    await world.declare()

    dev = await inc(world, "dev", command)
    await sent(world, dev, **{field: f"The key {KEY} does not work"})

    assert dev.modal is None
    assert KEY in shown(await asks(world, "dev", "timeline all"))


async def test_a_form_without_it_goes_on_at_once(world: World):
    await world.declare()
    dev = await inc(world, "dev", "update")
    assert await sends(world, dev, text=f"Look: {KEY}", status="Fixing") == {}
    assert dev.modal

    assert await sends(world, dev, text="Look for the key") == {}

    assert dev.modal is None
    made = await world.muster.uow.read(incidents.get, 1)
    assert made.status == "Fixing"


async def test_the_form_for_resolving_asks_too(world: World):
    await world.declare()
    dev = await inc(world, "dev", "resolve")

    await sent(world, dev, ended="A fix", summary=f"Leaked {KEY}")

    assert (await world.muster.uow.read(incidents.get, 1)).summary.summary == f"Leaked {KEY}"


async def test_a_declaration_pages_at_once_and_shows_it_masked(world: World):
    dev = await world.declare(name=f"Leak {KEY}", summary=f"Somebody posted {KEY}, severity unclear")

    assert len(world.person("ana").dm()) == 1
    channel = (await world.muster.uow.read(incidents.get, 1)).channel
    assert channel
    seen = "\n".join(
        map(shown, [*dev.messages(channel), *world.person("ana").dm(), *dev.messages("incidents")])
    )
    assert KEY not in seen
    assert f"Leak glpa{MASKED}" in seen
    first, second = warnings(dev)
    assert buttons(first) == buttons(second) == ["No secret: show it", "Leave it masked"]
    assert KEY not in shown(first) + shown(second)

    await presses(world, dev, first, "No secret: show it")
    await presses(world, dev, second, "Leave it masked")

    made = await world.muster.uow.read(incidents.get, 1)
    assert made.name == f"Leak {KEY}"
    assert KEY not in made.summary.summary
    became = [shown(one) for one in warnings(dev)]
    assert "said that it is none" in became[0]
    assert "left it masked" in became[1]
    assert [buttons(one) for one in warnings(dev)] == [[], []]


async def pinned(world: World) -> Json:
    dev = await world.declare()
    message = await dev.say(CHANNEL, f"The key is {KEY}, is it?")
    ren = world.person("ren")
    await ren.join(CHANNEL)
    await ren.react(message, "pushpin")
    await world.settle()
    return message


async def test_a_pinned_one_is_kept_masked_and_its_author_and_pinner_are_asked(world: World):
    await pinned(world)
    dev, ren = world.person("dev"), world.person("ren")

    for question in ("timeline", "timeline all", "recap"):
        seen = shown(await asks(world, "dev", question))
        assert KEY not in seen
        assert MASKED in seen
    assert "masked: it looks like a secret, GitLab Token" in shown(await asks(world, "dev", "timeline"))
    for person, words in ((dev, "you wrote"), (ren, f"<@{dev.id}> wrote")):
        (warning,) = warnings(person)
        assert words in shown(warning)
        assert "/archives/" in shown(warning)
        assert KEY not in shown(warning)

    await presses(world, ren, warnings(ren)[0], "No secret: show it")

    assert KEY in shown(await asks(world, "dev", "timeline"))
    assert [buttons(*warnings(one)) for one in (dev, ren)] == [[], []]


async def test_an_edit_that_takes_it_out_ends_the_question(world: World):
    message = await pinned(world)
    dev = world.person("dev")

    await dev.edit(message, "The key is gone")
    await world.settle()

    seen = shown(await asks(world, "dev", "timeline"))
    assert "The key is gone" in seen
    assert "masked" not in seen
    assert (await world.muster.uow.read(held_texts.get, 1)).text == ""
    assert "An edit took it out." in shown(warnings(dev)[0])
    assert buttons(warnings(dev)[0]) == []
    assert "An edit took out what looked like a secret" in shown(await asks(world, "dev", "timeline all"))


async def test_a_name_with_one_is_refused_and_the_answer_does_not_repeat_it(world: World):
    await world.declare()

    refused = await asks(world, "dev", f"rename The checkout fails with the key {KEY}")

    assert "a name is shown everywhere" in shown(refused)
    assert KEY not in shown(refused)
    assert MASKED in shown(refused)


ASKED = [word for word, command in SUBCOMMANDS.items() if not command.own_way_with_secrets]


async def test_every_command_asks_about_it_before_anything_is_done(world: World):
    """A new command cannot forget: it has its own way, which a test here tries, or is asked about."""
    dev = await world.declare()
    own = set(SUBCOMMANDS) - set(ASKED)
    assert own == {"declare", "escalate", "note", "rename", "stream", "update"}

    for word in ASKED:
        refused = await asks(world, "dev", f"{word} The key {KEY} does not work")
        assert "looks like it holds a secret (GitLab Token), and nothing was done" in shown(refused), word
        assert buttons(refused) == ["It is no secret: go on"]
        assert KEY not in shown(refused)
        assert dev.modal is None

    assert KEY not in everything(world, "ana", "lena")
    await asks(world, "dev", f"INC-1 cancel The key {KEY} was none")
    await presses(world, dev, answer(dev), "It is no secret: go on")
    assert (await world.muster.uow.read(incidents.get, 1)).status == "Cancelled"
    assert KEY in shown(await asks(world, "dev", "timeline all"))


@pytest.mark.parametrize(
    ("command", "answers"),
    [
        ("action", {"title": f"Rotate {KEY}"}),
        ("link", {"name": "Grafana", "url": f"https://grafana.example/?token={KEY}"}),
        ("pause", {"reason": f"Waiting for {KEY}"}),
    ],
)
async def test_each_form_asks_about_each_of_its_texts(world: World, command: str, answers: dict[str, str]):
    await world.declare(severity="S4")

    dev = await inc(world, "dev", command)
    await sent(world, dev, **answers)

    assert KEY in shown(await asks(world, "dev", "timeline all"))


@pytest.mark.parametrize("whom", [{"teams": ["dotcom IMOC"]}, {"person": "ren"}])
async def test_the_message_of_a_page_is_masked_and_does_not_wait(world: World, whom: dict[str, object]):
    await world.declare()
    paged = world.person("ren" if "person" in whom else "ines")

    dev = await inc(world, "dev", "escalate")
    assert await sends(world, dev, message=f"The key {KEY} leaked", **whom) == {}

    (call,) = paged.dm()
    assert KEY not in shown(call)
    assert f"The key glpa{MASKED} leaked" in shown(call)
    assert "What looks like a secret in your message (GitLab Token) is masked" in shown(dev.modal)


async def test_what_is_held_is_listed_for_its_author_and_masked_for_the_lead(world: World):
    await world.declare(summary=f"Somebody posted {KEY}")
    dev, ren = world.person("dev"), world.person("ren")
    await ren.join(CHANNEL)
    await inc(world, "ren", f"update Look: {KEY}")

    assert "No text of yours on INC-1" in shown(await asks(world, "ana", "held"))
    theirs = await asks(world, "ren", "held")
    assert "*An update*" in shown(theirs)
    assert buttons(theirs) == ["Change it", "Post anyway", "Discard"]
    led = await asks(world, "dev", "held")
    assert "*The summary*" in shown(led)
    assert KEY not in shown(theirs) + shown(led)
    await presses(world, dev, led, "Leave it masked")
    assert "In the summary on INC-1 it stays masked" in shown(answer(dev))
    await presses(world, ren, theirs, "Discard")
    assert "Nothing is posted" in shown(answer(ren))
    assert "No text of yours waits" in shown(await asks(world, "ren", "held", "general"))


async def test_a_private_incident_is_not_named_in_the_warning(world: World):
    dev = await world.declare(name="Stolen laptop", summary=f"It held {KEY}", visibility="private")

    (warning,) = warnings(dev)

    assert "private incident INC-1" in shown(warning)
    assert "Stolen" not in shown(warning)
