"""The addresses of the API about people, what they did, and what they were sent."""

from django.urls import path

from campaigns.api.campaigns import OneCampaign, Pause, Resume, Stop
from campaigns.api.drafts import Campaigns, Check, OneDraft, Publish
from campaigns.api.estimates import SegmentEstimate
from campaigns.api.exports import ExportFile, Exports, OneExport
from campaigns.api.lists import (
    ListPeople,
    Lists,
    OneList,
    OneSegment,
    SegmentPeople,
    Segments,
)
from campaigns.api.messages import Messages, OneMessage
from campaigns.api.people import People, Person
from campaigns.api.sending import SendMessage
from campaigns.api.slices import CampaignPeople
from campaigns.api.small_uploads import in_company
from campaigns.api.uploads import Events, Subscriptions

app_name = "api_campaigns"

urlpatterns = [
    path("profiles", People.as_view(), name="profiles"),
    path("profiles/<int:number>", Person.as_view(), name="profile"),
    path("events", in_company(Events.as_view()), name="events"),
    path("subscriptions", Subscriptions.as_view(), name="subscriptions"),
    path("lists", Lists.as_view(), name="lists"),
    path("lists/<int:number>", OneList.as_view(), name="list"),
    path("lists/<int:number>/people", ListPeople.as_view(), name="list_people"),
    path("segments", Segments.as_view(), name="segments"),
    path("segments/<int:number>", OneSegment.as_view(), name="segment"),
    path("segments/<int:number>/people", SegmentPeople.as_view(), name="segment_people"),
    path("segments/<int:number>/estimate", SegmentEstimate.as_view(), name="segment_estimate"),
    path("campaigns", Campaigns.as_view(), name="campaigns"),
    path("campaigns/<int:number>", OneCampaign.as_view(), name="campaign"),
    path("campaigns/<int:number>/draft", OneDraft.as_view(), name="campaign_draft"),
    path("campaigns/<int:number>/check", Check.as_view(), name="campaign_check"),
    path("campaigns/<int:number>/publish", Publish.as_view(), name="campaign_publish"),
    path("campaigns/<int:number>/people", CampaignPeople.as_view(), name="campaign_people"),
    path("campaigns/<int:number>/pause", Pause.as_view(), name="campaign_pause"),
    path("campaigns/<int:number>/resume", Resume.as_view(), name="campaign_resume"),
    path("campaigns/<int:number>/stop", Stop.as_view(), name="campaign_stop"),
    path("exports", Exports.as_view(), name="exports"),
    path("exports/<int:number>", OneExport.as_view(), name="export"),
    path("exports/<int:number>/file", ExportFile.as_view(), name="export_file"),
    path("messages:send", SendMessage.as_view(), name="send_message"),
    path("messages", Messages.as_view(), name="messages"),
    path("messages/<int:number>", OneMessage.as_view(), name="message"),
]
