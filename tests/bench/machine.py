"""The machine in words: what a reader needs to judge a figure by, and nothing that names the machine."""

import os
import platform
import tempfile
from pathlib import Path

BUSY = 0.5
"""Of the cores, by the load of a minute: above that, others are at work."""


def described() -> str:
    """Return cores, memory, where the databases are kept, and versions."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, {_disk()}, "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def load() -> float:
    """Return how many programs have wanted a core, over the last minute."""
    return os.getloadavg()[0]


def busy() -> str:
    """Return what to say of a machine that is not idle before it is measured, or nothing."""
    cores, now = os.cpu_count() or 1, load()
    return (
        f"others keep the machine busy (a load of {now:.1f} on {cores} cores)" if now > BUSY * cores else ""
    )


def _disk() -> str:
    """Return what the folder for temporary files is on, as far as the system says."""
    device = Path(tempfile.gettempdir()).stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts = Path("/proc/self/mountinfo")
    if not mounts.exists():
        return "a disk of unknown kind"
    kinds = [
        line.partition(" - ")[2].split()[0]
        for line in mounts.read_text("utf-8").splitlines()
        if line.split()[2] == number
    ]
    if not kinds:
        return "a disk of unknown kind"
    block = Path(f"/sys/dev/block/{number}").resolve()
    asked = [where / "queue" / "rotational" for where in (block, block.parent)]
    told = [path.read_text("ascii").strip() for path in asked if path.exists()]
    disk = {"0": "a disk that does not spin", "1": "a disk that says it spins"}
    return f"{disk.get(told[0], 'a disk') if told else 'a disk of unknown kind'} with {kinds[0]}"
