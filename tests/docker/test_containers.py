"""The containers' files: what can be known of them without a container engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from compose_spec import PyCompose

DOCKER = Path(__file__).parents[2] / "docker"
COMPOSE = (DOCKER / "compose.yml").read_text()
EXAMPLE = dict(
    line.split("=", 1) for line in (DOCKER / ".env.example").read_text().splitlines() if line and line[0] != "#"
)


def composed(**values: str) -> PyCompose:
    """The compose file as the engine reads it: with its variables filled in."""
    known = EXAMPLE | values
    filled = re.sub(r"(?<!\$)\$\{([A-Z_]+)[^}]*\}", lambda found: known[found[1]], COMPOSE)
    return PyCompose.from_yaml(filled)


def test_the_compose_file_is_one() -> None:
    """By the Compose Specification; every variable in it stands in the example, and the other way round."""
    assert set(composed().service_names()) == {"prepare", "elasticsearch", "kibana-user", "kibana", "mlsr-es", "serve"}
    assert set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE)) == set(EXAMPLE)
    with pytest.raises(ValueError, match="ports"):
        composed(ES_PORT="never")


def test_the_variables_are_the_vendors() -> None:
    """So that an owner's file goes on to fit; passwords are nobody's but the owner's."""
    names = (
        "STACK_VERSION ELASTIC_PASSWORD KIBANA_PASSWORD ES_PORT KIBANA_PORT MEM_LIMIT LICENSE CLUSTER_NAME SERVE_INDEX"
    )
    assert set(EXAMPLE) == set(names.split())
    assert (EXAMPLE["ELASTIC_PASSWORD"], EXAMPLE["KIBANA_PASSWORD"]) == ("", "")
    assert re.fullmatch(r"9\.\d+\.\d+", EXAMPLE["STACK_VERSION"])


def test_services_are_of_one_version_healthy_and_on_loopback_alone() -> None:
    """And each waits for what it needs."""
    services = orjson.loads(composed(STACK_VERSION="9.9.9").to_json())["services"]
    theirs = [each for name, each in services.items() if name not in {"mlsr-es", "serve"}]
    assert {each["image"].rpartition(":")[2] for each in theirs} == {"9.9.9"}
    for name, port in (("elasticsearch", 9200), ("kibana", 5601)):
        assert services[name]["ports"] == [f"127.0.0.1:{port}:{port}"]
        assert "curl -s" in services[name]["healthcheck"]["test"]
    assert "ports" not in services["prepare"]
    security = services["elasticsearch"]["environment"]
    assert security["xpack.security.enabled"] == security["xpack.security.http.ssl.enabled"] == "true"
    needs = {
        name: {needed: how["condition"] for needed, how in service.get("depends_on", {}).items()}
        for name, service in services.items()
    }
    assert needs == {
        "prepare": {},
        "elasticsearch": {"prepare": "service_completed_successfully"},
        "kibana-user": {"elasticsearch": "service_healthy"},
        "kibana": {"kibana-user": "service_completed_successfully"},
        "mlsr-es": {"elasticsearch": "service_healthy"},
        "serve": {"elasticsearch": "service_healthy"},
    }


def test_a_command_runs_beside_the_cluster() -> None:
    """Only when it is asked for; it has address, credentials and certificate, and a place for rejected records."""
    services = orjson.loads(composed(ELASTIC_PASSWORD="secret").to_json())["services"]
    ours = services["mlsr-es"]
    assert ours["profiles"] == ["commands"]
    environment = ours["environment"]
    assert (environment["ES_URL"], environment["ES_PASSWORD"]) == ("https://elasticsearch:9200", "secret")
    assert environment["ES_CA_CERTS"] == "/certs/ca/ca.crt"
    assert "certificates:/certs:ro" in ours["volumes"]
    assert [str(group) for group in ours["group_add"]] == ["0"]
    assert "work:/work" in ours["volumes"]
    assert (DOCKER / ours["build"]["context"] / ours["build"]["dockerfile"]).resolve() == DOCKER / "Dockerfile"


def test_no_limit_is_raised_that_a_rootless_engine_may_not_raise() -> None:
    """Memory is not locked."""
    assert "ulimits" not in COMPOSE
    assert "memory_lock" not in COMPOSE


def checked(tmp_path: Path, map_count: int | None, **passwords: str) -> subprocess.CompletedProcess[str]:
    """The check beforehand, on a machine with that setting."""
    if map_count is not None:
        setting = tmp_path / "sys" / "vm" / "max_map_count"
        setting.parent.mkdir(parents=True)
        setting.write_text(f"{map_count}\n")
    environment = {"PATH": os.environ["PATH"], "PROC": str(tmp_path), **passwords}
    command = ["sh", str(DOCKER / "check.sh")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_machine_that_maps_too_little_is_told_what_to_do(tmp_path: Path) -> None:
    """Before Elasticsearch is started, with the command that mends it."""
    ran = checked(tmp_path, 65530)
    assert ran.returncode == 1
    assert "vm.max_map_count is 65530" in ran.stderr
    assert "sudo sysctl -w vm.max_map_count=1048576" in ran.stderr


@pytest.mark.parametrize("map_count", [262144, 1048576, None])
def test_a_machine_that_will_do_passes(tmp_path: Path, map_count: int | None) -> None:
    """And so does one that has no such setting."""
    ran = checked(tmp_path, map_count, ELASTIC_PASSWORD="Correct-Horse_1", KIBANA_PASSWORD="battery")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_later_start_is_told_what_a_changed_password_means(tmp_path: Path) -> None:
    """Elasticsearch keeps the password of its first start; the hint fails nothing, and shows no password."""
    (tmp_path / "ca").mkdir()
    (tmp_path / "ca" / "ca.crt").touch()
    passwords = {"ELASTIC_PASSWORD": "Correct-Horse_1", "KIBANA_PASSWORD": "battery"}
    ran = checked(tmp_path, None, CERTS=str(tmp_path), **passwords)
    assert ran.returncode == 0
    assert "bin/elasticsearch-reset-password -u elastic -i" in ran.stderr
    assert "Correct-Horse_1" not in ran.stderr


@pytest.mark.parametrize("password", ["", "short", 'with"quote', "with space"])
def test_passwords_that_would_break_something_are_refused(tmp_path: Path, password: str) -> None:
    """By name, and without being printed."""
    ran = checked(tmp_path, 262144, ELASTIC_PASSWORD="Correct-Horse_1", KIBANA_PASSWORD=password)
    assert ran.returncode == 1
    assert ran.stderr.startswith("KIBANA_PASSWORD has to be")
    assert not password or password not in ran.stderr


@pytest.mark.parametrize("script", ["check.sh", "certificates.sh"])
def test_scripts_parse(script: str) -> None:
    """By the shell that their first line names."""
    shell = (DOCKER / script).read_text().partition("\n")[0].rpartition("/")[2]
    subprocess.run([shell, "-n", str(DOCKER / script)], check=True)


def test_the_service_has_no_more_than_it_needs() -> None:
    """It reads its token and the certificates, writes nothing, and is reached from this machine only."""
    service = orjson.loads(composed().to_json())["services"]["serve"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert all(str(volume).endswith(":ro") for volume in service["volumes"])
    assert service["environment"]["MLSR_ES_SERVE_TOKEN_FILE"] == "/run/serve-token"


def test_the_dockerfile_passes_the_linter() -> None:
    """Hadolint says nothing, not even of style."""
    linter = Path(sys.executable).with_name("hadolint")
    ran = subprocess.run([str(linter), str(DOCKER / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_the_dockerfiles_stages_are_the_two_devices() -> None:
    """Another word fails at once; the user is not root; what is built from is what the build is given."""
    lines = (DOCKER / "Dockerfile").read_text().splitlines()
    stages = [line.rpartition(" AS ")[2] for line in lines if line.startswith("FROM ")]
    assert {"torch-cpu", "torch-cuda"} <= set(stages)
    assert [line for line in lines if line.startswith("USER ")] == ["USER 1000"] * 2, "the service and the commands"
    given = {line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    copied = {
        source for line in lines if line.startswith("COPY ") and "--from" not in line for source in line.split()[1:-1]
    }
    assert copied == given
