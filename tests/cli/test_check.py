"""What `muster check` finds in a workspace."""

from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.checks.workspace import check
from bot.cli.findings import Finding, Level
from bot.config import Config, Secrets, load
from tests.cli.slack_stub import SlackStub, person, served

STAFFED = """
teams:
  dotcom EOC: {on_call: [eoc@example.com]}
  dotcom IMOC: {on_call: [im@example.com]}
  dotcom CMOC: {on_call: [cmoc@example.com]}
  dotcom leadership escalation: {on_call: [leader@example.com]}
  Infrastructure Liaison: {on_call: [ULIAISON]}
  Security on-call: {on_call: [leader@example.com]}
  Release managers: {on_call: [leader@example.com]}
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "muster.yml"
    path.write_text(STAFFED)
    return load(path)


@pytest.fixture
async def slack() -> AsyncIterator[SlackStub]:
    async with served(SlackStub()) as stub:
        yield stub


async def checked(
    slack: SlackStub,
    config: Config,
    app_token: str | None = "xapp-1",
    unreachable: Level = Level.FATAL,
    reached: Collection[str] = (),
) -> list[Finding]:
    secrets = Secrets("xoxb-1", app_token, "abc", slack.url)
    client = AsyncWebClient(token="xoxb-1", base_url=slack.url, timeout=30, retry_handlers=[])
    return await check(config, secrets, client, unreachable=unreachable, reached=reached)


def those(found: list[Finding], level: Level) -> list[str]:
    return [finding.line for finding in found if finding.level is level]


async def test_nothing_is_wrong_in_a_workspace_that_is_in_order(slack: SlackStub, config: Config) -> None:
    found = await checked(slack, config)

    assert those(found, Level.FATAL) == []
    assert those(found, Level.WARNING) == []
    assert "ok       I am muster in Tanuki." in those(found, Level.OK)
    assert "ok       On call for dotcom EOC: eoc@example.com." in those(found, Level.OK)
    assert slack.calls.count("conversations.list") == 2


async def test_a_token_that_slack_refuses_is_fatal_and_the_rest_is_not_asked(
    slack: SlackStub, config: Config
) -> None:
    slack.refused["auth.test"] = "invalid_auth"

    [finding] = await checked(slack, config)

    assert finding.level is Level.FATAL
    assert "SLACK_BOT_TOKEN is refused by Slack: invalid_auth" in finding.what
    assert "OAuth & Permissions" in finding.cure


async def test_scopes_that_the_app_lacks_are_named(slack: SlackStub, config: Config) -> None:
    slack.scopes -= {"im:write", "pins:write"}

    found = await checked(slack, config)

    assert "lacks the scope im:write: direct messages, so every page" in those(found, Level.FATAL)[0]
    assert "lacks the scope pins:write: pinning the card" in those(found, Level.WARNING)[0]
    assert "reinstall" in those(found, Level.WARNING)[0]


async def test_a_missing_scope_is_one_finding_with_one_cure_wherever_it_shows(
    slack: SlackStub, config: Config
) -> None:
    slack.scopes -= {"users:read.email", "groups:read"}
    for method, scope in {
        "users.lookupByEmail": "users:read.email",
        "conversations.list": "groups:read",
    }.items():
        slack.refused[method], slack.needed[method] = "missing_scope", scope

    found = await checked(slack, config)

    [fatal], [warning] = those(found, Level.FATAL), those(found, Level.WARNING)
    assert "users:read.email: looking people up by the e-mail addresses" in fatal
    assert "groups:read: finding the private channels" in warning
    assert all("OAuth & Permissions > Scopes, and reinstall the app" in line for line in (fatal, warning))
    assert [line for line in those(found, Level.OK) if "On call" in line] == [
        "ok       On call for Infrastructure Liaison: ULIAISON."
    ]


async def test_what_slack_does_not_look_up_is_nobodys_fault(slack: SlackStub, config: Config) -> None:
    slack.refused |= {"users.info": "internal_error", "conversations.list": "internal_error"}

    person, channels = those(await checked(slack, config), Level.WARNING)

    assert "ULIAISON could not be looked up: internal_error. Run `muster check` again" in person
    assert "The channels could not be listed: internal_error. Run `muster check` again" in channels


@pytest.mark.parametrize(
    ("app_token", "command"), [("xapp-1", "manifest`"), (None, "manifest --url https://your.host`")]
)
async def test_it_says_what_no_bot_token_shows_and_how_to_compare(
    slack: SlackStub, config: Config, app_token: str | None, command: str
) -> None:
    unseen = those(await checked(slack, config, app_token), Level.HINT)[0]

    assert "events, slash commands, interactivity and shortcuts" in unseen
    assert f"`muster {command}" in unseen
    assert "App Manifest" in unseen


@pytest.mark.parametrize(
    ("user", "wanted"),
    [
        (None, "teams.dotcom EOC.on_call[0]: eoc@example.com is nobody in this workspace"),
        (person("eoc", deleted=True), "eoc@example.com is deactivated in Slack"),
        (person("eoc", is_bot=True), "eoc@example.com is a bot"),
        (person("eoc", id="USLACKBOT"), "eoc@example.com is a bot"),
    ],
)
async def test_somebody_who_cannot_be_paged_is_named(
    slack: SlackStub, config: Config, user: dict[str, object] | None, wanted: str
) -> None:
    slack.people.pop("eoc@example.com")
    if user:
        slack.people["eoc@example.com"] = user

    found = await checked(slack, config)

    assert any(wanted in line for line in those(found, Level.WARNING))
    assert any(
        "teams.dotcom EOC.on_call: nobody can be paged" in line for line in those(found, Level.WARNING)
    )
    assert those(found, Level.FATAL) == []


@pytest.mark.parametrize("kind", ["is_restricted", "is_ultra_restricted"])
async def test_a_guest_on_call_is_warned_of_and_still_counts(
    slack: SlackStub, config: Config, kind: str
) -> None:
    slack.people["eoc@example.com"][kind] = True

    found = await checked(slack, config)

    [warning] = those(found, Level.WARNING)
    assert "teams.dotcom EOC.on_call[0]: eoc@example.com is a guest" in warning
    assert "ok       On call for dotcom EOC: eoc@example.com." in those(found, Level.OK)


async def test_a_slack_id_of_nobody_is_named(slack: SlackStub, config: Config) -> None:
    del slack.people["liaison@example.com"]

    found = await checked(slack, config)

    assert any("ULIAISON is nobody in this workspace" in line for line in those(found, Level.WARNING))


async def test_a_path_on_which_nobody_can_be_paged_is_fatal(slack: SlackStub, config: Config) -> None:
    for name in ("eoc", "im", "leader"):
        slack.people[f"{name}@example.com"]["deleted"] = True

    fatal, of_sirt = those(await checked(slack, config), Level.FATAL)

    assert "teams.dotcom EOC" in fatal
    assert "GitLab.com" in fatal
    assert "teams.Security on-call: incidents of type SIRT page this team" in of_sirt


async def test_channels_that_are_missing_or_archived_are_named_with_who_wants_them(
    slack: SlackStub, config: Config
) -> None:
    slack.channels = [
        {"name": "incidents", "is_archived": True},
        {"name": "incidents-dotcom"},
        {"name": "incidents-dedicated"},
    ]

    archived, missing = those(await checked(slack, config), Level.WARNING)

    assert "types.GitLab.com.announce[0], types.Dedicated.announce[0]" in archived
    assert "#incidents is archived" in archived
    assert "types.GitLab.com.triage" in missing
    assert "I see no channel #incidents-dotcom-triage" in missing


async def test_channels_of_maintenance_communication_and_executives_are_looked_for(
    slack: SlackStub, tmp_path: Path
) -> None:
    path = tmp_path / "muster.yml"
    more = """
maintenance: {announce: [changes]}
communication: {customer_success: csm, community: forum}
executive_channel: e-group
follow_ups: {digest: week}
insights: {channel: month}
"""
    path.write_text(STAFFED + more)

    found = those(await checked(slack, load(path)), Level.WARNING)

    for place in (
        "maintenance.announce[0]: I see no channel #changes",
        "communication.customer_success: I see no channel #csm",
        "communication.community: I see no channel #forum",
        "executive_channel: I see no channel #e-group",
        "follow_ups.digest: I see no channel #week",
        "insights.channel: I see no channel #month",
    ):
        assert any(place in one for one in found), place


async def test_a_broken_entry_is_an_error_that_names_key_and_expectation(
    slack: SlackStub, tmp_path: Path
) -> None:
    path = tmp_path / "muster.yml"
    broken = "alerts: {rules: [{then: explode}]}\ngitlab: {project: nothing}"
    path.write_text(f"{STAFFED}\n{broken}\n")

    gitlab, rule = those(await checked(slack, load(path)), Level.ERROR)

    assert "gitlab.project: found `nothing`, expected the path of a project" in gitlab
    assert "alerts.rules[1].then: found `explode`, expected triage, active, page or keep" in rule


async def test_an_archived_namesake_does_not_hide_the_channel(slack: SlackStub, config: Config) -> None:
    slack.channels.append({"name": "incidents", "is_archived": True})

    assert those(await checked(slack, config), Level.WARNING) == []


async def test_an_app_token_that_opens_nothing_is_fatal(slack: SlackStub, config: Config) -> None:
    [fatal] = those(await checked(slack, config, app_token="xoxb-2"), Level.FATAL)

    assert "SLACK_APP_TOKEN opens no connection: not_allowed_token_type" in fatal
    assert "connections:write" in fatal


async def test_without_an_app_token_no_connection_is_tried(slack: SlackStub, config: Config) -> None:
    found = await checked(slack, config, app_token=None)

    assert "apps.connections.open" not in slack.calls
    assert any("/slack/events" in line for line in those(found, Level.OK))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (web.Response(status=503, text="down", content_type="text/html"), "with 503"),
        (web.Response(status=503, text="down"), "with 503"),
        (web.Response(text="hello"), "is not Slack"),
        (web.Response(text="<p>", content_type="text/html"), "with 200"),
        (web.json_response({"ok": False, "error": "ratelimited"}, status=429), "with 429"),
    ],
)
async def test_an_answer_that_is_not_slacks_means_that_slack_cannot_be_reached(
    slack: SlackStub, config: Config, broken: web.Response, said: str
) -> None:
    slack.broken = broken

    [finding] = await checked(slack, config)

    assert finding.level is Level.FATAL
    assert f"Slack cannot be reached at {slack.url}" in finding.what
    assert said in finding.what


async def test_slack_being_down_is_only_a_warning_to_a_bot_that_starts(config: Config) -> None:
    gone = SlackStub(url="http://127.0.0.1:9/api/")

    [finding] = await checked(gone, config, unreachable=Level.WARNING)

    assert finding.level is Level.WARNING
    assert "Slack cannot be reached at http://127.0.0.1:9/api/" in finding.what


@pytest.mark.parametrize("error", ["", "invalid_auth"])
async def test_what_the_file_alone_shows_is_said_whatever_slack_answers(slack: SlackStub, error: str) -> None:
    if error:
        slack.refused["auth.test"] = error
    else:
        slack.url = "http://127.0.0.1:9/api/"

    first, second, third = those(await checked(slack, load(None)), Level.FATAL)

    assert "SLACK_BOT_TOKEN" in first or "cannot be reached" in first
    assert "teams.dotcom EOC" in second
    assert "teams.Security on-call" in third


CONTACT_METHODS = """
contact_methods: {push: "ntfys://ntfy.example.com/{address}"}
people:
  eoc@example.com: {phone: "+44 20 7946 0000", push: eoc-phone}
  im@example.com: {phone: "+44 20 7946 0001"}
  ULIAISON: {push: a/b}
"""


def named(hints: list[str], what: str) -> list[str]:
    return [line.split(" is on call")[0].split()[-1] for line in hints if what in line]


async def test_with_contact_methods_who_has_none_is_a_hint_and_the_rest_is_looked_at(
    slack: SlackStub, tmp_path: Path
) -> None:
    (tmp_path / "muster.yml").write_text(STAFFED + CONTACT_METHODS)

    config = load(tmp_path / "muster.yml")
    found = await checked(slack, config)

    hints = those(found, Level.HINT)[1:]
    assert named(hints, "and only Slack reaches them") == [
        "im@example.com",
        "cmoc@example.com",
        "leader@example.com",
    ]
    assert named(hints, "has no phone number") == ["cmoc@example.com", "leader@example.com", "ULIAISON"]
    verified = await checked(slack, config, reached=["UCMOC"])
    assert "cmoc@example.com" not in named(those(verified, Level.HINT), "and only Slack reaches them")
    assert (
        "ok       contact_methods.push: 2 people can be reached by ntfy at ntfy.example.com, for e…ne, …."
        in those(found, Level.OK)
    )
    assert "people.ULIAISON.push: the method does not seem to take" in those(found, Level.WARNING)[0]


async def test_without_contact_methods_one_hint_says_that_slack_is_the_only_way(
    slack: SlackStub, config: Config
) -> None:
    hint = those(await checked(slack, config), Level.HINT)[-1]

    assert "only Slack wakes people" in hint


SCHEDULED = (
    STAFFED.replace("[eoc@example.com]", "EOC")
    + """
schedules:
  EOC:
    zone: UTC
    layers:
    - {rotation: daily, handover: 09:00, start: 2026-01-05, people: [eoc@example.com, gone@example.com]}
    - {rotation: daily, handover: 09:00, start: 2026-01-05, people: [trainee@example.com], shadow: true}
"""
)


async def test_people_of_schedules_are_looked_up_once(slack: SlackStub, tmp_path: Path) -> None:
    path = tmp_path / "scheduled.yml"
    path.write_text(SCHEDULED)

    some = await checked(slack, load(path))
    del slack.people["eoc@example.com"]
    nobody = await checked(slack, load(path))

    assert those(some, Level.FATAL) == []
    *people, unseen = [line for line in those(some, Level.WARNING) if "schedules" in line]
    assert "schedules.EOC.channel: I see no channel #eoc-general" in unseen
    assert people == [
        f"warning  schedules.EOC: {who}@example.com is nobody in this workspace. "
        "Name somebody else, or correct the entry."
        for who in ("gone", "trainee")
    ]
    assert any("eoc@example.com is nobody" in line for line in those(nobody, Level.WARNING))
    assert any("dotcom EOC.on_call: nobody can be paged" in line for line in those(nobody, Level.WARNING))


async def test_a_tracker_without_its_token_is_a_warning(slack: SlackStub, tmp_path: Path) -> None:
    path = tmp_path / "muster.yml"
    path.write_text(f"{STAFFED}\ngithub: {{repository: tanuki/production}}\n")

    found = await checked(slack, load(path))

    assert any("github: GITHUB_TOKEN is not set" in one for one in those(found, Level.WARNING))
