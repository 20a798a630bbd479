"""Processes that serve no page of the console start without its pages."""

import subprocess
import sys

import pytest

STARTS = {
    "worker": "from config.celery import app; app.loader.import_default_modules()",
    "callbacks": "import django; django.setup(); import config.urls_callbacks",
    "api": "import django; django.setup(); import config.urls_api",
}
OURS = ("providers.admin", "templates_app.admin", "campaigns.admin", "callbacks.admin")


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_it_starts_without_the_consoles_pages(start: str) -> None:
    names = f"sorted(set({OURS}) & set(sys.modules))"
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{start}\nimport sys; print({names}, 'providers.models' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[-1] == "[] True"
