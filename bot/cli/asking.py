"""Asking a running bot by its API, for commands that need nothing else of this machine."""

import http.client
import json
import os
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import click

from bot.config.environment import secret_of
from storage.database import DatabaseUnusable

PATIENCE = 10.0
LARGEST = 8_000_000
TRIES = 2
"""So often a request is sent whose answer is lost: one that changes something has a key, and is done once."""


class ApiRefused(click.ClickException):
    """The bot answered, and said no: the command ends with 1."""

    exit_code = 1

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status

    def show(self, file: Any = None) -> None:
        click.echo(f"muster: {self.message}", err=True, file=file)


class _Unanswered(Exception):
    """Nobody knows whether the bot heard it."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token goes to the address that it was meant for, and nowhere else."""

    def redirect_request(self, *given: Any, **more: Any) -> None:
        return None


def ask(
    url: str | None, path: str, *, scopes: str, method: str = "GET", body: Any = None, key: str = ""
) -> Any:
    """Return what the bot answers to this, as JSON. `scopes` is what the token needs, for who has none."""
    request = _request(_address(url), path, token_of(scopes), method=method, body=body, key=key)
    for number in range(1, TRIES + 1):
        try:
            return _answer(request)
        except _Unanswered as lost:
            if number == TRIES:
                raise DatabaseUnusable(f"{url} cannot be asked: {lost}") from lost
    return None


def _address(url: str | None) -> str:
    if not url:
        raise DatabaseUnusable(
            "Where is the bot? Set MUSTER_URL or --url, such as https://muster.example.com"
        )
    if urlsplit(url).scheme not in {"http", "https"}:
        raise DatabaseUnusable(
            f"MUSTER_URL is {url!r}, expected an address such as https://muster.example.com"
        )
    return url.rstrip("/")


def token_of(scopes: str) -> str:
    token = secret_of(os.environ, "MUSTER_TOKEN")
    if not token:
        raise DatabaseUnusable(
            f"MUSTER_TOKEN is missing. Make one: muster token add --name ci --scopes {scopes}"
        )
    return token


def _request(url: str, path: str, token: str, *, method: str, body: Any, key: str) -> urllib.request.Request:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    if body is not None:
        headers["Content-Type"] = "application/json"
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.Request(url + path, data=data, headers=headers, method=method)  # noqa: S310 - looked at


def _answer(request: urllib.request.Request) -> Any:
    where = f"{request.type}://{request.host}"
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        with error:
            raise _failed(where, error) from error
    except (OSError, http.client.HTTPException) as error:
        raise _Unanswered(str(getattr(error, "reason", error))) from error
    except ValueError as error:
        raise DatabaseUnusable(f"{where} answered what I cannot read. Is it muster's address?") from error


def _failed(where: str, error: urllib.error.HTTPError) -> Exception:
    """Return what a status means: the rules say no, or it could not be asked now, or not by this token."""
    try:
        said = str(json.loads(error.read(LARGEST))["detail"])
    except (ValueError, KeyError, TypeError, OSError):  # its errors say what to do: this is another's
        return DatabaseUnusable(f"{where} answered {error.code}: {error.reason}. Is it muster's address?")
    if error.code in {404, 409, 412, 422}:
        return ApiRefused(error.code, said)
    return DatabaseUnusable(f"{where} answered {error.code}: {said}")
