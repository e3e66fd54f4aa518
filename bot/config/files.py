"""Files beside the configuration that hold what the environment may: one secret each, or many variables."""

import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from bot.config.problems import ConfigInvalid

LARGEST_SECRET = 65_536
"""Characters."""


def from_file(env: Mapping[str, str], name: str) -> str:
    """Return what is in the file that `<name>_FILE` names, or nothing. Raises ConfigInvalid."""
    path = env.get(f"{name}_FILE", "").strip()
    if not path:
        return ""
    if env.get(name):
        raise ConfigInvalid([f"{name} and {name}_FILE are both set. Leave one of them out."])
    try:
        with Path(path).open(encoding="utf-8") as file:
            found = file.read(LARGEST_SECRET + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid([f"{name}_FILE: {path} cannot be read: {_why(error)}."]) from None
    if not found or len(found) > LARGEST_SECRET:
        raise ConfigInvalid([f"{name}_FILE: {path} is {'too long for a secret' if found else 'empty'}."])
    return found


_ASSIGNMENT = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>.*)")


def read_env_file(path: Path, env: MutableMapping[str, str]) -> None:
    """Set what a file of `NAME=value` lines says and the environment does not. Raises ConfigInvalid."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        wanted = "Name a file of NAME=value lines with --env-file or MUSTER_ENV_FILE."
        raise ConfigInvalid([f"{path}: cannot be read: {_why(error)}. {wanted}"]) from None
    problems, first = [], dict[str, int]()
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line[0] in "#;":
            continue
        found = _ASSIGNMENT.fullmatch(line)
        value = found["value"] if found else ""
        quoted = value[:1] in {"'", '"'}
        if not found or (quoted and (len(value) < 2 or value[-1] != value[0])):
            problems.append(f"{path}:{number}: expected NAME=value, or NAME='value' on one line.")
            continue
        if (before := first.setdefault(found["name"], number)) != number:
            problems.append(
                f"{path}:{number}: {found['name']} stands on line {before} already; leave one of them out."
            )
        env.setdefault(found["name"], value[1:-1] if quoted else value)
    if problems:
        raise ConfigInvalid(problems)


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or "it is no text"
