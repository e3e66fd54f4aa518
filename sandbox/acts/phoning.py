"""What people do with their phones."""

from sandbox import phones
from sandbox.acts.acting import Acting
from sandbox.state import Json


async def read(acting: Acting, given: Json) -> Json:
    """Look at the texts: none of them is new any more."""
    phones.mark_read(acting.ws, acting.user.id)
    return {}
