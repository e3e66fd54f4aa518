"""A role as somebody types it, alone or beside a person's name."""

import re

from bot.domain.process import Process
from handlers.request import plain_text

BESIDE = re.compile(r"^(?:@|(?:to|is|for|=|:)\s+@?|[=:]\s*@?)", re.IGNORECASE)
_BESIDE_LAST = re.compile(r"^@|\s+(?:as|is|for|takes|the)$", re.IGNORECASE)
_AFTER_ROLE = re.compile(r"(?:\s+(?:to|is|for|=)|:)?\s+(?:me$|<@|@\S)|\s*\?$|\s+ask$", re.IGNORECASE)
"""What stands after a role that is meant as one: a person, or a question."""
_ROLES = {"imoc": "im", "incidentmanager": "im", "engineeroncall": "eoc", "oncallengineer": "eoc"}
"""What people call some roles, and what that is here."""
_LEAD = {"lead", "incidentlead", "dri"}
_NOT_A_LETTER = re.compile(r"[\W_]+")


def means_lead(text: str) -> bool:
    """Say whether a role that is typed is the incident's lead, which is none of them."""
    return letters(text) in _LEAD


def role_and_name(words: str, process: Process) -> tuple[str, str]:
    """Return the words of a role and the name beside it, typed without "@": "CMOC chen", "chen as CMOC"."""
    ask, typed = ("ask ", words[4:]) if words.lower().startswith("ask ") else ("", words)
    if is_role(typed.rstrip(" ?"), process) or means_lead(typed):
        return words, ""
    parts = typed.split()
    for count in range(len(parts) - 1, 0, -1):
        head, tail = " ".join(parts[:count]), " ".join(parts[count:])
        if is_role(head, process) or means_lead(head):
            return ask + head, BESIDE.sub("", tail).rstrip(" ?")
    for count in range(1, len(parts)):
        head, tail = " ".join(parts[:count]), " ".join(parts[count:])
        if is_role(tail, process):
            return ask + tail, _BESIDE_LAST.sub("", head)
    return words, ""


def is_role(text: str, process: Process) -> bool:
    """Say whether a text is a role's name, whatever its case and spaces, or one of its usual names."""
    return bool(known_role(text, process))


def known_role(text: str, process: Process) -> str | None:
    """Return the role of a name, or of one of its usual names."""
    typed = letters(text)
    wanted = _ROLES.get(typed, typed)
    return next((one for one in process.every_role if wanted and letters(one) == wanted), None)


def role_command(text: str, process: Process) -> str | None:
    """Return what `/inc role` is to be given for a role that is typed as if it were a command: "im",
    "im me", "IM @sam", "im?".
    """
    found = _AFTER_ROLE.search(text)
    head, tail = (text[: found.start()], text[found.start() :]) if found else (text, "")
    role = known_role(plain_text(head), process)
    return f"{role} {BESIDE.sub('', tail.strip())}".strip() if role else None


def letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", text.lower())
