"""The document of a review: the facts of an incident in the words of a template."""

from collections.abc import Mapping

from bot.domain.errors import Refused
from bot.domain.reviews.document import ReviewFacts
from bot.secret_scan import hidden
from bot.views.reviews.model import review_of
from bot.views.reviews.rendering import DEFAULT, NAMES, TemplateWrong, builtin, written

OWN = "own"


def names_of(own: str) -> tuple[str, ...]:
    """Return the templates that can be chosen, the usual one first; `own` is the text of one's own."""
    return (OWN, *NAMES) if own else NAMES


def chosen(name: str, own: str) -> str:
    """Return the name of a template, the usual one for none. Raises Refused for one that there is not."""
    known = names_of(own)
    if name and name not in known:
        raise Refused(f"There is no template `{name[:40]}`. There are: {', '.join(known)}.")
    return name or (OWN if own else DEFAULT)


def document(
    facts: ReviewFacts, names: Mapping[str, str], *, template: str = "", own: str = "", url: str = ""
) -> str:
    """Return the document, with what looks like a secret masked. The same facts give the same bytes.

    Raises Refused where the template is unknown, or does not come to an end with these facts.
    """
    name = chosen(template, own)
    try:
        text = written(review_of(facts, names, url), own if name == OWN else builtin(name))
    except TemplateWrong as wrong:
        raise Refused(
            f"The template `{name}` does not work: {wrong}. Choose another, or have it corrected."
        ) from None
    return hidden(text)[0]
