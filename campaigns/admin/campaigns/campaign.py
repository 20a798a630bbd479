"""Campaigns: their list, and one page each; each page stands in a file of its own."""

from django.contrib import admin

from campaigns.admin.campaigns.approval_pages import APPROVING
from campaigns.admin.campaigns.calendar_page import CALENDAR
from campaigns.admin.campaigns.campaign_list import CampaignListAdmin
from campaigns.admin.campaigns.compare_page import COMPARING
from campaigns.admin.campaigns.filling_page import ListOfResults
from campaigns.admin.campaigns.followed import FollowedPart
from campaigns.admin.campaigns.form_page import DraftAdmin, NewCampaignPage
from campaigns.admin.campaigns.form_parts import (
    DatesPart,
    GoalPart,
    OccasionPart,
    OccasionWordsPart,
    PreviewPart,
    ReachPart,
    SlotsPart,
)
from campaigns.admin.campaigns.keep_part import KeepPart
from campaigns.admin.campaigns.leading_on import LEADING_ON
from campaigns.admin.campaigns.live_page import CasePage, LivePage, LivePart
from campaigns.admin.campaigns.moves import MOVES
from campaigns.admin.campaigns.over_time import OVER_TIME
from campaigns.admin.campaigns.publish_page import PublishPage
from campaigns.admin.campaigns.publish_parts import PUBLISH_PARTS
from campaigns.admin.campaigns.report_page import REPORT
from campaigns.admin.campaigns.runs_file import RunsFile
from campaigns.admin.campaigns.tryout_page import TRYING_OUT
from campaigns.admin.messages.doubts import SETTLING
from campaigns.models import Campaign


@admin.register(Campaign)
class CampaignAdmin(DraftAdmin, CampaignListAdmin):
    pages = (
        NewCampaignPage,
        *CALENDAR,
        LivePage,
        LivePart,
        CasePage,
        ListOfResults,
        *OVER_TIME,
        RunsFile,
        FollowedPart,
        *LEADING_ON,
        *COMPARING,
        *REPORT,
        KeepPart,
        SlotsPart,
        PreviewPart,
        ReachPart,
        DatesPart,
        GoalPart,
        OccasionPart,
        OccasionWordsPart,
        PublishPage,
        *PUBLISH_PARTS,
        *APPROVING,
        *TRYING_OUT,
        *MOVES,
        *SETTLING,
    )

    class Media:
        css = {
            "all": [
                "templates_app/phone.css",
                "templates_app/media_tools.css",
                "templates_app/picker.css",
                "campaigns/campaigns.css",
                "campaigns/import.css",
                "campaigns/calendar.css",
                "campaigns/segment.css",
                "campaigns/send_test.css",
            ]
        }
        js = [
            "templates_app/phone.js",
            "templates_app/media_tools.js",
            "templates_app/picker.js",
            "templates_app/editor_keeping.js",
            "campaigns/form.js",
            "campaigns/over_time.js",
            "campaigns/calendar.js",
        ]
