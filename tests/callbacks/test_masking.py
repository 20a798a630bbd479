import logging

import pytest
from django.test import Client

from providers.callback_urls import current_key, whole_key
from providers.models import Project


@pytest.mark.parametrize("endpoint", ["response", "status"])
def test_no_log_line_about_a_refused_call_tells_the_key_in_its_path(
    endpoint: str, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    key = whole_key(current_key(project))
    caplog.set_level(logging.DEBUG, logger="django.request")
    code = Client().post(f"/gupshup/{endpoint}/{key}-wrong/").status_code
    assert (code, caplog.messages) == (403, [f"Forbidden: /gupshup/{endpoint}/•••/"])
