from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from callbacks.inbox.team_answers import answer_with_template, answer_with_text
from callbacks.models import InboundMessage
from callbacks.receipts import processing
from campaigns.gates.explaining import explain
from campaigns.models import (
    CampaignStatus,
    Lane,
    Message,
    MessageKind,
    Outbox,
    PhoneBlock,
    Profile,
    Reason,
    Source,
    State,
)
from providers.models import Conversation, Project, User
from providers.watch.actors import SYSTEM
from tests.callbacks.posting import inbound
from tests.factories import (
    ConversationFactory,
    InboundMessageFactory,
    MessageFactory,
    ProfileFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
    TemplateFactory,
    VariantFactory,
)
from tests.templates_app import contents
from tests.templates_app.contents import content

LIST = reverse("admin:providers_conversation_changelist")
COUNT = reverse("admin:providers_conversation_unread_count")


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


@pytest.mark.usefixtures("project")
def test_the_inbox_leads_to_the_settings_of_auto_replies_and_keywords(viewer: Client) -> None:
    general = reverse("admin:providers_project_general")
    connect = reverse("admin:providers_provider_changelist")
    inbox = viewer.get(LIST).content.decode()
    button = inbox.partition("Auto-replies and keywords")[0].rpartition("<a ")[2]
    settings = viewer.get(general).content.decode()
    assert (f'href="{general}"' in button, "Words to stop" in settings) == (True, True)
    assert f'stands in <a href="{connect}">' in settings


@pytest.fixture
def conversation(project: Project) -> Conversation:
    """Asha wrote a minute ago; nobody has read it."""
    ProviderFactory.create(project=project)
    now = str(int(timezone.now().timestamp() * 1000))
    ReceiptFactory.create(project=project, payload=inbound("Are you open?", timestamp=now))
    processing.drain()
    return Conversation.objects.get()


def see(client: Client, conversation: Conversation, *, up_to: object = None) -> int:
    """What the page tells once somebody has it before their eyes."""
    newest = InboundMessage.objects.order_by("pk").last()
    shown = up_to if up_to is not None else newest and newest.pk
    return client.post(page("seen", conversation), {"up_to": shown}).status_code


def hear(project: Project, text: str, **fields: str) -> None:
    now = str(int(timezone.now().timestamp() * 1000))
    ReceiptFactory.create(project=project, payload=inbound(text, timestamp=now, **fields))
    processing.drain()


def test_the_inbox_lists_conversations_with_what_is_unread(
    marketer: Client, conversation: Conversation
) -> None:
    listed = text_of(marketer, LIST)
    assert ("Asha" in listed, "Are you open?" in listed, "1 new" in listed) == (True,) * 3
    assert "23 h 59 min left" in listed

    assert see(marketer, conversation) == 204

    assert "1 new" not in text_of(marketer, LIST)
    assert "Everything is read" in text_of(marketer, f"{LIST}?unread=yes")


def test_looking_alone_marks_nothing_as_read(marketer: Client, conversation: Conversation) -> None:
    """A tab in the background looks for news, too."""
    text_of(marketer, page("change", conversation))
    text_of(marketer, page("live", conversation))

    assert "1 new" in text_of(marketer, LIST)


def test_who_writes_after_the_last_look_is_unread(
    marketer: Client, conversation: Conversation
) -> None:
    first = InboundMessage.objects.get()
    hear(conversation.project, "Hello?")
    hear(conversation.project, "Is anybody there?")

    see(marketer, conversation, up_to=first.pk)

    assert "2 new" in text_of(marketer, LIST)


@pytest.mark.parametrize("up_to", ["", "-1", "rubbish", "9" * 18, "9" * 40])
def test_nobody_reads_the_future(marketer: Client, conversation: Conversation, up_to: str) -> None:
    assert see(marketer, conversation, up_to=up_to) == 204

    hear(conversation.project, "Hello?")

    assert "new</span>" in text_of(marketer, LIST)


def test_what_was_read_can_wait_again(marketer: Client, conversation: Conversation) -> None:
    hear(conversation.project, "Hello?")
    see(marketer, conversation)

    marketer.post(page("unread", conversation))

    assert "1 new" in text_of(marketer, LIST)
    assert "1<span" in text_of(marketer, COUNT)


def test_the_menu_counts_unread_conversations_on_every_page(
    marketer: Client, conversation: Conversation
) -> None:
    hear(conversation.project, "Hi", mobile="919000011133", name="Ravi")
    home = text_of(marketer, "/")
    assert '2<span class="kb-hidden"> unread' in home

    for each in Conversation.objects.all():
        see(marketer, each)

    assert text_of(marketer, COUNT).strip() == ""


def test_the_list_looks_again_with_the_same_filters(
    marketer: Client, conversation: Conversation
) -> None:
    live = reverse("admin:providers_conversation_list_live")
    assert f'hx-get="{live}?unread=yes"' in text_of(marketer, f"{LIST}?unread=yes")
    hear(conversation.project, "Hi", mobile="919000011133", name="Ravi")
    see(marketer, conversation)

    assert ("Ravi" in text_of(marketer, live), "Asha" in text_of(marketer, live)) == (True, True)
    only = text_of(marketer, f"{live}?unread=yes")
    assert ("Ravi" in only, "Asha" in only) == (True, False)
    assert marketer.get(f"{live}?p=9999").status_code == 204


def test_the_list_tells_who_spoke_last(marketer: Client, conversation: Conversation) -> None:
    marketer.post(page("answer", conversation), {"text": "Until 8 pm."})

    listed = marketer.get(LIST).content.decode()

    assert "You:</span> <bdi>Until 8 pm.</bdi>" in listed
    hear(conversation.project, "Thank you!")
    assert "<bdi>Thank you!</bdi>" in text_of(marketer, LIST)


def test_the_list_costs_the_same_however_long_it_is(
    marketer: Client, conversation: Conversation, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        InboundMessageFactory.create(conversation__project=conversation.project)
    Conversation.objects.update(is_unread=True)
    marketer.get(LIST)

    with django_assert_max_num_queries(15):
        marketer.get(LIST)


def test_a_viewers_look_leaves_it_unread(viewer: Client, conversation: Conversation) -> None:
    assert "Your answer" not in text_of(viewer, page("change", conversation))

    assert "1 new" in text_of(viewer, LIST)
    for name in ("answer", "template", "preview", "person", "seen", "unread"):
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


def test_who_wrote_an_answer_stands_beside_it_and_it_looks_as_on_the_phone(
    marketer: Client, conversation: Conversation
) -> None:
    hear(conversation.project, "Do you have *Assam*?")
    marketer.post(page("answer", conversation), {"text": "Yes, until *8* _pm_."})
    User.objects.update(first_name="Meera", last_name="Rao")
    answer_with_text(conversation, "And on Sunday?", at=timezone.now(), by=SYSTEM)

    talk = text_of(marketer, page("live", conversation))

    assert "Yes, until <strong>8</strong> <em>pm</em>." in talk
    assert "Do you have <strong>Assam</strong>?" in talk
    assert [talk.count(f"{name}&#x27;s reply") for name in ("Meera Rao", "Kabootar")] == [1, 1]
    message = Message.objects.get(content={"text": "Yes, until *8* _pm_."})
    shown = text_of(marketer, reverse("admin:campaigns_message_change", args=[message.pk]))
    assert "<dt>Written by</dt><dd>Meera Rao</dd>" in shown


def test_what_a_campaign_sent_has_its_picture_formatting_and_buttons_wherever_it_is_shown(
    marketer: Client, conversation: Conversation, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://shop.example"
    wording = content(
        "Dear {{1}}, *half* off.", samples=["Asha"], header=contents.IMAGE, buttons=[contents.YES]
    )
    variant = VariantFactory.create(
        campaign__project=conversation.project,
        campaign__status=CampaignStatus.COMPLETED,
        template__content=wording,
        values={
            "header.media": {"text": "https://shop.example/media/a.png"},
            "body.1": {"text": "{{ profile.name }}"},
        },
    )
    person = ProfileFactory.create(
        project=conversation.project, name="Zoë", phone=conversation.phone
    )
    message = MessageFactory.create(
        run=RunFactory.create(campaign=variant.campaign),
        variant=variant,
        profile=person,
        phone=person.phone,
        state=State.READ,
        attempt=1,
        sent_at=timezone.now(),
    )
    for address in (
        page("live", conversation),
        reverse("admin:campaigns_message_change", args=[message.pk]),
        reverse("admin:campaigns_campaign_change", args=[variant.campaign_id]),
    ):
        shown = text_of(marketer, address)
        assert "Dear Zoë, <strong>half</strong> off." in shown
        assert '<img src="/media/a.png"' in shown
        assert '<span dir="auto">Yes</span>' in shown


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
    assert ("<strong>sale</strong>" in shown, stranger.name in shown) == (True, False)

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


def answered(conversation: Conversation, text: str, **fields: Any) -> Message:
    message = answer_with_text(conversation, text, at=timezone.now(), by=SYSTEM).message
    Message.objects.filter(pk=message.pk).update(**fields)
    return message


def test_an_answer_that_failed_says_why_and_is_sent_once_more(
    marketer: Client, conversation: Conversation
) -> None:
    failed = answered(conversation, "At 9.", state=State.FAILED, reason=Reason.REFUSED, code="102")
    shown = text_of(marketer, page("change", conversation))
    assert (explain(Reason.REFUSED, "102").meaning in shown, "Try again" in shown) == (True, True)

    for _ in range(2):
        marketer.post(page("again", conversation), {"message": failed.pk})

    replies = Message.objects.filter(kind=MessageKind.REPLY).order_by("pk")
    assert [reply.content for reply in replies] == [{"text": "At 9."}] * 2
    assert "Try again" not in text_of(marketer, page("live", conversation))


@pytest.mark.parametrize("state", [State.QUEUED, State.IN_DOUBT, State.UNKNOWN, State.READ])
def test_what_may_have_arrived_is_not_sent_again(
    marketer: Client, conversation: Conversation, state: State
) -> None:
    message = answered(conversation, "At 9.", state=state)

    marketer.post(page("again", conversation), {"message": message.pk})

    assert Message.objects.filter(kind=MessageKind.REPLY).count() == 1
    assert "Try again" not in text_of(marketer, page("change", conversation))


def test_a_button_pressed_twice_sends_once(marketer: Client, conversation: Conversation) -> None:
    for _ in range(2):
        assert marketer.post(page("answer", conversation), {"text": "Yes"}).status_code == 302

    assert Message.objects.filter(kind=MessageKind.REPLY).count() == 1


def test_a_template_is_shown_with_its_values_before_it_goes_out(
    marketer: Client, conversation: Conversation
) -> None:
    template = TemplateFactory.create(project=conversation.project)
    stranger = TemplateFactory.create()
    url = page("preview", conversation)

    def shown(**values: object) -> str:
        return marketer.post(url, {"template": template.pk, **values}).content.decode()

    assert "is empty for this person" in shown()
    filled = shown(**{"value-body.1": "Asha <b>"})
    assert ("Hello Asha &lt;b&gt;" in filled, "This is what they get" in filled) == (True, True)
    assert marketer.post(url, {"template": stranger.pk}).status_code == 404
    assert marketer.post(url, {"template": "x"}).status_code == 404


def test_a_value_that_comes_out_empty_for_this_person_is_not_sent(
    marketer: Client, conversation: Conversation
) -> None:
    template = TemplateFactory.create(project=conversation.project)
    values = {"template": template.pk, "value-body.1": "{{ profile.city }}"}

    answer = marketer.post(page("template", conversation), values).content.decode()

    assert not Message.objects.exists()
    assert "{{ profile.city }}" in answer
    assert "Body {{1}} is empty for this person." in answer


def test_templates_to_answer_with_are_chosen_by_picture_language_and_text(
    marketer: Client, conversation: Conversation, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://shop.example"
    header = {**contents.IMAGE, "example": {"header_handle": ["https://shop.example/media/a.png"]}}
    template = TemplateFactory.create(
        project=conversation.project, language="pt_BR", content=content("Tea!", header=header)
    )
    shown = text_of(marketer, page("change", conversation))
    empty, _, options = shown.partition("data-picker")[2].partition("</summary>")
    assert "<strong>Choose an approved template …</strong>" in empty
    assert '<img src="/media/a.png" alt="" loading="lazy">' in options
    assert "<small>Portuguese (Brazil)</small><bdi>Tea!</bdi>" in options

    chosen = text_of(marketer, f"{page('change', conversation)}?template={template.pk}")
    assert "/media/a.png" in chosen.partition("data-picker")[2].partition("</summary>")[0]
    gone = text_of(marketer, f"{page('change', conversation)}?template=999999")
    assert "Choose an approved" in gone.partition("data-picker")[2].partition("</summary>")[0]


def test_a_template_that_is_chosen_brings_its_picture_along(
    marketer: Client, conversation: Conversation
) -> None:
    template = TemplateFactory.create(
        project=conversation.project, content=content(header=contents.IMAGE)
    )

    shown = marketer.get(page("change", conversation), {"template": template.pk})

    assert shown.context["draft"].preview.header.media_url == "https://a.b/c.jpg"
    assert shown.context["draft"].problems == []
    assert 'value="https://a.b/c.jpg"' in shown.text
    assert 'data-header="IMAGE"' in shown.text


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("http://127.0.0.1:8000/media/a.png", "its address (PUBLIC_BASE_URL) is http://127.0.0.1"),
        ("https://nas.local/a.png", "it leads to a single machine or into a private network"),
        ("http://a.b/c.png", "Give a public link that starts with https://"),
    ],
)
def test_a_picture_that_gupshup_can_not_fetch_is_refused_beside_its_field(
    marketer: Client, conversation: Conversation, link: str, told: str
) -> None:
    template = TemplateFactory.create(
        project=conversation.project, content=content(header=contents.IMAGE)
    )
    values = {"template": template.pk, "value-header.media": link}

    answer = marketer.post(page("template", conversation), values)

    (error,) = answer.context["template_form"].errors["value-header.media"]
    assert (told in error, Message.objects.count()) == (True, 0)


def test_the_next_conversation_that_waits_is_one_click_away(
    marketer: Client, conversation: Conversation
) -> None:
    assert "Next unread" not in text_of(marketer, page("change", conversation))
    hear(conversation.project, "Hi", mobile="919000011133", name="Ravi")
    ravi = Conversation.objects.exclude(pk=conversation.pk).get()

    assert f'href="{page("change", ravi)}">Next unread' in text_of(
        marketer, page("change", conversation)
    )


def test_a_talk_costs_the_same_however_many_templates_are_in_it(
    marketer: Client, conversation: Conversation, django_assert_max_num_queries: Any
) -> None:
    for n in range(5):
        template = TemplateFactory.create(project=conversation.project)
        values = {"body.1": {"text": f"Asha {n}", "fallback": ""}}
        answer_with_template(conversation, template, values, by=SYSTEM)

    with django_assert_max_num_queries(14):
        talk = text_of(marketer, page("live", conversation))

    assert "Hello Asha 4" in talk


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40])
def test_a_message_of_nobody_is_not_sent_again(
    marketer: Client, conversation: Conversation, number: str
) -> None:
    assert marketer.post(page("again", conversation), {"message": number}).status_code == 404


def test_a_message_of_another_project_is_not_sent_again(
    marketer: Client, conversation: Conversation
) -> None:
    stranger = MessageFactory.create(send_key=conversation.match_key, state=State.FAILED)

    answer = marketer.post(page("again", conversation), {"message": stranger.pk})

    assert answer.status_code == 404


def test_who_keeps_the_number_back_is_read_and_not_answered(
    marketer: Client, conversation: Conversation
) -> None:
    Conversation.objects.update(phone="", person_id="IN.abc", match_key=-5)

    shown = text_of(marketer, page("change", conversation))

    absent = ["Your answer", "Answer with a template", "Add to profiles"]
    assert [words in shown for words in absent] == [False] * 3
    assert "You can answer as soon as they write with their number" in shown
    assert "No number" in text_of(marketer, LIST)
    assert marketer.post(page("person", conversation)).status_code == 404
    assert see(marketer, conversation) == 204
    assert "1 new" not in text_of(marketer, LIST)
