import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from callbacks.models import LastCall, Receipt
from callbacks.views import receipts
from providers.connection.last_calls import last_call
from providers.models import Project
from tests.callbacks.committing import commit
from tests.callbacks.posting import FORM, Gupshup, gupshup_of
from tests.factories import ProjectFactory

pytestmark = pytest.mark.usefixtures("committed")
BOTH = pytest.mark.parametrize("address", ["response", "status"])


@pytest.fixture
def project(committed: None) -> Project:
    return commit(ProjectFactory.create)


@pytest.fixture
def gupshup(project: Project) -> Gupshup:
    return commit(lambda: gupshup_of(project))


@BOTH
def test_a_callback_is_stored_as_it_came_and_answered_with_an_empty_object(
    gupshup: Gupshup, project: Project, address: str
) -> None:
    body = b"\xff not \x00 json"

    response = gupshup.post(body, to=address, content_type="text/plain; charset=latin-1")

    receipt = Receipt.objects.get()
    assert (response.status_code, response.content, response["Content-Type"]) == (
        200,
        b"{}",
        "application/json",
    )
    assert (
        receipt.project,
        receipt.endpoint,
        receipt.method,
        receipt.content_type,
        receipt.query,
        bytes(receipt.body),
    ) == (project, address, "POST", "text/plain; charset=latin-1", "", body)


@BOTH
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("in_path", [True, False])
def test_the_key_may_stand_in_the_path_and_a_slash_at_the_end(
    gupshup: Gupshup, address: str, in_path: bool, slash: str
) -> None:
    url = f"/gupshup/{address}/{gupshup.key}{slash}" if in_path else f"/gupshup/{address}{slash}"
    query = "" if in_path else f"?a={gupshup.key}"

    response = Client().post(url + query, data=b"[]", content_type="application/json")

    assert (response.status_code, Receipt.objects.get().query) == (200, "")


@pytest.mark.parametrize("glue", ["&", "?"])
def test_a_get_with_a_query_is_stored_without_the_key(gupshup: Gupshup, glue: str) -> None:
    response = gupshup.get(f"{glue}externalId=1-2&status=SUCCESS")

    receipt = Receipt.objects.get()
    assert response.status_code == 200
    assert (receipt.method, receipt.query, bytes(receipt.body)) == (
        "GET",
        "externalId=1-2&status=SUCCESS",
        b"",
    )


def test_a_get_with_the_key_in_the_path_keeps_its_query(gupshup: Gupshup) -> None:
    Client().get(f"/gupshup/status/{gupshup.key}?externalId=1-2&status=SUCCESS")

    assert Receipt.objects.get().query == "externalId=1-2&status=SUCCESS"


def test_a_get_with_nothing_but_the_key_is_only_noted(gupshup: Gupshup, project: Project) -> None:
    response = gupshup.get(to="response")

    assert (response.status_code, response.content, Receipt.objects.count()) == (200, b"{}", 0)
    assert last_call(project, "response") == LastCall.objects.get().at
    assert last_call(project, "status") is None


def test_head_is_answered(gupshup: Gupshup) -> None:
    response = Client().head(f"/gupshup/status?a={gupshup.key}")

    assert (response.status_code, Receipt.objects.count()) == (200, 0)


def test_an_unknown_account_and_a_wrong_secret_get_the_same_answer(gupshup: Gupshup) -> None:
    account = gupshup.key.partition(".")[0]
    keys = ["AAA-AAA-AAAA.secret", f"{account}.secret", account, ""]

    answers = [Gupshup(key).post(b"[]") for key in keys]

    assert {(a.status_code, a.content) for a in answers} == {(403, answers[0].content)}
    assert Receipt.objects.count() == 0


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_not_allowed(gupshup: Gupshup, method: str) -> None:
    response = getattr(Client(), method)(f"/gupshup/status?a={gupshup.key}")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("method", ["put", "get", "post", "head"])
def test_who_has_no_key_learns_nothing_about_methods(method: str) -> None:
    assert getattr(Client(), method)("/gupshup/status?a=x").status_code == 403


@pytest.mark.parametrize("content_type", ["application/json", FORM])
def test_a_post_with_nothing_in_it_is_refused(gupshup: Gupshup, content_type: str) -> None:
    response = gupshup.post(b"", content_type=content_type)

    assert (response.status_code, Receipt.objects.count()) == (400, 0)


def test_a_post_whose_facts_stand_in_the_query_is_stored(gupshup: Gupshup) -> None:
    Client().post(f"/gupshup/status?a={gupshup.key}&externalId=1-2&status=SENT")

    assert Receipt.objects.get().query == "externalId=1-2&status=SENT"


def test_one_mebibyte_is_stored_and_one_byte_more_is_refused(gupshup: Gupshup) -> None:
    most = settings.CALLBACK_MAX_BYTES

    answers = [gupshup.post(b"x" * size).status_code for size in (most, most + 1)]

    assert answers == [200, 413]
    assert [len(receipt.body) for receipt in Receipt.objects.all()] == [most]


@pytest.mark.parametrize("length", ["-1", "1.5", "many", "٣"])
def test_a_length_that_is_no_number_is_refused(gupshup: Gupshup, length: str) -> None:
    response = Client().generic(
        "POST", f"/gupshup/status?a={gupshup.key}", b"[]", CONTENT_LENGTH=length
    )

    assert (response.status_code, Receipt.objects.count()) == (400, 0)


def test_a_body_without_a_length_is_refused(gupshup: Gupshup) -> None:
    response = Client().generic(
        "POST",
        f"/gupshup/status?a={gupshup.key}",
        b"[]",
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
    )

    assert (response.status_code, Receipt.objects.count()) == (411, 0)


def test_gupshup_may_try_again_when_nothing_can_be_stored(
    gupshup: Gupshup, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gupshup.get().status_code == 200
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    receipts.close()
    response = gupshup.post(b"[]")
    monkeypatch.undo()

    assert (response.status_code, gupshup.post(b"[]").status_code) == (503, 200)


def test_no_session_no_cookie_no_redirect(gupshup: Gupshup) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post(
        f"/gupshup/status?a={gupshup.key}", data=b"[]", content_type="application/json"
    )

    assert (response.status_code, dict(response.cookies)) == (200, {})


def test_a_key_in_the_path_is_not_logged_when_something_is_wrong(
    gupshup: Gupshup, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"/gupshup/status/{gupshup.key}"
    answers = [
        Client().generic("POST", url),
        Client().put(url),
        Client().post(f"{url}x", data=b"[]", content_type="application/json"),
    ]

    assert [answer.status_code for answer in answers] == [400, 405, 403]
    assert "/gupshup/status" in caplog.text
    assert gupshup.key not in caplog.text
