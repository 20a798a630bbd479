"""Campaigns: their list, and one page each; each page stands in a file of its own."""

from django.contrib import admin

from campaigns.admin.campaigns.campaign_list import CampaignListPage
from campaigns.admin.campaigns.form_page import FormPage
from campaigns.admin.campaigns.live_page import LivePage
from campaigns.admin.campaigns.moves import Moves
from campaigns.admin.campaigns.publish_page import PublishPage
from campaigns.admin.messages.doubts import CampaignDoubts
from campaigns.models import Campaign


@admin.register(Campaign)
class CampaignAdmin(CampaignDoubts, Moves, PublishPage, LivePage, FormPage, CampaignListPage):
    class Media:
        css = {
            "all": [
                "templates_app/phone.css",
                "templates_app/media_tools.css",
                "campaigns/campaigns.css",
            ]
        }
        js = ["templates_app/phone.js", "templates_app/media_tools.js", "campaigns/form.js"]
