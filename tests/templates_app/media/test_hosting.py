"""Links that don't hold what they should, over real sockets."""

import pytest
from pytest_django import Settings

from providers.models import Project
from providers.network import fetching
from templates_app.media.hosting import address_of, check_link
from templates_app.models import MediaFile
from templates_app.wording.components import HeaderKind
from tests.providers.web_server import answer, redirect, web_server
from tests.templates_app.media.test_judging_media import PDF, picture

pytestmark = pytest.mark.django_db
PICTURE = answer(picture(), "Content-Type: image/png")


@pytest.fixture(autouse=True)
def _locally(settings: Settings) -> None:
    settings.FETCH_PRIVATE_TARGETS = True  # as in a working copy: the server is on this machine


def told(response: bytes, *, header: HeaderKind = HeaderKind.IMAGE) -> list[str]:
    with web_server(lambda head: response) as server:
        return [
            problem.message for problem in check_link(f"{server.url}/a", header=header).problems
        ]


def test_a_picture_is_a_picture() -> None:
    assert told(PICTURE) == []


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (answer(b"<html>Log in</html>", "Content-Type: text/html"), "not a JPEG or PNG picture"),
        (answer(PDF, "Content-Type: image/png"), "not a JPEG or PNG picture"),
        (answer(picture(), "Content-Type: text/html"), "says that this is text/html, but it is"),
        (answer(b"gone", status="404 Not Found"), "answers with status 404 instead of the file"),
        (answer(b"no", status="403 Forbidden"), "open to everybody, without a login"),
        (answer(picture(), length=10**9), "too large"),
        (answer(b"", "Content-Type: image/png"), "The file is empty."),
        (redirect("/a"), "forwarded more than"),
        (redirect("ftp://a.b/c"), "https://"),
        (b"nonsense", "broke off, or its answer can't be read"),
    ],
)
def test_what_lies_there_is_told_in_plain_words(response: bytes, words: str) -> None:
    (message,) = told(response)
    assert words in message


def test_an_upload_whose_file_is_gone_says_so(project: Project) -> None:
    media = MediaFile.objects.create(
        project=project, extension="png", content_type="image/png", size=1, file="gone/nowhere.png"
    )
    judged = check_link(address_of(media), header=HeaderKind.IMAGE)
    assert [problem.message for problem in judged.problems] == [
        "This file is gone. Upload it again."
    ]


def test_a_redirect_to_the_picture_is_followed() -> None:
    def respond(head: bytes) -> bytes:
        return PICTURE if b"GET /there" in head else redirect("/there")

    with web_server(respond) as server:
        judged = check_link(f"{server.url}/here", header=HeaderKind.IMAGE)
    assert (judged.is_usable, judged.width) == (True, 8)


def test_a_server_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.3)
    with web_server(lambda head: PICTURE, pause=0.1) as server:
        judged = check_link(server.url, header=HeaderKind.IMAGE)
    assert "took longer" in judged.problems[0].message
