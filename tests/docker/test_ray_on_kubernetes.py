"""The example for Kubernetes is what KubeRay takes. No Kubernetes is here to run it on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.docker.test_containers import DOCKER
from tests.go import go
from tests.program import run_program

_OPERATOR = "github.com/ray-project/kuberay/ray-operator@v1.5.0"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """KubeRay's own schema of a job, fetched by Go's client; fields that it does not know are errors."""
    told = go(["mod", "download", "-json", _OPERATOR], "KubeRay's schema", {"GOFLAGS": "-mod=mod"})
    file = Path(json.loads(told)["Dir"]) / "config" / "crd" / "bases" / "ray.io_rayjobs.yaml"
    versions = yaml.load(file.read_bytes(), yaml.CSafeLoader)["spec"]["versions"]
    (found,) = (each["schema"]["openAPIV3Schema"] for each in versions if each["name"] == "v1")
    return dict(closed(found))


def closed(schema: Any) -> Any:
    """A schema that takes no further fields, except where it says so."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: closed(each) for name, each in schema.items()}
    if isinstance(schema.get("properties"), dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        told.setdefault("additionalProperties", False)
    return told


def example() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / "ray" / "index.yaml").read_text())
    # What every object of Kubernetes has is not in the schema of this one.
    assert found.pop("metadata") == {"name": "index-site-images"}
    return found


def test_the_example_is_a_job(schema: dict[str, Any]) -> None:
    """As KubeRay reads it, with no field that it would pass over; and a wrong field is found."""
    told = example()
    Draft202012Validator(schema).validate(told)
    told["spec"]["rayClusterSpec"]["headGroupSpec"]["replica"] = 1
    assert not Draft202012Validator(schema).is_valid(told)


def test_its_command_is_one() -> None:
    """With options that the program has."""
    program, *arguments = example()["spec"]["entrypoint"].split()
    assert program == "mlsr-es"
    assert run_program(*arguments, "--help").code == 0
    assert run_program(*arguments, "--workerz", "2", "--help").code == 2
