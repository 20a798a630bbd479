"""What a draft's form keeps by itself, for whom, and until when."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import Campaign, CampaignStatus, UnsavedDraft
from campaigns.running.forgetting_drafts import forget_old_drafts
from providers.models import Project, Role, User
from providers.people.unsaved import LONGEST
from templates_app.models import Template
from tests.campaigns.drafts import ADD, page, written
from tests.conftest import client_in
from tests.factories import CampaignFactory, ProviderFactory, TemplateFactory, UserFactory

KEEP = "/campaigns/campaign/parts/keep/"
GO_ON = "Go on with it"


@pytest.fixture
def template(project: Project) -> Template:
    ProviderFactory.create(project=project)
    made: Template = TemplateFactory.create(project=project)
    return made


def form(draft: Campaign | None = None, **fields: Any) -> dict[str, Any]:
    return written(**fields) | {"draft": draft.pk if draft else ""}


def test_what_is_written_is_kept_and_taken_up_again(
    project: Project, marketer: Client, template: Template
) -> None:
    kept = marketer.post(KEEP, form(name="Half a na", template=template, labels="Diwali"))

    assert "What you wrote is kept" in kept.text
    opened = marketer.get(ADD)
    assert GO_ON in opened.text
    assert "Half a na" not in opened.text
    continued = marketer.get(ADD, {"continue": "1"})
    assert GO_ON not in continued.text
    assert 'value="Half a na"' in continued.text
    assert 'value="Diwali"' in continued.text
    assert continued.context["cards"][0][0].variant().version == template.current
    assert not Campaign.objects.exists()


def test_the_draft_stays_as_it_was_saved_until_it_is_saved(
    project: Project, marketer: Client, template: Template
) -> None:
    draft = CampaignFactory.create(project=project, name="Before")
    marketer.post(KEEP, form(draft, name="After", template=template))
    draft.refresh_from_db()
    assert draft.name == "Before"
    assert 'value="After"' in marketer.get(page(draft), {"continue": "1"}).text

    marketer.post(page(draft), form(name="After", template=template))

    draft.refresh_from_db()
    assert (draft.name, UnsavedDraft.objects.count()) == ("After", 0)


def test_what_can_not_be_saved_is_kept_too_and_says_why(
    project: Project, marketer: Client, template: Template
) -> None:
    marketer.post(KEEP, form(name="", when="later", starts_at="tomorrow-ish", labels="x" * 50))
    continued = marketer.get(ADD, {"continue": "1"})
    assert continued.status_code == 200
    assert "is too long: at most 40 characters." in continued.text
    assert "tomorrow-ish" in continued.text


def test_it_is_thrown_away_and_what_is_new_saved_is_forgotten(
    project: Project, marketer: Client, template: Template
) -> None:
    marketer.post(KEEP, form(name="One"))
    assert marketer.post(KEEP, {"forget": "1", "draft": ""}).url == ADD
    assert not UnsavedDraft.objects.exists()

    marketer.post(KEEP, form(name="Two", template=template))
    marketer.post(ADD, form(name="Two", template=template))
    assert (Campaign.objects.get().name, UnsavedDraft.objects.count()) == ("Two", 0)


def test_it_is_ones_own_and_others_see_only_who_is_there(
    project: Project, marketer: Client, template: Template
) -> None:
    draft = CampaignFactory.create(project=project)
    other = client_in(project, Role.MARKETER)
    person = User.objects.get(pk=other.session["_auth_user_id"])
    other.post(KEEP, form(draft, name="Mine alone"))

    told = marketer.post(KEEP, {"draft": draft.pk})
    assert f"{person.username} is writing here too" in told.text
    assert "Mine alone" not in marketer.get(page(draft), {"continue": "1"}).text
    UnsavedDraft.objects.filter(by=person).update(seen_at=timezone.now() - timedelta(minutes=1))
    assert "writing here" not in marketer.post(KEEP, {"draft": draft.pk}).text


def test_nothing_is_kept_of_what_is_published_for_viewers_or_elsewhere(
    project: Project, marketer: Client, viewer: Client
) -> None:
    going = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    theirs = CampaignFactory.create()
    told = marketer.post(KEEP, form(going))
    codes = [
        viewer.post(KEEP, form()).status_code,
        marketer.post(KEEP, form(theirs)).status_code,
        marketer.post(KEEP, form() | {"draft": "9" * 4000}).status_code,
    ]
    assert "This draft has been published" in told.text
    assert (codes, UnsavedDraft.objects.count()) == ([403, 404, 404], 0)


def test_a_form_that_is_too_long_is_not_said_to_be_kept(project: Project, marketer: Client) -> None:
    told = marketer.post(KEEP, form(name="x" * LONGEST))
    assert "What you wrote is kept" not in told.text
    assert UnsavedDraft.objects.get().form is None


def test_a_draft_that_somebody_writes_in_can_be_deleted(project: Project, marketer: Client) -> None:
    draft = CampaignFactory.create(project=project)
    marketer.post(KEEP, form(draft))
    marketer.post(page(draft, "delete"))
    assert (Campaign.objects.count(), UnsavedDraft.objects.count()) == (0, 0)


def test_what_nobody_comes_back_to_goes(project: Project, settings: Settings) -> None:
    settings.UNSAVED_EDIT_KEEP_DAYS = 90
    now = timezone.now()

    def kept(days: int, form: str | None) -> None:
        at = now - timedelta(days=days)
        UnsavedDraft.objects.create(
            project=project,
            by=UserFactory.create(),
            form=form,
            seen_at=at,
            kept_at=at if form else None,
        )

    for days, text in ((91, "gone"), (89, "there"), (2, None), (0, None)):
        kept(days, text)
    forget_old_drafts()
    assert sorted(row.form or "" for row in UnsavedDraft.objects.all()) == ["", "there"]
