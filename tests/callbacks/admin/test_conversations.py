from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callbacks import processing
from callbacks.models import InboundMessage
from campaigns.models import Lane, Message, MessageKind, Outbox, PhoneBlock, Profile, Source
from providers.models import Conversation, Project
from tests.callbacks.posting import inbound
from tests.factories import (
    ConversationFactory,
    InboundMessageFactory,
    ProfileFactory,
    ProviderFactory,
    ReceiptFactory,
    TemplateFactory,
)

LIST = reverse("admin:providers_conversation_changelist")


def page(name: str, conversation: Conversation) -> str:
    return reverse(f"admin:providers_conversation_{name}", args=[conversation.pk])


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def shut(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(
        window_until=timezone.now() - timedelta(minutes=1)
    )


@pytest.fixture
def conversation(project: Project) -> Conversation:
    """Asha wrote a minute ago; nobody has read it."""
    ProviderFactory.create(project=project)
    now = str(int(timezone.now().timestamp() * 1000))
    ReceiptFactory.create(project=project, payload=inbound("Are you open?", timestamp=now))
    processing.drain()
    return Conversation.objects.get()


def test_the_inbox_lists_conversations_with_what_is_unread(
    marketer: Client, conversation: Conversation
) -> None:
    listed = text_of(marketer, LIST)
    assert ("Asha" in listed, "Are you open?" in listed, "1 new" in listed) == (True,) * 3
    assert "23 h 59 min left" in listed

    text_of(marketer, page("change", conversation))

    assert "1 new" not in text_of(marketer, LIST)
    assert "Are you open?" not in text_of(marketer, f"{LIST}?unread=yes")


def test_a_viewers_look_leaves_it_unread(viewer: Client, conversation: Conversation) -> None:
    assert "Your answer" not in text_of(viewer, page("change", conversation))

    assert "1 new" in text_of(viewer, LIST)
    for name in ("answer", "template", "person"):
        assert viewer.post(page(name, conversation), {"text": "Hello"}).status_code == 403
    assert not Message.objects.exists()


def test_conversations_are_found_by_the_beginning_of_a_phone_or_a_name(
    marketer: Client, project: Project
) -> None:
    asha = ConversationFactory.create(project=project, name="Asha Rao", phone="+919000044455")
    ravi = ConversationFactory.create(project=project, name="Ravi", phone="+919111100000")
    ConversationFactory.create(name="Asha of another project", phone="+919000044455")

    def found(words: str) -> list[int]:
        rows = marketer.get(LIST, {"q": words}).context["cl"].result_list
        return [row.pk for row in rows]

    assert [found("asha"), found("+91 90000 44455"), found("90000"), found("+91911")] == [
        [asha.pk],
        [asha.pk],
        [asha.pk],
        [ravi.pk],
    ]


def test_an_answer_goes_out_ahead_of_every_campaign(
    marketer: Client, conversation: Conversation
) -> None:
    answer = marketer.post(page("answer", conversation), {"text": "Yes,\r\nuntil 8 pm."})

    assert answer.status_code == 302
    message = Message.objects.get()
    assert (message.kind, message.phone, message.content, Outbox.objects.get().lane) == (
        MessageKind.REPLY,
        "+919000011122",
        {"text": "Yes,\nuntil 8 pm."},
        Lane.URGENT,
    )
    talk = text_of(marketer, page("live", conversation))
    assert talk.index("Are you open?") < talk.index("until 8 pm.")


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Write something first."), ("x" * 4097, "At most 4,096 characters"), (" ", "something")],
)
def test_what_cant_be_sent_is_said_beside_the_box(
    marketer: Client, conversation: Conversation, text: str, words: str
) -> None:
    answer = marketer.post(page("answer", conversation), {"text": text})

    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert not Message.objects.exists()


def test_a_window_that_shuts_while_somebody_writes_keeps_the_text(
    marketer: Client, conversation: Conversation
) -> None:
    shut(conversation)

    answer = marketer.post(page("answer", conversation), {"text": "A long answer"}).content.decode()

    assert "are over. Only a template can be sent" in answer
    assert "A long answer" in answer
    assert not Message.objects.exists()


def test_a_shut_conversation_is_answered_with_a_template(
    marketer: Client, conversation: Conversation
) -> None:
    shut(conversation)
    template = TemplateFactory.create(project=conversation.project, name="sale")
    stranger = TemplateFactory.create(name="of_another_project")
    shown = text_of(marketer, page("change", conversation))
    assert ("sale (en)" in shown, str(stranger) in shown) == (True, False)

    chosen = text_of(marketer, f"{page('change', conversation)}?template={template.pk}")
    assert 'name="value-body.1"' in chosen
    url = page("template", conversation)
    missing = marketer.post(url, {"template": template.pk}).content.decode()
    foreign = marketer.post(url, {"template": stranger.pk}).content.decode()
    assert "Fill in “" in missing
    assert "is not approved any more" in foreign
    assert not Message.objects.exists()

    marketer.post(url, {"template": template.pk, "value-body.1": "Asha"})

    message = Message.objects.get()
    assert (message.kind, message.content) == (
        MessageKind.REPLY,
        {
            "version": template.current_id,
            "values": {"body.1": {"text": "Asha", "fallback": ""}},
            "person": {"profile": {}},
        },
    )


def test_no_template_goes_to_who_opted_out(marketer: Client, conversation: Conversation) -> None:
    template = TemplateFactory.create(project=conversation.project)
    PhoneBlock.objects.create(
        project=conversation.project,
        match_key=conversation.match_key,
        blocked=True,
        source=Source.KEYWORD,
    )

    values = {"template": template.pk, "value-body.1": "Asha"}
    answer = marketer.post(page("template", conversation), values).content.decode()

    assert "This person has opted out" in answer
    assert not Message.objects.exists()


def test_one_click_makes_the_sender_a_profile(marketer: Client, conversation: Conversation) -> None:
    for _ in range(2):
        assert marketer.post(page("person", conversation)).status_code == 302

    profile = Profile.objects.get()
    assert (profile.identity, profile.name, profile.phone, profile.match_key) == (
        "+919000011122",
        "Asha",
        "+919000011122",
        919000011122,
    )
    assert profile.subscribed is None
    assert InboundMessage.objects.get().profile == profile


def test_who_has_the_phone_already_is_not_added_again(
    marketer: Client, conversation: Conversation
) -> None:
    known = ProfileFactory.create(project=conversation.project, phone="+919000011122")

    marketer.post(page("person", conversation))

    assert list(Profile.objects.all()) == [known]


def test_a_long_talk_is_read_page_by_page(marketer: Client, conversation: Conversation) -> None:
    start = timezone.now() - timedelta(days=3)
    for n in range(60):
        InboundMessageFactory.create(
            project=conversation.project,
            conversation=conversation,
            text=f"Message {n:02d}",
            at=start + timedelta(minutes=n),
        )
    InboundMessage.objects.filter(text="Are you open?").update(received_at=start)

    first = marketer.get(page("change", conversation))
    older = marketer.get(
        page("change", conversation), {"before": first.context["thread"].older.isoformat()}
    )

    shown = [line.text for line in first.context["thread"].lines]
    rest = [line.text for line in older.context["thread"].lines]
    assert shown == [f"Message {n:02d}" for n in range(10, 60)]
    assert rest == ["Are you open?", *(f"Message {n:02d}" for n in range(10))]
    assert older.context["thread"].older is None


@pytest.mark.parametrize("before", ["rubbish", "2026-13-45T00:00:00Z", "2026-01-01"])
def test_a_time_that_makes_no_sense_shows_the_newest(
    marketer: Client, conversation: Conversation, before: str
) -> None:
    assert "Are you open?" in text_of(marketer, f"{page('change', conversation)}?before={before}")
