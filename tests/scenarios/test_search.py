"""Finding incidents: by command, from a list, and on the Home tab; and what the Home shows of them."""

import pytest

from sandbox.person import _pressable
from sandbox.wire import view_object
from tests.scenarios.conftest import World
from tests.scenarios.look import Json, answer, asks, buttons, inc, presses, sends, shown


async def at_home(world: World, who: str) -> Json:
    """Return what somebody's Home shows when they open it."""
    await world.person(who).open_home()
    await world.settle()
    user = world.slack.workspace.user(who)
    assert user.home
    home: Json = view_object(world.slack.workspace, user.home)
    return home


async def presses_at_home(world: World, who: str, label: str) -> None:
    home = await at_home(world, who)
    block, element = _pressable(home["blocks"], None, label, None)
    await world.person(who)._press(block, element, None, False, view_id=home["id"])
    await world.settle()


async def presses_in_form(world: World, who: str, label: str) -> None:
    await world.person(who).press(text=label)
    await world.settle()


@pytest.fixture
async def three(world: World) -> World:
    """Have one that is over, one that is open, and a private one, of which dev alone knows."""
    await world.declare(name="Überlast in the api_gateway")
    await inc(world, "dev", "cancel A test", "inc-1-uberlast-in-the-api-gateway")
    await world.declare(name="Checkout is down", severity="S1")
    await world.declare(name="Checkout was stolen", visibility="private")
    return world


async def test_a_list_leads_to_the_search_which_shows_in_its_form_what_it_finds(three: World):
    listed = await asks(three, "bo", "list", "general")
    bo = three.person("bo")

    await presses(three, bo, listed, "Search")
    assert bo.modal
    assert "Checkout is down" in shown(bo.modal)
    assert await sends(three, bo, words="uber-") == {}
    assert "No incident is open with “uber-”. 1 of all incidents is: press *All*." in shown(bo.modal)
    await presses_in_form(three, "bo", "All")

    assert "*1 incident* with “uber-”, open ones and the newest first\n*INC-1 Überlast" in shown(bo.modal)


async def test_the_home_searches_all_that_the_person_may_see(three: World):
    for who, found in (("dev", "2 incidents"), ("bo", "1 incident")):
        await presses_at_home(three, who, "Search incidents")
        person = three.person(who)
        assert await sends(three, person, words="CHECK") == {}
        assert f"*{found}* with “CHECK”" in shown(person.modal)
        assert "stolen" not in shown(person.modal)
    assert await sends(three, three.person("bo"), words='"; DROP') == {}

    assert 'There is no incident with “"; DROP”. Each word must begin one in names' in shown(
        three.person("bo").modal
    )


async def test_what_is_found_is_leafed_through(world: World):
    for number in range(13):
        await world.declare(name=f"Disk {number}")

    await presses_at_home(world, "bo", "Search incidents")
    bo = world.person("bo")
    assert await sends(world, bo, words="S3 disk") == {}
    assert "page 1 of 2" in shown(bo.modal)
    await presses_in_form(world, "bo", "Next")
    assert "page 2 of 2" in shown(bo.modal)
    assert "*INC-1 Disk 0*" in shown(bo.modal)
    await presses_in_form(world, "bo", "Previous")

    assert "*INC-13 Disk 12*" in shown(bo.modal)


async def test_the_home_has_what_is_open_the_persons_own_first_and_ways_to_act(three: World):
    mine, others = shown(await at_home(three, "dev")), shown(await at_home(three, "bo"))

    own, every = mine.index("Your incidents"), mine.index("Open incidents")
    assert own < mine.index("*INC-2 Checkout is down*") < every
    assert "*private incident INC-3*" in mine
    assert "Überlast" not in mine
    assert "Your incidents" not in others
    assert "*INC-2 Checkout is down*" in others
    assert "INC-3" not in others
    await presses_at_home(three, "bo", "Declare an incident")

    assert "Severity" in shown(three.person("bo").modal)


async def test_a_home_with_many_shows_the_worst_and_leads_to_the_others(world: World):
    for number in range(11):
        await world.declare(name=f"Disk {number}", severity="S4" if number else "S2")
    home = await at_home(world, "bo")

    assert "*INC-1 Disk 0*" in shown(home)
    assert "*INC-11 Disk 10*" not in shown(home)
    assert len(home["blocks"]) < 40
    await presses_at_home(world, "bo", "And 1 more")

    assert "*11 open incidents*, worst first" in shown(world.person("bo").modal)


async def test_a_guest_finds_nothing_of_incidents_that_they_are_not_in(three: World):
    assert "Checkout" not in shown(await at_home(three, "gus"))
    await presses_at_home(three, "gus", "Search incidents")
    assert await sends(three, three.person("gus"), words="checkout") == {}
    assert "There is no incident with “checkout”" in shown(three.person("gus").modal)


async def test_words_after_the_command_find_and_the_next_step_stands_below(three: World):
    found = await asks(three, "bo", "list all gateway", "general")
    nothing = await asks(three, "bo", "list all *(", "general")

    assert "*INC-1 Überlast in the api_gateway*" in shown(found)
    assert shown(await asks(three, "bo", "search gateway", "general")) == shown(found)
    assert "*1 open incident*" in shown(await asks(three, "bo", "search open check", "general"))
    form = (await inc(three, "bo", "search", "general")).modal
    assert form
    assert "*2 incidents*, newest first" in shown(form), "the private one is not among them"
    assert "To practise: `/inc test`" in shown(await asks(three, "bo", "list drills", "general"))
    assert "Severities are S1 (worst)" in shown(await asks(three, "bo", "list S9", "general"))
    for number in (3, 99):
        unknown = await asks(three, "bo", f"INC-{number} recap", "general")
        assert unknown["text"] == f"I know no incident `INC-{number}`."
        assert buttons(unknown) == ["Ask for access", "All open incidents"]
    assert "There is no incident with “∗(”." in shown(nothing)
    assert "Search" in buttons(nothing)
    assert answer(three.person("bo"), "general")
