"""The document of a review in GitLab's wiki and as a merge request: made once, and people's text stays."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.operations.dead_letters import send_again
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.browser.conftest import Answer, Reader, with_pages
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.browser.test_review import REVIEW, saved, words_of
from tests.scenarios.conftest import World
from tests.scenarios.look import inc, told
from tests.scenarios.trackers.gitlab import PROJECT, GitLab
from tests.scenarios.trackers.test_gitlab import gitlab, hook, tracked, world

__all__ = ["gitlab", "world"]
PAGE = "reviews/INC-1-disk-full"
FILE = f"{PAGE}.md"
BRANCH = "muster/review-inc-1-1"
UNWRITTEN = "could not be written to the merge request in GitLab"
WIKI, MERGE = f"{REVIEW}/copies/wiki", f"{REVIEW}/copies/file"


@pytest.fixture
async def reader(world: World) -> AsyncIterator[Reader]:
    await with_pages(world)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Reader(world, http)


@pytest.fixture
async def reviewed(reader: Reader) -> Reader:
    await reader.world.declare(severity="S2", name="Disk full")
    await reader.world.pass_minutes(1)
    sit_down(reader, "dev")
    await saved(reader, "# Ours\n\n/close\n@all of us & #7\n")
    return reader


async def pressed(reader: Reader, path: str, version: int) -> Answer:
    """Press the button, which has to be there."""
    assert f'action="{path}"' in (await reader.get(REVIEW)).text
    answer = await reader.send(REVIEW, path, version=str(version))
    await reader.world.pass_minutes(2)
    return answer


async def confirmed(reader: Reader, path: str, **form: str) -> str:
    """Press it, say that it may leave, and return what was asked."""
    asked = await reader.send(REVIEW, path, **form)
    assert asked.status == 409
    fields = dict(re.findall(r'name="(secret|leaves|version|template)" value="([^"]*)"', asked.text))
    assert (await reader.send(REVIEW, path, **fields)).to == REVIEW
    await reader.world.pass_minutes(2)
    return words_of(asked)


async def fetched(reader: Reader, path: str) -> None:
    assert (await reader.send(REVIEW, f"{path}/fetch")).to == f"{REVIEW}#elsewhere"
    await reader.world.pass_minutes(1)


def in_channel(reader: Reader, words: str) -> list[str]:
    return [one for one in told(reader.world.person("dev")) if words in one]


async def test_a_wiki_page_is_made_once_and_written_again_by_a_press(
    reviewed: Reader, gitlab: GitLab
) -> None:
    pages = gitlab.files.pages
    gitlab.faults.append(("POST", "lost"))

    await pressed(reviewed, WIKI, 1)

    assert {*pages} == {PAGE}
    assert "# Ours" in pages[PAGE]
    assert "@all" not in pages[PAGE]  # a mention has nothing behind its sign
    assert len([one for one in gitlab.calls if one == "POST /wikis"]) == 1
    page = await reviewed.get(REVIEW)
    assert f'href="{gitlab.url}/{PROJECT}/-/wikis/{PAGE}"' in page.text
    assert "The wiki page in GitLab has version 1." in seen(page)
    assert f'action="{WIKI}"' not in page.text
    assert len(in_channel(reviewed, "Version 1 of the review's document is in its")) == 1

    await saved(reviewed, "# Ours, mended")
    await pressed(reviewed, WIKI, 2)

    assert {*pages} == {PAGE}
    assert "# Ours, mended" in pages[PAGE]
    assert "version 2 -->" in pages[PAGE]
    assert "of us" not in pages[PAGE]


async def test_a_merge_request_is_opened_once_and_gets_a_commit_for_each_version(
    reviewed: Reader, gitlab: GitLab
) -> None:
    files = gitlab.files
    gitlab.faults += [("POST", "lost"), ("POST", "lost")]  # the commit, then the merge request

    await pressed(reviewed, MERGE, 1)

    assert len(files.commits) == 1
    [request] = files.requests.values()
    assert (request["source_branch"], request["target_branch"]) == (BRANCH, "main")
    assert request["title"] == "Review of INC-1"
    assert f"Related to {gitlab.issues[1]['web_url']}" in request["description"]
    assert files.branches[BRANCH][FILE][0].startswith("# Ours\n\n/close\n@all of us & #7\n")
    assert FILE not in files.branches["main"]
    page = await reviewed.get(REVIEW)
    assert f'href="{request["web_url"]}"' in page.text
    assert "The merge request !1 in GitLab has version 1." in seen(page)

    await saved(reviewed, "# Ours, mended")
    await pressed(reviewed, MERGE, 2)
    assert len(files.commits) == 2
    assert len(files.requests) == 1
    assert files.branches[BRANCH][FILE][0].startswith("# Ours, mended\n")


async def test_after_a_merge_the_next_version_has_a_merge_request_of_its_own(
    reviewed: Reader, gitlab: GitLab
) -> None:
    files = gitlab.files
    await pressed(reviewed, MERGE, 1)
    files.merge(1)
    await saved(reviewed, "# Ours, mended")

    await pressed(reviewed, MERGE, 2)

    assert [one["state"] for one in files.requests.values()] == ["merged", "opened"]
    assert files.branches["main"][FILE][0].startswith("# Ours\n")
    assert files.branches["muster/review-inc-1-2"][FILE][0].startswith("# Ours, mended\n")
    assert "The merge request !2 in GitLab has version 2." in seen(await reviewed.get(REVIEW))


async def test_what_people_write_there_comes_back_as_the_next_version(
    reviewed: Reader, gitlab: GitLab
) -> None:
    files = gitlab.files
    await pressed(reviewed, MERGE, 1)
    await pressed(reviewed, WIKI, 1)
    text = files.branches[BRANCH][FILE][0]
    files.edit(BRANCH, FILE, text.replace("# Ours", "# Ours, and <b>Sam's</b>"), "Sam <!channel>")

    await fetched(reviewed, MERGE)

    page = await reviewed.get(REVIEW)
    assert "Version 2, the newest, by Sam !channel in GitLab" in seen(page)
    assert "Ours, and <b>Sam's</b>" in seen(page)
    assert "The merge request !1 in GitLab has version 2." in seen(page)
    told = seen(await reviewed.get("/incidents/INC-1?show=all"))
    assert "Sam !channel in GitLab edited the review's document: version 2" in told
    await fetched(reviewed, MERGE)
    assert "Version 2, the newest" in seen(await reviewed.get(REVIEW))

    files.pages[PAGE] = files.pages[PAGE].replace("/\u200bclose", "/close it\r\n")
    await pressed(reviewed, WIKI, 2)  # what is looked at before it is written: that began from version 1
    page = await reviewed.get(REVIEW)
    assert "Somebody edited the wiki page in GitLab, beginning from version 1" in seen(page)
    assert "/close it" in files.pages[PAGE]
    assert (
        len(in_channel(reviewed, "edited the wiki page of the review in GitLab, and it is no version")) == 1
    )


async def test_two_who_wrote_from_one_version_undo_nothing_of_each_other(
    reviewed: Reader, gitlab: GitLab
) -> None:
    files = gitlab.files
    await pressed(reviewed, WIKI, 1)
    await saved(reviewed, "# Ours, mended here")
    files.pages[PAGE] = files.pages[PAGE].replace("# Ours", "# Ours, mended there")

    await pressed(reviewed, WIKI, 2)

    assert "mended there" in files.pages[PAGE]
    refused = await reviewed.send(REVIEW, WIKI, version="2")
    assert refused.status == 409
    assert "nobody has put that together" in words_of(refused)
    form = await reviewed.get(f"{REVIEW}/edit?from=wiki")
    assert "mended here" in form.text
    assert "mended there" in form.text
    assert "@all of us" in form.text  # as it was here, and not as it is shown there
    taken = form.text.partition('name="taken" value="')[2].partition('"')[0]
    await saved(reviewed, "# Ours, mended here and there", taken=taken)

    await pressed(reviewed, WIKI, 3)

    assert "# Ours, mended here and there" in files.pages[PAGE]
    assert "Somebody edited" not in seen(await reviewed.get(REVIEW))


async def test_a_webhook_has_what_was_changed_looked_at(reviewed: Reader, gitlab: GitLab) -> None:
    files, world = gitlab.files, reviewed.world
    await pressed(reviewed, WIKI, 1)
    await pressed(reviewed, MERGE, 1)
    files.pages[PAGE] = files.pages[PAGE].replace("# Ours", "# Theirs")
    page = {"slug": PAGE, "action": "update", "content": "# A lie", "version_id": "a1"}
    said: dict[str, Any] = {"object_kind": "wiki_page", "user": {"name": "Kim"}, "object_attributes": page}
    assert await hook(world, **said) == 200
    assert await hook(world, **said) == 200
    await world.pass_minutes(1)
    assert "Version 2, the newest, by Kim in GitLab" in seen(await reviewed.get(REVIEW))
    assert "A lie" not in (await reviewed.get(REVIEW)).text

    text = files.branches[BRANCH][FILE][0]
    files.edit(BRANCH, FILE, text.replace("# Ours", "# Others"), "Sam")
    commit = {"added": [], "modified": [FILE], "removed": []}
    said = {"object_kind": "push", "ref": f"refs/heads/{BRANCH}", "after": "b2", "user_name": "Lee"}
    assert await hook(world, **said, commits=[commit]) == 200
    await world.pass_minutes(1)
    assert "Sam edited the merge request in GitLab, beginning from version 1" in seen(
        await reviewed.get(REVIEW)
    )
    assert await hook(world, object_kind="push", ref=7) == 200


async def test_what_is_not_musters_is_left_alone(reviewed: Reader, gitlab: GitLab) -> None:
    gitlab.files.pages[PAGE] = "# Notes of somebody"
    await pressed(reviewed, WIKI, 1)
    assert gitlab.files.pages[PAGE] == "# Notes of somebody"
    assert len(in_channel(reviewed, "there is a reviews/INC-1-disk-full already that is not Muster's")) == 1
    del gitlab.files.pages[PAGE]
    await pressed(reviewed, WIKI, 1)
    assert "# Ours" in gitlab.files.pages[PAGE]


@pytest.mark.parametrize(
    ("status", "cure"),
    [
        (401, "GITLAB_TOKEN is not taken"),
        (403, "the role Developer"),
        (404, "Check that the project"),
        (409, "Look at it there"),
        (422, "Look at it there"),
    ],
)
async def test_what_gitlab_refuses_is_told_and_can_be_tried_again(
    reviewed: Reader, gitlab: GitLab, status: int, cure: str
) -> None:
    gitlab.faults.append(("POST", status))
    await pressed(reviewed, MERGE, 1)
    assert len(in_channel(reviewed, "The GitLab merge request of the review could not be written")) == 1
    assert len(in_channel(reviewed, cure)) == 1
    page = seen(await reviewed.get(REVIEW))
    assert f"Version 1 {UNWRITTEN}. The timeline of the incident says why. Once it is mended" in page
    assert cure in seen(await reviewed.get("/incidents/INC-1?show=all"))
    await pressed(reviewed, MERGE, 1)
    assert len(gitlab.files.requests) == 1
    assert "says why" not in seen(await reviewed.get(REVIEW))


async def test_a_look_that_failed_says_so_until_the_next_one(reviewed: Reader, gitlab: GitLab) -> None:
    failed = "The wiki page in GitLab could not be looked at for edits."
    await pressed(reviewed, WIKI, 1)
    gitlab.faults.append(("GET", 403))
    await fetched(reviewed, WIKI)
    assert failed in seen(await reviewed.get(REVIEW))
    await fetched(reviewed, WIKI)
    assert failed not in seen(await reviewed.get(REVIEW))


async def test_a_look_leaves_said_that_a_version_could_not_be_written(
    reviewed: Reader, gitlab: GitLab
) -> None:
    await pressed(reviewed, MERGE, 1)
    await saved(reviewed, "# Ours, mended")
    gitlab.faults.append(("POST", 403))
    await pressed(reviewed, MERGE, 2)
    await fetched(reviewed, MERGE)
    page = seen(await reviewed.get(REVIEW))
    assert f"Version 2 {UNWRITTEN}." in page
    assert "has version 1, which is not the newest" in page


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_passes_is_waited_for(reviewed: Reader, gitlab: GitLab, status: int) -> None:
    gitlab.faults += [("POST", status), ("GET", status)]
    await pressed(reviewed, MERGE, 1)
    await reviewed.world.pass_minutes(3)
    assert len(gitlab.files.requests) == 1
    assert len(gitlab.files.commits) == 1
    assert not in_channel(reviewed, "could not be written")


async def test_who_commits_between_the_look_and_the_write_loses_nothing(
    reviewed: Reader, gitlab: GitLab
) -> None:
    files = gitlab.files
    await pressed(reviewed, MERGE, 1)
    await saved(reviewed, "# Ours, mended here")
    text = files.branches[BRANCH][FILE][0]
    gitlab.before["POST"] = lambda: files.edit(BRANCH, FILE, text.replace("# Ours", "# Sam's"), "Sam")

    await pressed(reviewed, MERGE, 2)

    assert files.branches[BRANCH][FILE][0].startswith("# Sam's")
    assert "Sam edited the merge request in GitLab, beginning from version 1" in seen(
        await reviewed.get(REVIEW)
    )


async def test_a_letter_that_was_given_up_can_be_sent_again(reviewed: Reader, gitlab: GitLab) -> None:
    gitlab.faults.append(("POST", 400))
    await pressed(reviewed, WIKI, 1)
    assert not gitlab.files.pages
    uow = reviewed.world.muster.uow
    [letter] = await uow.read(lambda tx: tx.all("SELECT id FROM outbox WHERE state = 'dead'"))
    await uow.perform(send_again, letter["id"])
    await reviewed.world.pass_minutes(1)
    assert "# Ours" in gitlab.files.pages[PAGE]
    assert "The wiki page in GitLab has version 1." in seen(await reviewed.get(REVIEW))


async def test_a_restart_between_makes_no_second_one(reviewed: Reader, gitlab: GitLab) -> None:
    world = reviewed.world
    gitlab.faults.append(("POST", "lost"))
    await reviewed.send(REVIEW, MERGE, version="1")
    await world.settle()
    await world.stop()
    await world.start()
    await world.pass_minutes(3)
    assert len(gitlab.files.commits) == 1
    assert len(gitlab.files.requests) == 1


async def test_of_what_is_private_it_says_nothing_where_the_project_is_not_fit(
    reader: Reader, gitlab: GitLab
) -> None:
    world, files = reader.world, gitlab.files
    await world.declare("ana", name="Mail is slow")
    await world.pass_minutes(1)
    sit_down(reader, "ana")
    await saved(reader, "# The mail of Rose")
    await pressed(reader, WIKI, 1)
    await pressed(reader, MERGE, 1)
    assert files.said.count("Rose") == 2
    here = "inc-1-mail-is-slow"
    await inc(world, "ana", "private yes Personal data", channel=here)
    await world.pass_minutes(1)

    assert "Rose" not in files.said
    assert files.said.count("INC-1 is private now") == 2
    assert WIKI not in (await reader.get(REVIEW)).text
    for path in (WIKI, MERGE):
        assert "not marked as fit" in words_of(await reader.send(REVIEW, path, version="1"))
    sit_down(reader, "ren")
    for path in (WIKI, MERGE, f"{WIKI}/fetch"):
        assert (await reader.send("/", path, version="1")).status == 404


async def test_one_that_is_to_be_kept_confidential_is_in_neither(reader: Reader, gitlab: GitLab) -> None:
    world = reader.world
    await world.declare("ana", name="Mail is slow")
    await world.pass_minutes(1)
    sit_down(reader, "ana")
    await saved(reader, "# The mail of Rose")
    await pressed(reader, WIKI, 1)
    here = "inc-1-mail-is-slow"
    await inc(world, "ana", "field Keep GitLab Issue Confidential: yes", channel=here)
    await world.pass_minutes(1)
    assert "Rose" not in gitlab.files.said
    assert "to be kept confidential" in words_of(await reader.send(REVIEW, MERGE, version="1"))

    await inc(world, "ana", "field Keep GitLab Issue Confidential: no", channel=here)
    await world.pass_minutes(1)
    assert "Rose" in gitlab.files.said
    assert "Version 1, the newest, by ana" in seen(await reader.get(REVIEW))


async def test_where_it_is_fit_a_private_one_has_both(
    slack: Slack, clock: FakeClock, tmp_path: Path, gitlab: GitLab
) -> None:
    more = "  private: true\n  reviews: {wiki: post-mortems, files: docs/reviews, target: main}\n"
    world = tracked(slack, clock, tmp_path, gitlab, more=more)
    await world.start()
    try:
        await with_pages(world)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            reader = Reader(world, http)
            await world.declare("ana", name="Stolen laptop", visibility="private")
            await world.pass_minutes(1)
            sit_down(reader, "ana")
            await saved(reader, "# The laptop of Rose")
            said = await confirmed(reader, WIKI, version="1")
            assert "The document is of something private: INC-1 itself" in said
            await confirmed(reader, MERGE, version="1")
    finally:
        await world.stop()
    assert "Rose" in gitlab.files.pages["post-mortems/INC-1-stolen-laptop"]
    assert "docs/reviews/INC-1-stolen-laptop.md" in gitlab.files.branches[BRANCH]


async def test_the_name_of_a_private_incident_leaves_only_where_somebody_says_so(
    reader: Reader, gitlab: GitLab
) -> None:
    world = reader.world
    await world.declare(severity="S2", name="Disk full")
    await world.pass_minutes(1)
    await world.declare("ana", name="Stolen laptop", visibility="private")
    await world.pass_minutes(1)
    sit_down(reader, "ana")
    text = "# Disk full\n\nBegan with the stolen LAPTOP\n"
    asked = await saved(reader, text)  # whoever takes it elsewhere later may not know that it is private
    assert "names something private: INC-2" in words_of(asked)
    assert "Nothing was saved yet" in words_of(asked)
    assert (await reader.get("/incidents/INC-1/review.md")).status == 200
    names = asked.text.partition('name="names" value="')[2].partition('"')[0]
    assert (await saved(reader, text, names=names)).to == REVIEW
    assert (await saved(reader, f"{text}\nIt was found.\n")).to == REVIEW  # confirmed before

    said = await reader.send(REVIEW, WIKI, version="2")
    assert said.status == 409
    assert "something private: INC-2." in words_of(said)
    assert not gitlab.files.pages
    file = await reader.get("/incidents/INC-1/review.md")
    assert (file.status, "Content-Disposition" in file.headers) == (409, False)
    sure = unescape(file.text.partition("review.md?")[2].partition('"')[0])
    assert "LAPTOP" in (await reader.get(f"/incidents/INC-1/review.md?{sure}")).text

    await confirmed(reader, WIKI, version="2")
    assert "LAPTOP" in gitlab.files.pages[PAGE]
    sit_down(reader, "ren")  # who does not know of it is told nothing of it
    assert (await reader.get("/incidents/INC-1/review.md")).status == 200


async def test_who_saves_confirms_a_name_and_a_secret_beside_each_other(reader: Reader) -> None:
    await reader.world.declare(severity="S2", name="Disk full")
    await reader.world.declare("ana", name="Stolen laptop", visibility="private")
    await reader.world.pass_minutes(1)
    sit_down(reader, "ana")
    text = "# INC 2\n\nglpat-abcdefghij0123456789\n"
    asked = await saved(reader, text)
    secret = asked.text.partition('name="sure" value="')[2].partition('"')[0]
    assert secret
    asked = await saved(reader, text, sure=secret)
    assert f'name="sure" value="{secret}" checked' in asked.text
    names = asked.text.partition('name="names" value="')[2].partition('"')[0]
    assert f'name="names" value="{names}" checked' not in asked.text
    assert (await saved(reader, text, sure=secret, names=names)).to == REVIEW


async def test_where_both_are_off_there_is_no_button(
    slack: Slack, clock: FakeClock, tmp_path: Path, gitlab: GitLab
) -> None:
    world = tracked(slack, clock, tmp_path, gitlab, more="  reviews: {wiki: false, files: false}\n")
    await world.start()
    try:
        await with_pages(world)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            reader = Reader(world, http)
            await world.declare()
            await world.pass_minutes(1)
            sit_down(reader, "dev")
            assert "/copies/" not in (await reader.get(REVIEW)).text
            refused = await reader.send(REVIEW, WIKI, version="0", template="short")
            assert "No GitLab wiki page is set up" in words_of(refused)
            assert (await reader.send(REVIEW, f"{REVIEW}/copies/moon", version="0")).status == 404
    finally:
        await world.stop()
    assert not gitlab.files.pages
