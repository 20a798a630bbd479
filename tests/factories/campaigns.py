"""Campaigns, their runs and their messages."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from campaigns.models import (
    Approval,
    Audience,
    AudiencePart,
    Campaign,
    CampaignStatus,
    CustomList,
    GatewayId,
    Lane,
    Message,
    MessageKind,
    Outbox,
    RateCard,
    Run,
    RunStatus,
    Segment,
    State,
    Tally,
    TestSend,
    Variant,
)
from providers.models import SendingAccount
from tests.factories.audience import ProfileFactory
from tests.factories.providers import ProjectFactory, UserFactory
from tests.factories.templates import TemplateFactory


class CampaignFactory(DjangoModelFactory[Campaign]):
    """A draft to everybody, without a variant: VariantFactory(campaign=…) gives it one. `to` and
    `without` are lists and segments; of an earlier campaign, it and a slice."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"Summer sale {n}")
    audience = Audience.EVERYBODY

    @factory.post_generation
    def to(self: Campaign, create: bool, parts: Any, **_: Any) -> None:
        if parts is not None:
            self.audience = Audience.SOME
            self.save(update_fields=["audience"])
            choose(self, parts)

    @factory.post_generation
    def without(self: Campaign, create: bool, parts: Any, **_: Any) -> None:
        choose(self, parts or (), is_left_out=True)


def choose(campaign: Campaign, parts: Iterable[Any], *, is_left_out: bool = False) -> None:
    for part in parts:
        of, named = part if isinstance(part, tuple) else (part, "")
        field = {CustomList: "custom_list", Segment: "segment", Campaign: "earlier"}[type(of)]
        AudiencePart.objects.create(
            campaign=campaign, is_left_out=is_left_out, slice=named, **{field: of}
        )


class ApprovalFactory(DjangoModelFactory[Approval]):
    """Of a campaign that waits for it."""

    class Meta:
        model = Approval

    campaign = factory.SubFactory(CampaignFactory, status=CampaignStatus.AWAITING)
    asked_by = factory.SubFactory(UserFactory)


class VariantFactory(DjangoModelFactory[Variant]):
    class Meta:
        model = Variant
        exclude = ["template"]

    campaign = factory.SubFactory(CampaignFactory)
    template = factory.SubFactory(
        TemplateFactory, project=factory.SelfAttribute("..campaign.project")
    )
    version = factory.LazyAttribute(lambda variant: variant.template.current)
    values = factory.LazyFunction(
        lambda: {"body.1": {"text": "{{ profile.name }}", "fallback": "there"}}
    )


class RateCardFactory(DjangoModelFactory[RateCard]):
    """Of rupees, for marketing in India alone."""

    class Meta:
        model = RateCard

    project = factory.SubFactory(ProjectFactory)
    currency = "INR"
    valid_from = date(2026, 1, 1)
    prices = factory.LazyFunction(lambda: {"IN": {"MARKETING": "0.7846"}})


class RunFactory(DjangoModelFactory[Run]):
    class Meta:
        model = Run

    campaign = factory.SubFactory(CampaignFactory)
    status = RunStatus.SENDING
    last_profile_id = 0


class MessageFactory(DjangoModelFactory[Message]):
    """A queued campaign message to one profile. With `run=None`, give `project` and `kind`."""

    class Meta:
        model = Message

    run = factory.SubFactory(RunFactory)
    kind = MessageKind.CAMPAIGN
    campaign = factory.LazyAttribute(lambda row: row.run.campaign if row.run else None)
    project = factory.LazyAttribute(lambda row: row.campaign.project)
    profile = factory.SubFactory(ProfileFactory, project=factory.SelfAttribute("..project"))
    phone = factory.LazyAttribute(lambda row: row.profile.phone if row.profile else "")
    send_key = factory.LazyAttribute(lambda row: int(row.phone.lstrip("+")) if row.phone else None)


class TestSendFactory(DjangoModelFactory[TestSend]):
    """A text that Gupshup has taken."""

    __test__ = False

    class Meta:
        model = TestSend

    project = factory.SubFactory(ProjectFactory)
    message = factory.SubFactory(
        MessageFactory,
        run=None,
        campaign=None,
        profile=None,
        kind=MessageKind.TEST,
        project=factory.SelfAttribute("..project"),
        phone=factory.Sequence(lambda n: f"+9190000{n:05d}"),
        content={"text": "Hello"},
        state=State.SENT,
        sent_at=factory.LazyFunction(timezone.now),
    )
    account = SendingAccount.TWO_WAY
    verdict = "accepted"
    http_status = 200
    milliseconds = 150
    answer = '{"response": {"status": "success", "id": "1-1-1"}}'
    answered_at = factory.LazyFunction(timezone.now)


class OutboxFactory(DjangoModelFactory[Outbox]):
    """Ready to be sent now."""

    class Meta:
        model = Outbox

    message = factory.SubFactory(MessageFactory)
    project = factory.SelfAttribute("message.project")
    campaign = factory.SelfAttribute("message.campaign")
    run = factory.SelfAttribute("message.run")
    lane = Lane.BULK


class GatewayIdFactory(DjangoModelFactory[GatewayId]):
    class Meta:
        model = GatewayId

    message = factory.SubFactory(MessageFactory)
    project = factory.SelfAttribute("message.project")
    external_id = factory.Sequence(lambda n: f"4687162516402{n:06d}")


class TallyFactory(DjangoModelFactory[Tally]):
    class Meta:
        model = Tally

    run = factory.SubFactory(RunFactory)
    name = "sent"
    n = 1
