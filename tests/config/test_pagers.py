"""What is said of a team's own pager: wrong or missing, Muster pages by itself and says so."""

from pathlib import Path

import pytest

from bot.config import load
from bot.config.pagers import OPSGENIE_KEY, PAGERDUTY_HOOK, PAGERDUTY_KEY, PAGERDUTY_TOKEN
from bot.domain.paging.pagers import OPSGENIE, PAGERDUTY

KEY, OTHER = "a" * 32, "b" * 32
EOC, IM = "dotcom EOC", "dotcom IMOC"


def written(folder: Path, text: str) -> Path:
    path = folder / "muster.yml"
    path.write_text(text, encoding="utf-8")
    return path


def kept(pager: str, more: str = "") -> str:
    return f"teams:\n  {EOC}: {{on_call: [a@b.co], pager: {pager}}}\n{more}"


def test_the_keys_come_from_the_environment_one_for_all_or_for_a_team(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{OTHER}\n")
    environ = {
        PAGERDUTY_KEY: KEY,
        f"{PAGERDUTY_KEY}_DOTCOM_IMOC_FILE": str(tmp_path / "key"),
        PAGERDUTY_HOOK: "new, old",
        PAGERDUTY_TOKEN: "reads",
        OPSGENIE_KEY: "genie-key",
    }
    others = f"  {IM}: {{pager: pagerduty}}\n  Data: {{on_call: [a@b.co], pager: opsgenie}}\n"
    text = kept("pagerduty", others)
    config = load(written(tmp_path, f"{text}pagerduty: {{people: {{a@b.co: PA1}}}}\n"), environ)

    by = {one.service: one for one in config.pagers}
    assert by[PAGERDUTY].keys == {EOC: KEY, IM: OTHER}
    assert (by[PAGERDUTY].hooks, by[PAGERDUTY].people) == (("new", "old"), {"PA1": "a@b.co"})
    assert {KEY, OTHER, "new", "old", "reads", "genie-key"} <= {*config.withheld}
    assert not [one for one in (KEY, OTHER, "reads", "genie-key") if one in repr(config)]
    teams = config.process.teams
    assert {teams[one].pager for one in (EOC, IM)} == {PAGERDUTY}
    assert [teams[one].pager for one in ("Data", "dotcom CMOC")] == [OPSGENIE, ""]
    assert not [one for one in config.warnings if "pager" in one]
    assert load(written(tmp_path, text), {}, sends=False).process.teams[EOC].pager == ""


@pytest.mark.parametrize(
    ("text", "environ", "said"),
    [
        (kept("pagedutty"), {PAGERDUTY_KEY: KEY}, "pager: found `pagedutty`, expected pagerduty or opsgenie"),
        (kept("[pagerduty]"), {PAGERDUTY_KEY: KEY}, "found something else, expected pagerduty or opsgenie"),
        (kept(""), {PAGERDUTY_KEY: KEY}, f"So Muster pages {EOC} itself"),
        (kept("pagerduty"), {}, "PAGERDUTY_ROUTING_KEY_DOTCOM_EOC is not set (nor PAGERDUTY_ROUTING_KEY,"),
        (kept("pagerduty"), {PAGERDUTY_KEY: "short"}, "PAGERDUTY_ROUTING_KEY is no key: expected"),
        (kept("pagerduty"), {f"{PAGERDUTY_KEY}_FILE": "/nowhere"}, "/nowhere cannot be read"),
        (kept("opsgenie"), {PAGERDUTY_KEY: KEY}, "OPSGENIE_API_KEY_DOTCOM_EOC is not set"),
        (kept("pagerduty", "pagerduty: {urls: x}"), {PAGERDUTY_KEY: KEY}, "pagerduty.urls: is no key here"),
        (kept("pagerduty", "pagerduty: [x]"), {PAGERDUTY_KEY: KEY}, "Muster pages itself"),
        (kept("pagerduty", "pagerduty: {people: {a@b.co: x}}"), {PAGERDUTY_KEY: KEY}, "the id of a user"),
    ],
)
def test_what_is_wrong_is_named_and_the_team_is_paged_all_the_same(
    tmp_path: Path, text: str, environ: dict[str, str], said: str
) -> None:
    config = load(written(tmp_path, text), environ)

    assert (config.pagers, config.process.teams[EOC].pager) == ((), "")
    assert config.process.teams[EOC].on_call == ("a@b.co",)
    assert [one for one in config.warnings if said in one], config.warnings
    assert not [one for one in config.warnings if KEY in one]


def test_what_is_done_there_is_heard_or_a_warning_says_not(tmp_path: Path) -> None:
    path = written(tmp_path, kept("pagerduty"))

    assert [one for one in load(path, {PAGERDUTY_KEY: KEY}).warnings if "is not heard" in one]
    for name in (PAGERDUTY_HOOK, PAGERDUTY_TOKEN):
        assert not [one for one in load(path, {PAGERDUTY_KEY: KEY, name: "x"}).warnings if "heard" in one]
