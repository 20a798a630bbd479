from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from callbacks.models import Consequence, InboundMessage
from callbacks.receipts import processing
from campaigns.models import (
    Message,
    MessageKind,
    Outbox,
    PhoneBlock,
    Source,
    State,
    SubscriptionChange,
)
from providers.models import Project
from tests.callbacks.posting import inbound
from tests.factories import ProfileFactory, ProviderFactory, ReceiptFactory

KEY = 919000011122


@pytest.fixture
def project(project: Project) -> Project:
    """Would auto-reply to anybody; a keyword must win."""
    ProviderFactory.create(
        project=project, auto_reply_enabled=True, auto_reply_text="We don't know you yet."
    )
    return project


def hear(project: Project, text: str, **fields: object) -> InboundMessage:
    now = timezone.now()
    payload = inbound(text, **({"timestamp": str(int(now.timestamp() * 1000))} | fields))
    receipt = ReceiptFactory.create(project=project, payload=payload)
    processing.drain()
    return InboundMessage.objects.get(receipt=receipt)


def blocks() -> list[tuple[int, bool, bool, str]]:
    return list(PhoneBlock.objects.values_list("match_key", "blocked", "own_word", "source"))


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        "  Stop!! ",
        "«stop»",
        "stop 🙏",
        "Stop  Promotions.",
        "unsubscribe",
        "ＳＴＯＰ",
        "STOP ❤️",
        "⛔️ STOP",
        "STOP‼️",
        "STOP 1️⃣",
        "STOP ℹ️",
        "STOP\ufe0f",
        "stop\u200b",
        "opt-out",
        "OPT_OUT",
        "OPTOUT",
        "Stop all",
        "stop promotions",
    ],
)
def test_a_word_of_the_list_opts_out_and_is_confirmed(project: Project, text: str) -> None:
    message = hear(project, text)

    assert blocks() == [(KEY, True, True, Source.KEYWORD)]
    confirmation = Message.objects.get()
    assert message.consequence == Consequence.OPTED_OUT
    assert message.reply_message == confirmation
    assert (confirmation.kind, confirmation.phone, confirmation.state, confirmation.content) == (
        MessageKind.CONFIRMATION,
        "+919000011122",
        State.QUEUED,
        {"text": project.opt_out_confirmation},
    )
    assert Outbox.objects.get().message == confirmation


@pytest.mark.parametrize(
    "text", ["Please stop", "stop it", "nonstop", "🙏", "...", "Don't stop!", "s t o p"]
)
def test_only_a_whole_message_counts(project: Project, text: str) -> None:
    assert hear(project, text).consequence == Consequence.AUTO_REPLIED
    assert blocks() == []


def test_a_word_of_the_other_list_opts_in_again(project: Project) -> None:
    hear(project, "STOP")

    message = hear(project, "start")

    assert blocks() == [(KEY, False, True, Source.KEYWORD)]
    assert message.consequence == Consequence.OPTED_IN
    assert message.reply_message is not None
    assert message.reply_message.content == {"text": project.opt_in_confirmation}
    told = SubscriptionChange.objects.order_by("id").values_list("value", "source", "words")
    assert list(told) == [
        (True, Source.KEYWORD, "STOP"),
        (False, Source.KEYWORD, "start"),
    ]


@pytest.mark.parametrize("text", ["START ❤️", "✅️ start", "opt-in", "OPTIN"])
def test_signs_around_a_word_change_nothing_when_opting_in_either(
    project: Project, text: str
) -> None:
    hear(project, "STOP")

    assert hear(project, text).consequence == Consequence.OPTED_IN


@pytest.mark.parametrize(
    ("type_", "content"),
    [
        ("button", {"text": "रुकें", "payload": "STOP"}),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "stop", "title": "रुकें"}}),
    ],
)
def test_a_button_that_carries_the_word_under_a_translated_label_opts_out(
    project: Project, type_: str, content: dict[str, object]
) -> None:
    message = hear(project, "", type=type_, **{type_: content})

    assert blocks() == [(KEY, True, True, Source.BUTTON)]
    assert (message.consequence, message.text) == (Consequence.OPTED_OUT, "रुकें")
    assert SubscriptionChange.objects.get().words == "रुकें"


def test_words_in_one_receipt_count_in_the_order_of_their_times(project: Project) -> None:
    now = timezone.now()
    later, earlier = (
        inbound(text, timestamp=str(int((now - ago).timestamp() * 1000)))
        for text, ago in (("STOP", timedelta(0)), ("START", timedelta(seconds=5)))
    )
    ReceiptFactory.create(project=project, payload=[later, earlier])

    processing.drain()

    assert blocks() == [(KEY, True, True, Source.KEYWORD)]


@pytest.mark.parametrize(
    "button",
    [
        {"type": "button", "button": {"text": "Stop promotions", "payload": "x"}},
        {
            "type": "interactive",
            "interactive": {
                "type": "button_reply",
                "button_reply": {"id": "1", "title": "Stop promotions"},
            },
        },
    ],
    ids=["template", "interactive"],
)
def test_a_button_with_the_words_on_it_opts_out(
    project: Project, button: dict[str, object]
) -> None:
    message = hear(project, "", **button)

    assert blocks() == [(KEY, True, True, Source.BUTTON)]
    assert message.consequence == Consequence.OPTED_OUT


def test_a_caption_is_no_keyword(project: Project) -> None:
    image = {"mime_type": "image/jpeg", "url": "https://media.example/1", "caption": "STOP"}

    hear(project, "STOP", type="image", image=image)

    assert blocks() == []


def test_somebody_with_a_profile_opts_out_just_the_same(project: Project) -> None:
    profile = ProfileFactory.create(project=project, phone="+919000011122")

    message = hear(project, "STOP")

    assert blocks() == [(KEY, True, True, Source.KEYWORD)]
    assert (message.consequence, message.profile) == (Consequence.OPTED_OUT, profile)
    assert Message.objects.get().profile == profile


def test_the_projects_own_words_count_and_no_others(project: Project) -> None:
    project.opt_out_words, project.opt_in_words = ["बंद करो"], []
    project.save()

    assert hear(project, "STOP").consequence == Consequence.AUTO_REPLIED
    assert hear(project, "बंद करो!").consequence == Consequence.OPTED_OUT


def test_without_a_confirmation_text_nothing_is_sent(project: Project) -> None:
    project.opt_out_confirmation = " "
    project.save()

    message = hear(project, "STOP")

    assert (message.consequence, message.reply_message) == (Consequence.OPTED_OUT, None)
    assert not Message.objects.exists()


def test_an_old_stop_counts_but_is_not_confirmed(project: Project) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)

    message = hear(project, "STOP", timestamp=str(int(long_ago.timestamp() * 1000)))

    assert (message.consequence, message.reply_message) == (Consequence.OPTED_OUT, None)
    assert PhoneBlock.objects.get().changed_at == long_ago


def test_the_same_stop_twice_is_confirmed_once(project: Project) -> None:
    stop = inbound("STOP", timestamp=str(int(timezone.now().timestamp() * 1000)))
    for _ in range(2):
        ReceiptFactory.create(project=project, payload=stop)
        processing.drain()

    assert Message.objects.count() == 1


def test_who_answers_each_confirmation_with_stop_gets_one(project: Project) -> None:
    for _ in range(3):
        hear(project, "STOP", timestamp=str(int(timezone.now().timestamp() * 1000)))

    assert Message.objects.count() == 1
