import logging

import pytest
from django.test import Client

from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project


@pytest.mark.parametrize("endpoint", ["response", "status"])
def test_no_log_line_about_a_refused_call_tells_the_key_in_its_path(
    endpoint: str, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    key = whole_key(current_key(project))
    caplog.set_level(logging.DEBUG, logger="django.request")
    code = Client().post(f"/gupshup/{endpoint}/{key}-wrong/").status_code
    assert (code, caplog.messages) == (403, [f"Forbidden: /gupshup/{endpoint}/•••/"])


@pytest.mark.parametrize("path", ["/gupshup/stats/{key}", "/gupshup/{key}", "/{key}/status"])
def test_a_key_in_a_mistyped_address_is_not_told_either(
    path: str, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    key = current_key(project)
    caplog.set_level(logging.DEBUG, logger="django.request")
    code = Client().post(path.format(key=whole_key(key))).status_code
    assert (code, [line for line in caplog.messages if key.secret in line]) == (404, [])
    assert "•••" in caplog.text
