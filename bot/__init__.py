"""The bot. Without a home, as for a container's unnamed user, slack_sdk could not even be imported."""

import os
from pathlib import Path

try:
    Path.home()
except RuntimeError:
    os.environ["HOME"] = "/"  # what Docker says to such a user; nothing is written there
