"""Severities, statuses, roles, people and incidents, as somebody types them after a command."""

import re
from collections.abc import Sequence

from bot.domain.errors import Refused
from bot.domain.incidents import Incident, Severity, Status
from handlers.request import Request, plain_text
from storage import incidents

_SEVERITY = re.compile(r"(?:s|sev|severity|p)?[\s:_-]*([1-4])")
_NUMBER = re.compile(r"(?:inc[\s-]?|#)?(\d{1,9})", re.IGNORECASE)
_MENTIONED = re.compile(r"<@[^>]*>")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_ALSO = {"canceled": Status.CANCELLED, "mitigated": Status.MONITORING, "review": Status.POST_INCIDENT}
ME = "me"


def severity(text: str) -> Severity:
    """Return the severity that "S1", "sev1", "severity 1" or "1" names. Refuses anything else."""
    found = _SEVERITY.fullmatch(text.strip().lower())
    if not found:
        raise Refused(
            f"I know no severity `{_quoted(text)}`. It is one of S1 (worst), S2, S3, S4: `/inc severity S2`."
        )
    return Severity(f"S{found[1]}")


def status(text: str, possible: Sequence[Status]) -> Status:
    """Return the status that is named, whatever its case and hyphens. Refuses anything else."""
    named = {_letters(each): each for each in Status} | _ALSO
    if found := named.get(_letters(text)):
        return found
    now = f"What can follow now: {', '.join(possible)}." if possible else "Nothing can follow now."
    raise Refused(f"I know no status `{_quoted(text)}`. {now}")


def role(text: str, roles: Sequence[str]) -> str:
    """Return the role that is named, whatever its case and spaces. Refuses anything else."""
    named = {_letters(each): each for each in roles}
    if found := named.get(_letters(text)):
        return found
    raise Refused(f"I know no role `{_quoted(text)}`. Roles: {', '.join(roles)}.")


def role_and_person(request: Request) -> tuple[str, str | None]:
    """Return the words of a role as typed, and the person named after it: a mention, "me", or nobody."""
    words = plain_text(_MENTIONED.sub(" ", request.text))
    if request.mentioned:
        return words, request.mentioned
    if words.lower().endswith(f" {ME}"):
        return words[: -len(ME)].strip(), request.user
    return words, None


def lead(request: Request) -> str:
    """Return the person who is to lead. Refuses what is neither a mention nor "me"."""
    if request.mentioned:
        return request.mentioned
    if request.plain.lower() == ME:
        return request.user
    raise Refused(
        f"I do not know who `{_quoted(request.plain)}` is. "
        "Mention a person and choose them from Slack's list: `/inc lead @ana`. For yourself: `/inc lead me`."
    )


async def incident(request: Request) -> Incident:
    """Return the incident whose number is typed, or else the one of this channel."""
    found = _NUMBER.fullmatch(request.plain)
    if not found:
        return request.here
    if request.incident and request.incident.id == int(found[1]):
        return request.incident
    return await request.desk.read(incidents.visible, int(found[1]), request.user)


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", text.lower())


def _quoted(text: str) -> str:
    return text.replace("`", "'")[:60]
