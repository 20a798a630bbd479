from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from providers.models import Project
from templates_app.models import MediaFile
from tests.templates_app.media.test_judging_media import GIF, PDF, picture

MEDIA = reverse("admin:templates_app_template_media")


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PUBLIC_BASE_URL = "https://kabootar.example"


def upload(client: Client, data: bytes, *, header: str = "IMAGE", name: str = "me.png") -> Any:
    return client.post(MEDIA, {"file": SimpleUploadedFile(name, data), "header": header}).json()


def test_an_upload_is_open_to_everybody_at_an_address_that_nobody_guesses(
    marketer: Client, project: Project, client: Client, settings: Settings
) -> None:
    told = upload(marketer, picture(), name="../../Asha's holiday.php")

    media = MediaFile.objects.get()
    answer = client.get(told["url"].removeprefix(settings.PUBLIC_BASE_URL))
    assert told == {
        "said": "Uploaded: image/png, 8 × 4 pixels.",
        "tone": "fine",
        "url": f"{settings.PUBLIC_BASE_URL}/media/{media.token}.png",
    }
    assert len(media.token) >= 32
    assert b"".join(answer.streaming_content) == picture()  # type: ignore[arg-type]
    assert {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options")} == {
        "Content-Type": "image/png",
        "X-Content-Type-Options": "nosniff",
    }
    assert "sandbox" in answer["Content-Security-Policy"]
    assert (media.project, media.size, "Asha" in media.file.name) == (
        project,
        len(picture()),
        False,
    )


@pytest.mark.parametrize(
    ("data", "header"), [(GIF, "IMAGE"), (b"<?php", "IMAGE"), (PDF, "VIDEO"), (b"", "IMAGE")]
)
def test_what_whatsapp_does_not_show_is_not_stored(
    marketer: Client, data: bytes, header: str
) -> None:
    told = upload(marketer, data, header=header)
    assert (told["tone"], told["url"], MediaFile.objects.count()) == ("error", "", 0)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("", "Write the link first."),
        ("http://example.com/a.jpg", "starts with https://"),
        ("https://127.0.0.1/a.jpg", "private network"),
        ("https://[::1]/a.jpg", "private network"),
        ("https://169.254.169.254/latest/meta-data", "private network"),
        ("https://localhost/a.jpg", "private network"),
        ("nonsense", "not a complete web address"),
    ],
)
def test_a_link_that_may_not_be_opened_says_why(
    marketer: Client, settings: Settings, link: str, words: str
) -> None:
    settings.FETCH_PRIVATE_TARGETS = False
    told = marketer.post(MEDIA, {"link": link, "header": "IMAGE"}).json()
    assert words in told["said"]


def test_without_a_public_address_nothing_is_taken_in_and_the_way_out_is_told(
    marketer: Client, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    told = upload(marketer, picture())
    assert (told["tone"], told["url"], MediaFile.objects.count()) == ("error", "", 0)
    assert told["said"].startswith(
        "Gupshup can't fetch files from this installation: its address (PUBLIC_BASE_URL) is "
        "http://127.0.0.1:8000, which the internet can't open. Give a link of a public host instead"
    )


def test_a_link_to_a_file_of_ours_is_checked_without_a_call(marketer: Client) -> None:
    link = upload(marketer, picture())["url"]
    told = [
        marketer.post(MEDIA, {"link": link, "header": header}).json()["said"]
        for header in ("IMAGE", "VIDEO")
    ]
    assert told == [
        "The link answers with image/png, 8 × 4 pixels.",
        "This is not an MP4 or 3GP video.",
    ]


def test_the_phone_shows_our_own_picture_and_a_tile_for_others(
    marketer: Client, settings: Settings
) -> None:
    preview = reverse("admin:templates_app_template_preview")
    link = upload(marketer, picture())["url"]
    pages = [
        marketer.post(preview, {"header_kind": "IMAGE", "header_media": media, "body": "x"}).text
        for media in (link, "https://a.b/c.jpg")
    ]
    path = link.removeprefix(settings.PUBLIC_BASE_URL)
    assert (f'<img src="{path}"' in pages[0], "<img" in pages[1]) == (True, False)


def test_a_viewer_uploads_nothing_and_strangers_find_nothing(
    viewer: Client, client: Client
) -> None:
    file = SimpleUploadedFile("me.png", picture())
    assert viewer.post(MEDIA, {"file": file}).status_code == 403
    assert client.get("/media/guess.png").status_code == 404
    assert client.post("/media/guess.png").status_code == 405
