"""What a call says, as TwiML: the severity, the number and the name first, then the keys."""

import re
from collections.abc import Callable
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.domain.incidents.incident import Incident
from bot.domain.paging.calling import Storm
from bot.domain.paging.pages import Page, mention
from bot.domain.text import one_line, without_links
from bot.views.mrkdwn import cut, lasting
from bot.views.naming import own_name, plain_role

ACKNOWLEDGE, ESCALATE, ON_MY_WAY = "1", "2", "3"
WAITS = "8"
"""Seconds that a call waits for a key after it has spoken."""
LONGEST_NAME = 150
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold."""
_NUMBER = re.compile(r"\bINC-(?=\d)")
_KEYS = f"Press {ACKNOWLEDGE} to acknowledge. Press {ESCALATE} to escalate."
_WAY = f" Press {ON_MY_WAY} if you are on the way."
_NO_KEY = "No key was pressed, so nothing was acknowledged. Goodbye."


def asked(
    page: Page, incident: Incident | None, storm: Storm | None, first: str = "", *, way: bool = False
) -> str:
    """Return the call to the responder, which waits for a key. `first` is said before everything else, `way`
    says that they may be on the way.
    """
    said = f"{first or _call(page, incident, storm)} {_KEYS}{_WAY if way else ''}"
    return _document(_gather(said), _say(_NO_KEY))


def without_keys(page: Page, incident: Incident | None, storm: Storm | None) -> str:
    """Return the same for a call that cannot ask us anything."""
    said = f"{_call(page, incident, storm)} Acknowledge it in Slack."
    return _document(_say(said), _say(said))


def test_asked(contact_method: str) -> str:
    said = f"{_test(contact_method)} Press {ACKNOWLEDGE} to confirm that it reached you."
    return _document(_gather(said), _say("Goodbye."))


def test_without_keys(contact_method: str) -> str:
    return _document(_say(f"{_test(contact_method)} Say in Slack that it reached you."))


def code(digits: str) -> str:
    """Return the call that says a code, slowly, and again."""
    said = f"This is Muster. Your code is: {', '.join(digits)}."
    return _document(*[_say(said)] * 3)


def told(said: str) -> str:
    """Return what a call says before it ends."""
    return _document(_say(f"{spoken(said)} Goodbye."))


def silent() -> str:
    """End the call at once: no person listens."""
    return _document(lambda parent: SubElement(parent, "Hangup"))


def acknowledged(page: Page) -> str:
    what = f"incident {page.incident}" if page.incident else f"the page for {page.level_team}"
    return told(f"You acknowledged {what} as {plain_role(page.role, page.level_team)}.")


def on_the_way(page: Page, now: datetime) -> str:
    there = lasting((page.there_by or now) - now).replace("min", "minutes")
    return told(f"You are expected in {there}. Acknowledge it when you are there.")


def moved(page: Page) -> str:
    """Return, with a mention, who is called after an escalation."""
    return (
        f"{mention(page.responder)} is called now."
        if page.responder
        else f"Nobody is on call for {page.level_team}."
    )


def message(said: str) -> str:
    """Return the answer to a text; nothing for an empty one."""
    if not said:
        return _document()

    def texted(parent: Element) -> None:
        SubElement(parent, "Message").text = _UNSPEAKABLE.sub("", said)

    return _document(texted)


def spoken(said: str) -> str:
    """Return text as it is spoken: numbers of incidents in words, nothing of Slack's marks."""
    return _NUMBER.sub("incident ", said).replace("`", "").replace("@", "")


def _call(page: Page, incident: Incident | None, storm: Storm | None) -> str:
    drill = "DRILL. " if incident and incident.drill and not storm else ""
    loud = "Nobody has answered. " if page.loud else ""
    many = f"{storm.number} pages wait for you. One of them: " if storm else ""
    return f"{drill}This is Muster. {loud}{many}{_subject(page, incident)}"


def _subject(page: Page, incident: Incident | None) -> str:
    """Return what it is about. A private incident has no name: nobody knows who listens."""
    if not incident:
        return f"A page for {page.level_team}: {_words(page.escalation.message)}."
    severity = f"Severity {incident.severity.removeprefix('S')}."
    if incident.private:
        return f"{severity} Private incident {incident.id}."
    name = _words(own_name(incident))
    return f"{severity} Incident {incident.id}{f': {name}' if name else ''}."


def _words(written: str) -> str:
    return cut(without_links(one_line(written)), LONGEST_NAME)


def _test(contact_method: str) -> str:
    return f"This is Muster. This is a test of {contact_method}. Nothing has happened."


_Verb = Callable[[Element], object]


def _document(*verbs: _Verb) -> str:
    response = Element("Response")
    for verb in verbs:
        verb(response)
    return tostring(response, encoding="unicode", xml_declaration=False)


def _say(said: str) -> _Verb:
    def speak(parent: Element) -> None:
        SubElement(parent, "Say").text = _UNSPEAKABLE.sub("", said)

    return speak


def _gather(said: str) -> _Verb:
    """Wait for one key, which is posted to where this was asked. It is said twice: first words get lost."""

    def gather(parent: Element) -> None:
        keys = SubElement(parent, "Gather", numDigits="1", timeout=WAITS)
        for _ in range(2):
            _say(said)(keys)

    return gather
