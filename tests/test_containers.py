"""Dockerfile, compose.yml and the Kubernetes manifests are pinned, without root, and fit the program."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import main

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
        main.commands[command[0]].make_context(command[0], command[1:]).close()


def test_volumes_and_dependencies_of_compose_are_there() -> None:
    services = COMPOSE["services"]
    used = {mount.split(":")[0] for one in services.values() for mount in one.get("volumes", [])}

    assert {name for name in used if name[0] not in "./"} == set(COMPOSE["volumes"])
    assert {other for one in services.values() for other in one.get("depends_on", {})} <= set(services)
    assert [name for name, one in services.items() if "profiles" not in one] == ["muster"]
    assert "--host" in services["sandbox"]["command"]


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
