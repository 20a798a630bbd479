"""Django's defaults for connections: a new one for each task."""

from tests.benchmarks.settings import *

DATABASES["default"].pop("CONN_MAX_AGE", None)
DATABASES["default"].pop("CONN_HEALTH_CHECKS", None)
