from campaigns.models.campaign import (
    Audience,
    Campaign,
    CampaignStatus,
    LaunchShare,
    QuietAction,
    Run,
    RunStatus,
    Variant,
)
from campaigns.models.event import Event, EventName
from campaigns.models.importing import Import, ImportKind, ImportStatus
from campaigns.models.message import GatewayId, Message, MessageKind, Reason, State
from campaigns.models.outbox import Lane, Outbox, OutboxState
from campaigns.models.profile import (
    CustomList,
    ListMember,
    PhoneBlock,
    Profile,
    ProfileProperty,
    PropertyType,
    Source,
    SubscriptionChange,
)
from campaigns.models.tally import Tally
from campaigns.models.test_send import TestSend

__all__ = [
    "Audience",
    "Campaign",
    "CampaignStatus",
    "CustomList",
    "Event",
    "EventName",
    "GatewayId",
    "Import",
    "ImportKind",
    "ImportStatus",
    "Lane",
    "LaunchShare",
    "ListMember",
    "Message",
    "MessageKind",
    "Outbox",
    "OutboxState",
    "PhoneBlock",
    "Profile",
    "ProfileProperty",
    "PropertyType",
    "QuietAction",
    "Reason",
    "Run",
    "RunStatus",
    "Source",
    "State",
    "SubscriptionChange",
    "Tally",
    "TestSend",
    "Variant",
]
