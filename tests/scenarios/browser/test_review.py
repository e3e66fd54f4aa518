"""The review of an incident, as its people read it and write it."""

import io
import re
from html import unescape
from urllib.parse import urlencode

import pytest

from bot.operations.reviews.comments import comment_on
from bot.operations.timeline import notes
from storage.transaction import Tx
from tests.scenarios.browser.conftest import Answer, Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.look import CHANNEL, inc, shown
from tests.scenarios.test_reviews import resolved, tasks

PAGE = "/incidents/INC-1"
REVIEW = f"{PAGE}/review"
FILE = f"{PAGE}/review.md"


async def test_the_document_is_written_from_what_happened(reader: Reader):
    world = reader.world
    await world.declare(severity="S2", summary="Checkout <b>fails</b>")
    await inc(world, "ana", "ack")
    await inc(world, "ana", "note Decision: roll back @everyone")
    await inc(world, "ana", "update We roll back")
    sit_down(reader, "dev")

    page = await reader.get(REVIEW)

    words = seen(page)
    for what in (
        "Review of INC-1",
        "Checkout <b>fails</b>",
        "ana posted an update: We roll back",
        "acknowledged",
    ):
        assert what in words
    assert "<b>fails" not in page.text
    assert len(page.text.encode()) < 60_000
    assert f'href="{REVIEW}"' in (await reader.get(PAGE)).text
    first, again = await reader.get(f"{FILE}?template=short"), await reader.get(f"{FILE}?template=short")
    assert first.text == again.text
    assert first.text.startswith("# INC-1 Disk full\n")
    assert "roll back @\u200beveryone" in first.text
    assert first.headers["Content-Disposition"] == 'attachment; filename="INC-1-review.md"'
    wrong = await reader.get(f"{REVIEW}?template=<b>novel")
    assert wrong.status == 409
    assert "There are: gitlab, short" in wrong.text
    assert "<b>novel" not in wrong.text


async def test_of_a_hidden_incident_nobody_else_reads_a_review(reader: Reader):
    world = reader.world
    await world.declare("ana", visibility="private", name="Stolen laptop")
    await world.settle_down()

    sit_down(reader, "ren")
    for path in (REVIEW, FILE):
        hidden, none = await reader.get(path), await reader.get(path.replace("INC-1", "INC-77"))
        assert (hidden.status, none.status) == (404, 404)
        assert "Stolen" not in hidden.text
        assert hidden.text.replace("INC-1", "INC-77") == none.text
    sit_down(reader, "ana")
    assert "Private. Only people in its channel" in seen(await reader.get(REVIEW))


async def saved(reader: Reader, text: str, **form: str) -> Answer:
    """Edit the document as a browser does: all that the form holds goes with it."""
    page = await reader.get(f"{REVIEW}/edit")
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    given = {name: unescape(value) for name, value in hidden.items()} | {"text": text, "do": "save"}
    return await sent(reader, given | form)


async def sent(reader: Reader, form: dict[str, str]) -> Answer:
    body, kind = io.BytesIO(urlencode(form).encode()), {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{reader.base}/reviews/INC-1"
    async with reader.http.post(url, data=body, headers=kind, allow_redirects=False) as answer:
        return Answer(answer.status, await answer.text(), answer.headers)


def words_of(refused: Answer) -> str:
    assert refused.status in {409, 422}, refused.text
    return seen(refused._replace(status=200))


async def test_two_who_edit_it_undo_nothing_of_each_other(reader: Reader):
    world = reader.world
    await world.declare()
    sit_down(reader, "dev")
    assert "Nobody has edited it yet" in seen(await reader.get(REVIEW))

    preview = await saved(reader, "# Ours\n\n<script>x</script> **bold**", do="preview")
    assert "<strong>bold</strong>" in preview.text
    assert 'value="preview" formaction="/reviews/INC-1#preview"' in preview.text
    assert '<h2 id="preview">' in preview.text
    again = await reader.get("/reviews/INC-1")
    assert (again.status, again.to) == (303, REVIEW)
    assert (await reader.get("/reviews/INC-x")).status == 404
    assert "<script>x" not in preview.text
    assert "# Ours" in preview.text
    assert "Nobody has edited it yet" in seen(await reader.get(REVIEW))
    assert (await saved(reader, "# Ours\n\nof dev")).to == REVIEW
    sit_down(reader, "ana")
    refused = await saved(reader, "# Ours\n\nof ana\n\nand more", base="0")

    words = words_of(refused)
    assert "@dev saved version 1 while you wrote" in words
    assert "and more" in words
    assert refused.text.count("of dev") == 2  # in what differs, and in the whole of it
    assert 'name="base" value="1"' in refused.text
    assert (await saved(reader, "# Ours\n\nof dev and ana", base="1")).to == REVIEW
    page = await reader.get(REVIEW)
    assert "of dev and ana" in page.text
    assert "Version 2, the newest, by ana" in seen(page)
    older = await reader.get(f"{REVIEW}?version=1")
    assert "<p>of dev</p>" in older.text
    assert "− of dev + of dev and ana" in seen(await reader.get(f"{REVIEW}/changes?version=1"))
    assert (await reader.get(FILE)).text == "# Ours\n\nof dev and ana\n"
    assert (await reader.get(f"{FILE}?version=1")).text == "# Ours\n\nof dev\n"
    assert (await reader.get(f"{REVIEW}?version=9")).status == 409
    timeline = seen(await reader.get(f"{PAGE}?show=all"))
    assert "dev edited the review's document: version 1" in timeline
    assert "ana edited the review's document: version 2" in timeline


async def test_when_the_facts_change_later_it_says_so(reader: Reader):
    world = reader.world
    await world.declare()
    sit_down(reader, "dev")
    await saved(reader, "# Ours")
    assert "The facts have changed" not in seen(await reader.get(REVIEW))

    await inc(world, "dev", "note Learnt: the alert came late")

    assert "The facts have changed since it was written" in seen(await reader.get(REVIEW))
    assert "+ - the alert came late" in seen(await reader.get(f"{REVIEW}/changes"))
    anew = await reader.get(f"{REVIEW}?template=gitlab")
    assert "Show version 1" in seen(anew)
    edit = await reader.get(f"{REVIEW}/edit?template=gitlab")
    assert "the alert came late" in edit.text
    await saved(reader, "# Ours, and the alert came late")
    assert "The facts have changed" not in seen(await reader.get(REVIEW))


async def test_what_is_wrong_is_told_and_nothing_typed_is_lost(reader: Reader):
    await reader.world.declare()
    sit_down(reader, "dev")

    for text, why in (
        (" ", "The document is empty"),
        ("y" * 2_000_000, "at most 200,000 are kept"),
        ("# token=ghp_" + "a1B2" * 9, "looks like it holds a secret"),
    ):
        refused = await saved(reader, text)
        assert refused.status == 422
        assert why in refused.text
        assert text in refused.text
    sure = re.search(r'name="sure" value="(\w+)"', refused.text)
    assert sure
    assert (await saved(reader, text, sure=sure[1])).status == 303
    assert (await reader.post("/reviews/INC-1", {"text": "x"})).status == 403  # without the mark of a form
    larger = await sent(reader, {"text": "y" * 3_000_000})
    assert larger.status == 413
    assert "Go back" in larger.text


async def test_it_is_commented_on_and_approved(reader: Reader):
    world = reader.world
    await world.declare()
    sit_down(reader, "ana")

    for _ in range(2):
        form = {"text": "Too <b>short</b>", "version": "0", "once": "a-form-of-ours"}
        assert (await reader.send(REVIEW, f"{REVIEW}/comments", **form)).to == f"{REVIEW}#comments"
    wrong = await reader.send(REVIEW, f"{REVIEW}/comments", text="x" * 3001, once="another-form")
    assert wrong.status == 422
    assert "x" * 3001 in wrong.text
    page = await reader.get(REVIEW)
    assert page.text.count("Too &lt;b&gt;short") == 1
    assert "on the first text" in seen(page)

    assert (await reader.send(REVIEW, f"{REVIEW}/approve", version="0", template="short")).to == REVIEW
    words = seen(await reader.get(REVIEW))
    assert "Approved by ana" in words
    assert "Version 1, the newest" in words
    await world.settle()
    await saved(reader, "# Ours")
    assert "Version 1 was approved by ana" in seen(await reader.get(REVIEW))
    stale = await reader.send(REVIEW, f"{REVIEW}/approve", version="1")
    assert stale.status == 409
    assert "you read version 1" in stale.text


async def test_whom_a_comment_mentions_stands_there_by_name(reader: Reader):
    await reader.world.declare()
    sit_down(reader, "ana")
    who = f"<@{reader.world.person('bo').id}> and <@U0NOBODY> saw <b>it</b>"

    await reader.send(REVIEW, f"{REVIEW}/comments", text=who, version="0")

    told = (await reader.get(REVIEW)).text
    assert "@bo and &lt;@U0NOBODY&gt; saw &lt;b&gt;it&lt;/b&gt;" in told


async def test_a_comment_is_changed_and_taken_back_by_whoever_wrote_it(reader: Reader):
    await reader.world.declare()
    sit_down(reader, "ana")
    form = {"text": "To short", "version": "0", "heading": "Summary"}
    await reader.send(REVIEW, f"{REVIEW}/comments", **form)
    page = await reader.get(REVIEW)
    assert "on the first text, Summary" in seen(page)
    assert f'href="{REVIEW}?comment=1#c1"' in page.text

    asked = await reader.get(f"{REVIEW}?comment=1")
    wrong = await reader.send(REVIEW, f"{REVIEW}/comments/1", text="y" * 9000, do="save")
    secret = await reader.send(REVIEW, f"{REVIEW}/comments/1", text="token=ghp_" + "a1B2" * 9, do="save")

    assert ">\nTo short</textarea>" in asked.text
    assert ">\n" + "y" * 9000 + "</textarea>" in wrong.text
    assert "at most 3,000 characters" in words_of(wrong)
    assert re.search(r'name="sure" value="\w+"', secret.text)
    assert (await reader.send(REVIEW, f"{REVIEW}/comments/1", text="Too short", do="save")).status == 303
    assert "; edited" in seen(await reader.get(REVIEW))
    sit_down(reader, "dev")
    page = await reader.get(f"{REVIEW}?comment=1")
    assert "Too short" in seen(page)
    assert f"{REVIEW}/comments/1" not in page.text
    refused = await reader.send(REVIEW, f"{REVIEW}/comments/1", do="delete")
    assert "Only @ana, who wrote that comment" in words_of(refused)
    sit_down(reader, "ana")
    assert (await reader.send(REVIEW, f"{REVIEW}/comments/1", do="delete")).status == 303
    assert "Too short" not in seen(await reader.get(REVIEW))
    assert (await reader.send(REVIEW, f"{REVIEW}/comments/1", do="delete")).status == 404


def _forty_comments(tx: Tx, who: str) -> None:
    for number in range(40):
        comment_on(tx, 1, 0, f"Comment {number}. " + "<word> " * 300, by=who)


async def test_many_comments_are_read_page_by_page_the_newest_first(reader: Reader):
    world = reader.world
    await world.declare()
    await world.muster.uow.perform(_forty_comments, world.person("ana").id)
    sit_down(reader, "ana")

    page, told, pages = await reader.get(REVIEW), list[str](), 0
    while True:
        pages += 1
        told = re.findall(r"Comment (\d+)\.", page.text) + told
        assert len(page.text.encode()) < 60_000
        if not (more := re.search(r'href="([^"#]*)#comments" rel="prev"', page.text)):
            break
        page = await reader.get(more[1])

    assert told == [str(one) for one in range(40)]
    assert pages > 3
    assert "Comment 7." in (await reader.get(f"{REVIEW}?comment=8")).text
    for odd in ("0", "99", "x", "-1"):
        assert (await reader.get(f"{REVIEW}?comments={odd}&comment={odd}")).status == 200


async def test_the_owner_is_told_of_comments_in_one_message_an_hour(reader: Reader):
    world = reader.world
    await resolved(world)
    dev = world.person("dev")

    def told() -> list[str]:
        return [shown(one) for one in dev.dm() if "on the review of" in shown(one)]

    async def says(who: str, text: str) -> None:
        sit_down(reader, who)
        await reader.send(REVIEW, f"{REVIEW}/comments", text=text, version="0")
        await world.settle_down()

    await says("dev", "My own")
    assert told() == []
    await says("ren", "Which <!channel> disk?")
    await says("ren", "And why?")
    (message,) = told()
    assert "commented 2 times on the review of INC-1 Disk full" in message
    assert f"<{reader.base}{REVIEW}#comments|Read and answer it in the browser>" in message
    assert "And why?" in message
    assert "<!channel>" not in message
    await says("bo", "Indeed")
    assert "and 1 other commented on the review" in told()[0]
    await world.pass_minutes(61)
    await says("ren", "Well?")
    (message,) = told()
    assert "commented on the review of INC-1" in message


async def test_what_the_owner_was_told_follows_a_comment_that_is_changed_or_deleted(reader: Reader):
    world = reader.world
    await resolved(world)

    def told() -> str:
        (found,) = [shown(one) for one in world.person("dev").dm() if "on the review of" in shown(one)]
        return found

    async def sends(who: str, at: str, **form: str) -> None:
        sit_down(reader, who)
        assert (await reader.send(REVIEW, f"{REVIEW}/{at}", **form)).status == 303
        await world.settle_down()

    await sends("ren", "comments", text="It was Sam", version="0")
    assert "It was Sam" in told()
    await sends("dev", "comments", text="Was it?", version="0")
    await sends("ren", "comments/1", text="It was the disk", do="save")
    assert "It was the disk" in told()
    assert "It was Sam" not in told()

    await sends("bo", "comments", text="Cheap ones", version="0")
    await sends("bo", "comments/3", do="delete")
    assert "It was the disk" in told()
    await sends("ren", "comments/1", do="delete")
    assert "It was the disk" not in told()
    assert "A comment on the review of INC-1 Disk full was taken back" in told()


async def test_it_says_what_to_look_at(reader: Reader):
    world = reader.world
    await world.declare(severity="S2")
    await inc(world, "ana", "ack")
    sit_down(reader, "dev")

    words = seen(await reader.get(REVIEW))

    for what in (
        "There is no follow-up",
        "No contributing causes",
        "No update was posted",
        "Nobody had the role: CMOC",
    ):
        assert what in words


@pytest.mark.parametrize("template", ["gitlab", "pagerduty", "short", "sre"])
async def test_causes_that_were_written_in_the_document_are_missed_no_longer(reader: Reader, template: str):
    await reader.world.declare(severity="S2")
    sit_down(reader, "dev")
    page = await reader.get(f"{REVIEW}/edit?template={template}")
    form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    form = {name: unescape(value) for name, value in form.items()} | {"do": "save"}
    text = unescape(page.text.partition('aria-describedby="hint">')[2].partition("</textarea>")[0]).strip()
    asked = re.search(r"_What (contributed|conditions|made it)[^_]+_", text)
    assert asked

    await sent(reader, form | {"text": f"{text}\n\nMore at the end."})
    assert "No contributing causes" in seen(await reader.get(REVIEW))
    await sent(reader, form | {"base": "1", "text": text.replace(asked[0], "A full disk.")})

    words = seen(await reader.get(REVIEW))
    assert "No contributing causes" not in words
    assert "There is no summary" in words


async def test_tasks_are_ticked_there_by_slack_s_own_operations(reader: Reader):
    world = reader.world
    sit_down(reader, "dev")
    await resolved(world)

    page = await reader.get(REVIEW)

    assert "The review is open" in seen(page)
    (posted,) = tasks(world)
    link = f"<{reader.base}{REVIEW}|Its document, in the browser>"
    assert link in shown(posted)
    (task,) = re.findall(rf"{REVIEW}/tasks/\d+", page.text)[:1]
    assert (await reader.send(REVIEW, task, done="yes")).to == f"{REVIEW}#tasks"
    assert "done by dev" in seen(await reader.get(REVIEW))
    await world.settle_down()
    assert link in shown(tasks(world)[0])
    assert "white_check_mark" in shown(tasks(world)[0])
    again = await reader.send(REVIEW, task, done="yes")
    assert "That is done already, by @dev" in words_of(again)
    assert (await reader.send(REVIEW, task, done="no")).status == 303
    assert "done by dev" not in seen(await reader.get(REVIEW))
    assert (await reader.send(REVIEW, f"{REVIEW}/tasks/99", done="yes")).status == 404
    await world.settle_down()


async def test_a_review_leads_to_its_open_tasks_and_says_what_ends_it(reader: Reader):
    await resolved(reader.world)
    sit_down(reader, "dev")

    before = await reader.get(REVIEW)
    task = re.search(r"/tasks/(\d+)", before.text)
    assert task
    await reader.send(REVIEW, f"{REVIEW}/tasks/{task[1]}", done="yes")
    after = await reader.get(REVIEW)

    assert '<a href="#tasks">7 tasks are open</a>' in before.text
    assert '<a href="#tasks">6 tasks are open</a>' in after.text
    assert "Nothing is left to do" not in seen(after)
    for other in sorted(set(re.findall(r"/tasks/(\d+)", after.text)) - {task[1]}):
        await reader.send(REVIEW, f"{REVIEW}/tasks/{other}", done="yes")
    ready = seen(await reader.get(REVIEW))
    assert "Nothing is left to do. Nobody has approved the document. It is done" in ready
    await inc(reader.world, "dev", "review done", channel=CHANNEL)
    assert "Nothing is left to do" not in seen(await reader.get(REVIEW))
    await reader.world.settle_down()


async def test_reviews_are_listed_to_whoever_may_know_of_their_incident(reader: Reader):
    world = reader.world
    await resolved(world)
    sit_down(reader, "ren")

    listed, mine = await reader.get("/reviews"), await reader.get("/reviews?mine=yes&show=all")
    odd = await reader.get("/reviews?show=%00&mine=&page=" + "9" * 50)

    assert "0 of 7 tasks done" in seen(listed)
    assert f'href="{REVIEW}"' in listed.text
    assert "No review is like that" in seen(mine)
    assert odd.text == listed.text
    sit_down(reader, "gus")
    assert "No review is like that" in seen(await reader.get("/reviews"))


async def test_without_a_gitlab_it_becomes_no_issue(reader: Reader):
    await reader.world.declare()
    sit_down(reader, "dev")

    assert f"{REVIEW}/issue" not in (await reader.get(REVIEW)).text
    refused = await reader.send(REVIEW, f"{REVIEW}/issue", version="0", template="short")
    assert "No GitLab is set up here" in words_of(refused)
    assert "Nobody has edited it yet" in seen(await reader.get(REVIEW))


def _thousand_notes(tx: Tx, who: str) -> None:
    for number in range(1000):
        notes.note(
            tx,
            1,
            f"Learnt that host web-{number} `was` *slow* & <busy>, see https://x.example/{number}",
            by=who,
        )


async def test_of_a_long_one_a_part_is_a_page_and_the_file_has_all(reader: Reader):
    world = reader.world
    await world.declare(severity="S2")
    await world.muster.uow.perform(_thousand_notes, world.person("dev").id)
    await world.settle_down()
    sit_down(reader, "dev")

    first = await reader.get(REVIEW)
    count = re.search(r"Part 1 of (\d+)", first.text)
    assert count
    pages = [await reader.get(f"{REVIEW}?template=gitlab&part={one}") for one in range(1, int(count[1]) + 1)]

    told = {one for page in pages for one in re.findall(r"host web-(\d+)", page.text)}
    whole = set(re.findall(r"host web-(\d+)", (await reader.get(FILE)).text))
    assert told == whole
    assert len(whole) > 990
    assert all(len(page.text.encode()) < 60_000 for page in pages)
    assert f'href="{REVIEW}?template=gitlab&amp;part=2" rel="next"' in first.text
    for odd in ("0", "999", "x", "-1", "%00", "9" * 30):
        assert (await reader.get(f"{REVIEW}?part={odd}")).status == 200
