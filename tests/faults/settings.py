"""The test suite's settings, in a hurry: what takes minutes in real life is over in seconds."""

from config.settings.testing import *

LONGEST_PERIOD = 10.0
GATEWAY_TOTAL_TIMEOUT = 3.0
GATEWAY_CONNECT_TIMEOUT = 2.0
SEND_FENCE_MARGIN = 0.5
SEND_LEASE = 4.5
# A doubt lasts lease + time-out + this. A call is over well before its lease, so nobody has to wait
# for more than a late report.
DOUBT_SETTLES_AFTER = -5.5
GATEWAY_CONCURRENCY = 100
# A storm of failures pauses campaigns until somebody resumes them: that is a fault of its own.
SEND_STORM_WINDOW = 0

# Whatever comes every few seconds comes each second; what is rarer mends nothing.
CELERY_BEAT_SCHEDULE = {
    name: periodic(str(entry["task"]), 1.0)
    for name, entry in CELERY_BEAT_SCHEDULE.items()
    if entry["options"]["expires"] <= LONGEST_PERIOD  # type: ignore[index]
}
# By which a test asks whether a server is up.
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "kabootar.example"]
