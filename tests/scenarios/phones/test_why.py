"""Why somebody was called, and what became of each message: in Slack, and behind the link of a text."""

import aiohttp
import pytest

from handlers.paging import links
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, acknowledged, answer, asks, plain, presses, shown
from tests.scenarios.phones.conftest import ANA


async def test_a_page_says_what_led_to_it_and_what_became_of_each_message(world: World):
    world.slack.twilio.texts_end[ANA] = "undelivered"
    await world.declare(severity="S2")
    await world.pass_minutes(3.2)
    ana = world.person("ana")

    await presses(world, ana, ana.dm()[0], "Why?")

    why = plain(next(one for one in ana.dm() if one.get("is_ephemeral")))
    assert (
        "*You were called 2026-03-02 12:00 UTC as Engineer On Call (dotcom EOC)* for INC-1 Disk full" in why
    )
    assert "Rule: GitLab.com pages dotcom EOC when an incident is declared." in why
    assert "1. dotcom EOC, 15 min (this page); 2. dotcom IMOC, 15 min; 3. dotcom leadership" in why
    assert "On call by the list of dotcom EOC in `muster.yml`, not by a schedule." in why
    assert "• Slack: taken 12:00 UTC" in why
    assert "• sms: waits until 12:06 UTC; not delivered 12:03 UTC" in why
    assert "• call: taken 12:03 UTC" in why
    assert "Answer due by 12:15 UTC; after that the next level is called." in why
    assert "• @ines" not in why


async def test_each_call_by_slack_is_named_with_its_own_time(world: World):
    await world.declare(severity="S3")
    await world.pass_minutes(10.1)

    said = plain(await asks(world, "dev", "why 1"))

    assert [line for line in said.split("\n") if line.startswith("• Slack")] == [
        f"• Slack: taken 12:{minute} UTC" for minute in ("00", "05", "10")
    ]


async def test_it_is_told_to_whoever_may_see_the_page_and_to_nobody_else(world: World):
    await world.declare(severity="S2", visibility="private")
    await acknowledged(world)

    assert "<@" in shown(await asks(world, "dev", "why INC-1", "general"))
    assert "acknowledged it" in shown(await asks(world, "ana", "why", "general"))
    for number in (1, 99):
        said = shown(await asks(world, "ren", f"why {number}", "general"))
        assert said == f"I know no page `{number}`."
    assert "No page has called you" in shown(await asks(world, "ren", "why", "general"))
    assert "Write the page's number" in shown(await asks(world, "ren", "why me", "general"))
    pages = await asks(world, "dev", "why", CHANNEL)
    assert "Page 2: <@" in shown(pages)
    await presses(world, world.person("dev"), pages, "Why?")
    other = answer(world.person("dev"), CHANNEL)
    assert "called 2026-03-02 12:00 UTC as" in plain(other) != plain(pages)


async def test_the_page_behind_a_link_says_it_too_but_of_a_private_incident(world: World):
    texts = []
    for visibility in (None, "private"):
        await world.declare(severity="S2", **({"visibility": visibility} if visibility else {}))
        await world.pass_minutes(3.1)
        link = next(word for word in world.person("ana").phone()[-1].text.split() if word.startswith("http"))
        async with aiohttp.ClientSession() as session, session.get(link.rstrip(".")) as got:
            texts.append(await got.text())

    public, private = texts
    assert "<details><summary>Why was I called?</summary>" in public
    assert "You were called 02 March 12:00 as Engineer On Call (dotcom EOC) for INC-1 Disk full" in public
    assert "Times are in Europe/Lisbon." in public
    assert "Why was I called?" not in private


@pytest.mark.faults  # the fault is logged
async def test_a_fault_in_it_does_not_take_the_button_behind_the_link(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object, **__: object) -> None:
        raise KeyError("layer")

    monkeypatch.setattr(links, "why", broken)
    await world.declare(severity="S2")
    await world.pass_minutes(3.1)
    link = next(word for word in world.person("ana").phone()[-1].text.split() if word.startswith("http"))

    async with aiohttp.ClientSession() as session, session.get(link.rstrip(".")) as got:
        page = await got.text()

    assert (got.status, "Acknowledge" in page) == (200, True)
    assert "Why was I called?" not in page
