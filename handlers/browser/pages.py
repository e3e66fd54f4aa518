"""All pages for a browser, as the bot's server serves them."""

from collections.abc import Iterable

from aiohttp import web

from bot.rehearsal.asked import Rehearsals
from handlers.browser.board import Board
from handlers.browser.follow_up_form import FollowUpForms
from handlers.browser.follow_ups import FollowUpPages
from handlers.browser.incident import IncidentPages
from handlers.browser.incidents import IncidentLists
from handlers.browser.insights import InsightPages
from handlers.browser.live import Live
from handlers.browser.load import LoadPages
from handlers.browser.my_shifts import MyShifts
from handlers.browser.oncall import OnCallPages
from handlers.browser.operator import OperatorPage, Running
from handlers.browser.pictures import PicturePages
from handlers.browser.public_notice import PublicNoticePages
from handlers.browser.reach import ReachPages
from handlers.browser.rehearsal import RehearsalPages
from handlers.browser.review import ReviewPages
from handlers.browser.review_comments import ReviewComments
from handlers.browser.review_steps import ReviewSteps
from handlers.browser.review_writing import ReviewForms
from handlers.browser.reviews import ReviewLists
from handlers.browser.sign_in import Provider, SignInPages
from handlers.browser.site import Site
from handlers.browser.status_page import StatusPages


def pages(
    site: Site,
    live: Live,
    rehearsals: Rehearsals,
    running: Running,
    *,
    provider: Provider,
    failed: type[Exception],
    away: type[Exception],
) -> Iterable[web.RouteDef]:
    """Return every page; each room of pages has its own list of them."""
    return [
        *site.routes(),
        *SignInPages(site, provider, failed, away).routes(),
        *IncidentLists(site).routes(),
        *IncidentPages(site).routes(),
        *Board(site, live).routes(),
        *OnCallPages(site).routes(),
        *MyShifts(site).routes(),
        *ReachPages(site).routes(),
        *LoadPages(site).routes(),
        *FollowUpForms(site).routes(),
        *FollowUpPages(site).routes(),
        *OperatorPage(site, running).routes(),
        *RehearsalPages(site, rehearsals).routes(),
        *PicturePages(site).routes(),
        *PublicNoticePages(site).routes(),
        *StatusPages(site).routes(),
        *ReviewLists(site).routes(),
        *ReviewPages(site).routes(),
        *ReviewForms(site).routes(),
        *ReviewComments(site).routes(),
        *ReviewSteps(site).routes(),
        *InsightPages(site).routes(),
    ]
