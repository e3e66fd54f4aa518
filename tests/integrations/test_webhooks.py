"""The endpoint of a webhook: signed as the standard has it, and never inside unless that is allowed."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from aiohttp import web

from bot.config.webhooks import WebhookSettings, key_of
from bot.integrations.webhooks import endpoint as endpoints
from bot.integrations.webhooks.endpoint import ALL_AT_ONCE, FAILURES, GONE, Endpoint, UnderWay, signature
from bot.integrations.webhooks.guard import Guard, Refused, may_call
from bot.jobs import DeliveryFailed
from tests.fakes import FakeClock
from tests.scenarios.webhooks.judge import verified
from tests.scenarios.webhooks.receiver import KEYS

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Service:
    def __init__(self) -> None:
        self.status, self.headers = 200, dict[str, str]()
        self.requests: list[tuple[Any, bytes]] = []
        self.port = 0
        self.held: asyncio.Event | None = None

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append((request.headers, await request.read()))
        if self.held:
            await self.held.wait()
        return web.Response(status=self.status, headers=self.headers, text="x" * 100_000)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service, app = Service(), web.Application()
    app.router.add_route("*", "/{path:.*}", service.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.port = runner.addresses[0][1]
    yield service
    await runner.cleanup()


def endpoint(
    service: Service, clock: FakeClock, *, host: str = "hooks.test", allow: Any = LOOPBACK
) -> Endpoint:
    url = f"http://{host}:{service.port}/in?token=secret"
    settings = WebhookSettings("ops", url, KEYS, ("*",), private=False, allow=allow, tell="")
    return Endpoint(settings, clock, Guard(lambda *_: ["127.0.0.1"]), UnderWay())


async def failing(one: Endpoint) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        await one.send("msg_1", {"type": "webhook.test"})
    assert "secret" not in failed.value.reason
    return failed.value


def test_the_signature_is_that_of_the_standard() -> None:
    """The vector of the specification."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert key
    found = signature([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_both_secrets_sign_and_the_name_that_was_judged_is_called(
    service: Service, clock: FakeClock
) -> None:
    await endpoint(service, clock).send("msg_1", {"type": "webhook.test", "text": "\u00fc <!channel>"})

    ((headers, body),) = service.requests
    assert verified(KEYS, body, headers)["text"] == "\u00fc <!channel>"
    assert headers["Host"] == f"hooks.test:{service.port}"  # there is no such name: it was resolved once
    assert headers["Content-Type"] == "application/json"
    assert int(headers["webhook-timestamp"]) == int(clock.now().timestamp())


@pytest.mark.parametrize(
    ("status", "headers", "meant"),
    [
        (301, {"Location": "http://127.0.0.1/"}, ""),
        (400, {}, "permanent"),
        (401, {}, ""),
        (404, {}, ""),
        (410, {}, "permanent"),
        (422, {}, "permanent"),
        (429, {"Retry-After": "90"}, "90"),
        (500, {}, "uncertain"),
        (503, {"Retry-After": "Mon, 02 Mar 2026 12:02:00 GMT"}, "uncertain 120"),
        (503, {"Retry-After": "soon"}, "uncertain"),
        (503, {"Retry-After": "99999999999"}, "uncertain 86400"),
    ],
)
async def test_what_an_answer_means(
    service: Service, clock: FakeClock, status: int, headers: dict[str, str], meant: str
) -> None:
    service.status, service.headers = status, headers
    clock.advance((clock.now().replace(hour=12, minute=0, second=0) - clock.now()).total_seconds())

    failed = await failing(endpoint(service, clock))

    said = [one for one in ("permanent", "uncertain") if getattr(failed, one)]
    after = [f"{failed.after.total_seconds():.0f}"] if failed.after else []
    assert " ".join([*said, *after]) == meant
    assert str(status) in failed.reason
    assert (failed.reason == GONE) == (status == 410)
    assert len(service.requests) == 1


async def test_it_is_left_alone_after_failures_and_when_it_asks(service: Service, clock: FakeClock) -> None:
    one, service.status = endpoint(service, clock), 500
    for _ in range(FAILURES):
        assert not (await failing(one)).held
    assert (await failing(one)).held
    clock.advance(60)
    service.status, service.headers = 429, {"Retry-After": "600"}
    await failing(one)
    clock.advance(599)
    assert (await failing(one)).held
    assert len(service.requests) == FAILURES + 1
    clock.advance(1)
    service.status = 204
    await one.send("msg_1", {})


async def test_few_calls_are_under_way_at_once(service: Service, clock: FakeClock) -> None:
    one = endpoint(service, clock)
    one._all.count = ALL_AT_ONCE
    assert (await failing(one)).held
    assert not service.requests


async def test_one_that_hangs_is_given_up(
    service: Service, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "TIMEOUT", 0.05)
    one, service.held = endpoint(service, clock), asyncio.Event()
    failed = await failing(one)
    service.held.set()
    assert (failed.reason, failed.uncertain) == ("it did not answer", True)
    assert one._all.count == 0


@pytest.mark.parametrize(
    "host", ["hooks.test", "127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]
)
async def test_nothing_inside_is_called(service: Service, clock: FakeClock, host: str) -> None:
    failed = await failing(endpoint(service, clock, host=host, allow=()))

    assert "must not be called" in failed.reason
    assert not failed.permanent  # an address that is mended is tried again
    assert not service.requests


@pytest.mark.parametrize(
    "inside",
    [
        *("127.0.0.1", "127.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
        *("168.63.129.16", "240.0.0.1", "192.88.99.1"),
        *(
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
        ),
        *(
            "64:ff9b::a00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "::7f00:1",
        ),
        *("2001:0:1:1:1:1:80ff:fffe", "2001:db8::1"),
    ],
)
def test_an_address_inside_is_refused_unless_it_is_allowed(inside: str) -> None:
    address = ip_address(inside)

    assert not may_call(address, ())
    assert may_call(address, [ip_network(f"{inside}/{address.max_prefixlen}")])


@pytest.mark.parametrize(
    "outside", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_outside_is_called_over_https_alone(outside: str) -> None:
    assert may_call(ip_address(outside), ())
    assert not may_call(ip_address(outside), (), plain=True)


def test_a_network_that_is_allowed_holds_in_every_form() -> None:
    allow = [ip_network("10.0.0.0/8")]
    assert may_call(ip_address("10.2.3.4"), allow, plain=True)
    assert may_call(ip_address("::ffff:10.2.3.4"), allow)
    assert not may_call(ip_address("192.168.0.1"), allow)


async def test_of_several_addresses_only_those_outside_are_called() -> None:
    guard = Guard(lambda *_: ["10.0.0.1", "93.184.216.34", "fe80::1%eth0"])
    assert await guard.addresses("a.test", 443, plain=False, allow=()) == ["93.184.216.34"]
    with pytest.raises(Refused):
        await guard.addresses("a.test", 443, plain=True, allow=())
    guard.close()
