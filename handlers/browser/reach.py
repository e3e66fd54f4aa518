"""How a person is called, in a browser: what the Home tab does with contact methods and rules."""

from datetime import timedelta

from aiohttp import web

from bot.domain.paging.notification_rules import Loudness
from bot.domain.process import Notice
from bot.operations.paging.notification_rules import change_rule, use_default_rule
from bot.operations.paging.notification_tests import begin_notification_test
from bot.operations.paging.own_contact_methods import (
    add_contact_method,
    remove_contact_method,
    send_code_again,
    verify_contact_method,
)
from bot.views.browser import reach as view_of
from bot.views.browser.forms import ALL, Filled
from bot.views.browser.reach import ADDRESS, AFTER, CODE, METHOD, Scene
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from bot.views.incidents.state import named as one_of
from bot.views.incidents.state import number
from bot.views.paging.own_contact_methods import NOT_BY_ITSELF
from handlers.browser.forms import empty, given, perform, refused
from handlers.browser.incident import named
from handlers.browser.oncall import HERE
from handlers.browser.site import Form, Site
from handlers.oncall.home import reach_of
from storage import notification_tests

PATH = f"{HERE}/reach"
METHOD_PATH = f"{PATH}/{{method}}"


class ReachPages:
    """Shows a person how they are called; what they send goes through the operations of the Home tab."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        post = self._site.post
        return [
            self._site.get(PATH, self.show),
            post(f"{PATH}/add", self.add),
            post(f"{PATH}/test", self.test),
            post(f"{PATH}/rules/{{loudness}}", self.rule),
            post(f"{METHOD_PATH}/code", self.verify),
            post(f"{METHOD_PATH}/again", self.again),
            post(f"{METHOD_PATH}/remove", self.remove),
        ]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        return await self._page(viewer, done=request.query.get("done", ""))

    async def add(self, _: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Send a code to a new address."""
        method, kinds = form.get(METHOD, ""), list(self._site.uow.process.contact_methods)
        place = kinds.index(method) if method in kinds else 0
        filled = given(f"add-{place}", form, (ADDRESS,))
        typed = filled.value(ADDRESS)
        no = await refused(
            self._site,
            filled,
            ADDRESS,
            lambda: perform(self._site, filled, viewer, add_contact_method, method, typed),
        )
        return await self._page(viewer, no) if no else self._done("added")

    async def verify(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Verify an address by its code. A wrong one is counted."""
        method = named(request, METHOD)
        filled, code_of = given(f"code-{method}", form, (CODE,)), self._site.links.code
        typed = filled.value(CODE)
        wrong = await self._site.uow.perform(verify_contact_method, method, typed, code_of, by=viewer.person)
        return await self._page(viewer, filled.again(CODE, wrong)) if wrong else self._done("verified")

    async def again(self, request: web.Request, viewer: Viewer, _: Form) -> web.Response:
        await self._site.uow.perform(send_code_again, named(request, METHOD), by=viewer.person)
        return self._done("again")

    async def remove(self, request: web.Request, viewer: Viewer, _: Form) -> web.Response:
        await self._site.uow.perform(remove_contact_method, named(request, METHOD), by=viewer.person)
        return self._done("removed")

    async def test(self, _: web.Request, viewer: Viewer, __: Form) -> web.Response:
        await self._site.uow.perform(begin_notification_test, by=viewer.person)
        return self._done("tested")

    async def rule(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Keep a rule, or go back to the default."""
        loudness = one_of(Loudness, request.match_info["loudness"])
        if form.get("do") == "default":
            await self._site.uow.perform(use_default_rule, loudness, by=viewer.person)
            return self._done("default")
        filled = given(f"rule-{loudness}", form, [one for one in form if one.startswith(AFTER)])
        chosen = [
            Notice(name.removeprefix(AFTER), timedelta(seconds=number(wait)))
            for name, wait in filled.values.items()
            if wait != NOT_BY_ITSELF
        ]
        no = await refused(
            self._site,
            filled,
            ALL,
            lambda: self._site.uow.perform(change_rule, loudness, chosen, by=viewer.person),
        )
        return await self._page(viewer, no) if no else self._done("rule")

    def _done(self, what: str) -> web.Response:
        return self._site.go(f"{PATH}?done={what}")

    async def _page(self, viewer: Viewer, again: Filled | None = None, done: str = "") -> web.Response:
        uow = self._site.uow
        reach = await uow.read(reach_of, viewer.person)
        last = await uow.read(notification_tests.latest, viewer.person)
        forms = {"": empty("")} | ({again.name: again} if again else {})
        scene = Scene(reach, last, forms, uow.clock.now(), Reader(viewer.zone))
        return self._site.render(
            "reach.html",
            viewer,
            status=422 if again else 200,
            here=HERE,
            place=PATH,
            **view_of.shown(scene, done),
        )
