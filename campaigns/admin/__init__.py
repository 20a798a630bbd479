"""The console's pages about campaigns, people and what became of messages."""

from campaigns.admin.audience.custom_list import CustomListAdmin
from campaigns.admin.audience.event_kind import EventKindAdmin
from campaigns.admin.audience.exporting import ExportAdmin
from campaigns.admin.audience.importing import ImportAdmin
from campaigns.admin.audience.profile import ProfileAdmin
from campaigns.admin.audience.profile_property import ProfilePropertyAdmin
from campaigns.admin.audience.segment import SegmentAdmin
from campaigns.admin.campaigns.campaign import CampaignAdmin
from campaigns.admin.campaigns.rate_card import RateCardAdmin
from campaigns.admin.messages.event import EventAdmin
from campaigns.admin.messages.message import MessageAdmin
from campaigns.admin.tryouts.sent_tests import SentTestAdmin

__all__ = [
    "CampaignAdmin",
    "CustomListAdmin",
    "EventAdmin",
    "EventKindAdmin",
    "ExportAdmin",
    "ImportAdmin",
    "MessageAdmin",
    "ProfileAdmin",
    "ProfilePropertyAdmin",
    "RateCardAdmin",
    "SegmentAdmin",
    "SentTestAdmin",
]
