"""What the frame of the pages says when one of them fails: plainly, and nothing of it to strangers."""

import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.domain.errors import NotFound, Refused
from bot.web.links import Links
from bot.web.sessions import Sessions
from handlers.browser.site import Handler, Site
from handlers.request_filter import Home
from storage.database import DatabaseBusy
from tests.conftest import Office


def raising(error: Exception) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        raise error

    return handler


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (RuntimeError("muster_secret"), 500, "This page failed"),
        (DatabaseBusy("muster_secret"), 503, "The database is away"),
        (NotFound("incident", "INC-7"), 404, "I know no incident <code>INC-7</code>"),
        (Refused("<b>Only</b> <@UREP> may."), 409, "&lt;b&gt;Only&lt;/b&gt; @urep may."),
    ],
)
async def test_whatever_a_page_raises_is_answered_and_only_a_fault_is_logged(
    office: Office, error: Exception, status: int, said: str, caplog: pytest.LogCaptureFixture
):
    site = Site(office.uow, Links("token", "db", "https://m.test"), Sessions("secret", "db"), Home)
    request = make_mocked_request("GET", "/wall/muster_secret")

    answer = await site.guarded(raising(error))(request)

    assert isinstance(answer, web.Response)
    assert answer.status == status
    assert said in (answer.text or "")
    assert "muster_secret" not in (answer.text or "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    logged = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert [one.getMessage() for one in logged] == (["a page failed"] if status == 500 else [])
    assert all("muster_secret" not in str(vars(one).get("path")) for one in logged)
