"""A review to its end, on its page: who has it and its tasks, done or waived, and the incident closed."""

import asyncio
import re
from dataclasses import replace
from html import escape

from bot.operations.reviews.documents import NewVersion, approve_document, save_document
from sandbox.directory import change_user
from storage.transaction import Tx
from tests.scenarios.browser.conftest import Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.browser.test_review import REVIEW, saved, words_of
from tests.scenarios.look import CHANNEL, asks, inc, sends, shown
from tests.scenarios.test_reviews import resolved, tasks


def ways(page_text: str) -> set[str]:
    """Return which steps a page offers."""
    return set(re.findall(rf'action="[^"]*{REVIEW}/(\w+)', page_text))


async def test_it_is_ended_with_tasks_left_only_if_somebody_says_so_and_then_the_incident_closes(
    reader: Reader,
):
    world = reader.world
    await resolved(world)
    await asks(world, "dev", "status Post-incident")
    sit_down(reader, "ren")
    page = await reader.get(REVIEW)
    assert "Nobody has approved the document." in seen(page)
    assert {"end", "waive", "give", "change"} <= ways(page.text)
    assert not {"close", "request"} & ways(page.text)

    refused = await reader.send(REVIEW, f"{REVIEW}/end")

    assert "is not done: 7 tasks are open (Fill the summary; " in words_of(refused)
    assert "It is done all the same" in refused.text
    assert (await reader.send(REVIEW, f"{REVIEW}/end", anyway="yes")).to == f"{REVIEW}#tasks"
    await world.settle_down()
    page = await reader.get(REVIEW)
    assert "The review is done by ren" in seen(page)
    assert ways(page.text) >= {"close", "request"}
    assert not {"end", "waive", "give", "change", "tasks"} & ways(page.text)
    assert "done, by" in shown(tasks(world)[0])
    assert (await reader.send(REVIEW, f"{REVIEW}/close")).status == 303
    await world.settle_down()
    assert "Closed" in seen(await reader.get("/incidents/INC-1"))
    assert "close" not in ways((await reader.get(REVIEW)).text)


async def test_one_that_is_over_is_reopened_and_goes_on(reader: Reader):
    world = reader.world
    await resolved(world)
    sit_down(reader, "ren")
    await reader.send(REVIEW, f"{REVIEW}/end", anyway="yes")

    assert (await reader.send(REVIEW, f"{REVIEW}/request")).status == 303

    page = await reader.get(REVIEW)
    assert "The review is open" in seen(page)
    assert "end" in ways(page.text)
    await world.settle_down()
    assert "0 of 7 tasks done" in shown(tasks(world)[0])


async def test_it_is_waived_with_a_reason_and_what_is_wrong_loses_nothing(reader: Reader):
    world = reader.world
    await resolved(world)
    sit_down(reader, "ren")

    for reason, why in (("  ", "Say in 1 to 1,000"), ("y" * 1001, "Say in 1 to 1,000")):
        wrong = await reader.send(REVIEW, f"{REVIEW}/waive", reason=reason)
        assert why in words_of(wrong)
        assert f'value="{reason}"' in wrong.text
        assert '<details class="add" open><summary>Do without it' in wrong.text
    why = "The same as INC-3 <!channel> <b>x</b> \u202eabc"
    for _ in range(2):
        await reader.send(REVIEW, f"{REVIEW}/waive", reason=why, once="the-same-form")

    page = await reader.get(REVIEW)
    assert "The review is waived by ren" in seen(page)
    assert "The same as INC-3 &lt;!channel&gt; &lt;b&gt;x&lt;/b&gt;" in page.text
    await world.settle_down()
    assert "waived, by" in shown(tasks(world)[0])


async def test_two_who_end_it_at_once_end_it_once_and_the_second_is_told(reader: Reader):
    world = reader.world
    await resolved(world)
    sit_down(reader, "ren")
    text = (await reader.get(REVIEW)).text
    mark = re.search(r'name="mark" value="([^"]+)"', text)
    assert mark
    forms = (("end", {"anyway": "yes"}), ("waive", {"reason": "It is known"}))

    answers = await asyncio.gather(
        *(reader.post(f"{REVIEW}/{name}", {**form, "mark": mark[1]}) for name, form in forms)
    )

    assert sorted(one.status for one in answers) in ([303, 409], [303, 422])
    refused = next(one for one in answers if one.status != 303)
    assert "already, by @ren" in words_of(refused)
    await world.settle_down()
    assert len(tasks(world)) == 1


async def test_it_is_given_away_and_a_task_gets_an_owner_and_a_day(reader: Reader):
    world = reader.world
    change_user(world.slack.workspace, "bo", real_name="Bo Baker")
    await world.settle()
    await resolved(world)
    sit_down(reader, "ren")
    task = re.search(r"/tasks/(\d+)", (await reader.get(REVIEW)).text)
    assert task

    for form, why in (
        ({"owner": "nobody at all"}, "Not done. Who does it: I know nobody called “nobody at all”."),
        ({"due": "1969-12-31"}, "A task is due today or later"),
        ({"due": "soon"}, "That is no day"),
        ({}, "Name a person"),
    ):
        wrong = await reader.send(REVIEW, f"{REVIEW}/change", task=task[1], **form)
        assert why in words_of(wrong), form
        for value in form.values():
            assert f'value="{value}"' in wrong.text
    sent = await reader.send(REVIEW, f"{REVIEW}/change", task=task[1], owner="bo", due="2026-03-20")
    assert sent.to == f"{REVIEW}#tasks"
    assert "due 2026-03-20, bo" in seen(await reader.get(REVIEW))
    assert (await reader.send(REVIEW, f"{REVIEW}/give", owner="Bo Baker")).status == 303
    await world.settle_down()

    assert "open, owned by bo" in seen(await reader.get(REVIEW))
    told = [shown(one) for one in world.person("bo").dm()]
    assert any("gave you the review" in one for one in told)
    assert any("gave you a task of the review" in one for one in told)


async def test_where_there_is_none_it_can_be_asked_for(reader: Reader):
    world = reader.world
    await world.declare(severity="S4")
    sit_down(reader, "ren")
    page = await reader.get(REVIEW)
    assert "INC-1 needs none" in seen(page)
    assert "request" in ways(page.text)

    assert (await reader.send(REVIEW, f"{REVIEW}/request")).status == 303

    page = await reader.get(REVIEW)
    assert "begins when INC-1 is resolved" in seen(page)
    assert "request" not in ways(page.text)


async def test_a_guest_ticks_tasks_and_takes_no_other_step(reader: Reader):
    world = reader.world
    dev = await world.declare(severity="S2")
    await dev.invite(CHANNEL, "gus")
    await world.settle_down()
    await inc(world, "dev", "lead me")
    await inc(world, "dev", "status Monitoring")
    await asks(world, "dev", "resolve fix")
    sit_down(reader, "gus")

    page = await reader.get(REVIEW)

    assert {"tasks", "change"} <= ways(page.text)
    assert not {"end", "waive", "give", "close", "request"} & ways(page.text)
    refused = await reader.send(REVIEW, f"{REVIEW}/end", anyway="yes")
    assert "Guests cannot do that" in words_of(refused)


async def test_ending_says_that_a_version_is_not_approved(reader: Reader):
    world = reader.world
    await resolved(world)
    sit_down(reader, "dev")
    await saved(reader, "# Ours")
    assert "Nobody has approved version 1, the newest." in seen(await reader.get(REVIEW))
    await reader.send(REVIEW, f"{REVIEW}/approve", version="1")
    words = seen(await reader.get(REVIEW))
    assert "Nobody has approved" not in words
    assert ", as version 1." in words
    await saved(reader, "# Ours, and more")
    assert "Nobody has approved version 2" in seen(await reader.get(REVIEW))

    said = shown(await asks(world, "dev", "review done anyway"))

    assert "Nobody has approved version 2 of its document" in said


async def test_a_corrective_action_is_added_there_and_leads_back(reader: Reader):
    world = reader.world
    await resolved(world)
    sit_down(reader, "ren")
    add = f"{REVIEW}/follow_up"
    form = {"title": "Alert on <full> disks", "kind": "Corrective action", "priority": "S2"}

    for wrong, why in (
        ({"title": " "}, "Say in 1 to 255 characters"),
        ({"title": "x" * 256}, "Say in 1 to 255 characters"),
        ({"owner": "nobody at all"}, "Not done. Owner: I know nobody called “nobody at all”."),
        ({"due": "1969-01-01"}, "due today or later"),
        ({"due": "2199-01-01"}, "within ten years"),
        ({"due": "x"}, "That is no day"),
    ):
        refused = await reader.send(REVIEW, add, **{**form, **wrong})
        assert why in words_of(refused), wrong
        assert escape(next(iter(wrong.values()))) in refused.text
        assert "None yet." in refused.text
    for _ in range(2):
        sent = await reader.send(REVIEW, add, **form, owner="bo", due="2026-04-01", once="the-same-form")
        assert sent.to == f"{REVIEW}#follow-ups"
    await world.settle_down()

    page = await reader.get(REVIEW)
    beside = seen(page).partition("Add a corrective action")[0]
    assert "Alert on <full> disks Corrective action, P2, bo , due 2026-04-01" in beside
    assert page.text.count('href="/follow-ups/1"') == 1
    assert any("Alert on" in shown(one) for one in world.person("bo").dm())
    badly = {**form, "title": "Fix the issue that caused it"}
    warned = await reader.send(REVIEW, add, **badly, owner="bo")
    assert warned.status == 200
    assert "badly worded: Fix the issue that caused" in seen(warned)
    assert 'name="warned" value="Fix the issue that caused it"' in warned.text
    assert '<details class="add" open><summary>Add a corrective action' in warned.text
    assert 'value="bo"' in warned.text
    other = {"title": "Improve it", "warned": badly["title"]}
    assert (await reader.send(REVIEW, add, **{**form, **other})).status == 200
    assert "Fix the issue that caused" not in seen(await reader.get("/follow-ups"))
    sent = await reader.send(REVIEW, add, **badly, warned=badly["title"])
    assert sent.to == f"{REVIEW}#follow-ups"
    assert "Better: (Specific) Handle invalid postal code" in seen(await reader.get(REVIEW))
    await world.settle_down()


async def test_a_merged_one_has_no_review_and_leads_to_where_it_went_on(reader: Reader):
    world = reader.world
    await world.declare(severity="S4")
    await world.declare(severity="S4", name="The same disk")
    await inc(world, "dev", "merge INC-1", channel="inc-2-the-same-disk")
    assert await sends(world, world.person("dev")) == {}
    await world.settle_down()
    sit_down(reader, "dev")

    page = await reader.get("/incidents/INC-2/review")

    assert "INC-2 is Merged: it has no review. It went on in INC-1 ." in seen(page)
    assert 'href="/incidents/INC-1/review"' in page.text
    assert 'method="post" action="/incidents' not in page.text


async def test_while_the_incident_is_open_again_the_review_rests(reader: Reader):
    world = reader.world
    await resolved(world)
    await inc(world, "dev", "reopen It is back")
    sit_down(reader, "dev")

    page = await reader.get(REVIEW)

    assert "It rests while INC-1 is Investigating." in seen(page)
    assert not {"end", "waive", "give", "change", "tasks", "close", "request"} & ways(page.text)
    assert "rests while the incident is Investigating" in words_of(await reader.send(REVIEW, f"{REVIEW}/end"))


def _versions(tx: Tx, who: str) -> None:
    for number in range(200):
        save_document(tx, 1, NewVersion(f"# Text {number}", number, "short", "# x"), by=who)
        if number % 3 == 0:
            approve_document(tx, 1, number + 1, by=who)


async def test_many_versions_are_not_all_listed_and_each_can_be_read(reader: Reader):
    world = reader.world
    await world.declare()
    await world.muster.uow.perform(_versions, world.person("dev").id)
    sit_down(reader, "dev")

    page = await reader.get(REVIEW)

    assert page.text.count("?version=") < 20
    assert "Version 199 was approved by dev" in seen(page)
    assert "was approved by" not in seen(page).partition("Version 199 was approved by")[2]
    assert re.search(r"Version 199 dev [^;]*; approved by dev", seen(page))
    assert "An earlier one, from 1 to 185" in seen(page)
    assert "Text 6" in (await reader.get(f"{REVIEW}?version=7")).text
    assert len(page.text.encode()) < 60_000


async def test_where_ones_own_template_fails_one_of_ours_is_shown_with_why(reader: Reader):
    world = reader.world
    await world.stop()
    process = world.config.process
    own = replace(process.reviews, template="\n{{ follow_ups[0].title }}")
    world.config = replace(world.config, process=replace(process, reviews=own))
    await world.start()
    await world.declare()
    sit_down(reader, "dev")

    page = await reader.get(REVIEW)

    words = seen(page)
    assert "The template own does not work: line 2:" in words
    assert "Below is what GitLab's writes." in words
    assert "Incident review: INC-1" in words
    assert (await reader.get(f"{REVIEW}?template=own")).status == 409
    assert (await reader.send(REVIEW, f"{REVIEW}/approve", version="0", template="gitlab")).status == 303
    assert "does not work" not in seen(await reader.get(REVIEW))
