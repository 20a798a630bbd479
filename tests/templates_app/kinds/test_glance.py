"""A template in one line."""

from django.test import Client
from pytest_django import Settings

from providers.models import Project
from templates_app.kinds.glance import Glance, glance_at
from tests.factories import ProviderFactory, TemplateFactory


def with_picture(sample: str) -> dict[str, object]:
    sample_of = {"header_handle": [sample]}
    header = {"type": "HEADER", "format": "IMAGE", "example": sample_of}
    return {"components": [header, {"type": "BODY", "text": "Tea\nfor\ttwo " + "x" * 100}]}


def test_the_text_is_shortened_and_only_our_own_pictures_are_shown(
    db: None, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://shop.example"
    text = "Tea for two " + "x" * 77 + "…"
    ours = TemplateFactory.create(content=with_picture("https://shop.example/media/a.png"))
    theirs = TemplateFactory.create(content=with_picture("https://other.example/a.png"))
    assert glance_at(ours) == Glance(text, "/media/a.png")
    assert glance_at(theirs) == Glance(text, "")


def test_the_list_and_the_choice_show_it(project: Project, marketer: Client) -> None:
    ProviderFactory.create(project=project)
    TemplateFactory.create(project=project, name="summer")
    words = "our summer sale starts today."
    assert words in marketer.get("/templates_app/template/").content.decode()
    assert words in marketer.get("/campaigns/campaign/add/").content.decode()
