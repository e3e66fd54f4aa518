"""How customers subscribe to the status page by e-mail, and end it: forms beside the page, without a login.

Whoever asks learns nothing of who subscribed: the answer is the same for each address. Links do nothing until
somebody presses the button behind them, since mail servers open links too; a mail program may post to them
(RFC 8058).
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.domain.errors import NotFound, Refused
from bot.operations.incidents.public_subscribers import confirm_subscription, subscribe, unsubscribe
from bot.unit_of_work import UnitOfWork
from bot.views.statuspage.files import FORM_HEADERS, form_page
from bot.views.statuspage.mails import CONFIRM_PATH, LEAVE_PATH, SUBSCRIBE_PATH
from bot.web.sessions import guessed_by_nobody
from handlers.api import Rate
from handlers.posted import posted
from storage.database import DatabaseBusy, Outdated

PER_MINUTE = 60
"""Addresses that are asked in a minute, all together: a proxy hides who asks."""
_ALL = "everybody"
_LONGEST = 100


class Subscribing:
    """Three pages on the status page's own server."""

    def __init__(self, uow: UnitOfWork, name: str, url: str) -> None:
        self._uow, self._name, self._url = uow, name, url
        self._rate = Rate(uow.clock, PER_MINUTE)

    def routes(self) -> list[web.RouteDef]:
        confirm, leave = f"{CONFIRM_PATH}{{token}}", f"{LEAVE_PATH}{{token}}"
        return [
            web.get(SUBSCRIBE_PATH, self.form),
            web.post(SUBSCRIBE_PATH, self._guarded(self.ask)),
            web.get(confirm, self.to_confirm),
            web.post(confirm, self._guarded(self.confirm)),
            web.get(leave, self.to_leave),
            web.post(leave, self._guarded(self.leave)),
        ]

    async def form(self, _: web.Request) -> web.Response:
        return self._page("ask", "Subscribe by e-mail")

    async def ask(self, request: web.Request) -> web.Response:
        """Have the address asked; the answer does not say whether it is known."""
        address = (await posted(request)).get("address", [""])[0].strip()
        if wait := self._rate.wait(_ALL):
            busy = "Too many ask just now. Try again in a minute."
            page = self._page("ask", "Subscribe by e-mail", 429, said=busy, wrong=True, address=address[:200])
            page.headers["Retry-After"] = str(int(wait) + 1)
            return page
        try:
            await self._uow.perform(subscribe, address, guessed_by_nobody())
        except Refused as refused:
            said, kept = str(refused), address[:200]
            return self._page("ask", "Subscribe by e-mail", 422, said=said, wrong=True, address=kept)
        return self._page(
            "told",
            "Look at your mailbox",
            said="If this address is not subscribed yet, it is mailed a link. Press it within two days.",
        )

    async def to_confirm(self, _: web.Request) -> web.Response:
        return self._page("press", "Confirm your subscription", button="Mail me what is published")

    async def confirm(self, request: web.Request) -> web.Response:
        try:
            await self._uow.perform(confirm_subscription, request.match_info["token"][:_LONGEST])
        except NotFound:
            old = "This link is too old, or was used to end the mails. Subscribe again."
            return self._page("ask", "Subscribe by e-mail", 404, said=old, wrong=True)
        said = "From now on you are mailed what is published. Every mail has a link that ends it."
        return self._page("told", "You are subscribed", said=said)

    async def to_leave(self, _: web.Request) -> web.Response:
        return self._page("press", "End the mails", button="Send me no more mails")

    async def leave(self, request: web.Request) -> web.Response:
        await self._uow.perform(unsubscribe, request.match_info["token"][:_LONGEST])
        return self._page(
            "told", "No more mails", said="Nothing more is sent to you, and your address is forgotten."
        )

    def _guarded(
        self, act: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def acted(request: web.Request) -> web.Response:
            try:
                return await act(request)
            except (DatabaseBusy, Outdated):
                away = "This does not work just now. Try again in a minute."
                page = self._page("told", "Not done", 503, said=away, wrong=True)
                page.headers["Retry-After"] = "60"
                return page

        return acted

    def _page(self, kind: str, title: str, status: int = 200, **more: object) -> web.Response:
        return web.Response(
            body=form_page(self._name, self._url, kind, title, **more),
            status=status,
            content_type="text/html",
            charset="utf-8",
            headers=FORM_HEADERS,
        )
