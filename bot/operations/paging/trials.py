"""Testing one's own doors."""

from bot.domain.errors import Refused, Step
from bot.domain.facts import TrialBegun, TrialChanged
from bot.domain.paging.trials import FIRST_DOOR, Trial, runs, ways_of
from bot.domain.rights import Right
from bot.operations.paging.notify import contact_of
from bot.operations.rights import allow
from storage import trials
from storage.transaction import Tx


def begin_trial(tx: Tx, *, by: str) -> Trial:
    """Test every door of a person. Refuses while an earlier test of theirs is under way."""
    allow(tx, by, Right.ACKNOWLEDGE)
    before = trials.latest(tx, by)
    if before and runs(before, tx.now):
        raise Refused(
            "A test of yours is under way: look at my direct message to you. "
            "Confirm what arrived, or wait two minutes and begin another."
        )
    trial = trials.get(tx, trials.add(tx, by, ways_of(contact_of(tx, by))))
    doors = [way.door for way in trial.ways if way.door != FIRST_DOOR]
    tx.record(TrialBegun(trial=trial.id, doors=doors))
    return trial


def trial_shown(tx: Tx, trial_id: int, channel: str, ts: str) -> None:
    """Note that the direct message arrived at Slack, and have it say what is known by now."""
    trials.record_dm(tx, trial_id, channel, ts)
    trials.handed_over(tx, trial_id, FIRST_DOOR)
    tx.record(TrialChanged(trial=trial_id))


def door_tried(tx: Tx, trial_id: int, door: str, error: str | None) -> None:
    """Note what a door did with the test."""
    if error:
        trials.failed(tx, trial_id, door, error)
    else:
        trials.handed_over(tx, trial_id, door)
    tx.record(TrialChanged(trial=trial_id))


def confirm_trial(tx: Tx, trial_id: int, door: str, *, by: str) -> Trial:
    """Note that the test arrived through a door. Refuses what is somebody else's."""
    trial = trials.get(tx, trial_id)
    if trial.person != by:
        said = "This test is somebody else's. `/inc test-page` begins one of your own."
        raise Refused(said, Step("Test how I am paged", "test-page"))
    if trials.confirm(tx, trial_id, door):
        tx.record(TrialChanged(trial=trial_id))
    return trials.get(tx, trial_id)
