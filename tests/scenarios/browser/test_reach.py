"""How somebody is called, in a browser: contact methods, codes, rules and tests, as on the Home tab."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.browser.conftest import Answer, Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.conftest import World, _nothing_was_said_twice
from tests.scenarios.look import shown
from tests.scenarios.phones.conftest import phones_world
from tests.scenarios.phones.test_own_methods import code, says

REACH = "/on-call/reach"
ANA, NEW = "+351215550101", "+34915550103"


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    world = phones_world(slack, clock, tmp_path)
    await world.start()
    yield world
    await world.stop()
    _nothing_was_said_twice(slack)


async def added(reader: Reader, address: str = "+34 91 555 0103", once: str = "a-form-of-ours") -> Answer:
    return await reader.send(REACH, f"{REACH}/add", method="sms", address=address, once=once)


def own_method(page: Answer) -> str:
    found = re.search(rf"{REACH}/\d+", page.text)
    assert found
    return found[0]


def texted(reader: Reader) -> list[str]:
    """Return what came to the new number, which rings at ines's."""
    return [one.text for one in reader.world.person("ines").phone()]


def wrong(page: Answer) -> str:
    assert page.status == 422
    said = re.search(r'role="alert">(.*?)</', page.text, re.DOTALL)
    assert said
    return unescape(said[1])


async def test_an_address_is_added_verified_by_its_code_and_removed(reader: Reader):
    sit_down(reader, "ana")
    assert f"sms {ANA} from the configuration" in seen(await reader.get(REACH))

    for _ in range(2):
        assert (await added(reader)).to == f"{REACH}?done=added"
    await reader.world.settle()

    assert len(texted(reader)) == 1
    page = await reader.get(REACH)
    assert f"{NEW} not verified : a code was sent, which holds until 12:10 UTC" in seen(page)
    method = own_method(page)
    other = "000000" if code(texted(reader)[-1]) != "000000" else "111111"
    no = await reader.send(REACH, f"{method}/code", code=other)
    assert wrong(no) == "That is not the code. 4 more tries."
    assert f'value="{other}"' in no.text
    assert (
        await reader.send(REACH, f"{method}/code", code=code(texted(reader)[-1]))
    ).to == f"{REACH}?done=verified"
    words = seen(await reader.get(REACH))
    assert f"{NEW} verified 2 Mar 2026 12:00 UTC" in words
    assert "from the configuration" not in words.partition(" sms ")[2].partition(" push ")[0]
    assert (await reader.send(REACH, f"{method}/remove")).to == f"{REACH}?done=removed"
    assert f"sms {ANA} from the configuration" in seen(await reader.get(REACH))


async def test_a_code_is_sent_again_and_not_too_often(reader: Reader):
    sit_down(reader, "ana")
    await added(reader)
    method = own_method(await reader.get(REACH))

    answers = [await reader.send(REACH, f"{method}/again") for _ in range(5)]
    await reader.world.settle()

    assert [one.status for one in answers] == [303] * 4 + [409]
    assert "You were sent too many codes. Try again in 60 min." in answers[-1].text
    assert len(texted(reader)) == 5


@pytest.mark.parametrize("address", ["12345", "ana@example.com", "+44 <b>", "+1" + "2" * 300, ""])
async def test_what_is_no_number_stands_under_its_field_with_what_is_expected(reader: Reader, address: str):
    sit_down(reader, "ana")

    page = await added(reader, address)

    assert "no phone number with a country code. Write it as +44 20 7946 0000." in wrong(page)
    assert 'id="add-1-address-wrong"' in page.text
    assert unescape(page.text).count(f'value="{address}"') >= 1


async def test_a_rule_is_ones_own_until_the_default_counts_again(reader: Reader):
    sit_down(reader, "ana")
    fields = {"after:sms": "120", "after:push": "never"}

    assert (await reader.send(REACH, f"{REACH}/rules/quiet", **fields)).to == f"{REACH}?done=rule"

    quiet = seen(await reader.get(REACH)).partition("Quiet pages")[2]
    assert "Slack now, sms after 2 min your own rule" in quiet
    assert "Slack now, sms after 2 min" in await says(reader.world, "ana")
    too_late = await reader.send(REACH, f"{REACH}/rules/quiet", **{"after:sms": "9999"})
    assert "from 0 to 60 minutes" in wrong(too_late)
    assert (await reader.send(REACH, f"{REACH}/rules/quiet", do="default")).to == f"{REACH}?done=default"
    assert "your own rule" not in seen(await reader.get(REACH))
    for odd in ({"after:sms": "soon"}, {"after:nonsense": "60"}):
        assert (await reader.send(REACH, f"{REACH}/rules/quiet", **odd)).status in {409, 422}
    assert (await reader.send(REACH, f"{REACH}/rules/nonsense")).status == 409


async def test_a_test_page_goes_out_and_what_came_of_it_is_shown(reader: Reader):
    sit_down(reader, "ana")

    assert (await reader.send(REACH, f"{REACH}/test")).to == f"{REACH}?done=tested"
    await reader.world.settle()

    assert reader.world.person("ana").phone()
    assert "This is a test of how you are paged." in shown(reader.world.person("ana").dm()[-1])
    page = seen(await reader.get(REACH))
    assert "sms : handed over 2 Mar 2026 12:00 UTC , not confirmed" in page
    assert "A test of yours is under way" in (await reader.send(REACH, f"{REACH}/test")).text


async def test_nobody_sees_or_changes_how_somebody_else_is_called(reader: Reader):
    sit_down(reader, "ana")
    await added(reader)
    await reader.world.settle()
    method = own_method(await reader.get(REACH))
    sit_down(reader, "ines")

    assert NEW not in (await reader.get(REACH)).text
    for what in ("code", "again", "remove"):
        answer = await reader.send(REACH, f"{method}/{what}", code=code(texted(reader)[-1]))
        assert answer.status == 404
        assert NEW not in answer.text
    sit_down(reader, "ana")
    assert f"{NEW} not verified" in seen(await reader.get(REACH))
