"""A canvas in the sandbox's page: a tab of its channel, read and written in there."""

import pytest
from playwright.async_api import expect
from slack_bolt.async_app import AsyncApp

from sandbox import canvases
from sandbox.slack import Slack
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEXT = """# Review of INC-1

Everything was **slow**, see [the graph](https://example.com/graph).

## Timeline

- 12:00 it began
  - an alert fired
- [x] it ended

| Who | What |
|---|---|
| Ana | looked at `db-1` |

> quoted

```
df -h
```
"""


async def test_a_canvas_is_a_tab_that_people_read_and_add_to(
    slack: Slack, app: AsyncApp, open_page: Open
) -> None:
    ws = slack.workspace
    channel = ws.channel("general")
    made = canvases.make(ws, ws.app.user_id, "Review of INC-1", TEXT, channel, main=False)
    ana = await open_page("ana")

    await ana.get_by_role("button", name="Review of INC-1").click()
    dialog = ana.get_by_role("dialog", name="Review of INC-1")
    await expect(dialog.get_by_role("heading", name="Timeline")).to_be_visible()
    await expect(dialog.get_by_role("link", name="the graph")).to_have_attribute(
        "href", "https://example.com/graph"
    )
    await expect(dialog.get_by_role("cell", name="looked at db-1")).to_be_visible()
    await expect(dialog.locator("pre")).to_have_text("df -h")
    await dialog.get_by_label("Add to the end").first.fill("Ana was here.")
    await dialog.get_by_role("button", name="Add to the end").click()

    await expect(dialog).to_have_count(0)
    assert made.parts[-1].markdown == "Ana was here."


async def test_a_link_to_a_canvas_opens_it(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    ws = slack.workspace
    made = canvases.make(ws, ws.app.user_id, "Review", TEXT, ws.channel("general"), main=False)
    await slack.person("bo").say("general", f"see {canvases.as_file(ws, made)['permalink']}")
    ana = await open_page("ana")

    await ana.get_by_role("link", name="/docs/").click()

    await expect(ana.get_by_role("dialog", name="Review")).to_be_visible()


async def test_who_may_only_read_a_canvas_has_no_box(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    ws = slack.workspace
    made = canvases.make(ws, ws.app.user_id, "Review", TEXT, ws.channel("general"), main=False)
    made.access[made.channel] = "read"
    ana = await open_page("ana")

    await ana.get_by_role("button", name="Review").click()

    dialog = ana.get_by_role("dialog", name="Review")
    await expect(dialog).to_contain_text("You can read this canvas, and not write in it.")
    await expect(dialog.get_by_role("textbox")).to_have_count(0)
