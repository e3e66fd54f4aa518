"""Which addresses, projects and pages that a tracker answers are followed."""

import pytest

from bot.config.trackers import GithubSettings
from bot.integrations.trackers.addresses import inside, is_page, is_project, numbered
from bot.integrations.trackers.github import made_of as made_at_github

HOME = "https://git.test:8443/here/acme/shop"
OURS = f"{HOME}/-/issues/7"


@pytest.mark.parametrize("given", [OURS, f"{HOME}/-/work_items/7?a=b#c", OURS.replace("acme", "ACME")])
def test_what_is_in_the_project_is_kept(given: str) -> None:
    assert inside(given, HOME, OURS) == given


@pytest.mark.parametrize(
    "given",
    [
        "javascript:alert(1)",
        "ftp://git.test:8443/here/acme/shop/-/issues/7",
        "https://evil.test/here/acme/shop/-/issues/7",
        "https://git.test/here/acme/shop/-/issues/7",
        "https://git.test:x/here/acme/shop/-/issues/7",
        "https://git.test:8443@evil.test/here/acme/shop/",
        "https://a@git.test:8443/here/acme/shop/-/issues/7",
        "https://git.test:8443/here/acme/shop-2/-/issues/7",
        "https://git.test:8443/here/acme/shop/../../evil",
        "https://git.test:8443/here/acme/shop",
        f"{OURS}|<!channel>",
        f"{OURS}\n",
        f"{OURS} x",
        f"{OURS}\u202e",
        f"{OURS}?{'x' * 500}",
        "",
    ],
)
def test_all_else_is_the_address_that_we_know(given: str) -> None:
    assert inside(given, HOME, OURS) == OURS


def test_githubs_pages_are_at_another_address_than_its_api() -> None:
    lies = {"number": 7, "html_url": "https://evil.test/acme/shop/issues/7"}
    homes = {"https://api.github.com": "https://github.com", "https://g.test/api/v3": "https://g.test"}
    for api, home in homes.items():
        settings = GithubSettings(api, "acme/shop", private=False, people={}, token="t")
        assert made_at_github(lies, settings).url == f"{home}/acme/shop/issues/7"


def test_a_project_and_a_page_lead_nowhere_else() -> None:
    assert is_project("acme/tools/shop.js")
    assert not any(
        map(is_project, ["..", "acme", "acme/..", "./shop", "acme//shop", "a/b?c", "a/" + "b" * 500])
    )
    assert is_page("reviews/INC-1-disk-full")
    assert is_page("Prüfung der Platte")
    assert not any(map(is_page, ["..", "", "a/../b", "a//b", "a\nb", "x" * 501]))


def test_a_number_is_one_that_an_issue_can_have() -> None:
    assert numbered(1)
    assert not any(map(numbered, [0, -1, 2**31, True, "1", None, 1.0]))
