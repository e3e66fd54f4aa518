"""A small Zoom and a small Google that check what the real ones check, and can fail.

Paths, verbs, fields and answers are those of Zoom's API, version 2, and of the Google Meet API, version 2.
"""

import base64
import json
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ACCOUNT, CLIENT, SECRET = "acct-1", "client-1", "zoom-secret"
HOSTS = ("bot1@example.com", "bot2@example.com")
USER, SERVICE = "ops@example.com", "muster@project.iam.gserviceaccount.com"
SCOPE = "https://www.googleapis.com/auth/meetings.space.created"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
GOOGLE_KEY = json.dumps({"type": "service_account", "client_email": SERVICE, "private_key": PEM})


class Services:
    """`faults` are taken one a call that makes or ends something: a status, or `lost`, which does it."""

    def __init__(self) -> None:
        self.url = ""
        self.tokens: list[str] = []
        self.meetings: dict[str, dict[str, Any]] = {}
        self.spaces: dict[str, dict[str, Any]] = {}
        self.ended: list[str] = []
        self.faults: list[int | str] = []
        self.secret = SECRET

    @asynccontextmanager
    async def running(self) -> Any:
        app = web.Application()
        app.add_routes(
            [
                web.post("/oauth/token", self._zoom_token),
                web.post("/v2/users/{user}/meetings", self._meeting),
                web.put("/v2/meetings/{number}/status", self._end_meeting),
                web.post("/token", self._google_token),
                web.post("/v2/spaces", self._space),
                web.get("/v2/spaces/{code}", self._get_space),
                web.post("/v2/spaces/{name}:endActiveConference", self._end_space),
            ]
        )
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    def _new_token(self) -> str:
        self.tokens.append(f"token-{len(self.tokens)}")
        return self.tokens[-1]

    def _refused(self, request: web.Request) -> web.Response | None:
        known = [f"Bearer {one}" for one in self.tokens[-1:]]
        if request.headers.get("Authorization") not in known:
            told = {"code": 124, "message": "Invalid access token."}
            return web.json_response(told, status=401)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            headers = {"Retry-After": "30"} if fault == 429 else {}
            return web.json_response({"code": fault, "message": "no"}, status=fault, headers=headers)
        if fault == "lost" and request.transport:
            request.transport.abort()
        return None

    async def _zoom_token(self, request: web.Request) -> web.Response:
        basic = base64.b64encode(f"{CLIENT}:{self.secret}".encode()).decode()
        asked = {"grant_type": "account_credentials", "account_id": ACCOUNT}
        if request.headers.get("Authorization") != f"Basic {basic}" or dict(request.query) != asked:
            told = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
            return web.json_response(told, status=400)
        given = {"access_token": self._new_token(), "token_type": "bearer", "expires_in": 3599}
        return web.json_response({**given, "scope": "meeting:write:meeting:admin"})

    async def _meeting(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        said = await request.json()
        if request.match_info["user"] not in HOSTS:
            told = {"code": 1001, "message": "User does not exist"}
            return web.json_response(told, status=404)
        assert said["type"] == 3
        number = str(85746065 + len(self.meetings))
        address = f"https://us02web.zoom.us/j/{number}?pwd=abc"
        self.meetings[number] = {**said, "host": request.match_info["user"], "join_url": address}
        told = {"id": int(number), "join_url": address, "start_url": "https://zoom.us/s/host-rights"}
        return web.json_response(told, status=201)

    async def _end_meeting(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        number = request.match_info["number"]
        assert (await request.json()) == {"action": "end"}
        if number not in self.meetings:
            return web.json_response({"code": 3001, "message": "Meeting does not exist"}, status=404)
        self.ended.append(number)
        return web.Response(status=204)

    async def _google_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        head, claims, signature = str(form["assertion"]).split(".")
        KEY.public_key().verify(
            _decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        said = json.loads(_decoded(claims))
        wanted = {"iss": SERVICE, "sub": USER, "scope": SCOPE, "aud": f"{self.url}/token"}
        if said | wanted != said or not 0 < said["exp"] - said["iat"] <= 3600:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": self._new_token(), "expires_in": 3599})

    async def _space(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        assert (await request.json()) == {"config": {"accessType": "TRUSTED"}}
        code = f"abc-mnop-xy{chr(97 + len(self.spaces))}"
        space = {
            "name": f"spaces/s{len(self.spaces)}",
            "meetingUri": f"https://meet.google.com/{code}",
            "meetingCode": code,
        }
        self.spaces[code] = space
        return web.json_response(space)

    async def _get_space(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        space = self.spaces[request.match_info["code"]]
        return web.json_response({**space, "activeConference": {"conferenceRecord": "conferenceRecords/c"}})

    async def _end_space(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        self.ended.append(request.match_info["name"])
        return web.json_response({})


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
