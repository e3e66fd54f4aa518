"""Where people of an incident talk: an address made of a template, or by a service that makes one a time."""

import re
from enum import StrEnum

from bot.domain.incidents.fields import CALL, CUSTOMER_CALL

NUMBER, RANDOM = "{id}", "{random}"
TEMPLATE = re.compile(r"https?://(?:[^\s<>|{}]|\{id\}|\{random\})*")


class Provider(StrEnum):
    """Services that make a call for an incident."""

    HUDDLE = "huddle"
    """Slack's own, in the incident's channel."""
    ZOOM = "zoom"
    MEET = "meet"


PROVIDERS = frozenset(Provider)


class Which(StrEnum):
    """The calls that an incident can have, by the names of their links."""

    OWN = CALL
    CUSTOMERS = CUSTOMER_CALL


def is_template(call: str) -> bool:
    """Say whether this is an address in which something of the incident is named."""
    return bool(TEMPLATE.fullmatch(call)) and (NUMBER in call or RANDOM in call)


def known_address(call: str | None, incident_id: int) -> str | None:
    """Return the address of a call that is known at once: by its incident's number alone."""
    if not call or call in PROVIDERS or RANDOM in call:
        return None
    return call.replace(NUMBER, str(incident_id))


def address(template: str, incident_id: int, secret: str) -> str:
    """Return an address with a part that nobody guesses in it."""
    return template.replace(NUMBER, str(incident_id)).replace(RANDOM, secret)
