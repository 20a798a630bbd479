"""Profiles: find a person, see whether they can be reached and why not, change what is wrong."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from campaigns.admin.audience.erasure_pages import ERASURE_PAGES
from campaigns.admin.audience.people_changes import PEOPLE_CHANGES
from campaigns.admin.audience.people_filter import RULE
from campaigns.admin.audience.people_filter_parts import FILTER_PARTS
from campaigns.admin.audience.people_list import PeopleChangeList
from campaigns.admin.audience.people_look import USUAL, column, look_in
from campaigns.admin.audience.people_views import PEOPLE_VIEWS, views_shown
from campaigns.admin.audience.person_segments import PersonSegments
from campaigns.admin.audience.profile_form import ProfileForm
from campaigns.admin.audience.properties_page import PropertiesPage
from campaigns.admin.audience.timeline_page import TimelinePage, shown
from campaigns.admin.audience.why_not_page import WhyNotPage, campaigns_to_ask_of
from campaigns.admin.lists.ticks import TICK_ALL, tick_box
from campaigns.audience.adding import save_person
from campaigns.audience.changing.undoing import recent_changes
from campaigns.audience.erasing.progress import progress_of
from campaigns.audience.last_seen import last_seen, when_wrote
from campaigns.audience.paging import Order
from campaigns.audience.reachability import with_reason
from campaigns.audience.segments.conditions.values import value_words
from campaigns.audience.subscriptions import block_of, history_of
from campaigns.audience.timeline import newest_of
from campaigns.gates.registry import explanation_of
from campaigns.models import CustomList, Profile, Reason
from campaigns.results.load import load_of
from providers.admin.pills import pill
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.short_time import short_time
from providers.models import Conversation
from providers.people.access import actor_of
from providers.watch.auditing import changes_of, without_values

SHOWN_CHANGES = MOST_LISTS = 50
SHOWN_EVENTS = 10
MOST_SHOWN = 10_000  # characters of a property
STOPPED = "stopped in WhatsApp; only they can resume it"
FLAGS = ("subscribed", "blocked", "evidence", "is_test")
PERSON = ("identity", "name", "phone", "email", "language", "time_zone")
BADGES = {
    "": ("green", "Reachable"),
    Reason.NO_PHONE: ("grey", "No phone"),
    Reason.INVALID_PHONE: ("amber", "Invalid phone"),
    Reason.NOT_SUBSCRIBED: ("grey", "Not subscribed"),
    Reason.NUMBER_BLOCKED: ("red", "Phone blocked"),
}


@admin.register(Profile)
class ProfileAdmin(ProjectScopedAdmin):
    is_about_people = True
    pages = (
        *FILTER_PARTS,
        *PEOPLE_CHANGES,
        *PEOPLE_VIEWS,
        TimelinePage,
        PersonSegments,
        PropertiesPage,
        WhyNotPage,
        *ERASURE_PAGES,
    )
    audited_by_acts = ("added", "changed")
    form = ProfileForm
    change_list = PeopleChangeList
    may_be_long = (RULE,)
    change_form_template = "campaigns/profile_form.html"
    change_list_template = "campaigns/profile_list.html"
    list_display = ["tick", "person", "identity", "phone", "reach", "language", "since"]
    list_display_links = ["person"]
    list_before_template = "campaigns/people_filter_panel.html"
    search_fields = ["identity"]  # shows the search box; PeopleChangeList searches
    search_help_text = "The start of a name's word, an identity, an e-mail or a phone number"
    ordering = ["-id"]
    sortable_by = ()
    actions = None
    show_facets = admin.ShowFacets.NEVER  # it would count all people for each choice
    readonly_fields = [
        *(
            "reach",
            "in_words",
            "conversation",
            "load_shown",
            "properties_shown",
            "lists_shown",
            "segments_shown",
            "events_shown",
        ),
        *("history", "first_seen_at", "last_seen"),
    ]
    fieldsets = [
        ("Person", {"fields": PERSON}),
        ("Messages", {"fields": FLAGS}),
    ]
    fieldsets_of_known: ClassVar[list[tuple[str, dict[str, Sequence[str]]]]] = [
        ("Person", {"fields": PERSON}),
        ("Messages", {"fields": ["in_words", "conversation", "load_shown", *FLAGS]}),
        ("Properties", {"fields": ["properties_shown"]}),
        ("Lists and segments", {"fields": ["lists_shown", "segments_shown"]}),
        ("What happened", {"fields": ["events_shown"]}),
        ("Changes of MSG-whatsapp and MSG-dndWhatsApp", {"fields": ["history"]}),
        ("Known since", {"fields": ["first_seen_at", "last_seen"]}),
    ]

    class Media:
        css = {"all": ["campaigns/campaigns.css", "campaigns/import.css", "campaigns/segment.css"]}
        js = ("campaigns/people.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_reason(super().get_queryset(request)).annotate(
            wrote_at=when_wrote(), seen_at=last_seen()
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset, False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fieldsets
        if obj.project.caps:
            return self.fieldsets_of_known
        return [
            (name, {"fields": [each for each in shown["fields"] if each != "load_shown"]})
            for name, shown in self.fieldsets_of_known
        ]

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        project = self.access(request).project
        return {
            "erasing": progress_of(project) if project else None,
            "changes": recent_changes(project) if project else [],
            "may_erase": self.has_administer_permission(request),
            "views": views_shown(project, request.META.get("QUERY_STRING", "")) if project else [],
        }

    def form_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        return {
            "may_erase": self.has_administer_permission(request),
            "campaigns": campaigns_to_ask_of(self.project(request)) if object_id else [],
        }

    def save_model(self, request: HttpRequest, obj: Profile, form: Any, change: bool) -> None:
        if not change:
            obj.project = self.project(request)
        save_person(
            obj,
            changed=form.changed_data,
            subscribed=form.cleaned_data["subscribed"],
            blocked=form.cleaned_data["blocked"],
            evidence=form.cleaned_data["evidence"],
            by=actor_of(request),
            changes=without_values(changes_of(form)),
        )

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Who may only look has nothing to tick. Properties as columns stand in the address."""
        columns = list(super().get_list_display(request))
        access = self.access(request)
        look = look_in(request.GET, access.project) if access.project else USUAL
        own = look.columns
        usual = columns if access.can_change else columns[1:]
        return [*usual, *(["wrote"] if look.order == Order.WROTE else []), *map(column, own)]

    @admin.display(description=TICK_ALL)
    def tick(self, profile: Profile) -> str:
        return tick_box(profile)

    @admin.display(description="Name")
    def person(self, profile: Profile) -> str:
        name = profile.name or profile.identity
        return format_html("{} {}", name, pill("blue", "Test")) if profile.is_test else name

    @admin.display(description="Messages")
    def reach(self, profile: Any) -> str:
        colour, label = BADGES[getattr(profile, "unreachable", "")]
        badge = pill(colour, label)
        if profile.match_key is not None and profile.unreachable == Reason.NUMBER_BLOCKED:
            return format_html("{} {}", badge, _by_whom(profile))
        if getattr(profile, "no_marketing", False):
            stopped = pill("amber", "No marketing")
            return format_html('{} {} <span class="kb-quiet">{}</span>', badge, stopped, STOPPED)
        return badge

    @admin.display(description="Can they be reached?")
    def in_words(self, profile: Any) -> str:
        """On their own page: the pill, why it is so and what to do about it."""
        explanation = explanation_of(profile.unreachable)
        if explanation is None:
            return self.reach(profile)
        told = f"{explanation.meaning}. {explanation.way_out}"
        return format_html('{} <span class="kb-quiet">{}</span>', self.reach(profile), told)

    @admin.display(description="Conversation")
    def conversation(self, profile: Profile) -> str:
        talks = Conversation.objects.filter(project=profile.project_id)
        talk = talks.filter(match_key=profile.match_key).first() if profile.match_key else None
        if talk is None:
            return "They have never written to you"
        page = reverse("admin:providers_conversation_change", args=[talk.pk])
        return format_html(
            '<a class="ki-link" href="{}">Open the conversation</a>'
            ' <span class="kb-quiet">They wrote last on {}</span>',
            page,
            short_time(talk.last_inbound_at),
        )

    @admin.display(description="Marketing messages they had")
    def load_shown(self, profile: Profile) -> str:
        """Beside each of the project's caps."""
        return " · ".join(map(str, load_of(profile))) or "None: they have no phone"

    @admin.display(description="Known since")
    def since(self, profile: Profile) -> str:
        return short_time(profile.first_seen_at)

    @admin.display(description="Wrote last")
    def wrote(self, profile: Any) -> str:
        return short_time(profile.wrote_at) if profile.wrote_at else "–"

    @admin.display(description="Last seen")
    def last_seen(self, profile: Any) -> str:
        return short_time(profile.seen_at)

    @admin.display(description="Properties")
    def properties_shown(self, profile: Profile) -> str:
        properties = sorted(profile.properties.items())
        pairs = ((name, value_words(value, longest=MOST_SHOWN)) for name, value in properties)
        rows = format_html_join("", "<dt>{}</dt><dd>{}</dd>", pairs)
        shown = format_html('<dl class="ki-properties">{}</dl>', rows) if rows else "None yet. "
        page = reverse("admin:campaigns_profile_properties", args=[profile.pk])
        change = format_html('<a class="kb-button" href="{}">Change them</a>', page)
        return format_html("{}{}", shown, change)

    @admin.display(description="In the lists")
    def lists_shown(self, profile: Profile) -> str:
        lists = CustomList.objects.filter(members__profile=profile).order_by("name")[:MOST_LISTS]
        named = (
            (reverse("admin:campaigns_customlist_change", args=[one.pk]), one) for one in lists
        )
        links = format_html_join(" · ", '<a class="ki-link" href="{}">{}</a>', named)
        return links or "In none of them"

    @admin.display(description="In the segments, now")
    def segments_shown(self, profile: Profile) -> str:
        """Each leads to why they are in it."""
        part = reverse("admin:campaigns_profile_segments", args=[profile.pk])
        return format_html(
            '<div hx-get="{}" hx-trigger="load"><span class="kb-quiet">Looking…</span></div>', part
        )

    @admin.display(description="The newest")
    def events_shown(self, profile: Profile) -> str:
        page = newest_of(profile, most=SHOWN_EVENTS)
        if not page.entries:
            return "Nothing yet"
        entries = [shown(entry) for entry in page.entries]
        part = render_to_string("campaigns/timeline_part.html", {"entries": entries})
        timeline = reverse("admin:campaigns_profile_timeline", args=[profile.pk])
        return format_html('{} <a class="kb-button" href="{}">See everything</a>', part, timeline)

    @admin.display(description="History")
    def history(self, profile: Profile) -> str:
        changes = history_of(profile, most=SHOWN_CHANGES)
        return render_to_string("campaigns/subscription_history.html", {"changes": changes})


def _by_whom(profile: Profile) -> str:
    block = block_of(profile)
    return "by their own STOP" if block and block.own_word else ""
