"""What looks like a secret: asked about in private, in a message or in the form where it was typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.work.held import CONFIRMED, PLACES, WAITING, Decision, HeldText, LooksSecret, Place
from bot.secret_scan import refuse_secrets
from bot.views.blocks import Block, Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.forms import input_block, option
from bot.views.incidents.state import State
from bot.views.mrkdwn import escape, person, quote
from bot.views.naming import title

SHOW, CHANGE, KEEP = "secret_show", "secret_change", "secret_keep"
SURE, ASKED = "secret_sure", "secret_asked"
TYPED = frozenset({"plain_text_input", "url_text_input", "email_text_input", "number_input"})
"""The elements of a form that people type in."""
_SHOWN = 1500
_IN_LIST = 300
LISTED = 5
"""So many texts fit an answer that is read on a phone."""
LIST = "secret_list"
_INITIAL = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_date": "initial_date",
    "selected_date_time": "initial_date_time",
}
"""What an element of a form begins with, by what its state calls it."""


@says_drill
def waits(held: HeldText, incident: Incident) -> Message:
    """Ask its author about what was typed: nothing of it is posted yet."""
    what = PLACES[held.place].removeprefix("an ").removeprefix("a ")
    asked = (
        f"*Your {what} is not posted yet:* something in it looks like a secret ({escape(held.what)}). "
        "If it is one, revoke it where others may have seen it."
    )
    return message(
        f"{asked}\n{quote(held.masked, _SHOWN)}",
        section(asked),
        section(quote(held.masked, _SHOWN)),
        _choices(held),
        context("Only you see this. I keep what you typed for seven days: `/inc held`."),
    )


@says_drill
def warning(held: HeldText, incident: Incident, reader: str, permalink: str = "") -> Message:
    """Return the direct message about what stands masked, as it is now."""
    whose = "you wrote" if held.by_whom == reader else f"{person(held.by_whom)} wrote"
    where = f"<{permalink}|a message> that was pinned" if permalink else PLACES[held.place]
    found = (
        f"*In {where} of {title(incident)}, {whose} something that looks like a secret* "
        f"({escape(held.what)}). I show it masked."
    )
    if held.decision:
        return message(f"{found} {_became(held)}", section(f"{found}\n*{_became(held)}*"))
    todo = "If it is one, revoke it"
    todo += ", and delete or edit the message: I cannot." if held.place is Place.PIN else "."
    row = _choices(held)
    shown = quote(held.masked, _SHOWN)
    return message(f"{found} {todo}\n{shown}", section(f"{found} {todo}"), section(shown), row)


def listed(found: Sequence[HeldText], incidents: Mapping[int, Incident], *, here: int | None) -> Message:
    """Return the texts that wait for this person to say what they are, each with its buttons."""
    where = f" on INC-{here}" if here else ""
    if not found:
        return message(f"No text of yours{where} waits for you to say whether it holds a secret.")
    said = f"*Texts{where} that look like they hold a secret:* say of each what it is. Only you see this."
    blocks: list[Block] = [section(said)]
    for held in found[:LISTED]:
        of = "" if here else f" of {title(incidents[held.incident])}"
        what = f"*{PLACES[held.place].capitalize()}*{of} ({escape(held.what)}), {person(held.by_whom)}"
        state = "not posted" if held.place in WAITING else "shown masked"
        blocks.append(section(f"{what}, {state}\n{quote(held.masked, _IN_LIST)}"))
        blocks.append(_choices(held))
    if (more := len(found) - LISTED) > 0:
        blocks.append(context(f"{more} more: decide about these, then type `/inc held` again."))
    return message(said, *blocks)


def decided(held: HeldText, decision: Decision) -> Message:
    """Return what is left of the private question once it is answered."""
    what = PLACES[held.place].removeprefix("an ").removeprefix("a ")
    if decision is Decision.KEPT and held.place not in WAITING:
        return message(f"All right. In {PLACES[held.place]} on INC-{held.incident} it stays masked.")
    if decision is Decision.SHOWN:
        verb = "is posted" if held.place in WAITING else "is shown as it was written"
        return message(f"Your {what} on INC-{held.incident} {verb}.")
    return message(f"All right. Nothing is posted, and I keep nothing of that {what}.")


def _became(held: HeldText) -> str:
    who = person(held.decided_by) if held.decided_by else ""
    if held.decision is Decision.SHOWN:
        return f"{who} said that it is none: it is shown as it was written."
    if who:
        return f"{who} left it masked."
    return "An edit took it out." if held.decision is Decision.KEPT else "It stays masked."


def answer(view: Mapping[str, Any], found: LooksSecret) -> dict[str, Any]:
    """Return how to answer a form that holds it: the form again with all that was entered and a question, or
    where that stood already and was not answered, a word under it.
    """
    entered = (view.get("state") or {}).get("values") or {}
    asked = [one for one in view["blocks"] if one.get("block_id") == SURE]
    if asked and asked[0]["element"]["options"][0]["value"] == found.sure:
        said = "It is still there. Take it out, or tick this if it is no secret."
        return {"response_action": "errors", "errors": {SURE: said}}
    kept = [_filled(one, entered) for one in view["blocks"] if one.get("block_id") not in {SURE, ASKED}]
    parts = ("type", "title", "submit", "close", "callback_id", "private_metadata")
    again = {part: view[part] for part in parts if view.get(part)}
    return {"response_action": "update", "view": {**again, "blocks": [*_question(found), *kept]}}


def confirmed(state: State) -> str:
    """Return CONFIRMED if somebody said in a form that what it holds is no secret: it was compared before."""
    return CONFIRMED if _mark(state) else ""


def refuse_typed(view: Mapping[str, Any]) -> None:
    """Raise LooksSecret where a text that was typed in a form looks like one, and nobody confirmed it.

    What a form began with is not asked about: it stands somewhere already, or was typed with the command.
    """
    state = _mapping(_mapping(view.get("state")).get("values"))
    blocks = [_mapping(one) for one in view.get("blocks") or ()]
    asked = any(one.get("block_id") == SURE for one in blocks)
    began = {} if asked else {str(one.get("block_id")): _mapping(one.get("element")) for one in blocks}
    texts = [
        entered["value"]
        for block, fields in state.items()
        for entered in map(_mapping, _mapping(fields).values())
        if entered.get("type") in [*TYPED]
        and isinstance(entered.get("value"), str)
        and entered["value"] != began.get(block, {}).get("initial_value")
    ]
    refuse_secrets(*texts, sure=_mark(state))


def _mapping(found: Any) -> Mapping[str, Any]:
    """Return what is a mapping, as Slack sends it; of anything else nothing: it is judged elsewhere."""
    return found if isinstance(found, Mapping) else {}


def _mark(state: State) -> str:
    chosen = (state.get(SURE) or {}).get(SURE) or {}
    return next((str(one["value"]) for one in chosen.get("selected_options") or []), "")


def _question(found: LooksSecret) -> list[Block]:
    what = escape(", ".join(found.what))
    said = (
        f"*Nothing is saved yet:* this looks like it holds a secret ({what}). Take it out, and revoke it if "
        f"others may have seen it.\n{quote(found.shown, _SHOWN)}"
    )
    box = {"type": "checkboxes", "action_id": SURE, "options": [option("Save it as it stands", found.sure)]}
    return [{**section(said), "block_id": ASKED}, input_block("It is no secret", box, SURE, optional=True)]


def _filled(block: Mapping[str, Any], entered: Mapping[str, Any]) -> Block:
    """Return a field of a form that begins with what was entered in it."""
    element = block.get("element")
    state = (entered.get(block.get("block_id", "")) or {}).get((element or {}).get("action_id", ""))
    if not element or not state:
        return dict(block)
    bare = {key: value for key, value in element.items() if key not in _INITIAL.values()}
    return {**block, "element": bare | {to: state[name] for name, to in _INITIAL.items() if state.get(name)}}


def _choices(held: HeldText) -> Block:
    if held.place in WAITING:
        return actions(
            button("Change it", CHANGE, _value(held), style="primary"),
            button("Post anyway", SHOW, _value(held)),
            button("Discard", KEEP, _value(held)),
        )
    return actions(
        button("No secret: show it", SHOW, _value(held)),
        button("Leave it masked", KEEP, _value(held), style="primary"),
    )


def _value(held: HeldText) -> str:
    return f"{held.id}"
