"""The life of an incident: severity, status, lead, roles, name; resolved, reopened, closed."""

import pytest

from storage import pages
from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    acknowledged,
    answer,
    asks,
    buttons,
    card,
    corrects,
    inc,
    presses,
    sends,
    shown,
    told,
    whole_panel,
)


@pytest.mark.parametrize("word", ["S1", "s1", "1", "sev1", "severity 1", "SEV-1"])
async def test_a_raised_severity_calls_managers_and_tells_who_is_at_work(world: World, word: str):
    await world.declare()
    ana = await acknowledged(world)

    answered = await asks(world, "dev", f"severity {word}")

    assert answered["text"].startswith("INC-1 is now S1.")
    assert "You acknowledged a page for it already: go on" in shown(ana.dm()[-1])
    assert len(ana.dm()) == 2
    for name in ("ines", "carla"):
        assert "raised the severity" in shown(world.person(name).dm()[0])
    assert any("raised the severity from S3 to *S1*" in text for text in told(world.person("dev")))
    assert "*:rotating_light: S1 Critical · Investigating*" in shown(card(ana))


async def test_whose_role_would_lead_is_offered_the_lead_that_was_chosen_by_hand(world: World):
    dev = await world.declare(severity="S1")
    await inc(world, "dev", "lead me")

    for name in ("ana", "ines", "carla"):
        await acknowledged(world, name)

    ana, ines, carla = (world.person(name) for name in ("ana", "ines", "carla"))
    assert "Lead: dev" in shown(card(dev))
    assert f"<@{dev.id}> leads: a person chose so." in shown(ines.dm()[0])
    assert [buttons(one.dm()[0]) for one in (ana, ines, carla)] == [["Take the lead"], ["Take the lead"], []]
    await presses(world, ines, ines.dm()[0], "Take the lead", confirm=True)
    await world.settle_down()
    assert "Lead: ines" in shown(card(dev))
    assert [buttons(one.dm()[0]) for one in (ana, ines)] == [["Take the lead"], []]

    await inc(world, "ines", "cancel A test")
    await world.settle_down()
    assert buttons(ana.dm()[0]) == []


async def test_the_answer_names_only_whom_it_told(world: World):
    """Neither who raised it, nor whoever holds a role that this incident does not call for."""
    await world.declare(severity="S2")
    ana, carla = await acknowledged(world), world.person("carla")
    await inc(world, "dev", "role IM @ines")
    await inc(world, "dev", "role Infrastructure Liaison @lia")
    lia = world.person("lia")
    before = len(lia.dm())
    await corrects(world, "dev", "S3")

    answered = (await asks(world, "ana", "severity S1"))["text"]

    assert f"Paged: <@{carla.id}> (CMOC)" in answered
    assert answered.endswith(f"At work on it already, and told: <@{world.person('ines').id}> (IM).")
    assert len(lia.dm()) == before
    assert not any("at work on it already" in shown(one) for one in ana.dm())


@pytest.mark.parametrize("opened", ["inline", "form", "update"])
@pytest.mark.parametrize("which", ["never", "Monitoring"])
async def test_lowering_the_severity_asks_which_and_pages_nobody(world: World, opened: str, which: str):
    dev = await world.declare(severity="S2")

    if opened == "inline":
        await inc(world, "dev", "sev S4")
    elif opened == "form":
        await presses(world, dev, await whole_panel(world, "dev"), "Severity")
        assert await sends(world, dev, severity="S4") == {}
    else:
        await presses(world, dev, card(dev), "Update")
        assert await sends(world, dev, text="One shard", severity="S4") == {}
    if which == "never":
        assert list(await sends(world, dev, which=which, reason=" ")) == ["reason"]
    assert await sends(world, dev, which=which, reason="One shard only") == {}
    await world.settle_down()

    corrected = which == "never"
    assert ("S4 Low · Investigating" if corrected else "S2 High · Monitoring") in shown(card(dev))
    why = "it was never S2. Reason:\n> One" if corrected else "Reason:\n> It is less bad now. One"
    assert f"{why} shard only" in told(dev)[-1]
    assert all(len(world.person(name).dm()) == 1 for name in ("ana", "ines", "carla"))


@pytest.mark.parametrize("opened_by", ["command", "card", "panel"])
async def test_the_severity_form_shows_the_guide(world: World, opened_by: str):
    dev = await world.declare()

    if opened_by == "command":
        await inc(world, "dev", "severity")
    else:
        if opened_by == "card":
            await presses(world, dev, card(dev), "More")
        else:
            await inc(world, "dev")
        await presses(world, dev, answer(dev), "Severity")
    assert "Down or badly degraded for most users" in shown(dev.modal)
    assert await sends(world, dev, severity="S2") == {}

    assert "S2 High · Investigating" in shown(card(dev))


async def test_a_status_follows_by_word_and_by_form(world: World):
    dev = await world.declare()

    assert (await asks(world, "dev", "status fixing"))["text"].startswith("INC-1 is now Fixing.")
    await presses(world, dev, card(dev), "Status")
    assert await sends(world, dev, status="Monitoring") == {}
    await world.settle_down()

    assert "`Incident::Mitigated`" in shown(card(dev))
    assert "S3 Moderate · Monitoring" in shown(dev.messages("incidents")[-1])
    moves = [text for text in told(world.person("dev")) if "moved the status" in text]
    assert len(moves) == 2
    assert world.slack.workspace.channel(CHANNEL).topic.value.startswith("S3 · Monitoring")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (
            "status sideways",
            "I know no status `sideways`. What can follow now: Fixing, Monitoring, Resolved, Can",
        ),
        ("status Closed", "INC-1 is Investigating and cannot become Closed."),
        ("status Investigating", "INC-1 is Investigating already."),
        ("severity terrible", "I know no severity `terrible`."),
        ("severity S3", "INC-1 is S3 already."),
        ("reopen", "INC-1 is Investigating: there is nothing to reopen."),
        ("close the contact method", "`/inc close` stands alone, so nothing was changed."),
        ("lead somebody", "I do not know who `somebody` is."),
        ("role king @ana", "I know no role `king`."),
        ("rename Disk full", "That is its name already."),
    ],
)
async def test_what_makes_no_sense_says_what_does(world: World, command: str, says: str):
    await world.declare()

    answered = await asks(world, "dev", command)

    assert answered["text"].startswith(says)


async def test_a_name_that_it_has_already_leads_on_to_another(world: World):
    dev = await world.declare()

    await presses(world, dev, await asks(world, "dev", "rename Disk full"), "Rename it")

    assert await sends(world, dev, name="Disk is full") == {}
    assert "Disk is full" in shown(card(dev))


@pytest.mark.parametrize(
    "word", ["severity S1", "status Fixing", "lead me", "role IM me", "rename x", "close"]
)
async def test_outside_an_incidents_channel_a_command_says_where_it_belongs(world: World, word: str):
    answered = await asks(world, "dev", word, "general")

    assert "in an incident's own channel" in answered["text"]
    assert buttons(answered) == ["Declare an incident"]


async def test_the_lead_is_handed_over(world: World):
    dev = await world.declare()
    sam = world.person("sam")

    await inc(world, "dev", "lead @sam")
    assert "Lead: sam" in shown(card(dev))
    assert sam.id in world.slack.workspace.channel(CHANNEL).members
    assert f"dev handed the lead to <@{sam.id}>." in told(world.person("dev"))[-1]
    assert f"*<@{dev.id}> handed you the lead of INC-1 Disk full.* Go on in <#" in shown(sam.dm()[-1])
    await inc(world, "sam", "lead")
    assert await sends(world, sam, person="ren") == {}

    assert "Lead: ren" in shown(card(dev))
    await acknowledged(world)
    assert "Lead: ren" in shown(card(dev))


@pytest.mark.parametrize("way", ["lead me", "lead", "card"])
async def test_anybody_takes_the_lead_after_a_confirmation(world: World, way: str):
    dev = await world.declare()
    ren = world.person("ren")
    await ren.join(CHANNEL)

    if way == "card":
        await presses(world, ren, card(ren), "More")
        seen = await ren.click(answer(ren), text="Take the lead")
        assert seen.message
        assert seen.message["confirm"]["title"]["text"] == "Take the lead?"
        await presses(world, ren, answer(ren), "Take the lead", confirm=True)
    else:
        offered = await asks(world, "ren", way)
        assert f"<@{dev.id}> leads INC-1 Disk full" in offered["text"]
        assert "Lead: dev" in shown(card(dev))
        await presses(world, ren, offered, "Take the lead")

    assert "Lead: ren" in shown(card(dev))
    assert "ren took the lead from dev." in told(world.person("dev"))[-1]
    assert "You lead INC-1 now." in answer(ren)["text"]


async def test_somebody_elses_lead_cannot_be_given_away(world: World):
    await world.declare()
    ren = world.person("ren")
    await ren.join(CHANNEL)

    answered = await asks(world, "ren", "lead @sam")

    assert "Only the lead" in answered["text"]
    assert "`/inc lead me`" in answered["text"]


async def test_roles_are_given_shown_and_taken(world: World):
    dev = await world.declare()
    sam, ines = world.person("sam").id, world.person("ines").id

    assert "INC-1 has no IM yet" in (await asks(world, "dev", "role im"))["text"]
    await inc(world, "dev", "role IM @ines")
    await inc(world, "dev", "role infrastructure liaison @sam")
    await inc(world, "dev", "role")
    assert await sends(world, dev, role="CMOC", person="dev") == {}
    assert f"<@{ines}> is IM of INC-1" in (await asks(world, "dev", "role IM"))["text"]

    names = {"IM": ("ines", ines), "Infrastructure Liaison": ("sam", sam), "CMOC": ("dev", dev.id)}
    listed = (await asks(world, "dev", "roles"))["text"]
    for role, (name, who) in names.items():
        assert f"{role}: {name}" in shown(card(dev))
        assert f"{role}: <@{who}>" in listed
    assert {sam, ines} <= set(world.slack.workspace.channel(CHANNEL).members)


async def test_who_is_given_a_role_is_told_once_and_their_page_says_so(world: World):
    dev = await world.declare()
    ana, sam = world.person("ana"), world.person("sam")
    paged = len(ana.dm())

    await inc(world, "dev", "role EOC @ana")
    await inc(world, "dev", "role IM @sam")

    assert len(ana.dm()) == paged
    made = f"*<@{dev.id}> made you EOC of INC-1 Disk full*: you hold it. Go on in <#"
    assert made in shown(ana.dm()[-1])
    (hers,) = [one for one in sam.dm() if "made you IM of INC-1 Disk full" in shown(one)]
    assert "<#" in shown(hers)
    before = len(dev.dm())
    await inc(world, "dev", "role Security me")
    assert len(dev.dm()) == before  # who takes a role without duties knows all of it


async def test_whose_page_a_role_given_by_hand_cancels_reads_who_has_it(world: World):
    await world.declare()

    await inc(world, "dev", "role EOC @sam")

    hers = shown(world.person("ana").dm()[-1])
    assert "This page was cancelled" in hers
    assert hers.endswith(f"<@{world.person('sam').id}> is EOC now. You need not do anything.")


async def test_a_role_taken_by_hand_shows_on_ones_own_page(world: World):
    await world.declare()

    await inc(world, "ana", "role EOC me")

    assert "*You took EOC of INC-1 Disk full*: you hold it." in shown(world.person("ana").dm()[-1])


async def test_a_new_name_goes_everywhere(world: World):
    dev = await world.declare()

    await inc(world, "dev", "rename Mail <is> & slow")
    await world.settle_down()

    assert world.slack.workspace.channel(CHANNEL.replace("disk-full", "mail-is-slow"))
    assert shown(card(dev, "inc-1-mail-is-slow")).startswith("INC-1 Mail <is> & slow")
    announced = shown(dev.messages("incidents")[-1])
    assert "INC-1 Mail &lt;is&gt; &amp; slow" in announced
    topic = world.slack.workspace.channel("inc-1-mail-is-slow").topic.value
    assert topic.endswith("Mail &lt;is&gt; &amp; slow")
    assert "Mail &lt;is&gt;" in shown(dev.dm()[0])
    assert "Mail &lt;is&gt;" in shown(world.person("ana").dm()[0])


async def test_a_name_can_be_given_in_a_form(world: World):
    dev = await world.declare()

    await presses(world, dev, await whole_panel(world, "dev"), "Rename")
    assert list(await sends(world, dev, name="   ")) == ["name"]
    assert await sends(world, dev, name="Mail is slow") == {}
    await world.settle_down()

    assert card(dev, "inc-1-mail-is-slow")


async def test_resolving_is_the_leads_and_ends_pages_and_deadlines(world: World):
    await world.declare(severity="S1")
    await inc(world, "dev", "status Fixing")

    answered = await asks(world, "dev", "resolve fix")

    assert answered["text"].startswith("INC-1 is now Resolved. It needs a review before it is closed")
    ana = world.person("ana")
    assert "This page was cancelled" in shown(ana.dm()[0])
    before = {name: len(world.person(name).dm()) for name in ("ana", "ines", "carla", "lena", "dev")}
    said = len(told(world.person("dev")))
    await world.pass_minutes(120)
    assert {name: len(world.person(name).dm()) for name in before} == before
    assert len(told(world.person("dev"))) == said


@pytest.mark.parametrize("where", ["card", "panel"])
async def test_resolve_is_pressed_on_card_and_panel(world: World, where: str):
    dev = await world.declare()
    await inc(world, "dev", "status Fixing")

    pressed = card(dev) if where == "card" else await whole_panel(world, "dev")
    await presses(world, dev, pressed, "Resolve")
    assert await sends(world, dev, ended="ITSELF", summary="The disk was full.") == {}

    assert "S3 Moderate" in shown(card(dev))
    assert "Resolved" in shown(card(dev))
    assert "Resolve" not in buttons(card(dev))


async def test_closing_a_resolved_s1_names_the_review_and_its_button_goes_there(world: World):
    dev = await world.declare(severity="S1")
    await inc(world, "dev", "status Fixing")
    await inc(world, "dev", "resolve fix")

    refused = await asks(world, "dev", "close")
    assert refused["text"].startswith("INC-1 needs a review before it is closed: `/inc status Post-incident`")
    assert buttons(refused) == ["Post-incident", "Reopen"]
    assert buttons(card(dev)) == ["Begin the review", "Status", "Reopen", "More"]
    await presses(world, dev, refused, "Post-incident")
    assert "Post-incident" in shown(card(dev))
    await inc(world, "dev", "review done anyway")
    await inc(world, "dev", "close")

    assert "Closed" in shown(card(dev))


@pytest.mark.parametrize("where", ["answer", "panel", "card"])
async def test_a_review_that_was_begun_is_shown_and_then_closed_by_its_button(world: World, where: str):
    dev = await world.declare(severity="S1")
    await presses(world, dev, await asks(world, "dev", "resolve fix"), "Begin the review")
    begun = {"answer": answer(dev), "panel": await whole_panel(world, "dev"), "card": card(dev)}[where]

    await presses(world, dev, begun, "Review")
    private = [shown(one) for one in dev.messages(CHANNEL) if one.get("is_ephemeral")]
    assert any("0 of 7 tasks done" in one for one in private)
    ended = await asks(world, "dev", "review done anyway")
    over = {"answer": ended, "panel": await whole_panel(world, "dev"), "card": card(dev)}[where]
    await presses(world, dev, over, "Close the incident" if where == "answer" else "Close it")

    assert "Closed · S1 Critical" in shown(card(dev))


async def test_who_would_close_what_is_open_is_offered_to_resolve_it_first(world: World):
    await world.declare()

    assert buttons(await asks(world, "dev", "close")) == ["Resolved", "Monitoring", "Fixing"]


async def test_somebody_else_is_offered_the_lead_first_and_then_resolves(world: World):
    dev = await world.declare()
    await inc(world, "dev", "status Fixing")
    ren = world.person("ren")
    await ren.join(CHANNEL)

    offered = await asks(world, "ren", "resolve")
    assert f"Only the lead can resolve INC-1 Disk full, and that is <@{dev.id}>" in offered["text"]
    await presses(world, ren, offered, "Take the lead")
    assert "Lead: ren" in shown(card(dev))
    await presses(world, ren, answer(ren), "Resolve INC-1")
    assert await sends(world, ren, ended="ITSELF", summary="The disk was full.") == {}

    assert "Reason:\n> It ended by itself." in told(dev)[-1]
    assert "The disk was full." in shown(card(dev))
    assert "Resolved · S3 Moderate" in shown(card(dev))


@pytest.mark.parametrize("way", ["inline", "form", "status", "panel"])
async def test_what_was_no_incident_is_cancelled_with_its_pages_and_can_be_reopened(world: World, way: str):
    dev = await world.declare()
    match way:
        case "inline":
            cancelled = await asks(world, "dev", "cancel A <load> test & more")
            assert cancelled["text"] == "INC-1 is now Cancelled. Nobody is paged for it any more."
        case "panel":
            await presses(world, dev, await whole_panel(world, "dev"), "Cancel the incident")
        case "status":
            await presses(world, dev, card(dev), "Status")
            assert await sends(world, dev, status="Cancelled") == {}
        case "form":
            await inc(world, "dev", "status cancelled")
    if way != "inline":
        assert list(await sends(world, dev, reason=" ")) == ["reason"]
        assert await sends(world, dev, reason="A <load> test & more") == {}

    assert "to *Cancelled*. Reason:\n> A &lt;load&gt; test &amp; more" in told(dev)[-1]
    assert "This page was cancelled" in shown(world.person("ana").dm()[0])
    for place in (card(dev), dev.messages("incidents")[-1]):
        assert ":no_entry_sign: Cancelled · S3 Moderate" in shown(place)
    before = {name: len(world.person(name).dm()) for name in ("ana", "ines", "dev")}
    await world.pass_minutes(120)
    assert {name: len(world.person(name).dm()) for name in before} == before

    assert buttons(card(dev)) == ["Reopen", "More"]
    await presses(world, dev, card(dev), "Reopen")
    assert await sends(world, dev, which="back", reason="It was one") == {}
    assert "S3 Moderate · Investigating" in shown(card(dev))


async def test_somebody_else_takes_the_lead_first_and_then_cancels_for_the_reason_they_typed(world: World):
    dev = await world.declare()
    ren = world.person("ren")
    await ren.join(CHANNEL)

    offered = await asks(world, "ren", "cancel It is a load test")
    assert f"Only the lead can cancel INC-1 Disk full, and that is <@{dev.id}>" in offered["text"]
    await presses(world, ren, offered, "Take the lead")
    await presses(world, ren, answer(ren), "Cancel INC-1")

    assert "Reason:\n> It is a load test" in told(dev)[-1]
    assert "Cancelled · S3 Moderate" in shown(card(dev))


async def test_a_grave_incident_is_reviewed_before_it_is_closed(world: World):
    dev = await world.declare(severity="S1")
    for word in ("status Fixing", "resolve fix"):
        await inc(world, "dev", word)
    assert "needs a review before it is closed" in (await asks(world, "dev", "close"))["text"]

    await inc(world, "dev", "status post-incident")
    assert "closes when its review is done" in (await asks(world, "dev", "close"))["text"]
    await inc(world, "dev", "review waive It is known")
    assert "INC-1 is now Closed." in (await asks(world, "dev", "close"))["text"]

    assert buttons(card(dev)) == ["Status", "Reopen", "More"]
    assert "No incident is open" in (await asks(world, "dev", "list"))["text"]


async def test_a_small_one_is_closed_from_the_answer_and_reopened_for_a_reason(world: World):
    dev = await world.declare()
    await inc(world, "dev", "status Fixing")
    await presses(world, dev, await asks(world, "dev", "resolve fix"), "Close it")
    assert "Closed · S3 Moderate" in shown(card(dev))

    await presses(world, dev, card(dev), "Reopen")
    assert list(await sends(world, dev, which="correct", reason=" ")) == ["reason"]
    assert await sends(world, dev, which="correct", reason="The name") == {}

    assert "S3 Moderate · Investigating · only to merge or correct" in shown(card(dev))
    assert "*only to merge or correct; nobody is paged*. Reason:\n> The name" in told(dev)[-1]
    before = {name: len(world.person(name).dm()) for name in ("ana", "ines", "dev")}
    await world.pass_minutes(120)
    assert {name: len(world.person(name).dm()) for name in before} == before
    await presses(world, dev, await whole_panel(world, "dev"), "The problem is back")
    assert await sends(world, dev, reason="Full again") == {}
    await world.settle_down()

    assert "reopened it, the problem is back:\n> Full again" in shown(world.person("ana").dm()[-1])
    assert any("*the problem is back*. Reason:\n> Full again" in one for one in told(dev))
    assert "Update" in buttons(card(dev))


async def test_a_reopening_by_command_names_who_is_paged_and_can_be_called_off(world: World):
    dev = await world.declare()
    await inc(world, "dev", "resolve fix")

    answered = await asks(world, "dev", "reopen Full again")

    ana = world.person("ana")
    assert answered["text"].endswith(f"the problem is back. Paged: <@{ana.id}> (EOC).")
    assert "You are paged" in shown(ana.dm()[-1])
    await presses(world, dev, answered, "Only to merge or correct")
    assert "This page was cancelled" in shown(ana.dm()[-1])
    assert "only to merge or correct" in shown(card(dev))


async def test_a_lead_and_a_holder_set_by_hand_hear_that_the_problem_is_back(world: World):
    await world.declare(severity="S2")
    await inc(world, "dev", "role CMOC @chen")
    await inc(world, "dev", "lead @sam")
    await inc(world, "sam", "resolve fix")

    await inc(world, "dev", "reopen Full again")

    sam = world.person("sam").dm()
    assert "INC-1 Disk full is S2 and Investigating now. You lead it: go on" in shown(sam[-1])
    for name in ("chen", "ana", "ines"):
        assert "reopened it, the problem is back" in shown(world.person(name).dm()[-1])
    assert "This page was cancelled" in shown(world.person("carla").dm()[-1])


async def test_every_step_redraws_the_announcements_and_tells_the_reporter(world: World):
    dev = await world.declare()

    for word in ("status Fixing", "status Monitoring", "resolve fix", "close"):
        await inc(world, "dev", word)

    for place in ("incidents", "incidents-dotcom"):
        assert "Closed · S3 Moderate" in shown(dev.messages(place)[-1])
        assert len([one for one in dev.messages(place) if one.get("bot_id")]) == 1
    assert "It is Closed now. Thank you for reporting it." in shown(dev.dm()[0])


@pytest.mark.parametrize("command", ["lead", "role IM"])
@pytest.mark.parametrize("crowd", ["@here", "@channel", "@backend-devs"])
async def test_a_group_is_refused_where_one_person_must_answer(world: World, command: str, crowd: str):
    dev = await world.declare()

    refused = await asks(world, "dev", f"{command} {crowd}")

    assert "one person has to answer for it" in refused["text"]
    assert "/inc escalate" in refused["text"]
    assert buttons(refused) == ["Page a team"]
    assert "Lead: dev" in shown(card(dev))


async def test_after_a_reopening_the_im_is_told_that_the_eoc_sleeps(world: World):
    dev = await world.declare(severity="S2")
    for name in ("ana", "ines", "carla"):
        await inc(world, name, "ack")
    await inc(world, "ines", "resolve fix")
    await world.pass_hours(36)
    await inc(world, "dev", "reopen It is back")
    assert "acknowledged" not in shown(card(dev))
    for name in ("ines", "carla"):
        await inc(world, name, "ack")

    await world.pass_minutes(16)

    asked = world.person("ines").dm()[-1]
    assert "INC-1 Disk full has no EOC yet. You hold the page for one." in shown(asked)
    assert buttons(asked) == ["Page EOC again", "Alert leadership"]
    assert "EOC: nobody" in shown(card(dev))
    assert "Page EOC again" in buttons(card(dev))

    await presses(world, world.person("ines"), asked, "Alert leadership")

    assert "asks for you" in shown(world.person("lena").dm()[-1])
    asked = next(one for one in world.person("ines").dm() if "has no EOC yet" in shown(one))
    assert buttons(asked) == ["Page EOC again"]

    await inc(world, "lena", "ack")

    asked = next(one for one in world.person("ines").dm() if "has no EOC yet" in shown(one))
    await presses(world, world.person("ines"), asked, "Page EOC again")
    said = next(one for one in world.person("ines").dm() if one["ts"] == asked["ts"])
    ana = world.person("ana")
    assert f"Paging <@{ana.id}>, Engineer On Call (dotcom EOC): answer due by" in said["text"]
    assert "answers for the EOC" not in said["text"]
    await world.pass_minutes(16)

    held = [one for one in world.person("ines").dm() if "has no EOC yet" in shown(one)]
    assert shown(held[-1]).count("You hold the page for one.") == 1
    assert [label for one in held for label in buttons(one)] == ["Page EOC again"]  # leadership is at work

    ana = await inc(world, "ana", "ack")

    texts = "\n".join(map(shown, world.person("ines").dm()))
    assert f"<@{ana.id}> answers for the EOC of INC-1 Disk full now." in texts


async def test_a_role_that_is_nobodys_anew_calls_whoever_holds_it_anew(world: World):
    await world.declare(severity="S1")
    await inc(world, "ines", "ack")
    ines = world.person("ines")
    await world.pass_minutes(16)
    first = next(one for one in ines.dm() if "has no EOC yet" in shown(one))
    assert "has no CMOC yet" in shown(first)

    await presses(world, ines, first, "Page EOC again")
    await world.pass_minutes(16)

    again = ines.dm()[-1]
    assert again["ts"] != first["ts"]
    assert "has no EOC yet" in shown(again)
    assert "has no CMOC yet" in shown(again)
    assert [one for one in ines.dm() if "Page EOC again" in buttons(one)] == [again]


async def test_leadership_that_holds_a_page_is_not_offered_to_alert_itself(world: World):
    dev = await world.declare()
    await inc(world, "dev", "role IM @lena")

    await world.pass_minutes(16)

    asked = world.person("lena").dm()[-1]
    assert "INC-1 Disk full has no EOC yet. You hold the page for one." in shown(asked)
    assert buttons(asked) == ["Page EOC again"]
    assert "Page EOC again" in buttons(card(dev))


async def test_acknowledging_by_number_answers_that_incident_alone(world: World):
    await world.declare()
    await world.declare(name="Mail is slow")

    answered = await asks(world, "ana", "ack INC-2", "general")

    assert "You acknowledged the page for *INC-2" in answered["text"].replace("for INC-2", "for *INC-2")
    assert [
        one.incident for one in await world.muster.uow.read(pages.pending_for, world.person("ana").id)
    ] == [1]
    assert "No page of INC-2 waits" in (await asks(world, "ana", "ack INC-2", "general"))["text"]


@pytest.mark.parametrize("typed", ["sev1", "S1", "p1"])
async def test_a_severity_alone_is_a_command(world: World, typed: str):
    await world.declare()
    assert (await asks(world, "dev", typed))["text"].startswith("INC-1 is now S1.")


async def test_on_call_may_be_two_words(world: World):
    assert "dotcom EOC" in shown(await asks(world, "dev", "on call", "general"))
