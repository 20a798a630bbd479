"""WhatsApp's own stop of marketing, told by a notice or as the reason of a failure."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from callbacks.inbox.team_answers import AnswerRefusedError, answer_with_template
from callbacks.receipts import processing
from campaigns.models import PhoneBlock, State
from providers.models import Project
from providers.watch.actors import SYSTEM
from templates_app.models import Category
from tests.callbacks.posting import inbound, report
from tests.factories import (
    ConversationFactory,
    MessageFactory,
    ProfileFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
    TemplateFactory,
)

pytestmark = pytest.mark.django_db
PHONE = 919000011122


def tell(project: Project, preference: Any, *, seconds: int = 0) -> None:
    at = str(int((timezone.now().timestamp() + seconds) * 1000) - 60_000)
    payload = inbound(type="user_preferences", text="", timestamp=at)
    ReceiptFactory.create(project=project, payload=payload | {"user_preferences": preference})
    processing.drain()


def stopped(project: Project) -> list[tuple[int, bool, bool]]:
    blocks = PhoneBlock.objects.filter(project=project)
    return list(blocks.values_list("match_key", "blocked", "marketing_stopped"))


def meta(value: str, category: str = "marketing_messages") -> dict[str, str]:
    return {"detail": f"User requested to {value}", "category": category, "value": value}


def test_stop_and_resume_set_and_lift_the_marketing_block_alone(project: Project) -> None:
    tell(project, [meta("stop")])
    assert stopped(project) == [(PHONE, False, True)]
    tell(project, meta("resume"), seconds=5)
    assert stopped(project) == [(PHONE, False, False)]


def test_in_metas_own_envelope_they_count_just_the_same(project: Project) -> None:
    told = {**meta("stop"), "wa_id": str(PHONE), "timestamp": int(timezone.now().timestamp()) - 60}
    change = {"field": "user_preferences", "value": {"user_preferences": [told]}}
    ReceiptFactory.create(project=project, payload={"entry": [{"changes": [change]}]})
    processing.drain()
    assert stopped(project) == [(PHONE, False, True)]


@pytest.mark.parametrize("preference", [meta("stop", "calls"), meta("maybe"), "stop", [], [1], {}])
def test_what_says_nothing_of_marketing_changes_nothing(project: Project, preference: Any) -> None:
    tell(project, preference)
    assert stopped(project) == []


def test_metas_131050_in_a_report_stops_marketing_and_the_profile_says_so(
    project: Project, viewer: Client
) -> None:
    profile = ProfileFactory.create(project=project, phone=f"+{PHONE}")
    run = RunFactory.create(campaign__project=project)
    sent = {
        code: MessageFactory.create(
            run=run, profile=person, send_key=person.match_key, state=State.SENT, attempt=1
        )
        for code, person in (
            ("131050", profile),
            ("131049", ProfileFactory.create(project=project)),
        )
    }
    for code, message in sent.items():
        failed = report(message.pk, "FAILED", errorCode=code)
        ReceiptFactory.create(project=project, payload=failed)
    processing.drain()

    assert stopped(project) == [(PHONE, False, True)]
    page = viewer.get(f"/campaigns/profile/{profile.pk}/change/").content.decode()
    assert ("No marketing" in page, "Marketing stopped" in page) == (True, True)


def test_a_reply_by_a_marketing_template_is_refused_one_by_a_utility_template_goes_out(
    project: Project,
) -> None:
    ProviderFactory.create(project=project)
    talk = ConversationFactory.create(project=project, phone=f"+{PHONE}", match_key=PHONE)
    tell(project, [meta("stop")])
    marketing, utility = (
        TemplateFactory.create(project=project, category=category)
        for category in (Category.MARKETING, Category.UTILITY)
    )
    values = {"body.1": {"text": "Asha"}}

    with pytest.raises(AnswerRefusedError, match="stopped marketing"):
        answer_with_template(talk, marketing, values, by=SYSTEM)
    answer = answer_with_template(talk, utility, values, by=SYSTEM)
    assert answer.message.phone == f"+{PHONE}"
