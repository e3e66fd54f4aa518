"""Canvases, as the official client makes, edits, finds and deletes them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.canvas_markdown import LARGEST
from sandbox.keeping import as_text, read_kept, restore
from sandbox.person import CannotDo
from sandbox.slack import Slack
from tests.sandbox.conftest import FakeClock, refused

GENERAL, LEADERSHIP = "C0GENERAL1", "C0LEADERS1"
SCOPES = ["canvases:read", "canvases:write", "files:read"]
TEXT = "# Review\n\n- one\n- two\n\n## What next\n\nNothing *yet*."


def written(text: str) -> dict[str, str]:
    return {"type": "markdown", "markdown": text}


@pytest.fixture(autouse=True)
def with_canvases(manifest: dict[str, Any]) -> None:
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    scopes += [one for one in SCOPES if one not in scopes]


@pytest.fixture
async def made(client: AsyncWebClient) -> str:
    """A canvas in #general, by its id."""
    await client.conversations_join(channel=GENERAL)
    answer = await client.canvases_create(
        title="Review of INC-1", document_content=written(TEXT), channel_id=GENERAL
    )
    return str(answer["canvas_id"])


async def edited(client: AsyncWebClient, canvas: str, **change: Any) -> None:
    await client.canvases_edit(canvas_id=canvas, changes=[change])


async def ids(client: AsyncWebClient, canvas: str, **criteria: Any) -> list[str]:
    answer = await client.canvases_sections_lookup(canvas_id=canvas, criteria=criteria)
    return [one["id"] for one in answer["sections"]]


def text(slack: Slack) -> str:
    (one,) = slack.person("ana").canvases("general")
    return str(one["text"])


async def test_a_canvas_is_a_tab_of_its_channel_and_a_file(
    slack: Slack, client: AsyncWebClient, made: str
) -> None:
    tabs = (await client.conversations_info(channel=GENERAL))["channel"]["properties"]["tabs"]
    listed = await client.files_list(channel=GENERAL, types="canvas")
    about = (await client.files_info(file=made))["file"]

    assert text(slack) == TEXT
    assert [(tab["type"], tab["label"], tab["data"]["file_id"]) for tab in tabs] == [
        ("canvas", "Review of INC-1", made)
    ]
    assert [one["id"] for one in listed["files"]] == [made]
    assert (about["title"], about["filetype"], about["channels"]) == ("Review of INC-1", "quip", [GENERAL])
    assert about["permalink"].endswith(f"/docs/{slack.workspace.team['id']}/{made}")
    assert (await client.files_list(types="images"))["files"] == []
    assert await refused(client.files_list(types="quips")) == "unknown_type"


async def test_sections_are_found_and_changed_one_at_a_time(
    slack: Slack, client: AsyncWebClient, made: str
) -> None:
    (head,) = await ids(client, made, section_types=["any_header"], contains_text="next")
    (items,) = await ids(client, made, contains_text="one")

    await edited(client, made, operation="insert_before", section_id=head, document_content=written("> hm"))
    await edited(client, made, operation="replace", section_id=items, document_content=written("1. three"))
    await edited(client, made, operation="delete", section_id=head)
    await edited(client, made, operation="insert_at_end", document_content=written("---"))
    await edited(client, made, operation="rename", title_content=written("Renamed"))

    assert text(slack) == "# Review\n\n1. three\n\n> hm\n\nNothing *yet*.\n\n---"
    assert slack.person("ana").canvases("general")[0]["title"] == "Renamed"
    gone = edited(client, made, operation="delete", section_id=head)
    assert await refused(gone) == "canvas_editing_failed"


async def test_a_whole_canvas_is_replaced_and_read(slack: Slack, client: AsyncWebClient, made: str) -> None:
    await edited(client, made, operation="replace", document_content=written("- a\n- b"))

    assert text(slack) == "- a\n- b"
    assert (await client.canvases_getContent(canvas_id=made))["content"] == "* a\n* b\n"


HTML = {"type": "html", "markdown": "a"}


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [{"operation": "replace", "document_content": written("a")}] * 2,
        [{"operation": "append", "document_content": written("a")}],
        [{"operation": "insert_after", "document_content": written("a")}],
        [{"operation": "replace"}],
        [{"operation": "replace", "document_content": HTML}],
        [{"operation": "rename", "document_content": written("a")}],
    ],
)
async def test_an_edit_is_checked(client: AsyncWebClient, made: str, changes: Any) -> None:
    assert await refused(client.canvases_edit(canvas_id=made, changes=changes)) == "invalid_arguments"


@pytest.mark.filterwarnings("ignore:Sending a large body")
async def test_a_canvas_has_a_size(client: AsyncWebClient, made: str) -> None:
    def added(size: int) -> Any:
        return edited(client, made, operation="insert_at_end", document_content=written("x" * size))

    assert await refused(added(LARGEST + 1)) == "invalid_arguments"
    await added(600_000)
    assert await refused(added(600_000)) == "canvas_too_large"


@pytest.mark.parametrize(
    ("markdown", "detail"),
    [
        ("ok\n\n#### deep", "line 3: Unsupported heading depth (4)"),
        ("a <b>word</b>", "line 1: Unsupported HTML"),
        ("- a\n  1. b", "line 2: Unsupported nesting of lists"),
        ("- a\n  > b", "line 2: Unsupported block in a list item"),
        ("> a\n> - b", "line 2: Unsupported block in a quote"),
        ("![x](http://elsewhere/x.png)", "line 1: Unsupported image"),
        ("|a|b|\n|-|-|\n" + "|1|2|\n" * 150, "line 1: Unsupported table type"),
    ],
)
async def test_what_a_canvas_cannot_show_is_refused_with_its_line(
    client: AsyncWebClient, markdown: str, detail: str
) -> None:
    await client.conversations_join(channel=GENERAL)

    with pytest.raises(SlackApiError) as no:
        await client.canvases_create(document_content=written(markdown), channel_id=GENERAL)

    answer = no.value.response
    assert (answer["error"], answer["detail"]) == ("canvas_creation_failed", f"'content' error: {detail}")


async def test_what_a_canvas_can_show_is_taken(client: AsyncWebClient) -> None:
    every = "\n\n".join(
        [
            "### three",
            "- [ ] a\n  - b\n- [x] c",
            "1. a\n2. b",
            "> said `<b>`",
            "```\n#### <b>\n```",
            "|a|b|\n|-|-|\n|1||",
            "a \\<b> [x](https://e.org) ![](@U1) ~~no~~",
        ]
    )

    answer = await client.canvases_create(document_content=written(every))

    assert answer["canvas_id"].startswith("F")


async def test_a_channel_has_one_canvas_of_its_own(client: AsyncWebClient, made: str) -> None:
    main = await client.conversations_canvases_create(channel_id=GENERAL, document_content=written("a"))
    again = client.conversations_canvases_create(channel_id=GENERAL, document_content=written("b"))

    assert await refused(again) == "channel_canvas_already_exists"
    about = (await client.conversations_info(channel=GENERAL))["channel"]["properties"]
    assert about["canvas"]["file_id"] == main["canvas_id"]


async def test_where_no_canvas_can_be_made(slack: Slack, client: AsyncWebClient) -> None:
    async def make(channel: str) -> str | None:
        return await refused(client.canvases_create(document_content=written("a"), channel_id=channel))

    outside, secret, nowhere = await make(GENERAL), await make(LEADERSHIP), await make("C1")
    await client.conversations_join(channel=GENERAL)
    slack.workspace.channels[GENERAL].archived = True

    assert (outside, secret, nowhere) == ("restricted_action", "channel_not_found", "channel_not_found")
    assert await make(GENERAL) == "restricted_action"


async def test_a_free_plan_has_a_tab_in_each_channel(slack: Slack, client: AsyncWebClient) -> None:
    await slack.switchboard.turn({"canvases": "free"})
    await client.conversations_join(channel=GENERAL)
    alone = await refused(client.canvases_create(document_content=written("a")))
    made = await client.canvases_create(document_content=written("a"), channel_id=GENERAL)
    second = await refused(client.canvases_create(document_content=written("a"), channel_id=GENERAL))
    await edited(client, made["canvas_id"], operation="replace", document_content=written("b"))
    await slack.switchboard.turn({"canvases": "disabled"})

    assert alone == "free_teams_cannot_create_non_tabbed_canvases"
    assert second == "free_team_canvas_tab_already_exists"
    assert await refused(client.canvases_create(document_content=written("a"))) == "canvas_disabled_user_team"


async def test_who_may_read_does_not_write(slack: Slack, client: AsyncWebClient, made: str) -> None:
    ana = slack.person("ana")
    await ana.write_canvas(made, "Ana was here.")
    await client.canvases_access_set(canvas_id=made, access_level="read", channel_ids=[GENERAL])

    with pytest.raises(CannotDo, match="restricted_action"):
        await ana.write_canvas(made, "And again.")

    assert text(slack).endswith("Ana was here.")
    await client.canvases_access_delete(canvas_id=made, channel_ids=[GENERAL])
    assert ana.canvases("general") == []
    both = client.canvases_access_set(
        canvas_id=made, access_level="read", channel_ids=[GENERAL], user_ids=["U1"]
    )
    assert await refused(both) == "invalid_parameters"


async def test_a_deleted_canvas_is_gone(slack: Slack, client: AsyncWebClient, made: str) -> None:
    await client.canvases_delete(canvas_id=made)

    assert slack.person("ana").canvases("general") == []
    assert await refused(client.canvases_getContent(canvas_id=made)) == "canvas_not_found"
    assert await refused(ids(client, made, contains_text="one")) == "canvas_deleted"
    assert await refused(client.files_info(file=made)) == "file_deleted"
    late = edited(client, made, operation="replace", document_content=written("a"))
    assert await refused(late) == "canvas_not_found"


async def test_each_scope_is_needed(slack: Slack, client: AsyncWebClient, made: str) -> None:
    slack.workspace.app = replace(slack.workspace.app, scopes=frozenset({"chat:write"}))

    assert await refused(client.canvases_create(document_content=written("a"))) == "missing_scope"
    assert await refused(client.canvases_getContent(canvas_id=made)) == "missing_scope"
    assert await refused(client.files_list()) == "missing_scope"


@pytest.mark.parametrize(
    "criteria",
    [{}, {"section_types": ["h4"]}, {"contains": "x"}, {"contains_text": 1}, {"section_types": []}],
)
async def test_a_lookup_is_checked(client: AsyncWebClient, made: str, criteria: Any) -> None:
    assert await refused(ids(client, made, **criteria)) == "invalid_arguments"


@pytest.mark.usefixtures("made")
async def test_canvases_are_kept_between_runs(
    slack: Slack, manifest: dict[str, Any], clock: FakeClock, tmp_path: Path
) -> None:
    path = tmp_path / "kept.json"
    path.write_text(as_text(slack.workspace))
    again = Slack(manifest, clock)
    kept = read_kept(path)
    assert kept
    restore(again.workspace, kept)

    assert text(again) == TEXT


@pytest.mark.usefixtures("made")
async def test_the_page_is_told_of_them(slack: Slack, session: aiohttp.ClientSession) -> None:
    url = f"{slack.url}/ui/conversation?user=U0ANA00001&id={GENERAL}&key={slack.credentials.page_key}"

    async with session.get(url) as answer:
        (told,) = (await answer.json())["canvases"]

    assert (told["title"], told["writes"], told["parts"][0]) == (
        "Review of INC-1",
        True,
        {"kind": "h1", "markdown": "# Review"},
    )
