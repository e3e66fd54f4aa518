"""Links: added in one line or by the form, and removed."""

import re

from bot.domain.errors import Refused, Step
from bot.domain.incidents.calls import known_address
from bot.domain.incidents.fields import CUSTOMER_CALL, letters, named, taking_fields
from bot.domain.incidents.incident import Incident
from bot.domain.process import Process
from bot.operations.incidents.fields import add_link, change_links, remove_link
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents import links as view_of
from handlers.oncall.calendars import own_links
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import incidents, links

_URL = re.compile(r"https?://\S+", re.IGNORECASE)
ME = "me"
_REMOVE = re.compile(r"remove\s+(.+)", re.IGNORECASE)


async def add(request: Request) -> None:
    """Add the address that was typed under the words around it, remove one, or open the form; `me` asks for
    one's own links, which are of no incident.
    """
    if letters(request.plain) == ME:
        await own_links(request)
        return
    incident = taking_fields(request.here)
    known = await request.uow.read(links.of, incident.id)
    if unwanted := _REMOVE.fullmatch(request.plain):
        meant = [one for one in known if unwanted[1] == one.url or letters(unwanted[1]) == letters(one.name)]
        if len(meant) != 1:
            there = ", ".join(f"{one.name} ({one.url})" for one in known) or "none"
            raise Refused(f"Which link do you mean? Links: {there}.", Step("Show them", "link"))
        await request.once(remove_link, incident.id, meant[0].url, by=request.user)
        await request.answer(view_of.removed(incident, meant[0].name))
        return
    found = _URL.search(request.plain)
    name = _URL.sub(" ", request.plain, count=1).strip(" :<>")
    customers = letters(name) == letters(CUSTOMER_CALL)
    address = found[0] if found else _with_customers(request.uow.process, incident) if customers else None
    if not address:
        await request.open(view_of.form(incident, known, name))
        return
    await request.once(add_link, incident.id, name, address, by=request.user)
    await request.answer(view_of.added(incident, named(name), address))


def _with_customers(process: Process, incident: Incident) -> str | None:
    return known_address(process.type_of(incident.type).customer_call, incident.id)


@answers_in_form(view_of.URL)
async def submitted(form: Submission) -> None:
    """Add the link, and remove those that were chosen, once."""
    incident = await form.uow.read(incidents.visible, form.number, form.user)
    name, url, removed = view_of.entered(form.entered, await form.uow.read(links.of, incident.id))
    await form.once(change_links, incident.id, name, url, removed, by=form.user)
    await form.close()


FEATURE = Feature(
    subcommands=(
        Subcommand(
            add,
            usage="link [name] [address]",
            brief="add a link",
            help="Add a link to the card and the top of the channel; `/inc link remove <name>` removes it. "
            "`/inc link customer call` adds a call with customers; `/inc link me`, anywhere, names your own "
            "links: your pages and your calendar.",
            example="/inc link Dashboard https://graphs.example.com/1",
            place=(Group.INFORM, 57),
            aliases=("links",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(add)),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.FACTS, 70), opens("Links", view_of.OPEN), unless_gone),),
)
