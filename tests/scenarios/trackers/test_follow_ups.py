"""A follow-up's issue in GitLab: made once though an answer is lost, related, closed from either side."""

from pathlib import Path

from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, asks, buttons, inc, presses, sends, shown, told
from tests.scenarios.trackers.gitlab import PROJECT, GitLab
from tests.scenarios.trackers.test_gitlab import gitlab, hook, tracked, world

__all__ = ["gitlab", "world"]


async def test_it_is_made_once_and_followed_both_ways(world: World, gitlab: GitLab) -> None:
    dev = await world.declare(severity="S2")
    gitlab.faults.append(("POST", "lost"))

    await inc(world, "dev", "followup Add a node @ana due 2026-04-01 as corrective action")
    await world.pass_minutes(1)

    found = [one for one in gitlab.issues.values() if one["title"] == "Add a node"]
    assert len(found) == 1
    assert {"corrective action", "infradev", "severity::2", "priority::2"} <= {*found[0]["labels"]}
    assert found[0]["due_date"] == "2026-04-01"
    assert (2, 1) in gitlab.links

    closed = {"iid": 2, "action": "close", "updated_at": "2026-03-02"}
    found[0]["state"] = "closed"
    for _ in range(2):
        assert await hook(world, object_attributes=closed) == 200
    listed = await asks(world, "dev", "followups all")
    assert "Done:* ~Add a node~" in shown(listed)
    await presses(world, dev, listed, "Reopen")
    await world.pass_minutes(1)
    assert found[0]["state"] == "opened"


async def test_it_is_related_to_an_issue_that_is_made_later_and_has_the_severity_of_now(
    world: World, gitlab: GitLab
) -> None:
    gitlab.faults.append(("POST", 502))
    await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    assert [one["title"] for one in gitlab.issues.values()] == ["Add a node"]

    await world.pass_minutes(2)
    assert gitlab.links == [(1, 2)]
    assert f"Arose from INC-1: {gitlab.issues[2]['web_url']}" in gitlab.issues[1]["description"]

    await inc(world, "dev", "severity S1")
    await world.pass_minutes(1)
    assert {"severity::1", "priority::2"} <= {*gitlab.issues[1]["labels"]}
    assert "severity::2" not in gitlab.issues[1]["labels"]


async def test_the_page_of_a_proxy_does_not_say_that_there_is_none(world: World, gitlab: GitLab) -> None:
    await world.declare(severity="S2")
    gitlab.faults += [("GET", "html"), ("POST", "lost"), ("GET", "html")]  # the first asks for the owner

    await inc(world, "dev", "followup Add a node @ana")
    await world.pass_minutes(6)

    assert gitlab.faults == []
    assert [one["title"] for one in gitlab.issues.values()].count("Add a node") == 1


async def test_an_issue_of_another_project_is_not_taken_for_the_incidents(
    world: World, gitlab: GitLab
) -> None:
    gitlab.elsewhere = [{"iid": 1, "web_url": f"{gitlab.url}/other/one/-/issues/1"}]
    await world.declare(severity="S2")

    await inc(world, "dev", "followup Add a node @ana")

    assert gitlab.links == [(2, 1)]


async def test_what_is_linked_already_or_cannot_be_is_no_failure_of_the_follow_up(
    world: World, gitlab: GitLab
) -> None:
    dev = await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    gitlab.stale = True
    await presses(world, dev, await asks(world, "dev", "followups"), "Done")
    await world.pass_minutes(1)
    assert gitlab.issues[2]["state"] == "closed"

    del gitlab.issues[1]
    gitlab.links.clear()
    await presses(world, dev, await asks(world, "dev", "followups all"), "Reopen")
    await world.pass_minutes(2)
    assert gitlab.issues[2]["state"] == "opened"
    said = "\n".join(told(dev))
    assert "could not be kept" not in said
    assert "issue #2 of a follow-up is gone" not in said


async def pasted(world: World, url: str) -> None:
    """Have dev paste an address into the incident's channel, and add it as a follow-up."""
    dev = world.person("dev")
    await dev.say(CHANNEL, f"see {url}")
    await world.settle()
    offer = next(one for one in reversed(dev.messages(CHANNEL)) if "Add as follow-up" in buttons(one))
    await presses(world, dev, offer, "Add as follow-up")


async def test_one_that_is_moved_is_followed_to_where_it_is(world: World, gitlab: GitLab) -> None:
    dev = await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    moved = gitlab.put_elsewhere("infra/nodes", 5, "Add a node")
    gitlab.issues[2] |= {"state": "closed", "moved_to_id": moved["id"]}

    closed = {"iid": 2, "action": "close", "updated_at": "2026-03-02", "moved_to_id": moved["id"]}
    assert await hook(world, object_attributes=closed) == 200
    listed = shown(await asks(world, "dev", "followups"))
    assert "Add a node" in listed
    assert f"{gitlab.url}/infra/nodes/-/issues/5|infra/nodes#5" in listed

    await presses(world, dev, await asks(world, "dev", "followups"), "Done")
    await world.pass_minutes(1)
    assert moved["state"] == "closed"
    moved["state"] = "opened"
    await world.pass_minutes(61)
    assert "Add a node" in shown(await asks(world, "dev", "followups"))


async def test_one_that_is_moved_out_of_sight_is_told_once_and_not_taken_for_done(
    world: World, gitlab: GitLab
) -> None:
    dev = await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    gitlab.issues[2] |= {"state": "closed", "moved_to_id": 77}

    await world.pass_minutes(121)

    assert "Add a node" in shown(await asks(world, "dev", "followups"))
    assert len([one for one in told(dev) if "issue #2 of a follow-up is gone" in one]) == 1


async def test_one_that_is_back_is_followed_again(world: World, gitlab: GitLab) -> None:
    await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    issue = gitlab.issues.pop(2)
    await world.pass_minutes(61)
    assert "(gone)" in shown(await asks(world, "dev", "followups"))

    gitlab.issues[2] = issue | {"state": "closed"}
    await world.pass_hours(24)
    assert "Done:* ~Add a node~" in shown(await asks(world, "dev", "followups all"))


async def test_a_duplicate_is_cancelled_and_not_done(world: World, gitlab: GitLab) -> None:
    await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    await inc(world, "dev", "followup Add another @ana")
    api = f"{gitlab.url}/api/v4/projects/1/issues/1"
    gitlab.issues[2] |= {"state": "closed", "_links": {"closed_as_duplicate_of": api}}
    await world.pass_minutes(61)
    closed = {"iid": 3, "action": "close", "updated_at": "2026-03-02", "duplicated_to_id": 1}
    assert await hook(world, object_attributes=closed) == 200

    over = shown(await asks(world, "dev", "followups all"))
    assert "Cancelled:* ~Add a node~" in over
    assert "Cancelled:* ~Add another~" in over


async def test_the_title_of_a_pasted_issue_is_told_unless_its_project_is_private(
    world: World, gitlab: GitLab
) -> None:
    await world.declare(severity="S2")
    gitlab.put_elsewhere("infra/open", 3, "Add a node")
    gitlab.put_elsewhere("infra/secret", 4, "Rotate the leaked key", "private")

    for one in ("open/-/issues/3", "secret/-/work_items/4#note_1"):
        await pasted(world, f"{gitlab.url}/infra/{one}")

    listed = shown(await asks(world, "dev", "followups"))
    assert "Add a node" in listed
    assert "infra/secret#4" in listed
    assert "leaked" not in str(world.person("dev").messages(CHANNEL))


async def test_a_gitlab_at_a_path_is_followed(slack: Slack, clock: FakeClock, tmp_path: Path) -> None:
    async with GitLab().running("/gitlab") as there:
        world = tracked(slack, clock, tmp_path, there)
        await world.start()
        try:
            dev = await world.declare(severity="S2")
            there.put_elsewhere("infra/open", 3, "Add a node")
            await pasted(world, f"{there.url}/infra/open/-/issues/3")
            assert "Add a node" in shown(await asks(world, "dev", "followups"))
            assert "gone" not in "\n".join(told(dev))
        finally:
            await world.stop()


async def test_the_incidents_own_issue_is_not_offered_as_what_is_left_to_do(
    world: World, gitlab: GitLab
) -> None:
    dev = await world.declare(severity="S2")
    await dev.say(CHANNEL, f"see {gitlab.url}/{PROJECT}/-/issues/1")
    await world.settle()
    assert not [one for one in dev.messages(CHANNEL) if "Add as follow-up" in buttons(one)]


async def test_the_page_of_a_proxy_does_not_say_that_it_is_closed(world: World, gitlab: GitLab) -> None:
    dev = await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    gitlab.faults.append(("PUT", "html"))

    await presses(world, dev, await asks(world, "dev", "followups"), "Done")
    await world.pass_minutes(2)
    assert (gitlab.faults, gitlab.issues[2]["state"]) == ([], "closed")
    await world.pass_minutes(61)
    assert "Done:* ~Add a node~" in shown(await asks(world, "dev", "followups all"))


async def test_its_service_is_a_label_and_those_of_others_stay(world: World, gitlab: GitLab) -> None:
    dev = await world.declare(severity="S2")
    await inc(world, "dev", "followup")
    assert await sends(world, dev, title="Add a node", service="API, Web site") == {}
    assert {"Service::API", "Service::Web site"} <= {*gitlab.issues[2]["labels"]}

    gitlab.issues[2]["labels"] += ["Service::Gitaly"]
    await inc(world, "dev", "severity S1")
    await world.pass_minutes(1)
    assert {"Service::Gitaly", "Service::API", "severity::1"} <= {*gitlab.issues[2]["labels"]}


async def test_it_is_confidential_once_the_incidents_field_says_so(world: World, gitlab: GitLab) -> None:
    await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    assert not gitlab.issues[2]["confidential"]

    await inc(world, "dev", "field Keep GitLab Issue Confidential: yes")
    await world.pass_minutes(1)
    assert gitlab.issues[2]["confidential"]


async def test_those_of_a_triage_have_issues_once_somebody_accepts_it(world: World, gitlab: GitLab) -> None:
    await world.declare(status="triage", severity="S3")
    await inc(world, "dev", "INC-1 followup Add a node @dev", "general")
    await world.pass_minutes(1)
    assert gitlab.issues == {}

    await inc(world, "ana", "accept INC-1", "general")
    await world.pass_minutes(1)
    assert "Add a node" in {one["title"] for one in gitlab.issues.values()}
