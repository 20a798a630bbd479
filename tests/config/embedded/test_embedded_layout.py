import socket
from pathlib import Path

from config.embedded.demo import welcome
from config.embedded.layout import Layout, environment_of, product
from config.embedded.ports import HOST, Ports
from config.queues import QUEUES

LAYOUT = Layout(web=8000, callbacks=8001, simulator=8002)


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with Ports() as ports, socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        claimed = ports.claim(preferred=port)

        assert claimed != port
        with socket.create_server((HOST, claimed)) as free:
            assert free.getsockname()[1] == claimed


def test_two_runs_that_start_together_claim_different_ports() -> None:
    with Ports() as first, Ports() as second:
        port = first.claim(preferred=0)

        assert second.claim(preferred=port) != port


def test_the_workers_together_listen_to_every_queue_once() -> None:
    programs = product(LAYOUT, {}, root=Path("/"), scratch=Path("/"), logs=None)
    commands = [list(map(str, program.command)) for program in programs]
    lists = [command[command.index("--queues") + 1] for command in commands if "worker" in command]

    assert sorted(queue for queues in lists for queue in queues.split(",")) == sorted(QUEUES)


def test_every_process_is_told_where_the_others_are() -> None:
    environment = environment_of(
        LAYOUT,
        stores={"DATABASE_URL": "postgres://here", "REDIS_URL": "redis://here"},
        secrets={"SECRET_KEY": "demo-key"},
        media=Path("/media"),
    )

    assert environment == {
        "DATABASE_URL": "postgres://here",
        "REDIS_URL": "redis://here",
        "SECRET_KEY": "demo-key",
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "PUBLIC_BASE_URL": "http://127.0.0.1:8000",
        "KABOOTAR_WEB_URL": "http://127.0.0.1:8000",
        "KABOOTAR_CALLBACK_URL": "http://127.0.0.1:8001",
        "KABOOTAR_SIMULATOR_URL": "http://127.0.0.1:8002",
        "KABOOTAR_DEMO_USER": "demo",
        "GATEWAY_SEND_URL": "http://127.0.0.1:8002/GatewayAPI/rest",
        "GATEWAY_TEMPLATE_URL": "http://127.0.0.1:8002/GatewayAPI/rest",
        "GATEWAY_EXTRA_CODES": '{"901": "ip_refused", "902": "not_opted_in"}',
        "MEDIA_ROOT": "/media",
        "PYTHONUNBUFFERED": "1",
    }


def test_whoever_starts_it_reads_where_to_play_the_customer() -> None:
    environment = {"KABOOTAR_DEMO_USER": "demo", "KABOOTAR_DEMO_PASSWORD": "of this run"}
    words = welcome(LAYOUT, environment)
    assert [
        address in words for address in ("http://127.0.0.1:8000/", "http://127.0.0.1:8002/")
    ] == [
        True,
        True,
    ]
    assert "play\n  the customer" in words
