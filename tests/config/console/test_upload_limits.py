"""How much of a file is taken in, by who sends it and where to."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadhandler import StopUpload
from django.test import RequestFactory
from django.urls import reverse

from config.console.upload_limits import LIMITS, UploadLimit
from providers.models import User

MB = 1024 * 1024


def takes(path: str, size: int, *, user: User | AnonymousUser) -> bool:
    request = RequestFactory().post(path)
    request.user = user
    limit = UploadLimit(request)
    limit.handle_raw_input(None, {}, 0, b"")
    try:
        limit.receive_data_chunk(b"x", size - 1)
    except StopUpload:
        assert request.upload_is_too_large  # type: ignore[attr-defined]
        return False
    return True


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("campaigns_import_add", 1024 * MB),
        ("templates_app_template_import", 4 * MB),
        ("templates_app_template_media", 100 * MB),
    ],
)
def test_each_form_takes_what_it_needs_and_from_nobody_unknown(name: str, most: int) -> None:
    path, known, nobody = reverse(f"admin:{name}"), User(), AnonymousUser()
    taken = takes(path, most, user=known), takes(path, most + 1, user=known)
    assert taken == (True, False)
    assert not takes(path, 1, user=nobody)


@pytest.mark.parametrize("path", ["/login/", "/campaigns/campaign/add/", "/nowhere/"])
def test_a_page_without_files_takes_none(path: str) -> None:
    assert not takes(path, 1, user=User())


def test_no_limit_is_of_a_page_that_is_gone() -> None:
    assert [reverse(f"admin:{name}") for name in LIMITS]
