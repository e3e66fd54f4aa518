"""What Slack's messages do after a decision: the real subscriptions, and nobody who delivers."""

from functools import partial
from typing import Any, cast

from bot.integrations.slack.access import AccessRequests
from bot.integrations.slack.actions import Actions
from bot.integrations.slack.cards import Cards
from bot.integrations.slack.channels import Channels
from bot.integrations.slack.checklists import ChecklistMessages
from bot.integrations.slack.customers import Customers
from bot.integrations.slack.executives import Executives
from bot.integrations.slack.follow_ups import FollowUps
from bot.integrations.slack.followers import Followers
from bot.integrations.slack.notices import Notices
from bot.integrations.slack.offers import PageOffers
from bot.integrations.slack.outside import Outside
from bot.integrations.slack.pages import PageMessages
from bot.integrations.slack.pictures import Pictures
from bot.integrations.slack.review_canvases import ReviewCanvases
from bot.integrations.slack.review_comments import ReviewComments
from bot.integrations.slack.reviews import Reviews
from bot.integrations.slack.secrets import SecretWarnings
from bot.integrations.slack.streams import Streams
from bot.jobs import Job, routes
from bot.web.links import Links
from storage.transaction import Tx
from tests.conftest import Office


def slack_jobs(office: Office, links: Links | None = None) -> list[Job]:
    """Return the jobs of all that posts and redraws; with pages in the browser, those of their links too."""
    nobody = cast(Any, None)
    kinds = (
        *(PageMessages, PageOffers, AccessRequests, SecretWarnings, Channels, Notices, Actions),
        partial(Cards, links=links),
        *(ReviewComments, ReviewCanvases),
        *(Pictures, Followers, FollowUps, Reviews, Executives, ChecklistMessages, Streams, Customers),
    )
    jobs = [job for kind in kinds for job in kind(office.uow, nobody).jobs()]
    return Outside(office.uow, nobody).jobs(jobs)


def follow(office: Office) -> None:
    """Have what follows from a fact written as for Slack from now on."""
    office.uow.deliver_to(routes(slack_jobs(office)), lambda: None)


def deliveries(office: Office) -> list[str]:
    """Return the deliveries so far, as jobs and lanes, and forget them."""

    def take(tx: Tx) -> list[str]:
        rows = tx.all("SELECT job, lane FROM outbox ORDER BY id")
        tx.execute("DELETE FROM outbox")
        return [f"{row['job'].removeprefix('slack.')} {row['lane']}" for row in rows]

    return office.perform(take)
