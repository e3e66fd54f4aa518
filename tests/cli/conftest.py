"""What commands change in this process is put back."""

import logging
import os
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def untouched_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Restore logging and keep the machine's own settings out."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    environment = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("SLACK_", "MUSTER_"))]:
        monkeypatch.delenv(name)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    os.environ.clear()
    os.environ.update(environment)
