"""What comes from the environment: secrets, and variables that would mislead the libraries."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import urlsplit

from bot.config.files import from_file
from bot.config.problems import ConfigInvalid
from bot.redaction import Redaction

SLACK_API = "https://slack.com/api/"

BOT_TOKEN_AT = "api.slack.com/apps > your app > OAuth & Permissions > Bot User OAuth Token"  # noqa: S105 (a place)
APP_TOKEN_AT = "api.slack.com/apps > your app > Basic Information > App-Level Tokens, scope connections:write"  # noqa: S105 (a place)
SIGNING_SECRET_AT = "api.slack.com/apps > your app > Basic Information > App Credentials > Signing Secret"  # noqa: S105 (a place)

_READ_ALREADY = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
_OAUTH = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
HEARTBEATS = ("MUSTER_HEARTBEAT_URL", "MUSTER_HEARTBEAT_FAIL_URL")
CLIENT = ("MUSTER_SLACK_CLIENT_ID", "MUSTER_SLACK_CLIENT_SECRET")
PUBLIC_URL, CONFIG_URL = "MUSTER_PUBLIC_URL", "MUSTER_CONFIG_URL"
CLIENT_AT = "api.slack.com/apps > your app > Basic Information > App Credentials"
FROM_FILES = (
    *(*_READ_ALREADY, "SLACK_APP_TOKEN", *HEARTBEATS, "MUSTER_DATABASE", "PGPASSWORD", "MUSTER_TOKEN"),
    CLIENT[1],
)
"""What may be in a file that `<name>_FILE` names, as container platforms hand secrets out."""
SPARED = (*HEARTBEATS, CLIENT[1], "MUSTER_TOKEN")
"""Those of them that no page needs: what is wrong with such a file is said by whoever reads it."""
KNOWN = {
    *(name for secret in FROM_FILES for name in (secret, f"{secret}_FILE")),
    *_OAUTH,
    CLIENT[0],
    *(
        f"MUSTER_{name}"
        for name in ("CONFIG", "CONFIG_URL", "ENV_FILE", "HOST", "LOG_FORMAT", "PORT", "PUBLIC_URL", "URL")
    ),
    "MUSTER_SANDBOX",
    "SLACK_API_URL",
}
"""All that is read of the environment, but for what `muster.yml` names."""
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class WebClient:
    """With which people sign in to our pages: the client of the Slack app."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What proves to Slack, and what proves Slack to us. Never in a file, never in a log."""

    bot_token: str = field(repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    api_url: str = SLACK_API
    heartbeat_url: str | None = field(default=None, repr=False)
    heartbeat_fail_url: str | None = field(default=None, repr=False)
    client: WebClient | None = None
    set_aside: Mapping[str, str] = field(default_factory=dict)
    """What no page needs and is wrong, by its variable: it does not count, and all else goes on."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Secrets":
        """Return the secrets, or raise ConfigInvalid with everything that is missing or odd."""
        bot, app, signing, url = (
            env.get(name, "").strip()
            for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL")
        )
        problems = [*_token_problems(bot, app, signing), *_url_problems(url)]
        if problems:
            raise ConfigInvalid(problems)
        api_url = f"{url.rstrip('/')}/" if url else SLACK_API
        (heartbeat, failure), silent = _heartbeat(env)
        client, unsigned = _client(env)
        return cls(bot, app or None, signing or None, api_url, heartbeat, failure, client, silent | unsigned)

    @property
    def all(self) -> tuple[str | None, ...]:
        tokens = (self.bot_token, self.app_token, self.signing_secret)
        client = self.client.secret if self.client else None
        return (*tokens, self.heartbeat_url, self.heartbeat_fail_url, client)


_LINKED = re.compile(r"(?:tcp|udp|sctp)://\S+")
_LINKS = re.compile(r"MUSTER_(?:SERVICE_(?:HOST|PORT)\w*|PORT(?:_\d+_(?:TCP|UDP|SCTP)\w*)?|NAME)")


def withhold_links(env: MutableMapping[str, str]) -> list[str]:
    """Take out what a platform says of a service that is named like us, and return a sentence if any was.

    Kubernetes (and Docker's links) describe a service `muster` as `MUSTER_PORT=tcp://10.43.7.12:3000` and
    MUSTER_SERVICE_HOST; the first would be taken for our own port.
    """
    links = [name for name in env if _LINKS.fullmatch(name)]
    made = [name for name in links if name != "MUSTER_PORT" or _LINKED.fullmatch(env[name].strip())]
    removed = _remove(env, tuple(sorted(made)))
    if not removed:
        return []
    return [
        f"{', '.join(removed)} ignored: the platform made them for a service that is named muster. Set "
        "enableServiceLinks: false in the pod, or give the port as --port."
    ]


def read_secret_files(env: MutableMapping[str, str]) -> Iterator[str]:
    """Set each secret whose file is named, and yield what is wrong with the files of those needed."""
    for name in FROM_FILES:
        if f"{name}_FILE" in env:
            try:
                env[name] = from_file(env, name)
                del env[f"{name}_FILE"]
            except ConfigInvalid as error:
                if name not in SPARED:
                    yield from error.problems


def secret_of(env: Mapping[str, str], name: str) -> str:
    """Return a secret of those that are `SPARED`, from its file where one is named. Raises ConfigInvalid."""
    return from_file(env, name) or env.get(name, "").strip()


def misspelled(env: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that is almost one of ours; muster.yml may name others."""
    unknown = [name for name in sorted(env) if name.startswith(("MUSTER_", "SLACK_")) and name not in KNOWN]
    near = {name: get_close_matches(name, sorted(KNOWN), n=1, cutoff=0.85) for name in unknown}
    return [f"{name} is set and not read. Did you mean {found[0]}?" for name, found in near.items() if found]


def withhold_from_libraries(env: MutableMapping[str, str], api_url: str) -> list[str]:
    """Take out of the environment what would break the bot, and return a sentence for each kind.

    Bolt turns to OAuth and ignores our token when it sees a client id, and warns of a token that it finds
    there itself; slack_sdk sends even requests to this very machine through a proxy, as it does not look at
    NO_PROXY.
    """
    said = []
    _remove(env, _READ_ALREADY)
    if authorities := env.get("SSL_CERT_FILE"):  # contact methods leave by requests, which reads another
        env.setdefault("REQUESTS_CA_BUNDLE", authorities)
        if not os.access(authorities, os.R_OK):  # OpenSSL says nothing of it, and trusts nobody
            said.append(f"SSL_CERT_FILE: {authorities} cannot be read, so that no server is trusted.")
    if removed := _remove(env, _OAUTH):
        said.append(f"{' and '.join(removed)} ignored: Muster serves one workspace with its bot token.")
    if urlsplit(api_url).hostname in _LOOPBACK and (removed := _remove(env, _PROXIES)):
        said.append(f"{' and '.join(removed)} ignored: SLACK_API_URL is on this machine.")
    return said


def _remove(env: MutableMapping[str, str], names: tuple[str, ...]) -> list[str]:
    return [name for name in names if env.pop(name, None) is not None]


def _token_problems(bot: str, app: str, signing: str) -> Iterator[str]:
    if not bot:
        yield f"SLACK_BOT_TOKEN is not set. Find it at {BOT_TOKEN_AT}."
    elif problem := _odd_token(bot, "xoxb-"):
        yield f"SLACK_BOT_TOKEN {problem}. Find it at {BOT_TOKEN_AT}."
    if app and (problem := _odd_token(app, "xapp-")):
        yield f"SLACK_APP_TOKEN {problem}. Make one at {APP_TOKEN_AT}."
    if not app and not signing:
        yield (
            f"SLACK_APP_TOKEN is not set: make one at {APP_TOKEN_AT}. Or, to be reached at a public URL "
            f"instead of through Socket Mode, set SLACK_SIGNING_SECRET: {SIGNING_SECRET_AT}."
        )
    if signing and not _plain(signing):
        yield f"SLACK_SIGNING_SECRET holds spaces or odd characters. Find it at {SIGNING_SECRET_AT}."


def _odd_token(token: str, prefix: str) -> str:
    """Say what is odd about a token without showing more of it than its kind."""
    if token.startswith(prefix) and _plain(token):
        return ""
    kinds = {"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a user's token"}
    kind = next((name for start, name in kinds.items() if token.startswith(start)), "something else")
    if token.startswith(prefix):
        return "holds spaces or odd characters"
    return f"must start with {prefix} and is {kind}"


def _plain(secret: str) -> bool:
    return secret.isascii() and secret.isprintable() and " " not in secret


def public_address(written: str | None) -> str | None:
    """Return the address at which people's phones reach the bot, for links; raise ConfigInvalid."""
    url = (written or "").strip().rstrip("/")
    if url and (not _usable(url) or any(mark in url for mark in "?# ")):
        expected = "a URL such as https://muster.example.com, without ? and #"
        raise ConfigInvalid([f"MUSTER_PUBLIC_URL (--public-url) is `{url}`, expected {expected}."])
    return url or None


def _spared(env: Mapping[str, str], names: Iterable[str], so: str) -> tuple[list[str], dict[str, str]]:
    """Return what these hold, and what is wrong with the files of some, by name."""
    found, aside = list[str](), dict[str, str]()
    for name in names:
        try:
            found.append(secret_of(env, name))
        except ConfigInvalid as error:
            found.append("")
            aside[name] = " ".join([*error.problems, so])
    return found, aside


_SILENT = "No heartbeat is sent."
_UNTOLD = "The heartbeat stops, and tells nobody why, when something is wrong."


def _heartbeat(env: Mapping[str, str]) -> tuple[tuple[str | None, str | None], dict[str, str]]:
    """Return the two URLs, and what is wrong with them without showing them: whoever knows one can pretend
    that all is well.
    """
    found, aside = _spared(env, HEARTBEATS[:1], _SILENT)
    (failure,), untold = _spared(env, HEARTBEATS[1:], _UNTOLD)
    aside |= untold
    for name, written, so in zip(HEARTBEATS, (*found, failure), (_SILENT, _UNTOLD), strict=True):
        if written and not _usable(written):
            aside[name] = f"{name} is no URL; expected one such as https://hc-ping.com/<uuid>. {so}"
    url, fail_url = (HEARTBEATS[0] not in aside and found[0]), (HEARTBEATS[1] not in aside and failure)
    if fail_url and not url and HEARTBEATS[0] not in aside:
        said = f"{HEARTBEATS[1]} is set without {HEARTBEATS[0]}. Set both, or leave it out."
        aside[HEARTBEATS[1]] = f"{said} {_SILENT}"
    return (url or None, (url and fail_url) or None), aside


_UNSIGNED = "There are no pages in the browser."


def _client(env: Mapping[str, str]) -> tuple[WebClient | None, dict[str, str]]:
    """Return with what people sign in to the pages, and what is wrong with it."""
    client = env.get(CLIENT[0], "").strip()
    (secret,), aside = _spared(env, CLIENT[1:], _UNSIGNED)
    if not aside and bool(client) != bool(secret):
        missing, other = CLIENT if secret else CLIENT[::-1]
        said = f"{missing} is not set, and {other} is. Set both, or leave both out. Find them at {CLIENT_AT}."
        aside[missing] = f"{said} {_UNSIGNED}"
    for name, written in zip(CLIENT, (client, secret), strict=True):
        if written and not _plain(written):
            said = f"{name} holds spaces or odd characters. Find it at {CLIENT_AT}."
            aside[name] = f"{said} {_UNSIGNED}"
    return WebClient(client, secret) if client and not aside else None, aside


def _url_problems(url: str) -> Iterator[str]:
    if url and not _usable(url):
        yield f"SLACK_API_URL is `{url}`, expected a URL such as {SLACK_API}. Leave it out for Slack itself."
    elif "@" in urlsplit(url).netloc:
        yield "SLACK_API_URL holds a user or a password; Slack's calls carry a token instead. Leave both out."


def config_url(env: Mapping[str, str]) -> tuple[str | None, dict[str, str]]:
    """Return where people read the configuration, for links to it, and what is wrong with it by its name."""
    url = env.get(CONFIG_URL, "").strip()
    if url and not _usable(url):
        said = f"{CONFIG_URL} is `{url}`, expected a URL such as https://git.example.com/muster.yml."
        return None, {CONFIG_URL: Redaction()(f"{said} No message links to it.")}
    return url or None, {}


def _usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0)
    except ValueError:
        return False
