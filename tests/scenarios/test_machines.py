"""An alert declares an incident: all people see of it, and nobody is written to in its place."""

from bot.domain.actors import Machine, MachineKind
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from storage import incidents
from tests.scenarios.conftest import World
from tests.scenarios.look import acknowledged, asks, card, shown

ALERT = Machine(MachineKind.ALERT, "disk <!channel>")


async def declared(world: World, severity: Severity = Severity.S3) -> None:
    await world.muster.uow.perform(declare, Draft("Disk full", "GitLab.com", severity), by=ALERT, form=None)
    await world.settle_down()


async def test_an_alert_declares_and_the_eoc_takes_it(world: World) -> None:
    await declared(world)

    ana = world.person("ana")
    said = "alert from disk &lt;!channel&gt;"
    assert "Lead: nobody yet" in shown(card(ana))
    assert f"declared by {said}" in shown(card(ana))
    (announced,) = [one for one in ana.messages("incidents-dotcom") if "Disk full" in one["text"]]
    assert "Lead nobody yet" in shown(announced)
    assert f"declared by {said}" in shown(announced)
    assert f"Declared by {said}." in shown(ana.dm()[0])
    assert world.person("dev").dm() == []

    await acknowledged(world)

    assert "Lead: ana" in shown(card(ana))
    assert "Alert from disk &lt;!channel&gt; declared the incident" in shown(
        await asks(world, "ana", "timeline")
    )


async def test_until_somebody_leads_everything_else_goes_on(world: World) -> None:
    """Reminders, escalation and overdue updates find nobody to write to, and stumble over nothing."""
    await declared(world, Severity.S1)
    await world.pass_minutes(40)

    assert (await world.muster.uow.read(incidents.get, 1)).lead == ""
    refused = shown(await asks(world, "ana", "cancel A test"))
    assert "and that is nobody yet. Take the lead first; the channel will see it." in refused
    assert all(call.args["channel"] for call in world.slack.calls("chat.postMessage"))
