"""The page's own calls are taken, another website's are not."""

import aiohttp
import pytest

from sandbox.slack import Slack


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("application/json", 400)],
)
@pytest.mark.parametrize("path", ["act", "advance", "faults", "clock"])
async def test_only_json_acts(slack: Slack, path: str, content_type: str, status: int) -> None:
    headers = {"Content-Type": content_type}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.url}/ui/{path}", data=b"{}", headers=headers) as answer,
    ):
        assert answer.status == status or (status == 400 and answer.status != 415)
