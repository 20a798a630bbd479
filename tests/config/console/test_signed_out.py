"""What is sent when the session is over, and what no address of the console may hold."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaigns.models import CustomList
from providers.models import Project

LISTS = reverse("admin:campaigns_customlist_add")


def fields(page: str) -> dict[str, str]:
    found = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    return {name: unescape(value) for name, value in found}


def test_what_was_sent_too_late_is_kept_in_the_page_and_can_be_sent_again(
    marketer: Client, project: Project
) -> None:
    sent = {"name": "\n<b>Old “friends”</b>", "_project": str(project.pk), "_save": "Save"}
    answer = Client().post(LISTS, sent)
    kept = fields(answer.text)

    assert (answer.status_code, kept) == (403, sent)
    assert "<b>Old" not in answer.text

    marketer.post(LISTS, kept)
    assert CustomList.objects.get().name == "<b>Old “friends”</b>"


@pytest.mark.django_db
def test_passwords_and_files_are_not_kept_and_that_is_said() -> None:
    file = SimpleUploadedFile("people.csv", b"identity")
    sent = {"nickname": "Ours", "hsm_password": "secret-1", "file": file}

    answer = Client().post(reverse("admin:providers_provider_add"), sent)

    assert fields(answer.text) == {"nickname": "Ours"}
    assert "secret-1" not in answer.text
    assert "Passwords are not kept here" in answer.text
    assert "Files are not kept here" in answer.text


@pytest.mark.django_db
def test_what_another_site_sent_is_not_kept() -> None:
    answer = Client(enforce_csrf_checks=True).post(LISTS, {"name": "Evil"})

    assert answer.status_code == 403
    assert "Evil" not in answer.text


@pytest.mark.django_db
def test_a_part_of_a_page_is_sent_to_the_login() -> None:
    answer = Client().post(LISTS, {"name": "x"}, headers={"HX-Request": "true"})

    assert answer["Location"] == f"/login/?next={LISTS}"


@pytest.mark.parametrize(
    "page",
    [
        "admin:providers_auditentry_changelist",
        "admin:providers_membership_changelist",
        "admin:campaigns_profile_changelist",
        "admin:index",
    ],
)
def test_a_nul_in_an_address_is_a_bad_request(project_admin: Client, page: str) -> None:
    answer = project_admin.get(f"{reverse(page)}?what=a%00b&role__exact=a%00b&q=%00")

    assert answer.status_code == 400
