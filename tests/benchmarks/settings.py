"""The settings that the product runs with, against the simulator that the benchmark starts."""

import os

from config.settings.local import *

DEBUG = False
GATEWAY_SEND_URL = os.environ.get("BENCH_GATEWAY_URL", GATEWAY_SEND_URL)
# Beat is not running here: the benchmark gives the hints.
CELERY_BEAT_SCHEDULE: dict[str, object] = {}

NAIVE_BROKER_URL = CELERY_BROKER_URL
NAIVE_TASK_IGNORE_RESULT = True
# So that a body as large as the door lets in is parked whole.
PARKED_PER_RECEIPT = 10_000
# One key calls as often as it can.
API_CALLS_A_MINUTE = 10_000_000
