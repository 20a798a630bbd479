"""The console's map: every page that stands in the sidebar, for whoever may open it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from callbacks.inbox.unread import unread_conversations, unread_words
from providers.models import Project, Role
from providers.people.access import access_of

HOME = "admin:index"
START = "README.md"
# Unfold's template looks for both beside every entry, and takes long to find that there are none.
NOT_COUNTED = {"unread": "", "unread_url": ""}


@dataclass(frozen=True)
class Entry:
    title: str
    icon: str
    page: str  # URL name
    role: Role = Role.VIEWER
    counts_unread: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    entries: tuple[Entry, ...]
    operators_only: bool = False


MAP = (
    Group("", (Entry("Home", "home", HOME),)),
    Group(
        "Engage",
        (
            Entry("Campaigns", "campaign", "admin:campaigns_campaign_changelist"),
            Entry("Calendar", "calendar_month", "admin:campaigns_campaign_calendar"),
            Entry("Templates", "sms", "admin:templates_app_template_changelist"),
        ),
    ),
    Group(
        "Audience",
        (
            Entry("Profiles", "group", "admin:campaigns_profile_changelist"),
            Entry("Segments", "filter_alt", "admin:campaigns_segment_changelist"),
            Entry("Custom lists", "list_alt", "admin:campaigns_customlist_changelist"),
            Entry("Properties", "sell", "admin:campaigns_profileproperty_changelist"),
            Entry("Custom events", "shopping_bag", "admin:campaigns_eventkind_changelist"),
            Entry("Imports", "upload_file", "admin:campaigns_import_changelist"),
            Entry("Exports", "download", "admin:campaigns_export_changelist", Role.MARKETER),
        ),
    ),
    Group(
        "Activity",
        (
            Entry("Messages", "send", "admin:campaigns_message_changelist"),
            Entry("Inbox", "inbox", "admin:providers_conversation_changelist", counts_unread=True),
            Entry("Events", "bolt", "admin:campaigns_event_changelist"),
            Entry("Callbacks", "call_received", "admin:callbacks_receipt_changelist"),
        ),
    ),
    Group(
        "Settings › Channels › WhatsApp",
        (
            Entry("WhatsApp Connect", "cable", "admin:providers_provider_changelist"),
            Entry("IP whitelist", "shield", "admin:providers_sendingip_changelist"),
            Entry("Provider doctor", "stethoscope", "admin:doctor"),
            Entry("Test sends", "outgoing_mail", "admin:campaigns_testsend_changelist"),
        ),
    ),
    Group(
        "Settings › Project",
        (
            Entry("General", "tune", "admin:providers_project_general"),
            Entry("Rate card", "payments", "admin:campaigns_ratecard_changelist"),
            Entry("Mail reports", "mail", "admin:mail_reports"),
            Entry("Members", "badge", "admin:providers_membership_changelist", Role.ADMIN),
            Entry("API keys", "key", "admin:providers_apikey_changelist", Role.ADMIN),
            Entry("Audit log", "history", "admin:providers_auditentry_changelist", Role.ADMIN),
        ),
    ),
    Group(
        "Installation",
        (
            Entry("Projects", "folder_shared", "admin:providers_project_changelist"),
            Entry("People", "manage_accounts", "admin:providers_user_changelist"),
            Entry("Installation's log", "history", "admin:providers_auditentry_installation"),
            Entry("Operations", "monitor_heart", "admin:operations"),
        ),
        operators_only=True,
    ),
)


# Of docs/: what is read about a page and those below it.
CHAPTERS = {
    "admin:campaigns_campaign_changelist": "campaigns.md",
    "admin:campaigns_campaign_calendar": "campaigns.md",
    "admin:templates_app_template_changelist": "templates.md",
    "admin:campaigns_profile_changelist": "importing.md",
    "admin:campaigns_segment_changelist": "segments.md",
    "admin:campaigns_eventkind_changelist": "events.md",
    "admin:campaigns_customlist_changelist": "importing.md",
    "admin:campaigns_profileproperty_changelist": "importing.md",
    "admin:campaigns_import_changelist": "importing.md",
    "admin:campaigns_export_changelist": "results.md",
    "admin:campaigns_message_changelist": "campaigns.md",
    "admin:providers_conversation_changelist": "inbox.md",
    "admin:campaigns_event_changelist": "campaigns.md",
    "admin:callbacks_receipt_changelist": "callback-processing.md",
    "admin:providers_provider_changelist": "connect-gupshup.md",
    "admin:providers_sendingip_changelist": "ip-whitelist.md",
    "admin:doctor": "doctor.md",
    "admin:campaigns_testsend_changelist": "connect-gupshup.md",
    "admin:providers_project_general": "people.md",
    "admin:campaigns_ratecard_changelist": "campaigns.md",
    "admin:mail_reports": "results.md",
    "admin:providers_membership_changelist": "people.md",
    "admin:providers_apikey_changelist": "api.md",
    "admin:providers_auditentry_changelist": "people.md",
    "admin:providers_project_changelist": "people.md",
    "admin:providers_user_changelist": "people.md",
    "admin:providers_auditentry_installation": "people.md",
    "admin:operations": "operations.md",
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's form of the map, without what this person may not open."""
    here = _here(request)
    return [
        {"title": group.title, "items": items}
        for group in MAP
        if request.user.is_superuser or not group.operators_only
        if (items := _items(request, group, here=here))
    ]


def _items(request: HttpRequest, group: Group, *, here: str) -> list[dict[str, Any]]:
    access = access_of(request)
    return [
        {
            "title": entry.title,
            "icon": entry.icon,
            "link": _link(entry.page),
            "active": _link(entry.page) == here,
            **(_unread(access.project) if entry.counts_unread else NOT_COUNTED),
        }
        for entry in group.entries
        if group.operators_only or entry.page == HOME or access.at_least(entry.role)
    ]


@cache
def _link(page: str) -> str:
    """Each page asks for all of them, several times."""
    return reverse(page)


def _unread(project: Project | None) -> dict[str, str]:
    """What stands beside the entry, and where it is looked at again."""
    return {
        "unread": unread_words(unread_conversations(project)) if project else "",
        "unread_url": reverse("admin:providers_conversation_unread_count"),
    }


def title_at(link: str) -> str:
    """What the sidebar calls the page at this address; empty where it has none."""
    entries = (entry for group in MAP for entry in group.entries)
    return next((entry.title for entry in entries if _link(entry.page) == link), "")


def chapter_here(request: HttpRequest) -> str:
    """Of docs/: the one about the page that is open, or the list of them."""
    here = _here(request)
    return next((chapter for page, chapter in CHAPTERS.items() if _link(page) == here), START)


def pages_called(request: HttpRequest, words: str) -> list[dict[str, Any]]:
    """Entries of the sidebar in whose names the words stand."""
    items = (item for group in sidebar(request) for item in group["items"])
    return [item for item in items if words.casefold() in item["title"].casefold()]


def _here(request: HttpRequest) -> str:
    """The entry to which this page belongs: the one with the longest address in common."""
    home = _link(HOME)
    links = [_link(entry.page) for group in MAP for entry in group.entries]
    fitting = [link for link in links if link != home and request.path.startswith(link)]
    return max(fitting, key=len, default=home if request.path == home else "")
