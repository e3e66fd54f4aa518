"""Whatever a source sends is taken, or refused in a way that says why; what is taken is decided about."""

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import aiohttp

from bot.config import load
from storage.transaction import Tx
from tests.intake.test_readers import BODIES, misshapen
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.test_alerts import KEY

MANY = int(os.environ.get("MUSTER_FUZZ", "8"))
"""So many bodies of each source; 10000 take some minutes."""
RULE = "  rules:\n    - {name: all, group_by: [nothing]}"
"""All alerts of a source are one group: this is about what is read, not about storms."""
RAW = (b"", b"\xff\xfe", b"{", b"[1,", b"null", b"payload=%7B", b'"\\ud800"', b"NaN", b'{"a":' * 9000)
GOOD, BAD = {200, 202}, {400, 422}


def undecided(tx: Tx) -> int:
    row = tx.one("SELECT COUNT(*) AS n FROM alerts WHERE waits = 1 OR outcome = ''")
    return int(row["n"]) if row else 0


def kept(tx: Tx) -> Counter[str]:
    return Counter(row["source"] for row in tx.all("SELECT source FROM alerts"))


async def test_whatever_a_source_sends_is_taken_or_refused_and_nothing_is_lost(world: World, tmp_path: Path):
    forms = [one for one in BODIES if one not in {"sns", "opsgenie"}]  # Amazon signs; the other has an API
    digest = {form: hashlib.sha256(f"{KEY}{form}".encode()).hexdigest() for form in forms}
    said = [f"    {form}: {{format: {form}, key: 'sha256:{digest[form]}'}}" for form in forms]
    file = tmp_path / "muster.yml"
    file.write_text("\n".join([CONFIG.read_text(), "", "alerts:", "  sources:", *said, RULE, ""]))
    await world.stop()
    world.config = load(file, {})
    await world.start()
    dice, answered = Random(MANY), Counter[tuple[str, bool]]()

    async with aiohttp.ClientSession(f"http://127.0.0.1:{world.muster.web.port}") as http:
        for form in forms:
            bodies = [json.dumps(misshapen(dice, BODIES[form])).encode() for _ in range(MANY)]
            for raw in (*bodies, *dice.sample(RAW, 3), urlencode({"a": "b"}).encode()):
                async with http.post(f"/v1/alerts/{form}/{KEY}{form}", data=raw) as answer:
                    told = await answer.text()
                    assert answer.status in GOOD | BAD, (form, raw[:2000], answer.status, told)
                    assert answer.status in GOOD or json.loads(told)["title"]
                    answered[form, answer.status in GOOD] += 1
    await world.pass_minutes(0.2)
    await world.settle_down()

    assert await world.muster.uow.read(undecided) == 0
    found = await world.muster.uow.read(kept)
    assert set(found) == set(forms)
    assert all(answered[form, True] >= MANY // 2 for form in forms), answered
