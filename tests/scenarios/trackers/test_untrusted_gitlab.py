"""A GitLab whose answers are not to be trusted: what it says of reviews does no harm."""

from typing import Any

import pytest

from bot.domain.incidents.incident import Status
from bot.domain.reviews.copies import MOST_THERE, Kept
from bot.integrations.answers import LONGEST
from bot.operations.incidents.lifecycle import change_status
from bot.operations.reviews.copies import TakenIn, copy_edited
from storage import review_copies, review_documents
from tests.scenarios.browser.conftest import Reader
from tests.scenarios.browser.test_incident_page import seen
from tests.scenarios.browser.test_review import REVIEW, saved
from tests.scenarios.trackers.gitlab import PROJECT, GitLab
from tests.scenarios.trackers.test_gitlab import hook
from tests.scenarios.trackers.test_review_copies import (
    BRANCH,
    FILE,
    MERGE,
    PAGE,
    WIKI,
    fetched,
    gitlab,
    in_channel,
    pressed,
    reader,
    reviewed,
    world,
)

__all__ = ["gitlab", "reader", "reviewed", "world"]


async def test_where_all_merge_requests_are_merged_it_stops_and_says_so(
    reviewed: Reader, gitlab: GitLab
) -> None:
    files = gitlab.files
    files.always = [{"iid": 1, "web_url": f"{gitlab.url}/x", "state": "merged"}]

    await pressed(reviewed, MERGE, 1)

    assert gitlab.calls.count("GET /merge_requests") == 4
    [told] = in_channel(reviewed, "it says that 4 in a row are merged or closed")
    assert "press the button on the review's page again" in told
    assert not files.commits
    files.always = []
    await pressed(reviewed, MERGE, 1)
    assert {*files.branches} == {"main", f"{BRANCH[:-1]}5"}
    assert "The merge request !1 in GitLab has version 1." in seen(await reviewed.get(REVIEW))


@pytest.mark.parametrize("characters", [MOST_THERE, LONGEST])
async def test_what_is_far_too_long_is_not_worked_through(
    reviewed: Reader, gitlab: GitLab, characters: int
) -> None:
    files = gitlab.files
    await pressed(reviewed, MERGE, 1)
    await pressed(reviewed, WIKI, 1)
    huge = "x y z\n" * (characters // 6 + 1) + "<!-- muster:REVIEW-1"
    files.edit(BRANCH, FILE, huge)
    files.pages[PAGE] = huge

    for path in (MERGE, WIKI):
        await fetched(reviewed, path)

    why = "there is far more in it than the 200,000 characters that are kept"
    assert len([one for one in in_channel(reviewed, why) if "could not be looked at" in one]) == 2
    assert len(in_channel(reviewed, "Shorten it there")) == 2
    assert "Version 1, the newest" in seen(await reviewed.get(REVIEW))


async def test_what_is_too_long_but_not_by_far_is_told_with_its_length(
    reviewed: Reader, gitlab: GitLab
) -> None:
    await pressed(reviewed, WIKI, 1)
    gitlab.files.pages[PAGE] = "x y z\n" * 40_000
    await fetched(reviewed, WIKI)
    assert in_channel(reviewed, "since it has 240,000 characters, and at most 200,000 are kept")


async def test_a_push_elsewhere_says_nothing_of_who_wrote_what(reviewed: Reader, gitlab: GitLab) -> None:
    files, world = gitlab.files, reviewed.world
    await pressed(reviewed, MERGE, 1)
    text = files.branches[BRANCH][FILE][0]
    files.edit(BRANCH, FILE, text.replace("# Ours", "# Mallory says"), "Mallory")
    said: dict[str, Any] = {"object_kind": "push", "user_name": "Ana", "commits": [{"modified": [FILE]}]}
    said["project"] = {"path_with_namespace": PROJECT, "default_branch": "main"}
    looks = gitlab.calls.count("GET /merge_requests")

    assert await hook(world, **said, ref="refs/heads/other", after="b1") == 200
    await world.pass_minutes(1)
    assert gitlab.calls.count("GET /merge_requests") == looks

    assert await hook(world, **said, ref=f"refs/heads/{BRANCH}", after="b2") == 200
    await world.pass_minutes(1)
    assert "Version 2, the newest, by Mallory in GitLab" in seen(await reviewed.get(REVIEW))

    files.merge(1)
    files.edit("main", FILE, files.branches["main"][FILE][0].replace("Mallory", "Sam"), "Sam")
    assert await hook(world, **said, ref="refs/heads/main", after="b3") == 200
    await world.pass_minutes(1)
    assert "Sam edited the merge request in GitLab" in seen(await reviewed.get(REVIEW))


async def test_what_was_cancelled_gets_no_version_from_there(reviewed: Reader, gitlab: GitLab) -> None:
    files, world = gitlab.files, reviewed.world
    uow = world.muster.uow
    await pressed(reviewed, WIKI, 1)
    files.pages[PAGE] = files.pages[PAGE].replace("# Ours", "# Late")
    page = {"slug": PAGE, "action": "update", "version_id": "a1"}
    await uow.perform(change_status, 1, Status.CANCELLED, by=world.person("dev").id, reason="none")
    await world.pass_minutes(2)
    gitlab.calls.clear()

    assert await hook(world, object_kind="wiki_page", user={"name": "Kim"}, object_attributes=page) == 200
    await world.pass_minutes(2)
    assert not gitlab.calls
    copy = await uow.read(review_copies.of, 1, Kept.WIKI)
    assert copy
    # it was cancelled while it was looked at
    await uow.perform(copy_edited, copy=copy, found=TakenIn("# Late", 1, "Kim"))

    last = await uow.read(review_documents.latest, 1)
    assert last
    assert last.number == 1
    assert "# Late" in files.pages[PAGE]
    assert not in_channel(reviewed, "Kim")


@pytest.mark.parametrize(
    "said", ["javascript:alert(1)", "https://evil.test/x|<!channel>", f"https://evil.test/{'x' * 5000}"]
)
async def test_the_address_of_a_merge_request_is_one_of_the_project(
    reviewed: Reader, gitlab: GitLab, said: str
) -> None:
    gitlab.files.lies = {"web_url": said}
    await pressed(reviewed, MERGE, 1)

    page = (await reviewed.get(REVIEW)).text + (await reviewed.get("/incidents/INC-1?show=all")).text
    assert f'href="{gitlab.url}/{PROJECT}/-/merge_requests/1"' in page
    assert said[:20] not in page + str(in_channel(reviewed, "Version 1 of the review"))


@pytest.mark.parametrize("slug", ["..", "a/../../b", "", "x" * 5000, "a\nb"])
async def test_a_slug_leads_nowhere_else(reviewed: Reader, gitlab: GitLab, slug: str) -> None:
    gitlab.files.lies = {"slug": slug}
    await pressed(reviewed, WIKI, 1)
    await saved(reviewed, "# Ours, mended")
    await pressed(reviewed, WIKI, 2)

    assert "mended" in gitlab.files.pages[PAGE]
    assert f'href="{gitlab.url}/{PROJECT}/-/wikis/{PAGE}"' in (await reviewed.get(REVIEW)).text


@pytest.mark.parametrize("number", [2**70, 0, -1, True])
async def test_a_number_that_is_none_is_not_taken(reviewed: Reader, gitlab: GitLab, number: int) -> None:
    gitlab.files.lies = {"iid": number}
    await reviewed.send(REVIEW, MERGE, version="1")
    await reviewed.world.pass_minutes(1)
    gitlab.files.lies = {}
    await reviewed.world.pass_minutes(5)
    assert "The merge request !1 in GitLab has version 1." in seen(await reviewed.get(REVIEW))


async def test_a_mark_within_a_document_is_no_edit(reviewed: Reader, gitlab: GitLab) -> None:
    await pressed(reviewed, MERGE, 1)
    mark = gitlab.files.branches[BRANCH][FILE][0].splitlines()[-1]
    assert mark.endswith("version 1 -->")
    await saved(reviewed, f"# Ours 2\n\n{mark}\nmore\n")
    await pressed(reviewed, MERGE, 2)
    await saved(reviewed, "# Ours 3\n")
    await pressed(reviewed, MERGE, 3)

    page = seen(await reviewed.get(REVIEW))
    assert "Version 3, the newest, by dev" in page
    assert "The merge request !1 in GitLab has version 3." in page
    assert "edited the merge request" not in page


async def test_a_version_that_there_never_was_is_not_told_as_a_fact(reviewed: Reader, gitlab: GitLab) -> None:
    await pressed(reviewed, WIKI, 1)
    page = gitlab.files.pages[PAGE].replace("# Ours", "# Theirs")
    gitlab.files.pages[PAGE] = page.replace("version 1 -->", "version 999999999 -->")
    await fetched(reviewed, WIKI)

    said = seen(await reviewed.get(REVIEW))
    assert "Somebody edited the wiki page in GitLab, and it is not known from which version." in said
    assert "999999999" not in said
    assert len(in_channel(reviewed, "It is not known from which version they began")) == 1
    assert "Version 1, the newest" in said
