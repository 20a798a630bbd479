"""How much of a file is taken in, by who sends it and where to."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadhandler import StopUpload
from django.test import Client, RequestFactory
from django.test.client import FakePayload
from django.urls import reverse

from config.console.upload_limits import LARGEST_OF_STRANGERS, LIMITS, UploadLimit
from providers.models import User

MB = 1024 * 1024
FORMS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]


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


@pytest.mark.parametrize("path", ["/login/", "/campaigns/campaign/add/", "/campaigns/import/add/"])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.django_db
def test_of_nobody_a_large_form_is_not_read(client: Client, path: str, kind: str) -> None:
    form = FakePayload(b"a" * LARGEST_OF_STRANGERS + b"b")
    sent = {"wsgi.input": form, "CONTENT_LENGTH": str(len(form))}
    answer = client.generic("POST", path, b"", kind, **sent)
    assert answer.status_code == 413
    assert "go back to this page and send it once more" in answer.content.decode()
    assert "_post" not in vars(answer.wsgi_request)


@pytest.mark.django_db
def test_who_is_signed_in_sends_what_fits_a_form(marketer: Client) -> None:
    form = {"name": "a" * (LARGEST_OF_STRANGERS + 1)}
    assert marketer.post("/campaigns/campaign/add/", form).status_code == 200
