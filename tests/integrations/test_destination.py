"""A service outside: what each answer means, and when it is left alone."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from bot.integrations.answers import LONGEST
from bot.integrations.destination import AT_ONCE, FAILURES, Destination, Endless, Gone, Moved, Unfit
from bot.jobs import DeliveryFailed
from tests.fakes import FakeClock


class Service:
    """Answers what it is told to."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 200, dict[str, str](), '{"ok": true}'
        self.calls = 0
        self.packed = False
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.calls += 1
        answer = web.Response(status=self.status, headers=self.headers, text=self.body)
        if self.packed:
            answer.enable_compression(web.ContentCoding.gzip)
        return answer


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service, app = Service(), web.Application()
    app.router.add_route("*", "/{path:.*}", service.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield service
    await runner.cleanup()


@pytest.fixture
def destination(service: Service, clock: FakeClock) -> Destination:
    return Destination("GitLab", service.url, {"PRIVATE-TOKEN": "secret"}, clock)


async def failing(destination: Destination, method: str = "POST") -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        await destination.call(method, "issues", said={})
    return failed.value


@pytest.mark.parametrize(
    ("method", "status", "meant"),
    [
        ("POST", 400, {"permanent"}),
        ("POST", 401, set()),
        ("GET", 403, set()),
        ("GET", 404, {"permanent"}),
        ("GET", 301, {"permanent"}),
        ("POST", 408, set()),
        ("POST", 425, set()),
        ("POST", 429, {"held"}),
        ("POST", 500, {"uncertain"}),
        ("GET", 502, set()),
    ],
)
async def test_what_an_answer_means(
    service: Service, destination: Destination, method: str, status: int, meant: set[str]
) -> None:
    service.status, service.body = status, '{"message": "no"}'

    failed = await failing(destination, method)

    assert {one for one in ("permanent", "uncertain", "held") if getattr(failed, one)} == meant
    assert f"GitLab answered {status} (no)" in failed.reason
    assert "secret" not in failed.reason
    assert isinstance(failed, Gone) == (status == 404)


async def test_it_waits_as_long_as_it_is_asked_to(
    service: Service, destination: Destination, clock: FakeClock
) -> None:
    service.status, service.headers = 429, {"Retry-After": "90"}
    await failing(destination)
    service.status = 200

    assert (await failing(destination)).held
    assert service.calls == 1
    clock.advance(90)
    assert (await destination.call("GET", "issues"))[0] == 200


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90", 90),
        ("Mon, 02 Mar 2026 12:01:30 GMT", 90),  # a minute and a half after what its own clock says
        ("9" * 40, 3600),
        ("Mon, 02 Mar 2026 11:00:00 GMT", None),
        ("soon", None),
    ],
)
async def test_until_when_it_asks_to_be_left_alone_is_heeded(
    service: Service, destination: Destination, status: int, written: str, seconds: int | None
) -> None:
    service.status, service.headers = (
        status,
        {"Retry-After": written, "Date": "Mon, 02 Mar 2026 12:00:00 GMT"},
    )

    failed = await failing(destination)

    assert failed.after == (timedelta(seconds=seconds or 60) if status == 429 or seconds else None)
    if seconds:
        assert (await failing(destination)).held
        assert service.calls == 1


async def test_it_is_left_alone_after_failures_in_a_row(
    service: Service, destination: Destination, clock: FakeClock
) -> None:
    service.status = 503
    for _ in range(FAILURES):
        assert not (await failing(destination)).held

    assert (await failing(destination)).held
    assert service.calls == FAILURES
    service.status = 200
    clock.advance(60)
    await destination.call("GET", "issues")


async def test_few_calls_are_under_way_at_once(destination: Destination) -> None:
    destination._under_way = AT_ONCE

    assert (await failing(destination)).held


async def test_what_cannot_be_reached_did_not_arrive(clock: FakeClock) -> None:
    nobody = Destination("GitLab", "http://127.0.0.1:1", {}, clock)

    failed = await failing(nobody)

    assert (failed.reason, failed.uncertain) == ("GitLab could not be reached", False)


async def test_a_limit_that_is_said_in_words_alone_rests_for_a_minute(
    service: Service, destination: Destination, clock: FakeClock
) -> None:
    service.status, service.body = 403, '{"message": "You have exceeded a secondary rate limit."}'

    failed = await failing(destination)

    assert (failed.held, failed.after) == (True, timedelta(minutes=1))


@pytest.mark.parametrize(
    ("body", "fields", "said"),
    [
        (
            '{"message": "Validation Failed", "errors": [{"field": "assignees", "code": "invalid"}, "odd"]}',
            {"assignees"},
            "GitHub answered 422 (Validation Failed: assignees invalid)",
        ),
        (
            '{"errorMessages": [], "errors": {"summary": "is too long"}}',
            {"summary"},
            "GitHub answered 422 ({'summary': 'is too long'})",
        ),
        (
            '{"message": "Validation Failed", "errors": "odd"}',
            set(),
            "GitHub answered 422 (Validation Failed)",
        ),
    ],
)
async def test_it_is_told_which_fields_are_complained_of(
    service: Service, clock: FakeClock, body: str, fields: set[str], said: str
) -> None:
    service.status, service.body = 422, body

    failed = await failing(Destination("GitHub", service.url, {}, clock))

    assert isinstance(failed, Unfit)
    assert ({*failed.fields}, failed.reason) == (fields, said)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_page_of_a_proxy_is_no_answer(
    service: Service, destination: Destination, method: str
) -> None:
    service.headers, service.body = {"Content-Type": "text/html"}, "<html>Sign in</html>"

    failed = await failing(destination, method)

    assert (failed.permanent, failed.uncertain) == (False, method == "POST")
    assert failed.reason == "GitLab answered with a web page"


@pytest.mark.parametrize(("place", "calls"), [("/issues/7", 3), ("http://elsewhere.test/issues/7", 2)])
async def test_what_is_moved_is_read_where_it_is_and_our_token_goes_nowhere_else(
    service: Service, destination: Destination, place: str, calls: int
) -> None:
    service.status, service.headers = 301, {"Location": service.url + place if place[0] == "/" else place}

    with pytest.raises(DeliveryFailed) as failed:
        await destination.read("issues/1")
    assert failed.value.permanent
    assert isinstance(failed.value, Moved) == (place[0] == "/")

    with pytest.raises(DeliveryFailed):
        await destination.call("POST", "issues/1", said={})
    assert service.calls == calls


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_answer_is_read_no_further_than_it_may_be_long(
    service: Service, destination: Destination, method: str, packed: bool
) -> None:
    service.packed, service.body = packed, f'"{"x" * (LONGEST - 2)}"'
    assert len((await destination.call(method, "issues", said={}))[1]) == LONGEST - 2

    service.body += " "
    failed = await failing(destination, method)

    assert isinstance(failed, Endless)
    assert (failed.permanent, failed.uncertain) == (method == "GET", method == "POST")
    assert failed.reason == "GitLab answered with more than 8 MB, which is not read"


async def test_what_is_nested_too_deeply_is_no_answer(service: Service, destination: Destination) -> None:
    service.body = "[" * 500_000
    assert (await destination.call("GET", "issues"))[1] is None
