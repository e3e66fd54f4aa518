"""A follow-up's issue in GitLab: made once though an answer is lost, related, closed from either side."""

from tests.scenarios.conftest import World
from tests.scenarios.look import asks, inc, presses, shown, told
from tests.scenarios.trackers.gitlab import GitLab
from tests.scenarios.trackers.test_gitlab import gitlab, hook, world

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
