from campaigns.models.approval import LONGEST_WORD, Approval, Outcome
from campaigns.models.audience_part import AudiencePart, Slice
from campaigns.models.campaign import (
    FIRST_ZONE,
    GOING,
    LEAST_CAP,
    LEAST_TESTED,
    LIVE,
    LONGEST_LABEL,
    LONGEST_TEST,
    MOST_TEST_VARIANTS,
    MOST_VARIANTS,
    UNDER_WAY,
    UNPUBLISHED,
    Audience,
    Campaign,
    CampaignKind,
    CampaignStatus,
    DecidesBy,
    Decision,
    OwnTime,
    QuietAction,
    VariantsBy,
)
from campaigns.models.conversion import Conversion, ConversionOf, GoalEvent
from campaigns.models.custom_list import CustomList, ListMember
from campaigns.models.erasure import ErasedPhone, ErasedProfile, Erasure
from campaigns.models.event import BUTTON, LONGEST_BUTTON, Event, EventName
from campaigns.models.export import Export, ExportFormat, ExportKind, ExportStatus
from campaigns.models.gateway_id import GatewayId
from campaigns.models.goal import Goal
from campaigns.models.importing import Import, ImportKind, ImportStatus
from campaigns.models.kept_values import KeptValues
from campaigns.models.message import Message, MessageKind, OwnCode, Reason, State
from campaigns.models.message_view import MessageView
from campaigns.models.occurrence import (
    EventKind,
    EventKindDay,
    EventKindProperty,
    Occurrence,
    SeenEventId,
)
from campaigns.models.outbox import Lane, Outbox, OutboxState
from campaigns.models.people_change import ChangedPerson, PeopleChange
from campaigns.models.people_count import PeopleCount
from campaigns.models.people_view import PeopleView
from campaigns.models.profile import Profile
from campaigns.models.profile_property import ProfileProperty, PropertyType
from campaigns.models.profile_words import ProfileWords, WordsDue
from campaigns.models.property_change import PropertyChange
from campaigns.models.rate_card import RateCard
from campaigns.models.report_mail import MailWish, ReportMail
from campaigns.models.run import OPEN_RUNS, LaunchShare, Run, RunAudience, RunStatus
from campaigns.models.segment import Segment, SegmentSize
from campaigns.models.segment_member import SegmentMember
from campaigns.models.subscription import (
    OWN_HAND,
    PhoneBlock,
    Source,
    SubscriptionChange,
    SubscriptionStart,
)
from campaigns.models.tally import Tally
from campaigns.models.trigger import Trigger
from campaigns.models.tryout import TestSend
from campaigns.models.unsaved_draft import UnsavedDraft
from campaigns.models.variant import Variant

__all__ = [
    "BUTTON",
    "FIRST_ZONE",
    "GOING",
    "LEAST_CAP",
    "LEAST_TESTED",
    "LIVE",
    "LONGEST_BUTTON",
    "LONGEST_LABEL",
    "LONGEST_TEST",
    "LONGEST_WORD",
    "MOST_TEST_VARIANTS",
    "MOST_VARIANTS",
    "OPEN_RUNS",
    "OWN_HAND",
    "UNDER_WAY",
    "UNPUBLISHED",
    "Approval",
    "Audience",
    "AudiencePart",
    "Campaign",
    "CampaignKind",
    "CampaignStatus",
    "ChangedPerson",
    "Conversion",
    "ConversionOf",
    "CustomList",
    "DecidesBy",
    "Decision",
    "ErasedPhone",
    "ErasedProfile",
    "Erasure",
    "Event",
    "EventKind",
    "EventKindDay",
    "EventKindProperty",
    "EventName",
    "Export",
    "ExportFormat",
    "ExportKind",
    "ExportStatus",
    "GatewayId",
    "Goal",
    "GoalEvent",
    "Import",
    "ImportKind",
    "ImportStatus",
    "KeptValues",
    "Lane",
    "LaunchShare",
    "ListMember",
    "MailWish",
    "Message",
    "MessageKind",
    "MessageView",
    "Occurrence",
    "Outbox",
    "OutboxState",
    "Outcome",
    "OwnCode",
    "OwnTime",
    "PeopleChange",
    "PeopleCount",
    "PeopleView",
    "PhoneBlock",
    "Profile",
    "ProfileProperty",
    "ProfileWords",
    "PropertyChange",
    "PropertyType",
    "QuietAction",
    "RateCard",
    "Reason",
    "ReportMail",
    "Run",
    "RunAudience",
    "RunStatus",
    "SeenEventId",
    "Segment",
    "SegmentMember",
    "SegmentSize",
    "Slice",
    "Source",
    "State",
    "SubscriptionChange",
    "SubscriptionStart",
    "Tally",
    "TestSend",
    "Trigger",
    "UnsavedDraft",
    "Variant",
    "VariantsBy",
    "WordsDue",
]
