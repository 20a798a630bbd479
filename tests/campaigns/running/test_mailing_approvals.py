"""Who is mailed that somebody asks for an approval, and what was decided; each once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import Approval, Campaign
from campaigns.running import mailing_approvals
from campaigns.running.approving import (
    approve,
    ask_for_approval,
    return_to_author,
    take_back,
)
from campaigns.running.mailing_approvals import mail_approvals
from providers.models import Membership, Project, Role, User
from providers.watch.actors import Actor
from tests.campaigns.approvals import asked, team
from tests.factories import ProjectFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings: Settings) -> None:
    settings.SENDS_MAIL = True
    settings.PUBLIC_BASE_URL = "https://console.example.com"


@pytest.fixture
def asha(project: Project) -> User:
    return team(project, "Asha")[0]


@pytest.fixture
def ravi(project: Project) -> User:
    return team(project, "Ravi")[0]


def waiting(project: Project, asha: User) -> Campaign:
    return asked(project, asha, name="Diwali")


def sent() -> list[tuple[str, str]]:
    return sorted((each.to[0], each.subject) for each in mail.outbox)


def test_all_who_may_approve_are_asked_once(project: Project, asha: User, ravi: User) -> None:
    team(project, "Meera", role=Role.ADMIN)
    team(project, "Viewer", role=Role.VIEWER)
    (silent,) = team(project, "Silent")
    User.objects.filter(pk=silent.pk).update(email="")
    campaign = waiting(project, asha)

    assert [mail_approvals(), mail_approvals()] == [1, 0]

    subject = "Tea shop: “Diwali” waits for your approval"
    assert sent() == [("Meera@example.com", subject), ("Ravi@example.com", subject)]
    body = mail.outbox[0].body
    assert "Asha asks for approval of the campaign “Diwali”" in body
    assert f"https://console.example.com/campaigns/campaign/{campaign.pk}/publish/" in body


def test_many_requests_of_one_project_keep_no_other_ones_waiting(
    project: Project, asha: User, ravi: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing_approvals, "MOST_AT_ONCE", 2)
    waiting(project, asha)
    for _ in range(2):
        campaign = VariantFactory.create(campaign__project=project).campaign
        ask_for_approval(campaign, by=Actor(asha))
    other = ProjectFactory.create(name="Book shop")
    author, _ = team(other, "Kiran", "Uma")
    waiting(other, author)
    assert mail_approvals() == 2
    assert [address for address, _ in sent()] == ["Ravi@example.com", "Uma@example.com"]


def test_whoever_asked_hears_of_the_word_and_of_the_approval(
    project: Project, asha: User, ravi: User
) -> None:
    campaign = waiting(project, asha)
    return_to_author(campaign, word="Name the shop.", by=Actor(ravi))
    assert [mail_approvals(), mail_approvals()] == [1, 0]
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["Asha@example.com"], "Tea shop: “Diwali” was returned")
    assert "Ravi has returned your campaign “Diwali”" in letter.body
    assert "Name the shop." in letter.body

    Approval.objects.create(campaign=campaign, asked_by=asha)
    Campaign.objects.update(status="awaiting")
    approve(campaign, by=Actor(ravi))
    mail_approvals()
    assert mail.outbox[-1].subject == "Tea shop: “Diwali” is approved"


def test_what_was_taken_back_or_is_old_news_is_not_mailed(
    project: Project, asha: User, ravi: User
) -> None:
    campaign = waiting(project, asha)
    take_back(campaign, by=Actor(asha))
    old = timezone.now() - timedelta(days=3)
    Approval.objects.create(campaign=campaign, asked_by=asha, asked_at=old)
    assert (mail_approvals(), sent()) == (0, [])


def test_who_has_left_hears_nothing(project: Project, asha: User, ravi: User) -> None:
    campaign = waiting(project, asha)
    Membership.objects.filter(user=asha).delete()
    approve(campaign, by=Actor(ravi))
    assert (mail_approvals(), sent()) == (0, [])


def test_what_no_mail_server_takes_is_tried_again(
    project: Project, asha: User, ravi: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(project, asha)
    with monkeypatch.context() as patch:
        patch.setattr(mailing_approvals, "send_mail_to", lambda *_, **__: False)
        assert mail_approvals() == 0
    assert mail_approvals() == 1


def test_a_name_forges_no_header(project: Project, asha: User, ravi: User) -> None:
    asked(project, asha, name="Tea\r\nBcc: all@example.com")
    mail_approvals()
    (letter,) = mail.outbox
    assert (letter.recipients(), "\n" in letter.subject) == (["Ravi@example.com"], False)


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_mail_once(project: Project, asha: User, ravi: User) -> None:
    waiting(project, asha)

    def work(_number: int) -> int:
        try:
            return mail_approvals()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(4))) == 1
    assert len(sent()) == 1


def test_without_mail_nothing_is_marked(
    project: Project, asha: User, ravi: User, settings: Settings
) -> None:
    settings.SENDS_MAIL = False
    waiting(project, asha)
    assert mail_approvals() == 0
    assert Approval.objects.get().asking_mailed_at is None
