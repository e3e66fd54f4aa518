"""What is written when a list was posted."""

from dataclasses import replace

import pytest

from bot.integrations.slack.digest import _posted, _seen
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.paging import request_page
from storage import pages
from tests.conftest import Office


@pytest.mark.parametrize("changed", [True, False])
def test_a_list_that_changed_while_it_was_posted_is_edited(office: Office, changed: bool) -> None:
    office.uow.process = replace(office.uow.process, pages_before_digest=1)
    for _ in range(3):
        office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=None)
    seen = office.read(_seen, 2)
    if changed:
        office.perform(acknowledge, 2, by="UEOC")
    office.emitted()

    office.perform(_posted, seen=seen, channel="D1", ts="1.0", resent=False)

    assert office.emitted() == ([("DigestChanged", {"notification": 2})] if changed else [])
    assert [office.read(pages.get, one).shown for one in (1, 2, 3)] == [False, True, True]
