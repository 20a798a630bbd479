"""The console's pages about campaigns, people and what became of messages."""

from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.custom_list import CustomListAdmin
from campaigns.admin.event import EventAdmin
from campaigns.admin.importing import ImportAdmin
from campaigns.admin.message import MessageAdmin
from campaigns.admin.profile import ProfileAdmin
from campaigns.admin.test_send import TestSendAdmin

__all__ = [
    "CampaignAdmin",
    "CustomListAdmin",
    "EventAdmin",
    "ImportAdmin",
    "MessageAdmin",
    "ProfileAdmin",
    "TestSendAdmin",
]
