"""The documentation, served by the console itself."""

import pytest
from django.test import Client

from config.console.manual import FOLDER, as_html
from config.console.navigation import CHAPTERS, HOME, MAP
from providers.models import Project


def text(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def test_each_page_leads_to_its_chapter(project: Project, viewer: Client) -> None:
    for page, chapter in {
        "/": "README.md",
        "/campaigns/campaign/": "campaigns.md",
        "/templates_app/template/": "templates.md",
        "/providers/conversation/": "inbox.md",
        "/doctor/": "doctor.md",
    }.items():
        assert f'href="/help/{chapter}"' in text(viewer, page)


def test_every_chapter_of_the_map_is_there() -> None:
    pages = {entry.page for group in MAP for entry in group.entries}
    assert set(CHAPTERS) == pages - {HOME}
    assert [name for name in CHAPTERS.values() if not (FOLDER / name).is_file()] == []


def test_a_chapter_is_shown_with_its_headings_pictures_and_tables(
    project: Project, viewer: Client
) -> None:
    shown = text(viewer, "/help/doctor.md")
    assert '<h2 id="trial-mode">Trial mode</h2>' in shown
    assert "<table>" in shown
    assert 'href="ip-whitelist.md"' in shown
    picture = viewer.get("/help/images/doctor.png")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert b"".join(picture).startswith(b"\x89PNG")


def test_all_chapters_become_html_and_no_link_leaves_them() -> None:
    for chapter in FOLDER.rglob("*.md"):
        assert 'href="..' not in str(as_html(chapter)) or chapter.parent != FOLDER


@pytest.mark.parametrize(
    "name",
    [
        "../manage.py", "..%2fREADME.md", "../README.md", "%2e%2e/SECURITY.md", "/etc/passwd",
        "images", "", "nothing.md", "proxy/", "campaigns", "images/../../README.md", "%00.md",
        "n" * 300 + ".md",
    ],
)  # fmt: skip
def test_nothing_else_can_be_read(name: str, project: Project, viewer: Client) -> None:
    assert viewer.get(f"/help/{name}").status_code in ({404, 302} if name == "" else {400, 404})


def test_who_is_not_signed_in_is_led_to_the_login(db: None) -> None:
    assert Client().get("/help/campaigns.md")["Location"].startswith("/login/")
