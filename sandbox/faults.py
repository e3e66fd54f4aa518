"""What can be made to go wrong with a Web API call."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

Kind = Literal[
    "status",
    "status_after",
    "error",
    "error_after",
    "ratelimit",
    "drop_before",
    "drop_after",
    "hang",
    "late",
    "silent",
    "slow",
    "empty",
]
AFTER = frozenset({"drop_after", "hang", "status_after", "error_after"})
"""What goes wrong when the call has had its effect."""


@dataclass
class Fault:
    """The next `times` calls of methods that match the glob go wrong in this way.

    `status` answers that HTTP status with a page instead of JSON, `error` that Slack error, `ratelimit` 429
    with Retry-After, each `value`; `status_after` and `error_after` answer so after the effect. `drop_before`
    and `drop_after` cut the connection before or after the effect. `hang` has the effect and never answers,
    `late` has it `value` seconds after nobody waits for the answer any more, `silent` has none, and cuts the
    connection after `value` seconds if given. `slow` waits `value` seconds first. `empty` says ok, and has
    neither the effect nor what the method answers.
    """

    method: str
    kind: Kind
    value: int | float | str = 0
    times: int = 1


def next_fault(faults: list[Fault], method: str) -> Fault | None:
    """Take one use of the first fault that fits, and forget it when it is used up."""
    for fault in faults:
        if fnmatchcase(method, fault.method):
            fault.times -= 1
            if fault.times <= 0:
                faults.remove(fault)
            return fault
    return None
