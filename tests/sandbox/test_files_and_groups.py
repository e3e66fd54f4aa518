"""Files in three steps, and user groups."""

from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, key, refused

GENERAL = "C0GENERAL1"
BACKEND = "S0BACKEND1"
ANA, BO, OLD = "U0ANA00001", "U0BO000002", "U0OLD00014"
EVENTS = ["file_shared", "subteam_updated", "message.channels"]
SCOPES = ["files:read", "files:write", "usergroups:read", "usergroups:write"]


@pytest.fixture(autouse=True)
def with_files_and_groups(manifest: dict[str, Any]) -> None:
    manifest["oauth_config"]["scopes"]["bot"] += SCOPES
    manifest["settings"]["event_subscriptions"]["bot_events"] += EVENTS


@pytest.fixture
async def joined(client: AsyncWebClient, ear: Ear) -> None:
    await client.conversations_join(channel=GENERAL)


@pytest.mark.usefixtures("joined")
async def test_slack_sdk_uploads_a_file_and_everybody_hears(
    slack: Slack, client: AsyncWebClient, ear: Ear
) -> None:
    answer = await client.files_upload_v2(
        content="name,count\na,1\n",
        filename="list.csv",
        title="The list",
        channel=GENERAL,
        initial_comment="as promised",
    )
    await slack.idle()

    shared = slack.person("ana").messages("general")[-1]
    assert (shared["subtype"], shared["text"]) == ("file_share", "as promised")
    assert (shared["files"][0]["title"], shared["files"][0]["mimetype"]) == ("The list", "text/csv")
    assert answer["files"][0]["channels"] == [GENERAL]
    assert ear.names[-2:] == ["file_share", "file_shared"]
    assert ear.events[-1]["file_id"] == answer["files"][0]["id"] == ear.events[-1]["file"]["id"]


@pytest.mark.usefixtures("joined")
async def test_a_private_address_needs_the_token(
    slack: Slack, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    answer = await client.files_upload_v2(content="secret", filename="a.txt", channel=GENERAL)
    url = answer["files"][0]["url_private"]

    async with session.get(url, allow_redirects=False) as response:
        without = response.status
    async with session.get(url, headers={"Authorization": f"Bearer {slack.bot_token}"}) as response:
        content = await response.text()
    async with session.get(
        f"{slack.url}/ui/file?user={ANA}&id={answer['files'][0]['id']}", headers=key(slack)
    ) as response:
        seen = await response.text()

    assert (without, content, seen) == (302, "secret", "secret")


async def step_one(client: AsyncWebClient, length: int = 4, **more: Any) -> Any:
    return await client.files_getUploadURLExternal(filename="a.bin", length=length, **more)


async def test_the_upload_itself_says_how_much_it_took(
    client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    first, second, third = [await step_one(client) for _ in range(3)]
    form = aiohttp.FormData()
    form.add_field("file", b"1234", filename="a.bin")

    async with session.post(first["upload_url"], data=b"1234") as raw:
        said = (raw.status, await raw.text())
    async with session.post(second["upload_url"], data=form) as multipart:
        also = (multipart.status, await multipart.text())
    async with session.post(third["upload_url"], data=b"12345") as wrong:
        longer = wrong.status

    assert said == also == (200, "OK - 4")
    assert longer == 400


async def test_what_was_not_uploaded_cannot_be_shared(
    client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    started = await step_one(client)
    file = {"id": started["file_id"], "title": "x"}
    early = await refused(client.files_completeUploadExternal(files=[file]))
    await session.post(started["upload_url"], data=b"1234")

    stranger = await refused(client.files_completeUploadExternal(files=[file], channel_id="C1"))
    outside = await refused(client.files_completeUploadExternal(files=[file], channel_id=GENERAL))
    done = await client.files_completeUploadExternal(files=[file])
    twice = await refused(client.files_completeUploadExternal(files=[file]))

    assert (early, stranger, outside, twice) == (
        "file_not_found",
        "channel_not_found",
        "not_in_channel",
        "file_not_found",
    )
    assert done["files"][0]["channels"] == []
    assert (await client.files_info(file=started["file_id"]))["file"]["title"] == "x"


async def test_step_one_is_checked(slack: Slack, client: AsyncWebClient) -> None:
    assert await refused(step_one(client, length=0)) == "invalid_arguments"
    assert await refused(step_one(client, alt_txt="x" * 1001)) == "alt_txt_too_large"
    slack.workspace.app = replace(slack.workspace.app, scopes=frozenset({"chat:write"}))
    assert await refused(step_one(client)) == "missing_scope"


async def test_a_group_gets_new_members(slack: Slack, client: AsyncWebClient, ear: Ear) -> None:
    answer = await client.usergroups_users_update(usergroup=BACKEND, users=[ANA, BO, ANA])
    await slack.idle()

    assert answer["usergroup"]["users"] == [ANA, BO]
    assert (await client.usergroups_users_list(usergroup=BACKEND))["users"] == [ANA, BO]
    assert ear.names == ["subteam_updated"]
    assert ear.events[0]["subteam"]["users"] == [ANA, BO]


@pytest.mark.parametrize(
    ("group", "users", "error"),
    [
        (BACKEND, [""], "no_users_provided"),
        (BACKEND, ["U1"], "invalid_users"),
        (BACKEND, [ANA, OLD], "invalid_users"),
        ("S1", [ANA], "no_such_subteam"),
    ],
)
async def test_a_group_cannot_be_emptied_or_filled_with_strangers(
    client: AsyncWebClient, group: str, users: list[str], error: str
) -> None:
    assert await refused(client.usergroups_users_update(usergroup=group, users=users)) == error


async def test_a_workspace_may_keep_apps_from_its_groups(slack: Slack, client: AsyncWebClient) -> None:
    await slack.switchboard.turn({"groups": "permission_denied"})
    readable = await client.usergroups_list()
    denied = await refused(client.usergroups_users_update(usergroup=BACKEND, users=[ANA]))
    await slack.switchboard.turn({"groups": "plan_upgrade_required"})

    assert (readable["ok"], denied) == (True, "permission_denied")
    assert await refused(client.usergroups_list()) == "plan_upgrade_required"
    assert await refused(client.usergroups_users_list(usergroup=BACKEND)) == "plan_upgrade_required"
    assert (
        await refused(client.usergroups_users_update(usergroup=BACKEND, users=[ANA]))
        == "plan_upgrade_required"
    )
