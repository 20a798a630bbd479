"""DATABASE_URL and REDIS_URL as Django, Celery and redis-py each want them."""

from urllib.parse import urlsplit

import environ


def databases(url: str) -> dict[str, dict[str, object]]:
    """Django's DATABASES; connections are kept, since a new one costs more than most requests."""
    config = environ.Env.db_url_config(url)
    # A Unix socket comes as an option; only as HOST do dbshell and the tests know of it too.
    if socket := config.get("OPTIONS", {}).pop("host", None):
        config["HOST"] = socket
    return {"default": {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, **config}}


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a redis-py URL: a Unix socket is redis+socket://…?virtual_host=N."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")


def numbered_redis(url: str, number: int) -> str:
    """The same Redis with another of its databases; number 0 leaves the URL as it is."""
    if not number:
        return url
    if url.startswith("unix://"):
        return f"{url.partition('?')[0]}?db={number}"
    return urlsplit(url)._replace(path=f"/{number}").geturl()
