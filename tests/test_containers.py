"""Dockerfile, compose.yml and the Kubernetes manifests are pinned, without root, and fit the program."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.cli.loaded import command as loaded

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
STEPS = [line.split(None, 1) for line in DOCKERFILE.splitlines() if line and line[0] not in "# "]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yml").read_text("utf-8"))
KUBERNETES = {
    one["kind"]: one for one in yaml.safe_load_all((ROOT / "docs/kubernetes/deploy.yml").read_text("utf-8"))
}
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?")
POD: dict[str, Any] = KUBERNETES["Deployment"]["spec"]["template"]["spec"]


def step(name: str) -> list[str]:
    return [rest for instruction, rest in STEPS if instruction == name]


def test_the_image_is_built_in_two_stages_from_pinned_slim_images() -> None:
    bases = [line.split()[0] for line in step("FROM")]

    assert len(bases) == 2
    assert all(PINNED.fullmatch(base) and "slim" in base for base in bases)
    assert any("--require-hashes -r requirements.lock" in line for line in step("RUN"))


def test_the_image_runs_without_root_says_how_it_is_and_is_stopped_as_the_bot_expects() -> None:
    after = [name for name, _ in STEPS][[name for name, _ in STEPS].index("FROM", 1) :]

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", step("USER")[0])
    assert after.index("USER") < after.index("ENTRYPOINT")
    assert step("STOPSIGNAL") == ["SIGTERM"]
    assert "/healthz" in step("HEALTHCHECK")[0]
    assert step("ENTRYPOINT") == ['["muster"]']
    assert step("VOLUME") == ["/var/lib/muster"]
    assert any("-m 1777 /var/lib/muster" in line for line in step("RUN"))  # any user may be chosen


@pytest.fixture
def healthy() -> Iterator[tuple[int, list[str]]]:
    """Serve like a bot that is well; yields the port and which paths were asked for."""
    asked: list[str] = []

    class Well(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Well) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()


def test_the_health_check_follows_the_port(healthy: tuple[int, list[str]]) -> None:
    port, asked = healthy
    command = json.loads(step("HEALTHCHECK")[0].partition("CMD ")[2])
    command = [sys.executable, *command[1:]]
    proxies = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}

    done = subprocess.run(command, env={**proxies, "MUSTER_PORT": str(port)}, check=False, timeout=30)
    assert (done.returncode, asked) == (0, ["/healthz"])
    for other in ("tcp://10.43.7.12:3000", ""):  # then it asks at 3000, where nothing of this test listens
        asking = [*command[:-1], command[-1].replace("r.urlopen(", "print(").replace(", timeout=4", "")]
        said = subprocess.run(
            asking, env={**proxies, "MUSTER_PORT": other}, capture_output=True, text=True, check=False
        )
        assert "http://127.0.0.1:3000/healthz" in said.stdout


def test_what_the_image_needs_is_let_through_and_is_there() -> None:
    let = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    assert [name for name in let if not (ROOT / name).exists()] == []
    assert {
        "bot",
        "handlers",
        "storage",
        "scheduler",
        "sandbox",
        "requirements.lock",
        "pyproject.toml",
    } <= set(let)


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_service_is_pinned_and_ours_have_no_rights_to_lose(name: str) -> None:
    service = COMPOSE["services"][name]

    assert PINNED.fullmatch(service["image"])
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    if service["image"].startswith("muster"):
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        command = service.get("command", ["run"])
        loaded(command[0]).make_context(command[0], command[1:]).close()


def test_volumes_and_dependencies_of_compose_are_there() -> None:
    services = COMPOSE["services"]
    used = {mount.split(":")[0] for one in services.values() for mount in one.get("volumes", [])}

    assert {name for name in used if name[0] not in "./"} == set(COMPOSE["volumes"])
    assert {other for one in services.values() for other in one.get("depends_on", {})} <= set(services)
    assert [name for name, one in services.items() if "profiles" not in one] == ["muster"]
    assert "--host" in services["sandbox"]["command"]


def test_what_is_published_is_where_it_listens_whatever_the_env_file_says() -> None:
    services = COMPOSE["services"]
    for name in ("muster", "muster-postgres"):
        listens = services[name]["environment"]
        assert (listens["MUSTER_HOST"], listens["MUSTER_PORT"]) == ("0.0.0.0", "3000")
        assert services[name]["ports"][0].endswith(":3000")
    sandbox = services["sandbox"]
    bot_port = sandbox["command"][sandbox["command"].index("--bot-port") + 1]

    assert sandbox["environment"]["MUSTER_PORT"] == bot_port
    assert f"127.0.0.1:{bot_port}:{bot_port}" in sandbox["ports"]  # links in pages name this port
    pod = {one["name"]: one["value"] for one in POD["containers"][0]["env"]}
    assert (pod["MUSTER_HOST"], int(pod["MUSTER_PORT"])) == (
        "0.0.0.0",
        POD["containers"][0]["ports"][0]["containerPort"],
    )


@pytest.mark.proof
def test_both_fit_the_published_schemas(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path)], check=True, timeout=60)
    program = str(tmp_path / "bin")
    schemas = ["check-jsonschema==0.39.0", "kubernetes-validate==1.37.0"]
    install = subprocess.run(
        [f"{program}/pip", "install", "--quiet", *schemas], check=False, capture_output=True, timeout=200
    )
    if install.returncode:
        pytest.skip("no package index answers here, so nothing was compared with the schemas")
    for command in (
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yml"],
        ["kubernetes-validate", "--strict", "docs/kubernetes/deploy.yml"],
    ):
        done = subprocess.run(
            [f"{program}/{command[0]}", *command[1:]],
            check=False,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_pod_is_probed_without_root_and_without_links() -> None:
    [container] = POD["containers"]
    paths = {name: container[name]["httpGet"]["path"] for name in container if name.endswith("Probe")}

    assert paths == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert POD["enableServiceLinks"] is False
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert POD["terminationGracePeriodSeconds"] >= 10
    assert {mount["name"] for mount in container["volumeMounts"]} == {one["name"] for one in POD["volumes"]}


def test_a_sqlite_file_has_one_process_and_the_parts_belong_together() -> None:
    deployment, service = KUBERNETES["Deployment"]["spec"], KUBERNETES["Service"]["spec"]

    assert deployment["replicas"] == 1
    assert deployment["strategy"] == {"type": "Recreate"}
    assert deployment["selector"]["matchLabels"] == service["selector"]
    assert set(KUBERNETES) == {"ConfigMap", "PersistentVolumeClaim", "Deployment", "Service"}


@pytest.mark.proof
def test_the_image_is_built_and_starts_where_a_daemon_answers() -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "info"], check=False, capture_output=True).returncode:
        pytest.skip("no Docker daemon answers here, so the image was only read")
    subprocess.run([docker, "build", "--tag", "muster:test", str(ROOT)], check=True)
    run = shlex.split("run --rm --read-only --tmpfs /tmp --user 54321:54321 muster:test --version")

    said = subprocess.run([docker, *run], check=True, capture_output=True, text=True).stdout

    assert said.startswith("muster, version")
