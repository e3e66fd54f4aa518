"""What is said of issue trackers: wrong or missing, it keeps no pager from starting."""

from pathlib import Path

import pytest

from bot.config import load
from bot.config.trackers import GITLAB_HOOK, GITLAB_TOKEN, GithubSettings, GitlabSettings, JiraSettings


def written(folder: Path, text: str) -> Path:
    path = folder / "muster.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_tokens_come_from_the_environment_and_are_withheld(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("glpat-file\n")
    environ = {f"{GITLAB_TOKEN}_FILE": str(tmp_path / "token"), GITLAB_HOOK: "hook-word"}

    config = load(written(tmp_path, "gitlab: {project: a/b, url: https://git.test/}"), environ)

    assert isinstance(config.tracker, GitlabSettings)
    assert (config.tracker.token, config.tracker.hook_token) == ("glpat-file", "hook-word")
    assert config.tracker.url == "https://git.test"
    assert {"glpat-file", "hook-word"} <= {*config.withheld}
    assert "glpat" not in repr(config)
    assert not [one for one in config.warnings if "gitlab" in one]


@pytest.mark.parametrize(
    ("section", "environ", "said"),
    [
        ("{project: a/b}", {}, "GITLAB_TOKEN is not set"),
        ("{project: a/b}", {"GITLAB_TOKEN_FILE": "/nowhere"}, "/nowhere cannot be read"),
        ("{project: b}", {}, "gitlab.project: found `b`, expected the path of a project"),
        ("{url: https://git.test}", {}, "gitlab.project: is missing"),
        ("{project: a/b, notes: loud}", {}, "expected internal, public or none"),
        ("{project: a/b, tokn: x}", {}, "gitlab.tokn: is no key here"),
        ("{project: a/b, people: {ana: ana}}", {}, "expected an e-mail address or a Slack user id"),
        ("[a/b]", {}, "gitlab: found a list"),
    ],
)
def test_what_is_wrong_is_named_and_set_aside(
    tmp_path: Path, section: str, environ: dict[str, str], said: str
) -> None:
    config = load(written(tmp_path, f"gitlab: {section}"), environ)

    assert not config.tracker or not config.tracker.token
    assert [one for one in config.warnings if said in one], config.warnings


def test_a_usual_type_comes_first_whatever_was_taken_out(tmp_path: Path) -> None:
    text = "types:\n  GitLab.com: null\n  Dedicated: null\n  Incident: {pages: dotcom EOC, leads: EOC}\n"

    process = load(written(tmp_path, text), {}).process

    first = next(iter(process.types.values()))
    assert (first.name, first.private, first.drill) == ("Incident", False, False)


def test_github_and_jira_are_trackers_too(tmp_path: Path) -> None:
    github = load(written(tmp_path, "github: {repository: acme/ops}"), {"GITHUB_TOKEN": "ghp-word"})
    assert isinstance(github.tracker, GithubSettings)
    assert (github.tracker.token, github.tracker.url) == ("ghp-word", "https://api.github.com")
    assert "ghp-word" in github.withheld

    section = "jira: {project: OPS, url: https://acme.atlassian.net}"
    jira = load(written(tmp_path, section), {"JIRA_TOKEN": "word", "JIRA_EMAIL": "bot@example.com"})
    assert isinstance(jira.tracker, JiraSettings)
    assert (jira.tracker.email, jira.tracker.issue_type) == ("bot@example.com", "Task")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("github: {repository: ops}", "github.repository: found `ops`, expected the owner and the name"),
        ("github: {repository: acme/ops}", "GITHUB_TOKEN is not set"),
        ("jira: {project: ops, url: https://a.test}", "jira.project: found `ops`, expected the key"),
        ("jira: {project: OPS}", "jira.url: is missing"),
        ("gitlab: {project: a/b}\njira: {project: OPS, url: https://a.test}", "jira: an incident has one"),
    ],
)
def test_what_is_wrong_with_them_is_named(tmp_path: Path, text: str, said: str) -> None:
    config = load(written(tmp_path, text), {"GITLAB_TOKEN": "glpat-word"})
    assert [one for one in config.warnings if said in one], config.warnings
