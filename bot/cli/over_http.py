"""Serves JSON-RPC over HTTP, as MCP's streamable transport has it where nothing is streamed."""

import hmac
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PATH = "/mcp"
LARGEST = 1_000_000
IDLE_SECONDS = 30.0
HERE = {"localhost", "127.0.0.1", "::1"}

Answered = Callable[[str], dict[str, Any] | None]


class HttpServer(ThreadingHTTPServer):
    """Answers whoever sends this token. The caller has it serve, and closes it."""

    daemon_threads = True

    def __init__(self, host: str, port: int, token: str, answered: Answered) -> None:
        super().__init__((host, port), _Handler)
        self.expected, self.answered = f"Bearer {token}".encode(), answered


class _Handler(BaseHTTPRequestHandler):
    server: HttpServer
    timeout = IDLE_SECONDS

    def do_POST(self) -> None:
        if refused := self._refused():
            self._answer(refused)
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        found = self.server.answered(body.decode("utf-8", "replace"))
        self._answer(200, json.dumps(found).encode()) if found else self._answer(202)

    def do_GET(self) -> None:
        self._answer(405)

    def _refused(self) -> int | None:
        """Return why this is not answered. A page in a browser must not reach it by another name."""
        if urlsplit(self.path).path != PATH:
            return 404
        origin = self.headers.get("Origin")
        if origin and _host(origin) not in HERE:
            return 403
        given = self.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self.server.expected):
            return 401
        return _unfit(self.headers.get("Content-Length", ""))

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        if status >= 400:  # what was sent is not read: nothing else can follow it
            self.send_header("Connection", "close")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given: Any) -> None:
        """Say nothing: what is asked may hold what people wrote."""


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None


def _unfit(length: str) -> int | None:
    if not (length.isascii() and length.isdigit()):
        return 411
    return 413 if len(length) > 9 or int(length) > LARGEST else None
