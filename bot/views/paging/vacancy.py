"""A role that is nobody's while a page looks for one: what somebody reads who is at work on the incident."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from bot.domain.incidents.incident import Incident
from bot.domain.paging.pages import Page
from bot.views.blocks import Element, Message, actions, button, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import escape, people, person
from bot.views.naming import go_on, title, way_in
from bot.views.paging.page import waiting

PAGE_TEAM = "page_team_again"
PAGE_TEAM_ABOVE = "page_team_above"


@says_drill
def vacant(
    cases: Sequence[Page],
    open_now: Sequence[Page],
    incident: Incident,
    alertable: Collection[int] = (),
    *,
    answered: Mapping[str, str] = MappingProxyType({}),
    calling: Mapping[str, Page] = MappingProxyType({}),
) -> Message:
    """Tell somebody who is at work on an incident of roles that are nobody's and that pages look for.

    Of `cases` only `open_now` are still theirs to mind; of those pages that are `alertable` the last level of
    the path can be called besides. `answered` says by whom the page for a role was, or who has that role,
    `calling` which page calls for it again.
    """
    if not open_now:
        roles = dict.fromkeys(page.escalation.role for page in cases)
        became = " ".join(_became(role, answered.get(role), calling.get(role), incident) for role in roles)
        return message(f"{became} `/inc roles INC-{incident.id}` shows who does what.")
    texts, blocks = [], []
    for page in {page.escalation.team: page for page in open_now}.values():  # paged again, it is held twice
        text, presses = _missing(page, incident, above=page.id in alertable)
        texts.append(text)
        blocks += [section(text), *([actions(*presses)] if presses else [])]
    return message("\n".join(texts), *blocks)


def _became(role: str, who: str | None, now: Page | None, incident: Incident) -> str:
    if now:
        return f"{title(incident)}: {waiting(now)}."
    of = f"the {escape(role)} of {title(incident)}"
    return f"{person(who)} answers for {of} now." if who else f"The page for {of} is over."


def _missing(page: Page, incident: Incident, *, above: bool) -> tuple[str, list[Element]]:
    wanted, team, name = page.escalation.role, page.escalation.team, title(incident)
    role = escape(wanted)
    last = f"{incident.id}:{page.escalation.path[-1].team}"
    alert = [button("Alert leadership", PAGE_TEAM_ABOVE, last)] if above else []
    if not page.rested:
        calling = f"I go on calling {people(page.called)}. Channel: {way_in(incident)}."
        return f"*{name} has no {role} yet.* {calling}", alert
    again = button(f"Page {wanted} again", PAGE_TEAM, f"{incident.id}:{team}")
    text = f"*{name} has no {role} yet. You hold the page for one.*"
    return f"{text}\nI call nobody else by myself. {go_on(incident)}.", [again, *alert]
