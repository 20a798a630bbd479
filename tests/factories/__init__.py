"""Rows for tests, one factory a model; each makes the least that a row needs to be right.

What belongs to a project takes it (`ProfileFactory(project=project)`) and hands it on to the rows
that it makes by itself, so that nothing is ever made across two projects by accident.
"""

from tests.factories.audience import (
    CustomListFactory,
    EventFactory,
    EventKindFactory,
    ExportFactory,
    ImportFactory,
    ListMemberFactory,
    PhoneBlockFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    SegmentFactory,
    SubscriptionChangeFactory,
)
from tests.factories.callbacks import InboundMessageFactory, ParkedFactFactory, ReceiptFactory
from tests.factories.campaigns import (
    CampaignFactory,
    GatewayIdFactory,
    MessageFactory,
    OutboxFactory,
    RateCardFactory,
    RunFactory,
    TallyFactory,
    TestSendFactory,
    VariantFactory,
    choose,
)
from tests.factories.providers import (
    ApiKeyFactory,
    AuditEntryFactory,
    CallbackKeyFactory,
    CallbackSourceFactory,
    ConversationFactory,
    GatewayConsentFactory,
    IncidentFactory,
    MembershipFactory,
    ProjectFactory,
    ProviderFactory,
    SendingIPFactory,
    UserFactory,
)
from tests.factories.templates import TemplateFactory, TemplateVersionFactory

__all__ = [
    "ApiKeyFactory",
    "AuditEntryFactory",
    "CallbackKeyFactory",
    "CallbackSourceFactory",
    "CampaignFactory",
    "ConversationFactory",
    "CustomListFactory",
    "EventFactory",
    "EventKindFactory",
    "ExportFactory",
    "GatewayConsentFactory",
    "GatewayIdFactory",
    "ImportFactory",
    "InboundMessageFactory",
    "IncidentFactory",
    "ListMemberFactory",
    "MembershipFactory",
    "MessageFactory",
    "OutboxFactory",
    "ParkedFactFactory",
    "PhoneBlockFactory",
    "ProfileFactory",
    "ProfilePropertyFactory",
    "ProjectFactory",
    "ProviderFactory",
    "RateCardFactory",
    "ReceiptFactory",
    "RunFactory",
    "SegmentFactory",
    "SendingIPFactory",
    "SubscriptionChangeFactory",
    "TallyFactory",
    "TemplateFactory",
    "TemplateVersionFactory",
    "TestSendFactory",
    "UserFactory",
    "VariantFactory",
    "choose",
]
