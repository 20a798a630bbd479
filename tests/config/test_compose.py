"""compose.yaml, read as Compose reads it: what each service has after all merging."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.embedded.layout import GRANIAN
from config.queues import QUEUES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_the_workers_of_compose_listen_to_every_queue_once() -> None:
    commands = [service.get("command", []) for service in SERVICES.values()]
    lists = [
        command[command.index("--queues") + 1] for command in commands if "--queues" in command
    ]

    assert sorted(queue for queues in lists for queue in queues.split(",")) == sorted(QUEUES)


def test_the_example_names_every_variable_that_compose_and_production_need() -> None:
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^(\w+)=", text, re.MULTILINE))
    wanted = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))

    assert wanted <= named
    assert named - wanted == {
        "PUBLIC_BASE_URL",
        "TRUSTED_HOPS",
        "SECRET_KEY",
        "CREDENTIAL_KEYS",
        "ERASURE_KEY",
        "INSTANCE_ID",
    }


def test_the_network_reaches_the_proxy_alone() -> None:
    open_ports = {
        name: service["ports"] for name, service in SERVICES.items() if "ports" in service
    }

    assert open_ports == {"proxy": ["${HTTP_PORT:-80}:80", "${HTTPS_PORT:-443}:443"]}


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_has_rights_memory_or_disk_that_it_does_not_need(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    mounted = [mount.partition(":")[2] for mount in service.get("volumes", [])]
    assert [*service["tmpfs"], *mounted].count("/tmp") == 1


def test_only_the_proxy_begins_as_root_and_keeps_of_it_what_leaving_it_takes() -> None:
    """Our image has an account of its own; the stores are started as theirs."""
    assert {
        name: service["cap_add"] for name, service in SERVICES.items() if "cap_add" in service
    } == {"proxy": ["CHOWN", "SETGID", "SETUID"]}
    foreign = {
        name: service.get("user") for name, service in SERVICES.items() if "build" not in service
    }
    assert foreign == {"proxy": None, "postgres": "999:999", "redis": "999:999"}
    assert "\nUSER kabootar\n" in (ROOT / "Dockerfile").read_text()


def test_every_folder_of_ours_that_is_mounted_is_there() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    ours = [mount.partition(":")[0] for mount in mounts if mount.startswith("./")]

    assert ours == ["./docs/proxy/nginx.conf"]
    assert (ROOT / ours[0]).is_file()


def test_clones_of_different_names_share_nothing_but_the_ports() -> None:
    """Compose names containers, networks and volumes after the project; an image is named by us."""
    assert "name" not in COMPOSE
    assert not any("container_name" in service for service in SERVICES.values())
    assert all(options is None for options in COMPOSE["volumes"].values())
    assert {service["image"] for service in SERVICES.values() if "build" in service} == {
        "${COMPOSE_PROJECT_NAME:-kabootar}"
    }


def test_redis_takes_nobody_without_its_password() -> None:
    command = SERVICES["redis"]["command"]

    assert command[command.index("--requirepass") + 1] == "${REDIS_PASSWORD:?is not set in .env}"


def test_redis_refuses_before_its_container_has_no_memory_left() -> None:
    command = SERVICES["redis"]["command"]

    assert command[command.index("--maxmemory") + 1] == "512mb"
    assert SERVICES["redis"]["mem_limit"] == "1g"


def test_every_server_of_production_is_told_the_limits_of_the_working_copy() -> None:
    limits = list(GRANIAN)
    started = [
        re.findall(r"[\w.:-]+", start)
        for file in ("compose.yaml", "Dockerfile", "docs/operations.md")
        for start in re.findall(r"granian\W+--interface[^\]`]+", (ROOT / file).read_text())
    ]

    assert [words[1 : 1 + len(limits)] for words in started] == [limits] * 6
