"""The list that calls somebody for their further pages."""

import pytest

from bot.domain.incidents.incident import Incident
from bot.domain.paging.offers import PageOffer
from bot.domain.paging.pages import Page
from bot.views.blocks import MESSAGE_BLOCKS, MESSAGE_SIZE, size
from bot.views.paging import digest
from tests.fakes import NOON
from tests.values import a_page, an_incident


def waiting(many: int, name: str = "Disk full") -> list[tuple[Page, Incident | None]]:
    return [
        (a_page(id=one, incident=one), an_incident(id=one, name=name, channel="CINC"))
        for one in range(1, many + 1)
    ]


def test_each_line_says_which_incident_how_bad_who_is_called_and_by_when() -> None:
    offer = PageOffer(1, 2, "UEOC", "UIM", "", NOON)
    shown = digest.digest(waiting(2), 2, 2, resent=False, offers={2: offer})

    heading, everything, line, asked = shown.blocks
    assert "*2 more pages wait for you.*" in heading["text"]["text"]
    button, menu = everything["elements"]
    assert (button["action_id"], button["value"], bool(button["confirm"])) == (
        digest.ACKNOWLEDGE_ALL,
        "2",
        True,
    )
    options = [(one["text"]["text"], one["value"]) for one in menu["options"]]
    assert options == [("INC-1 as EOC", "others:1"), ("INC-2 as EOC", "others:2")]
    text = line["text"]["text"]
    assert text.startswith("*INC-1 Disk full*\n:large_orange_diamond: S3 Moderate · Investigating\n")
    assert "Engineer On Call (dotcom EOC) · answer by <!date^" in text
    assert text.endswith(" · <#CINC>")
    assert (line["accessory"]["action_id"], line["accessory"]["value"]) == ("page_acknowledge", "1")
    assert "INC-2 Disk full" in shown.text
    assert "\n_You asked <@UIM> to take it" in asked["text"]["text"]


@pytest.mark.parametrize("name", ["Disk full", "<&>" * 66])
def test_more_than_are_shown_are_counted_and_all_fit(name: str) -> None:
    offers = {one: PageOffer(one, one, "UEOC", "UIM", "", NOON) for one in range(1, digest.SHOWN + 1)}
    shown = digest.digest(waiting(digest.SHOWN, name), 200, 200, resent=True, offers=offers)

    assert "… and 185 more. *Acknowledge all* answers them too" in str(shown.blocks)
    assert str(shown.blocks).count("'page_acknowledge'") == digest.SHOWN
    assert "Sent again" in str(shown.blocks)
    assert len(shown.blocks) <= MESSAGE_BLOCKS
    assert size(shown.blocks) <= MESSAGE_SIZE


def test_a_private_incident_has_no_name_and_a_page_outside_says_what_is_asked() -> None:
    private = (a_page(message="Leaked, too"), an_incident(private=True, name="Leaked keys"))
    outside = (a_page(id=4, incident=None, message="<!channel> come"), None)

    shown = digest.digest([private, outside], 2, 4, resent=False)

    assert "private incident INC-7" in shown.text
    assert "Leaked" not in str(shown)
    assert "<@UREP> asks: &lt;!channel&gt; come" in shown.text


def test_a_list_that_is_over_has_no_buttons() -> None:
    over = digest.digest([], 0, 0, resent=False)

    assert [block["type"] for block in over.blocks] == ["section"]


def test_who_acknowledged_all_hears_what_was_not_theirs_any_more() -> None:
    answered, left = [a_page(id=1, incident=1), a_page(id=2, incident=2)], [a_page(id=3, incident=3)]

    assert digest.acknowledged(answered, left).text == (
        "You acknowledged INC-1, INC-2. INC-3 was answered or moved on before you pressed. "
        "`/inc list` shows the open incidents."
    )
    assert "*1 more waits for you in messages above.*" in digest.acknowledged(answered, [], above=1).text
    assert digest.acknowledged([], []).text == "No page of this list waits any more."


def test_one_page_is_not_offered_as_all_and_an_empty_list_says_where_others_wait() -> None:
    assert digest.ACKNOWLEDGE_ALL not in str(digest.digest(waiting(1), 1, 1, resent=False).blocks)
    assert "`/inc ack` shows what still waits" in digest.digest([], 0, 0, resent=False).text
