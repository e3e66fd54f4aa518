"""Deciding about what alerts opened: the triage message with all its buttons, and `/inc alerts`."""

from pathlib import Path

import pytest

from bot.config import load
from bot.domain.incidents.incident import Status
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import hand_over
from sandbox.faults import Fault
from sandbox.person import Person
from storage import incidents
from tests.scenarios.conftest import World
from tests.scenarios.look import acknowledged, asks, buttons, presses, sends, shown, told
from tests.scenarios.test_alerts import Json, Sender, alert, asked, group, sender

__all__ = ["sender"]


async def status_of(world: World, number: int) -> Status:
    return (await world.muster.uow.read(incidents.get, number)).status


def of_team(name: str, team: str) -> Json:
    return group(alert(name, team=team), key=name)


async def test_a_triage_is_added_to_the_incident_of_its_team(world: World, sender: Sender):
    await sender.sends(of_team("DiskFull", "db"))
    await presses(world, world.person("ines"), asked(world)[0], "Accept")
    await sender.sends(of_team("SlowQueries", "db"))
    question = asked(world)[-1]
    assert buttons(question) == ["Accept", "Decline", "False alarm", "Add to INC-1", "Merge into …"]

    await presses(world, world.person("ines"), question, "Add to INC-1", confirm=True)

    assert await status_of(world, 2) is Status.MERGED
    assert "SlowQueries" in shown(await asks(world, "ines", "alerts A-2", "general"))
    assert "INC-1" in shown(await asks(world, "ines", "alerts", "general"))
    assert buttons(asked(world)[1]) == []


async def test_each_of_several_incidents_of_its_team_has_its_button(world: World, sender: Sender):
    ines = world.person("ines")
    await sender.sends(of_team("DiskFull", "db"))
    await sender.sends(of_team("NoReplica", "db"))
    for question in asked(world):
        await presses(world, ines, question, "Accept")

    await sender.sends(of_team("SlowQueries", "db"))

    question = asked(world)[-1]
    assert [one for one in buttons(question) if "Add" in one] == ["Add to INC-2", "Add to INC-1"]
    await presses(world, ines, question, "Add to INC-1", confirm=True)
    assert (await world.muster.uow.read(incidents.get, 3)).merged_into == 1


async def test_a_button_follows_what_becomes_of_the_other_incident(world: World, sender: Sender):
    ines = world.person("ines")
    for name, team in (("DiskFull", "db"), ("SlowQueries", "db"), ("OldCertificate", "web")):
        await sender.sends(of_team(name, team))
    first, second, third, *_ = asked(world)
    added = [[one for one in buttons(each) if "Add" in one] for each in (second, third)]
    assert added == [[], []]

    await presses(world, ines, first, "Accept")
    await world.settle_down()
    _, second, third, *_ = asked(world)
    assert "Add to INC-1" in buttons(second)
    assert "Add to INC-1" in buttons(third)  # it is of the same type

    await world.muster.uow.perform(hand_over, 1, ines.id, by=ines.id)
    await world.muster.uow.perform(change_status, 1, Status.CANCELLED, by=ines.id, reason="A test")
    await world.settle_down()
    assert await status_of(world, 1) is Status.CANCELLED
    assert [one for each in asked(world) for one in buttons(each) if "Add" in one] == []
    assert "Accept" in buttons(asked(world)[1])


async def test_a_false_alarm_is_said_by_button_and_by_command(world: World, sender: Sender):
    await sender.sends(of_team("DiskFull", "db"))
    await sender.sends(of_team("SlowQueries", "web"))
    ines = world.person("ines")

    await presses(world, ines, asked(world)[0], "False alarm")
    await sends(world, ines, changes="yes", note="Its <!channel> threshold is too low")
    told = shown(await asks(world, "ines", "false-alarm INC-2 keep It was right", "general"))

    assert await status_of(world, 1) is Status.DECLINED
    assert await status_of(world, 2) is Status.DECLINED
    assert "a false alarm" in told
    assert "<!channel>" not in shown(asked(world)[0])
    assert "2 false alarms, 0 % real" in shown(await asks(world, "dev", "alerts noise", "general"))
    again = shown(await asks(world, "ines", "false-alarm INC-2", "general"))
    assert "only an open one" in again


async def test_an_alert_is_looked_at_and_moved(world: World, sender: Sender):
    await sender.sends(of_team("DiskFull", "db"))
    await sender.sends(of_team("SlowQueries", "web"))
    await presses(world, world.person("ines"), asked(world)[0], "Accept")
    ines = world.person("ines")

    one = await asks(world, "ines", "alerts A-2", "general")
    assert "trace:" in shown(one)
    await presses(world, ines, one, "Attach to …")
    await sends(world, ines, incident="1")
    assert await status_of(world, 2) is Status.DECLINED
    assert "A-2 is part of no incident" in shown(await asks(world, "ines", "alerts detach A-2", "general"))
    assert "SlowQueries" in shown(await asks(world, "ines", "alerts unrouted", "general"))
    assert "put aside until" in shown(await asks(world, "ines", "alerts shelve A-2 30m", "general"))
    assert "SlowQueries" in shown(await asks(world, "ines", "alerts shelved", "general"))
    assert "not put aside any more" in shown(await asks(world, "ines", "alerts unshelve A-2", "general"))
    assert "DiskFull" not in shown(await asks(world, "ines", "alerts team=web", "general"))
    assert "Which alert?" in shown(await asks(world, "ines", "alerts attach", "general"))
    assert "I know no alert `A-99`" in shown(await asks(world, "ines", "alerts A-99", "general"))


@pytest.mark.faults
async def test_a_graph_that_slack_cannot_fetch_keeps_no_question_back(world: World, sender: Sender):
    drawn = {**alert(), "imageURL": "https://graphs.test/1.png"}
    await sender.sends(group(drawn))
    assert any(block["type"] == "image" for block in asked(world)[0]["blocks"])

    world.slack.faults.append(Fault("chat.postMessage", "error", "invalid_blocks"))
    await sender.sends(group({**alert("Other"), "imageURL": "https://graphs.test/2.png"}, key="other"))

    assert "Other on db-1" in shown(asked(world)[-1])
    assert world.slack.faults == []


async def test_a_request_is_found_again_by_its_trace(world: World, sender: Sender):
    _, told = await sender.sends(of_team("DiskFull", "db"))
    await presses(world, world.person("ines"), asked(world)[0], "Accept")

    shown_alert = shown(await asks(world, "ines", "alerts A-1", "general"))
    why = shown(await asks(world, "ana", "why", "general"))

    assert f"trace: {told['trace']}" in shown_alert
    assert f"Alert A-1 of prometheus: *DiskFull on db-1*, rule default, trace {told['trace']}" in why


async def test_whoever_leads_is_asked_whether_it_is_over_and_answers_after_a_restart(
    world: World, sender: Sender, tmp_path: Path
):
    file = tmp_path / "muster.yml"
    file.write_text(f"{file.read_text()}  rules: [{{resolved: ask}}]\n")
    await world.stop()
    world.config = load(file)
    await world.start()
    await sender.sends(group(alert()))
    await presses(world, world.person("ines"), asked(world)[0], "Accept")
    ana = await acknowledged(world)

    await sender.sends(group(alert(status="resolved")))
    (question,) = [one for one in ana.dm() if "Is INC-1" in shown(one)]
    assert buttons(question) == ["Resolve", "Post an update"]
    await sender.sends(group(alert()))
    assert "One fires again" in shown(question_in(ana, question))
    await sender.sends(group(alert(status="resolved")))
    again = ana.dm()[-1]
    assert buttons(again) == ["Resolve", "Post an update"]

    await world.stop()
    await world.start()
    await presses(world, ana, again, "Resolve")
    assert await sends(world, ana, ended="ITSELF") == {}

    assert await status_of(world, 1) is Status.RESOLVED
    assert "It is Resolved" in shown(question_in(ana, again))


def question_in(person: Person, message: Json) -> Json:
    """Return a message as it stands now."""
    return next(one for one in person.dm() if one["ts"] == message["ts"])


async def test_the_channel_hears_that_it_is_back_and_worse_and_its_lead_that_it_fires_on(
    world: World, sender: Sender
):
    channel, ana, one = "inc-1-diskfull-on-db-1", world.person("ana"), alert(severity="low")
    await sender.sends(group(one))
    await presses(world, world.person("ines"), asked(world)[0], "Accept")
    await presses(world, ana, ana.dm()[0], "Acknowledge")

    for state in ("resolved", "firing"):
        await sender.sends(group(one | {"status": state}))
    assert told(ana, channel)[-1].endswith("*DiskFull on db-1*. Fires again, after all were over.")
    await sender.sends(group(one | {"labels": {**one["labels"], "severity": "critical"}}))
    assert "the severity from S4 to *S1*" in told(ana, channel)[-1]
    assert len(world.person("ines").dm()) == 1

    ended = shown(await asks(world, "ana", "resolve fix", channel))
    assert "*1 of its alerts fires still*" in ended
    await world.pass_minutes(16)
    await sender.sends(group(one))
    assert "INC-2" in shown(asked(world)[-1])


async def test_a_triage_says_that_its_alert_comes_and_goes(world: World, sender: Sender):
    for state in ("firing", "resolved") * 3:
        await sender.sends(group(alert(status=state)))

    assert "It comes and goes, so this stays open" in shown(asked(world)[-1])
    assert await status_of(world, 3) is Status.TRIAGE
