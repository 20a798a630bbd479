"""What people see of what was sent: kept as it went, or rebuilt, and which of both."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from campaigns.models import KeptValues, Message, MessageKind, State
from campaigns.results.what_was_sent import NOT_SENT, READ_FIRST, REBUILT, what_was_sent
from providers.models import Project
from tests.campaigns.sending.test_loop import send
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    ProfileFactory,
    ProviderFactory,
    RunFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS, running_simulator

OWN = {"body.1": {"text": "{{ profile.name }}", "fallback": "there"}}


def read() -> list[Message]:
    return list(Message.objects.select_related(*READ_FIRST).order_by("phone"))


def said(messages: list[Message]) -> list[tuple[str, str]]:
    shown = what_was_sent(messages)
    return [(shown[m.pk].preview.body, shown[m.pk].note) for m in messages if m.pk in shown]


@pytest.fixture
def gateway(settings: Settings) -> Iterator[None]:
    settings.GATEWAY_TOTAL_TIMEOUT = 1.0
    settings.SEND_MAX_ATTEMPTS = 1
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield


@pytest.mark.django_db(transaction=True)
def test_what_a_person_got_is_shown_whatever_becomes_of_them(
    project: Project, gateway: None
) -> None:
    """Taken, in doubt, refused; and what no JSON, no text of PostgreSQL likes."""
    ProviderFactory.create(project=project, rate=500, **CREDENTIALS)
    odd = 'Zoë \U0001f600 \\u0000 " {{1}}'
    names = {"+919000000001": "Asha", "+919000009934": odd, "+919000009943": "Ravi"}
    people = [ProfileFactory.create(project=project, phone=p, name=n) for p, n in names.items()]
    campaign = CampaignFactory.create(project=project)
    VariantFactory.create(campaign=campaign, values=OWN)

    send(campaign)
    for person in people[:2]:
        person.name = "Somebody else"
        person.save()
    people[0].delete()

    states = [message.state for message in read()]
    assert states == [State.SENT, State.IN_DOUBT, State.FAILED]
    (beginning, end) = (
        campaign.variants.get().version.content["components"][0]["text"].split("{{1}}")
    )
    assert said(read()) == [
        (f"{beginning}Asha{end}", ""),
        (f"{beginning}{odd}{end}", ""),
        (f"{beginning}Ravi{end}", REBUILT),
    ]
    assert {row.message_id: row.at for row in KeptValues.objects.all()} == {
        message.pk: message.created_at for message in read()[:2]
    }


@pytest.mark.django_db
def test_what_is_not_kept_is_rebuilt_and_what_never_left_says_so(project: Project) -> None:
    variant = VariantFactory.create(campaign__project=project, values=OWN)
    run = RunFactory.create(campaign=variant.campaign)

    def message(phone: str, **fields: object) -> Message:
        person = ProfileFactory.create(project=project, phone=phone, name="Asha")
        made: Message = MessageFactory.create(run=run, variant=variant, profile=person, **fields)
        return made

    message("+919000000001", state=State.READ, attempt=1)
    message("+919000000002", state=State.SUPPRESSED)
    twice = message("+919000000003", state=State.SENT, attempt=2)
    for attempt, name in ((1, "Ravi"), (2, "Meera")):
        KeptValues.objects.create(
            message=twice, at=twice.created_at, attempt=attempt, filled=f'{{"body.1": "{name}"}}'
        )
    gone = message("+919000000004", state=State.READ, attempt=1)
    Message.objects.filter(pk=gone.pk).update(profile=None)

    def hello(name: str) -> str:
        return f"Hello {name}, our summer sale starts today."

    assert said(read()) == [
        (hello("Asha"), REBUILT),
        (hello("Asha"), NOT_SENT),
        (hello("Meera"), ""),
        (hello("there"), REBUILT),
    ]


@pytest.mark.django_db
def test_what_is_the_same_for_everybody_needs_nothing_kept(project: Project) -> None:
    variant = VariantFactory.create(campaign__project=project, values={"body.1": {"text": "*all*"}})
    run = RunFactory.create(campaign=variant.campaign)
    message = MessageFactory.create(run=run, variant=variant, state=State.SENT, attempt=1)

    MessageFactory.create(run=run, variant=variant, state=State.SUPPRESSED)

    text = "Hello *all*, our summer sale starts today."
    assert said(read()) == [(text, ""), (text, NOT_SENT)]
    assert "Hello <strong>all</strong>," in what_was_sent(read())[message.pk].preview.body_html


@pytest.mark.django_db
def test_many_messages_are_read_as_quickly_as_one(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        variant = VariantFactory.create(campaign__project=project, values=OWN)
        run = RunFactory.create(campaign=variant.campaign)
        MessageFactory.create_batch(3, run=run, variant=variant, state=State.SENT)
    answer = {"text": "Thanks"}
    MessageFactory.create(run=None, project=project, kind=MessageKind.REPLY, content=answer)
    messages = read()

    with django_assert_num_queries(1):
        assert len(what_was_sent(messages)) == 7
