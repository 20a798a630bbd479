"""As many open files as a sending worker needs: each open request is one.

Many systems begin with 1,024, and let a process raise that by itself up to a limit of theirs.
"""

import logging
import resource

logger = logging.getLogger(__name__)

# PostgreSQL, Redis, Celery's own, logs, and whatever Python opens for a moment.
OTHERS = 128


def slots_for(requests: int) -> int:
    """How many requests may be open at once: as many as asked for, where the limit can be raised
    far enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = requests + OTHERS
    if _reaches(soft, needed):
        return requests
    limit = needed if _reaches(hard, needed) else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    if limit >= needed:
        return requests
    slots = max(1, limit - OTHERS)
    logger.error(
        "This worker may open %s files only, so it makes %s calls at once instead of %s. Raise the "
        "limit of open files (ulimit -n, LimitNOFILE) to %s, or lower GATEWAY_CONCURRENCY.",
        *(limit, slots, requests, needed),
    )
    return slots


def _reaches(limit: int, needed: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= needed
