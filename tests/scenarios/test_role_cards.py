"""What whoever takes a role reads of it, in the message that they have anyway."""

from tests.scenarios.conftest import World
from tests.scenarios.look import acknowledged, answer, asks, inc, presses, shown, told

FLAGS = "Set recent feature flags back at once"
NAMED = "rename yourself *EOC - name*"


async def test_whoever_acknowledges_reads_their_duties_in_the_page(world: World) -> None:
    await world.declare()
    before = len(world.person("ana").dm())

    ana = await acknowledged(world)

    assert len(ana.dm()) == before
    assert (FLAGS in shown(ana.dm()[0]), NAMED in shown(ana.dm()[0])) == (True, True)
    assert "4 more: `/inc duties INC-1`." in shown(ana.dm()[0]), "at S3 it is short"
    assert "when the summary says all" in shown(await asks(world, "ana", "duties INC-1", "general"))
    assert FLAGS in shown(await asks(world, "ana", "duties"))


async def test_whoever_is_given_a_role_reads_its_duties_in_one_message(world: World) -> None:
    await world.declare()
    before = len(world.person("ren").dm())

    await inc(world, "dev", "role CMOC @ren")
    ren = world.person("ren")

    assert len(ren.dm()) == before + 1
    assert "made you CMOC" in shown(ren.dm()[-1])
    assert "*What is expected of you as CMOC.*" in shown(ren.dm()[-1])


async def test_whoever_takes_a_role_by_hand_reads_its_duties_and_nobody_else_does(world: World) -> None:
    await world.declare()

    ren = await inc(world, "ren", "role IM me", "inc-1-disk-full")

    assert "You took IM" in shown(ren.dm()[-1])
    assert "required fields are set" in shown(ren.dm()[-1])
    assert "senior leader" not in shown(ren.dm()[-1]), "at S3 and S4 it is short"
    await presses(world, ren, ren.dm()[-1], "All that is expected (8 more)")
    assert "senior leader should join" in shown(ren.dm()[-1])
    assert "senior leader" not in " ".join(world.texts("dev", "inc-1-disk-full"))


async def test_the_roles_lead_to_the_duties_of_whoever_asks(world: World) -> None:
    await world.declare()
    dev = world.person("dev")

    await presses(world, dev, await asks(world, "dev", "roles"), "My duties")
    assert "Nothing is written down for a role of yours" in shown(answer(dev))

    assert "Be the voice of the incident" in shown(await asks(world, "dev", "duties cmoc"))
    assert "I know no role `chef`" in shown(await asks(world, "dev", "duties chef"))
    assert "Be the voice of the incident" in shown(await asks(world, "dev", "duties cmoc", "general"))
    assert "*Infrastructure Liaison - name*" in shown(await asks(world, "dev", "duties liaison"))


async def test_a_role_is_meant_by_a_word_of_it_and_one_person_gets_it(world: World) -> None:
    await world.declare()

    for typed, said in (
        ("leader @lena", "is Infrastructure Leader of INC-1 now"),
        ("imoc @ines", "is IM of INC-1 now"),
        ("lead @bo", "leads INC-1 now"),
        ("infrastructure @lia", "I know no role `infrastructure`."),
        ("@lia", "Which role? Roles: EOC"),
        ("IM @bo @ren", "Name that one alone: `/inc role IM @ana`"),
        ("IM nobody", "giving it to somebody else"),
        ("IM @nobody here", "I do not know who `nobody here` is. Mention a person and choose them"),
    ):
        assert said in shown(await asks(world, "dev", f"role {typed}")), typed

    seen = shown(await asks(world, "dev", "roles"))
    assert f"Lead: <@{world.person('bo').id}>" in seen
    assert f"IM: <@{world.person('ines').id}>" in seen


async def test_whoever_loses_a_role_to_another_is_mentioned(world: World) -> None:
    dev, bo, sam = await world.declare(), world.person("bo"), world.person("sam").id
    await inc(world, "dev", "role IM @bo")
    await inc(world, "ren", "role IM me")
    await inc(world, "ren", "role IM @sam")

    assert told(dev)[-2:] == [f"ren took IM from <@{bo.id}>.", f"ren made <@{sam}> IM in their own place."]
    await inc(world, "dev", "role IM @ines")
    assert told(dev)[-1] == f"dev made ines IM instead of <@{sam}>."
