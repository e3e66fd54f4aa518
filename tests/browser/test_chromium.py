"""What happens where there is no browser to click with."""

import pytest

from tests.browser.conftest import chromium


@pytest.fixture(autouse=True)
def _a_machine_without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("MUSTER_REQUIRE_BROWSER", raising=False)


def test_the_tests_are_skipped_and_say_why() -> None:
    with pytest.raises(pytest.skip.Exception, match="no Chromium on this machine"):
        chromium()


def test_the_tests_fail_where_they_have_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_REQUIRE_BROWSER", "1")

    with pytest.raises(pytest.fail.Exception, match="no Chromium on this machine"):
        chromium()
