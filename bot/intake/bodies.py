"""The body of a request as JSON: sent as such, whatever its type says, or as a form, or in a form."""

import json
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

MOST_FIELDS = 200
SHALLOW = 200
"""With fewer brackets nothing is nested so deeply that it cannot be written down."""
_INSIDE = ("data", "payload")
"""Fields of a form that hold JSON: Uptime Kuma's `data`, and `payload` of many others."""


def parsed(raw: bytes, kind: str = "") -> Any:
    """Return what is in a body of this Content-Type. Raises ValueError where it is neither JSON nor a form.

    Amazon says that its JSON is text, and curl that all it sends is a form.
    """
    if kind.lower().startswith("multipart/"):
        return _inside(_parts(raw, kind))
    try:
        found = _json(raw)
        return found if _plain(raw) else whole(found)
    except RecursionError as deep:
        raise ValueError("nested too deeply") from deep
    except ValueError:
        if b"=" not in raw[:1000] or raw.lstrip()[:1] in {b"{", b"["}:
            raise
    fields = parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS)
    return _inside(dict(fields))


def _plain(raw: bytes) -> bool:
    """Say whether there can be neither half a character in a body nor anything deep: in most there is not."""
    return raw.isascii() and b"\\u" not in raw and raw.count(b"{") + raw.count(b"[") < SHALLOW


def _json(raw: bytes) -> Any:
    """Return JSON, which old senders write in Latin-1 whatever they say."""
    try:
        return json.loads(raw)
    except UnicodeDecodeError:
        return json.loads(raw.decode("latin-1"))


def whole(found: Any) -> Any:
    """Return JSON whose texts can be written down: a sender that cuts one may leave half a character."""
    text = json.dumps(found, ensure_ascii=False)
    return found if text.isascii() else json.loads(text.encode("utf-8", "replace"))


def _inside(fields: Mapping[str, str]) -> Any:
    for name in _INSIDE:
        if name in fields:
            return parsed(fields[name].encode())
    return dict(fields)


def _parts(raw: bytes, kind: str) -> dict[str, str]:
    """Return the fields of a form in parts; files in it are left out."""
    try:
        head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1")
        message = BytesParser(policy=HTTP).parsebytes(head + raw)
        parts = message.get_payload() if message.is_multipart() else []
        found = {}
        for one in parts if isinstance(parts, list) else []:
            name = one.get_param("name", header="content-disposition")  # type: ignore[union-attr]
            content = one.get_payload(decode=True)  # type: ignore[union-attr]
            if isinstance(name, str) and isinstance(content, bytes):
                found[name] = content.decode()
    except (AttributeError, LookupError, TypeError, IndexError) as odd:
        raise ValueError("not a form in parts") from odd
    if not found:
        raise ValueError("no field in it")
    return found
