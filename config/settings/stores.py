"""DATABASE_URL and REDIS_URL as Django, Celery and redis-py each want them."""

import environ


def databases(url: str) -> dict[str, dict[str, object]]:
    """Django's DATABASES; connections are kept, since a new one costs more than most requests."""
    config: dict[str, object] = environ.Env.db_url_config(url)
    return {"default": {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, **config}}


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a redis-py URL: a Unix socket is redis+socket://…?virtual_host=N."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
