"""The form in which somebody writes what customers read of a maintenance."""

from typing import Any

from bot.domain.maintenance.maintenance import Maintenance
from bot.views.blocks import context
from bot.views.forms import input_block, modal, text_input
from bot.views.maintenance.maintenance import called

FORM, TEXT = "maintenance_public_form", "public_text"


def form(one: Maintenance, text: str = "") -> dict[str, Any]:
    about = f"{called(one)} · This publishes it on our status page, with its times. Its name is not there."
    hint = "What customers notice, and for how long. No names, no customer's data."
    field = input_block(
        "What customers read", text_input(TEXT, initial=text, multiline=True), TEXT, hint=hint
    )
    return modal("Tell customers", "Publish", FORM, [context(about), field], str(one.id))
