"""The reference library of Standard Webhooks judges what we send."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook


def verified(secrets: Sequence[str], body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return an event, if one of its signatures is by each of these secrets.

    The time of a test is none of the library's, which would find it too old: it signs at that time instead.
    """
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    given = headers["webhook-signature"].split(" ")
    for secret in secrets:
        assert Webhook(secret).sign(headers["webhook-id"], at, body.decode()) in given
    assert "." not in headers["webhook-id"]
    said: dict[str, Any] = json.loads(body)
    return said
