"""What a person does with their contact methods and rules, on the Home tab and in its forms."""

from bot.domain.errors import Malformed
from bot.domain.paging.contact_methods import OwnMethod
from bot.domain.paging.notification_rules import Loudness
from bot.operations.paging.notification_rules import change_rule, use_default_rule
from bot.operations.paging.own_contact_methods import (
    add_contact_method,
    remove_contact_method,
    send_code_again,
    verify_contact_method,
)
from bot.views.incidents.state import named
from bot.views.paging import own_contact_methods as view
from handlers.oncall.home import at_home, publish, reach_of
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import contact_methods
from storage.transaction import Tx


@at_home
async def add(request: Request) -> str:
    """Ask for an address."""
    kind = request.uow.process.contact_methods.get(request.value)
    if not kind:
        return f"There is no contact method {request.value} here any more."
    await request.open(view.address_form(request.value, kind))
    return ""


@answers_in_form(view.ADDRESS)
async def address_given(form: Submission) -> None:
    """Send the code, and ask for it in the same window."""
    typed = view.entered_address(form.entered)
    await form.once(add_contact_method, form.metadata, typed, by=form.user)
    await form.turn_into(view.code_form(await form.uow.read(_waiting, form.user, form.metadata)))
    await publish(form)


def _waiting(tx: Tx, user: str, name: str) -> OwnMethod:
    found = [one for one in contact_methods.of(tx, user) if one.name == name and not one.verified_at]
    if not found:
        raise Malformed
    return found[0]


@at_home
async def enter(request: Request) -> str:
    """Ask for the code that was sent."""
    method = await request.uow.read(contact_methods.get, request.number, request.user)
    await request.open(view.code_form(method))
    return ""


@answers_in_form(view.CODE)
async def code_given(form: Submission) -> None:
    """Verify the address. A wrong code is counted, and the form stays open."""
    typed, code_of = view.entered_code(form.entered), form.links.code
    wrong = await form.uow.perform(verify_contact_method, form.number, typed, code_of, by=form.user)
    await (form.wrong({view.CODE: wrong}) if wrong else form.close())
    await publish(form)


@at_home
async def again(request: Request) -> str:
    """Send a new code."""
    method = await request.uow.perform(send_code_again, request.number, by=request.user)
    return f"A new code is on its way by {method.name}. The earlier one holds no longer."


@at_home
async def remove(request: Request) -> str:
    """Delete an address."""
    method = await request.uow.perform(remove_contact_method, request.number, by=request.user)
    return f"Your {method.name} is removed."


@at_home
async def open_rule(request: Request) -> str:
    """Ask when loud or quiet pages leave by what."""
    reach = await request.uow.read(reach_of, request.user)
    await request.open(view.rule_form(named(Loudness, request.value), reach))
    return ""


@answers_in_form(view.FIRST)
async def rule_given(form: Submission) -> None:
    """Keep the rule."""
    loudness = named(Loudness, form.metadata)
    rule = view.entered_rule(form.entered)
    await form.uow.perform(change_rule, loudness, rule, by=form.user)
    await form.close()
    await publish(form)


@at_home
async def default_rule(request: Request) -> str:
    """Have the default count again."""
    await request.uow.perform(use_default_rule, named(Loudness, request.value), by=request.user)
    return "The default counts for you again."


FEATURE = Feature(
    listeners=(
        Listener("action", view.ADD, add),
        Listener("action", view.ENTER, enter),
        Listener("action", view.AGAIN, again),
        Listener("action", view.REMOVE, remove),
        Listener("action", view.RULE, open_rule),
        Listener("action", view.DEFAULT, default_rule),
        Listener("view", view.ADDRESS_FORM, address_given),
        Listener("view", view.CODE_FORM, code_given),
        Listener("view", view.RULE_FORM, rule_given),
    )
)
