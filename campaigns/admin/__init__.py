"""The console's pages about campaigns, people and what became of messages."""

from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.event import EventAdmin
from campaigns.admin.message import MessageAdmin

__all__ = ["CampaignAdmin", "EventAdmin", "MessageAdmin"]
