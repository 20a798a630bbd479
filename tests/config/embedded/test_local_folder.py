from config.embedded.local_folder import new_secrets
from config.settings.required import missing_or_unsafe


def test_production_refuses_what_the_demo_made() -> None:
    environment = {
        **new_secrets(),
        "DATABASE_URL": "postgres://db/kabootar",
        "REDIS_URL": "redis://redis",
        "PUBLIC_BASE_URL": "https://kabootar.example.com",
    }

    problems = missing_or_unsafe(environment)

    assert [problem.split()[0] for problem in problems] == ["SECRET_KEY", "INSTANCE_ID"]


def test_secrets_differ_from_machine_to_machine() -> None:
    first, second = new_secrets(), new_secrets()

    assert [name for name in first if first[name] == second[name]] == []
