"""A GitLab whose answers are not to be trusted: what it says of reviews does no harm."""

from tests.scenarios.browser.conftest import Reader
from tests.scenarios.browser.test_incident_page import seen
from tests.scenarios.browser.test_review import REVIEW
from tests.scenarios.trackers.gitlab import GitLab
from tests.scenarios.trackers.test_review_copies import (
    BRANCH,
    MERGE,
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
