"""The manifest is found in a checkout and in an installed package."""

from pathlib import Path

import pytest

from bot.manifest import manifest, scopes


def test_the_checkout_has_it() -> None:
    assert "/inc" in [one["command"] for one in manifest()["features"]["slash_commands"]]
    assert "chat:write" in scopes()


def test_the_package_comes_first(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text("oauth_config: {}\n")

    assert manifest((tmp_path / "manifest.yml", tmp_path / "other.yml")) == {"oauth_config": {}}
    assert manifest((tmp_path / "other.yml", tmp_path / "manifest.yml")) == {"oauth_config": {}}


def test_a_broken_installation_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="install Muster anew"):
        manifest((tmp_path / "manifest.yml",))
