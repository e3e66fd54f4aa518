"""The document of a review as an issue in GitLab: made once, kept current, never where it may not stand."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.browser.conftest import Reader, with_pages
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.browser.test_review import REVIEW, saved, words_of
from tests.scenarios.conftest import World
from tests.scenarios.look import inc, told
from tests.scenarios.trackers.gitlab import GitLab
from tests.scenarios.trackers.test_gitlab import gitlab, tracked, world
from tests.scenarios.trackers.test_review_copies import confirmed

__all__ = ["gitlab", "world"]
ISSUE = f"{REVIEW}/issue"
FAILED = "The GitLab issue could not be written, or is gone"


@pytest.fixture
async def reader(world: World) -> AsyncIterator[Reader]:
    await with_pages(world)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Reader(world, http)


async def asked(reader: Reader, version: int) -> None:
    """Press the button, which has to be there."""
    assert f'action="{ISSUE}"' in (await reader.get(REVIEW)).text
    answer = await reader.send(REVIEW, ISSUE, version=str(version), template="short")
    assert answer.to == REVIEW
    await reader.world.pass_minutes(2)


async def test_it_is_made_once_and_kept_current_by_a_press(reader: Reader, gitlab: GitLab) -> None:
    world = reader.world
    dev = await world.declare(severity="S2", name="Disk full")
    await world.pass_minutes(1)
    sit_down(reader, "dev")
    assert "As a GitLab issue" in (await reader.get(REVIEW)).text
    await saved(reader, "# Ours\n\n/close\n@all of us & #7 &lt; 3\n<!-- /muster:REVIEW-1 -->\n- [x] done")
    gitlab.faults.append(("POST", "lost"))

    await asked(reader, 1)

    issue = gitlab.issues[2]
    assert len(gitlab.issues) == 2
    assert (issue["title"], issue["issue_type"], issue["confidential"]) == ("Review of INC-1", "issue", False)
    assert issue["state"] == "opened"
    assert gitlab.disturbed == []
    assert "- [x] done" in issue["description"]
    assert "&lt; 3" in issue["description"]
    assert gitlab.issues[1]["web_url"] in issue["description"]
    page = await reader.get(REVIEW)
    assert f'href="{issue["web_url"]}"' in page.text
    assert "GitLab issue #2 has version 1." in seen(page)
    assert ISSUE not in page.text
    assert len([one for one in told(dev) if "Version 1 of the review's document is in its" in one]) == 1

    issue["description"] = f"Above it\n\n{issue['description']}\n\nBelow it"
    await saved(reader, "# Ours, mended")
    assert "has version 1, which is not the newest" in seen(await reader.get(REVIEW))
    await asked(reader, 2)

    text = issue["description"]
    assert text.startswith("Above it")
    assert text.endswith("Below it")
    assert "# Ours, mended" in text
    assert "- [x] done" not in text
    assert text.count("<!-- muster:REVIEW-1 ") == 1
    assert len(gitlab.issues) == 2
    assert "in its GitLab issue" in seen(await reader.get("/incidents/INC-1?show=all"))


async def test_what_nobody_edited_is_saved_first_and_a_stale_press_is_refused(
    reader: Reader, gitlab: GitLab
) -> None:
    await reader.world.declare()
    await reader.world.pass_minutes(1)
    sit_down(reader, "dev")
    assert (await reader.post(ISSUE, {"version": "0"})).status == 403  # without the mark of a form
    await asked(reader, 0)
    assert "# INC-1 Disk full" in gitlab.issues[2]["description"]

    await saved(reader, "# Ours")
    stale = await reader.send(REVIEW, ISSUE, version="1")
    assert "you read version 1" in words_of(stale)
    assert "Ours" not in gitlab.said


async def test_one_that_was_deleted_is_told_of_and_can_be_made_again(reader: Reader, gitlab: GitLab) -> None:
    dev = await reader.world.declare()
    await reader.world.pass_minutes(1)
    sit_down(reader, "dev")
    await asked(reader, 0)
    del gitlab.issues[2]
    await saved(reader, "# Ours")
    await asked(reader, 2)
    assert len([one for one in told(dev) if "GitLab issue of the review, #2, is gone" in one]) == 1
    assert "As a GitLab issue" in (await reader.get(REVIEW)).text
    assert FAILED in seen(await reader.get(REVIEW))
    await asked(reader, 2)
    assert "# Ours" in gitlab.issues[2]["description"]


async def test_what_gitlab_refuses_for_good_can_be_tried_again(reader: Reader, gitlab: GitLab) -> None:
    dev = await reader.world.declare()
    await reader.world.pass_minutes(1)
    sit_down(reader, "dev")
    gitlab.faults.append(("POST", 400))
    await asked(reader, 0)
    assert len([one for one in told(dev) if "could not be written to its GitLab issue" in one]) == 1
    assert f"{FAILED}. The timeline of the incident says why." in seen(await reader.get(REVIEW))
    await asked(reader, 1)
    assert len(gitlab.issues) == 2
    assert FAILED not in seen(await reader.get(REVIEW))


async def test_of_what_is_private_it_says_nothing_where_the_project_is_not_fit(
    reader: Reader, gitlab: GitLab
) -> None:
    world = reader.world
    ana = await world.declare("ana", name="Mail is slow")
    await world.pass_minutes(1)
    sit_down(reader, "ana")
    await saved(reader, "# The mail of Rose")
    await asked(reader, 1)
    assert "Rose" in gitlab.said
    assert ana
    await inc(world, "ana", "private yes Personal data", channel="inc-1-mail-is-slow")
    await world.pass_minutes(1)

    assert gitlab.issues[2]["confidential"]
    assert "Rose" not in gitlab.said
    await saved(reader, "# The mail of Rose again")
    assert ISSUE not in (await reader.get(REVIEW)).text
    refused = await reader.send(REVIEW, ISSUE, version="2")
    assert "not marked as fit" in words_of(refused)
    sit_down(reader, "ren")
    assert (await reader.send("/", ISSUE, version="2")).status == 404


async def test_where_it_is_fit_the_issue_is_confidential_from_the_start(
    slack: Slack, clock: FakeClock, tmp_path: Path, gitlab: GitLab
) -> None:
    world = tracked(slack, clock, tmp_path, gitlab, more="  private: true\n")
    await world.start()
    try:
        await with_pages(world)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            reader = Reader(world, http)
            await world.declare("ana", name="Stolen laptop", visibility="private")
            await world.pass_minutes(1)
            sit_down(reader, "ana")
            assert "INC-1 itself" in await confirmed(reader, ISSUE, version="0", template="short")
        assert gitlab.issues[2]["confidential"]
        assert "Stolen laptop" in gitlab.issues[2]["description"]
        assert len([one for one in gitlab.calls if one.startswith("PUT /2")]) == 0
    finally:
        await world.stop()


async def test_it_turns_confidential_with_the_incident(reader: Reader, gitlab: GitLab) -> None:
    await reader.world.declare("ana", name="Mail is slow")
    await reader.world.pass_minutes(1)
    sit_down(reader, "ana")
    await asked(reader, 0)
    assert not gitlab.issues[2]["confidential"]
    here = "inc-1-mail-is-slow"
    await inc(reader.world, "ana", "field Keep GitLab Issue Confidential: yes", channel=here)
    await reader.world.pass_minutes(1)
    assert gitlab.issues[2]["confidential"]
    assert "Mail is slow" in gitlab.issues[2]["description"]


async def test_of_a_drill_there_is_none(reader: Reader, gitlab: GitLab) -> None:
    await inc(reader.world, "ana", "test @dev Practise", channel="general")
    await reader.world.pass_minutes(1)
    sit_down(reader, "ana")
    assert ISSUE not in (await reader.get(REVIEW)).text
    refused = await reader.send(REVIEW, ISSUE, version="0", template="short")
    assert "is a drill: its review becomes no issue" in words_of(refused)
    assert not gitlab.issues


async def test_one_that_was_given_up_with_its_answer_lost_is_emptied_too(
    reader: Reader, gitlab: GitLab
) -> None:
    world = reader.world
    ana = await world.declare("ana", name="Mail is slow")
    await world.pass_minutes(1)
    sit_down(reader, "ana")
    await saved(reader, "# The mail of Rose")
    gitlab.faults = [("POST", "lost")]
    await reader.send(REVIEW, ISSUE, version="1")
    await world.settle()
    gitlab.faults = [("GET", 400)]
    await world.pass_minutes(2)
    here = "inc-1-mail-is-slow"
    assert [one for one in told(ana, here) if "could not be written to its GitLab issue" in one]
    assert "Rose" in gitlab.said

    await inc(world, "ana", "private yes Personal data", channel=here)
    await world.pass_minutes(1)

    assert gitlab.issues[2]["confidential"]
    assert "Rose" not in gitlab.said
    assert "document is in its" not in seen(await reader.get("/incidents/INC-1?show=all"))
