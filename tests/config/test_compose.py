import re
from pathlib import Path

from config.embedded.layout import GRANIAN
from config.queues import QUEUES

ROOT = Path(__file__).resolve().parents[2]


def test_the_workers_of_compose_listen_to_every_queue_once() -> None:
    lists = re.findall(r'"--queues", "([^"]+)"', (ROOT / "compose.yaml").read_text())

    assert sorted(queue for queues in lists for queue in queues.split(",")) == sorted(QUEUES)


def test_the_example_names_every_variable_that_compose_and_production_need() -> None:
    text = (ROOT / ".env.example").read_text()

    assert set(re.findall(r"^(\w+)=", text, re.MULTILINE)) == {
        "PUBLIC_BASE_URL",
        "TRUSTED_HOPS",
        "SECRET_KEY",
        "CREDENTIAL_KEYS",
        "INSTANCE_ID",
        "POSTGRES_PASSWORD",
        "REDIS_PASSWORD",
    }


def test_our_containers_have_no_rights_they_do_not_need_and_no_port_is_open_to_the_network() -> (
    None
):
    text = (ROOT / "compose.yaml").read_text()
    ours = text.partition("x-worker:")[0]

    assert "cap_drop: [ALL]" in ours
    assert 'security_opt: ["no-new-privileges:true"]' in ours
    ports = re.findall(r'- "(.*:\d+)"', text)
    assert [port.rpartition(":")[0] for port in ports] == ["127.0.0.1:8000", "127.0.0.1:8001"]


def test_redis_takes_nobody_without_its_password() -> None:
    redis = (ROOT / "compose.yaml").read_text().partition("\n  redis:")[2]

    assert '"--requirepass", "${REDIS_PASSWORD:?is not set in .env}"' in redis


def test_every_server_of_production_is_told_the_limits_of_the_working_copy() -> None:
    limits = list(GRANIAN)
    started = [
        re.findall(r"[\w.:-]+", start)
        for file in ("compose.yaml", "Dockerfile", "docs/operations.md")
        for start in re.findall(r"granian\W+--interface[^\]`]+", (ROOT / file).read_text())
    ]

    assert [words[1 : 1 + len(limits)] for words in started] == [limits] * 4
