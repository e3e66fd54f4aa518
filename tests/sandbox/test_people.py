"""People and user groups, and what is heard of their changes."""

from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from sandbox.directory import add_user, change_user, set_group
from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, refused


async def test_mail_addresses_need_their_scope(slack: Slack, client: AsyncWebClient) -> None:
    ana = slack.workspace.user("ana").id
    assert (await client.users_info(user=ana))["user"]["profile"]["email"] == "ana@example.com"

    app = slack.workspace.app
    slack.workspace.app = replace(app, scopes=app.scopes - {"users:read.email"})

    assert "email" not in (await client.users_info(user=ana))["user"]["profile"]
    assert await refused(client.users_lookupByEmail(email="ana@example.com")) == "missing_scope"


async def test_people_are_found_and_flagged(slack: Slack, client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="ANA@example.com")
    people = {member["name"]: member for member in (await client.users_list())["members"]}

    assert found["user"]["tz"] == "Europe/Lisbon"
    assert people["old"]["deleted"] is True
    assert people["gus"]["is_restricted"] is True
    assert people["muster"]["is_bot"] is True
    assert await refused(client.users_lookupByEmail(email="no@example.com")) == "users_not_found"
    assert await refused(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_changes_are_heard(slack: Slack, client: AsyncWebClient, ear: Ear) -> None:
    zoe = add_user(slack.workspace, "zoe", email="zoe@example.com", tz="America/Lima")
    change_user(slack.workspace, "zoe", deleted=True)
    await slack.idle()

    assert ear.names == ["team_join", "user_change"]
    assert ear.events[0]["user"]["tz_offset"] == -5 * 3600
    assert (ear.events[1]["user"]["id"], ear.events[1]["user"]["deleted"]) == (zoe.id, True)


async def test_user_groups(slack: Slack, client: AsyncWebClient, ear: Ear) -> None:
    app = slack.workspace.app
    scopes, events = app.scopes | {"usergroups:read"}, app.events | {"subteam_updated"}
    slack.workspace.app = replace(app, scopes=scopes, events=events)

    bare = (await client.usergroups_list())["usergroups"][0]
    full = (await client.usergroups_list(include_users=True))["usergroups"][0]
    set_group(slack.workspace, "comms", ["sam"])
    await slack.idle()

    assert "users" not in bare
    assert len(full["users"]) == 3
    assert (await client.usergroups_users_list(usergroup="S0COMMS002"))["users"] == ["U0SAM00012"]
    assert await refused(client.usergroups_users_list(usergroup="S0")) == "no_such_subteam"
    assert ear.events[-1]["subteam"]["users"] == ["U0SAM00012"]


async def test_conversations_of_a_person(slack: Slack, client: AsyncWebClient) -> None:
    await client.conversations_create(name="inc-1")

    mine = (await client.users_conversations())["channels"]
    theirs = (await client.users_conversations(user=slack.workspace.user("ren").id))["channels"]

    assert [channel["name"] for channel in mine] == ["inc-1"]
    assert "frontend" in {channel["name"] for channel in theirs}
