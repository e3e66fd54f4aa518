"""Reviews in `muster.yml`: the tasks that each begins with."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from bot.config.values import STRICT, beside, wrong
from bot.domain.incidents.incident import Severity
from bot.domain.text import one_line
from bot.domain.work.reviews import USUAL_TASKS, PlannedTask, ReviewRules

LONGEST_TASK = 200
MOST_TASKS = 20
"""Each is a block of Slack's message, which has 50 at most."""
TASK = f"a text of 1 to {LONGEST_TASK} characters on one line"
DAYS = "a number of weekdays from 0 to 60"
SEVERITIES = "a list of one or more of S1, S2, S3 and S4, such as [S1, S2]"


def _text(raw: str) -> str:
    if not raw.strip() or raw != one_line(raw) or len(raw) > LONGEST_TASK:
        raise wrong(TASK)
    return raw


class TaskEntry(BaseModel):
    """A task: what is to be done, after how many weekdays, and of which incidents."""

    model_config = STRICT
    task: Annotated[str, Field(description=TASK), AfterValidator(_text)]
    days: int = Field(ge=0, le=60, strict=True, description=DAYS)
    severities: list[Annotated[Severity, Field(strict=False)]] = Field(
        default=[*Severity], min_length=1, max_length=4, description=SEVERITIES
    )
    first_as_im: bool = Field(default=False, description="true or false")


class ReviewsEntry(BaseModel):
    """What is said of reviews. An empty list is no task at all."""

    model_config = STRICT
    tasks: list[TaskEntry] | None = Field(
        default=None,
        max_length=MOST_TASKS,
        description=f"a list of up to {MOST_TASKS} tasks, each with `task` and `days`",
    )
    template: Annotated[str, AfterValidator(beside)] = Field(
        default="", min_length=1, description="the path of a file with a template"
    )


def reviews_of(entry: ReviewsEntry) -> ReviewRules:
    if entry.tasks is None:
        return ReviewRules(USUAL_TASKS, entry.template)
    return ReviewRules(
        tuple(
            PlannedTask(one.task, one.days, tuple(sorted(set(one.severities))), one.first_as_im)
            for one in entry.tasks
        ),
        entry.template,
    )
