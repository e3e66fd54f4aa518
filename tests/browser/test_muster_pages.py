"""The promise, in a browser: what is declared is paged, and paged on until somebody answers."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Open, message, write
from tests.browser.steps import CHANNEL, advance, card, declare, form, go, keep, open_muster, send
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_declaring_with_every_field(muster: World, open_page: Open) -> None:
    dev = await open_page("dev")
    await write(dev, "/inc declare Checkout is down")
    opened = form(dev, "Declare an incident")

    await expect(opened.get_by_label("Name")).to_have_value("Checkout is down")
    await keep(dev, "declare-form")
    await opened.get_by_role("combobox", name="Incident type").click()
    await opened.get_by_role("option", name="Dedicated").click()
    await opened.get_by_role("radio", name=re.compile("^Active incident")).check()
    await opened.get_by_role("radio", name=re.compile("^S1")).check()
    await opened.get_by_label("Summary").fill(
        "Payments answer 500 since 11:50.\nSee https://status.example.com"
    )
    await opened.get_by_role("radio", name=re.compile("^Everyone")).check()
    await send(dev, "Declare an incident", "Declare")

    await go(dev, CHANNEL)
    await expect(card(dev)).to_contain_text("S1 Critical · Investigating")
    await expect(card(dev)).to_contain_text("Payments answer 500 since 11:50.")
    await expect(card(dev)).to_contain_text("Dedicated")
    await expect(card(dev).get_by_role("link", name="https://status.example.com")).to_be_visible()
    await keep(dev, "channel-after-declaring")
    await go(dev, "incidents")
    await expect(message(dev, "INC-1 Checkout is down")).to_contain_text("Nobody has acknowledged yet")
    await keep(dev, "announcement")
    await open_muster(dev)
    await expect(message(dev, "You declared INC-1 Checkout is down")).to_be_visible()
    await keep(dev, "greeting")


async def test_a_page_nobody_answers_reaches_the_leader(muster: World, open_page: Open) -> None:
    ana, ines, lena = [await open_page(who) for who in ("ana", "ines", "lena")]
    await declare(await open_page("dev"), "S3")
    await open_muster(ana)
    await expect(message(ana, "You are paged")).to_contain_text("first to be called")
    await keep(ana, "page")

    await advance(ana, 15)
    await open_muster(ines)
    await expect(message(ines, "You are paged")).to_contain_text("has come up to you")
    await expect(message(ana, "This page has moved on")).to_be_visible()
    await keep(ana, "page-moved-on")
    await advance(ines, 15)
    await open_muster(lena)
    await expect(message(lena, "You are paged")).to_contain_text("third to be called")
    await keep(lena, "page-last-level")
    await go(lena, CHANNEL)
    await expect(message(lena, "ana did not answer")).to_contain_text("ines, Incident Manager (dotcom IMOC)")
    await expect(message(lena, "ines did not answer")).to_contain_text(
        "page for Engineer On Call (dotcom EOC). lena"
    )
    await keep(lena, "escalated-channel")
    await go(lena, "incidents-dotcom")
    await expect(message(lena, "Are you available")).to_contain_text("@Ana Ferreira")
    await keep(lena, "answer-wanted")


async def test_an_acknowledgement_changes_card_and_announcement(muster: World, open_page: Open) -> None:
    ana = await open_page("ana")
    await declare(await open_page("dev"), "S3")
    await open_muster(ana)

    await message(ana, "You are paged").get_by_role("button", name="Acknowledge").click()

    await expect(message(ana, "You acknowledged this page")).to_be_visible()
    await expect(ana.get_by_role("button", name="Acknowledge")).to_have_count(0)
    await keep(ana, "page-acknowledged")
    await go(ana, CHANNEL)
    await expect(card(ana)).to_contain_text("Lead: ana")
    await expect(card(ana)).to_contain_text("EOC: ana")
    await keep(ana, "channel-acknowledged")
    await go(ana, "incidents")
    await expect(message(ana, "INC-1")).to_contain_text("ana acknowledged after")
