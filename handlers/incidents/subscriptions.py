"""Who gets an incident's updates: yourself, another person, a channel."""

import re
from collections.abc import Sequence

from bot.domain.errors import Refused, Step
from bot.domain.incidents.subscriptions import subscribable
from bot.operations.incidents.subscriptions import subscribe, unsubscribe
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_open
from bot.views.incidents import subscriptions as view_of
from bot.views.incidents.state import chosen_channel, chosen_person
from handlers import words
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, plain_text
from storage import people, places
from storage.transaction import Tx

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>")
_LIKE_A_CHANNEL = re.compile(r"[\w-]{2,50}")
EXPECTED = "Name yourself, a person or a channel: `/inc subscribe me`, `@ana` or `#support`."


async def add(request: Request) -> None:
    """Have whoever is named get the updates; without a name whoever asks."""
    incident = subscribable(request.here)
    persons, channels = await _named(request, "subscribe")
    found = await request.uow.perform(
        subscribe, incident.id, persons=persons, channels=channels, by=request.user
    )
    await request.answer(view_of.arranged(incident, found, request.user))


async def remove(request: Request) -> None:
    """Have whoever is named get no more updates; without a name whoever asks."""
    incident = request.here
    persons, channels = await _named(request, "unsubscribe")
    found = await request.uow.perform(unsubscribe, incident.id, [*persons, *channels], by=request.user)
    await request.answer(view_of.arranged(incident, found, request.user))


async def others(request: Request) -> None:
    """Ask who else gets them."""
    await request.open(view_of.form(subscribable(request.here)))


@answers_in_form(view_of.PERSON)
async def submitted(form: Submission) -> None:
    """Have the person and the channel that were chosen get them."""
    found = chosen_person(form.entered, view_of.PERSON), chosen_channel(form.entered, view_of.CHANNEL)
    persons, channels = ([one] if one else [] for one in found)
    if not persons and not channels:
        raise Refused("Choose a person or a channel.")
    await form.uow.perform(subscribe, form.number, persons=persons, channels=channels, by=form.user)
    await form.close()


async def _named(request: Request, word: str) -> tuple[list[str], list[str]]:
    """Return the people and channels that are named; whoever asks, if nobody is. Refuses anything else."""
    if request.crowd:
        raise Refused(f"A group gets no updates; the people in it or a channel of theirs do. {EXPECTED}")
    persons, channels = _PERSON.findall(request.text), _CHANNEL.findall(request.text)
    rest = _CHANNEL.sub(" ", _PERSON.sub(" ", request.text)).replace(",", " ").split()
    persons += [request.user for one in rest if one.lower() == words.ME]
    named = [one for one in rest if one.lower() not in {words.ME, "and"}]
    whole = plain_text(" ".join(named))
    for one in [whole] if whole.startswith("@") else map(plain_text, named):  # "@Ana Ferreira" as text
        person, channel = await request.uow.read(_called, one, await words.near(request))
        if not person and not channel:
            ways = [Step(f"The channel #{one}", f"{word} #{one}")] if _LIKE_A_CHANNEL.fullmatch(one) else []
            raise Refused(f"I do not know who or what `{one.replace('`', '')[:40]}` is. {EXPECTED}", *ways)
        persons += [person] if person else []
        channels += [channel] if channel else []
    if not persons and not channels:
        persons = [request.user]
    return list(dict.fromkeys(persons)), list(dict.fromkeys(channels))


def _called(tx: Tx, name: str, near: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the one person or the channel of a name that was typed as text."""
    if name.startswith("#"):
        place = places.named(tx, name)
        return None, place.id if place else None
    found = people.meant(tx, name, near)
    return found[0] if len(found) == 1 else None, None


FEATURE = Feature(
    subcommands=(
        Subcommand(
            add,
            usage="subscribe [me, @person or #channel]",
            brief="get the updates",
            help="Get the updates and word when it is over, in direct messages; or have a person or a "
            "channel get them. Those of a private incident go only to people in its channel.",
            example="/inc subscribe #support",
            place=(Group.INFORM, 62),
            aliases=("follow",),
        ),
        Subcommand(
            remove,
            usage="unsubscribe [me, @person or #channel]",
            brief="get no more updates",
            help="Get no more updates, or have a person or a channel get none.",
            example="/inc unsubscribe #support",
            place=(Group.INFORM, 64),
            aliases=("unfollow",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(add)),
        Listener("action", view_of.STOP, of_incident(remove)),
        Listener("action", view_of.OTHERS, of_incident(others)),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.FACTS, 37), opens("Get updates", view_of.OPEN), while_open, None),),
)
