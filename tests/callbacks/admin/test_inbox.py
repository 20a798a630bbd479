import pytest
from django.test import Client
from django.urls import reverse

from callbacks.models import Consequence, InboundMessage
from campaigns.models import Profile, State
from providers.models import Project
from tests.factories import (
    ConversationFactory,
    InboundMessageFactory,
    MessageFactory,
    ProfileFactory,
    ReceiptFactory,
)

LIST = reverse("admin:callbacks_inboundmessage_changelist")


def page(message: InboundMessage) -> str:
    return reverse("admin:callbacks_inboundmessage_change", args=[message.pk])


def listed(client: Client, **filters: str) -> list[int]:
    return [message.pk for message in client.get(LIST, filters).context["cl"].result_list]


def test_the_inbox_is_searched_by_phone_in_any_spelling(viewer: Client, project: Project) -> None:
    conversation = ConversationFactory.create(project=project, phone="+919000011122")
    mine = InboundMessageFactory.create(project=project, conversation=conversation)
    InboundMessageFactory.create(project=project)

    found = [listed(viewer, q=text) for text in ("+919000011122", "90000 11122", "919000011122")]

    assert found == [[mine.pk]] * 3
    assert listed(viewer, q="nobody") == []


def test_the_inbox_can_be_narrowed_by_what_came_of_a_message(
    viewer: Client, project: Project
) -> None:
    opted_out = InboundMessageFactory.create(project=project, consequence=Consequence.OPTED_OUT)
    InboundMessageFactory.create(project=project, consequence=Consequence.HELD_KNOWN)

    assert listed(viewer, consequence="opted_out") == [opted_out.pk]
    html = viewer.get(LIST).content.decode()
    assert "No auto-reply: a profile has this phone" in html


def test_an_empty_inbox_says_what_will_stand_there(viewer: Client, project: Project) -> None:
    assert "Nobody has written yet" in viewer.get(LIST).content.decode()


def test_a_message_leads_to_everything_that_belongs_to_it(viewer: Client, project: Project) -> None:
    profile = ProfileFactory.create(project=project)
    campaign_message, auto_reply = (
        MessageFactory.create(run__campaign__project=project, state=State.SENT) for _ in range(2)
    )
    receipt = ReceiptFactory.create(project=project)
    message = InboundMessageFactory.create(
        project=project,
        profile=profile,
        answers=campaign_message,
        reply_message=auto_reply,
        receipt=receipt,
        text="First\n<b>second</b>",
    )

    html = viewer.get(page(message)).content.decode()

    links = [
        reverse("admin:campaigns_profile_change", args=[profile.pk]),
        reverse("admin:campaigns_message_change", args=[campaign_message.pk]),
        reverse("admin:campaigns_message_change", args=[auto_reply.pk]),
        reverse("admin:callbacks_receipt_change", args=[receipt.pk]),
    ]
    assert [link for link in links if link not in html] == []
    assert "First<br>&lt;b&gt;second" in html


@pytest.mark.parametrize("url", ["https://media.example/1?sig=2", "javascript:alert(1)"])
def test_a_media_link_is_text_and_never_fetched(viewer: Client, project: Project, url: str) -> None:
    message = InboundMessageFactory.create(
        project=project, type="image", media={"type": "image", "url": url, "caption": "my roof"}
    )

    html = viewer.get(page(message)).content.decode()

    assert url in html
    assert (f'href="{url}"' in html, f'src="{url}"' in html) == (False, False)


def test_a_message_without_a_phone_is_shown(viewer: Client, project: Project) -> None:
    message = InboundMessageFactory.create(
        project=project, conversation=None, phone="", match_key=None
    )

    assert viewer.get(page(message)).status_code == 200
    assert "No number" in viewer.get(LIST).content.decode()


def test_one_click_in_the_list_makes_the_sender_a_profile(
    marketer: Client, viewer: Client, project: Project
) -> None:
    message = InboundMessageFactory.create(project=project, conversation__name="Asha")
    url = reverse("admin:callbacks_inboundmessage_person", args=[message.pk])
    assert (url in marketer.get(LIST).content.decode(), viewer.post(url).status_code) == (True, 403)
    assert url not in viewer.get(LIST).content.decode()

    row = marketer.post(url).content.decode()

    profile = Profile.objects.get()
    assert (profile.name, profile.phone) == ("Asha", message.phone)
    assert reverse("admin:campaigns_profile_change", args=[profile.pk]) in row
    assert url not in marketer.get(LIST).content.decode()


def test_nobody_without_a_phone_becomes_a_profile(marketer: Client, project: Project) -> None:
    message = InboundMessageFactory.create(
        project=project, conversation=None, phone="", match_key=None
    )
    url = reverse("admin:callbacks_inboundmessage_person", args=[message.pk])

    assert (url in marketer.get(LIST).content.decode(), marketer.post(url).status_code) == (
        False,
        404,
    )
