"""What a form in a browser sends, or a refusal of what is no form."""

from aiohttp import web

_UNREADABLE = "400: This is no form that can be read. Load the page again, then send it.\n"


async def posted(request: web.Request) -> dict[str, list[str]]:
    """Return the texts of a form by the names of their fields. Raises HTTPBadRequest for what is none."""
    texts: dict[str, list[str]] = {}
    try:
        for name, text in (await request.post()).items():
            if isinstance(text, str):
                f"{name}{text}".encode()  # an odd charset makes halves of characters, which nothing can keep
                texts.setdefault(name, []).append(text)
    except (ValueError, LookupError, RuntimeError):  # as the library reads bodies, charsets and encodings
        raise web.HTTPBadRequest(text=_UNREADABLE) from None
    return texts
