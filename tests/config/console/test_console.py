"""The console around the pages: signing in, the sidebar, the project switcher, error pages."""

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from campaigns.models import CampaignStatus
from config.console.navigation import MAP, Entry
from providers.models import AuditEntry, Project, Role, User
from tests.conftest import client_in
from tests.factories import (
    CampaignFactory,
    MembershipFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateFactory,
    UserFactory,
)
from tests.factories.providers import PASSWORD

SWITCH = "/switch-project/"


def sign_in(username: str, password: str = PASSWORD) -> tuple[Client, list[str]]:
    client = Client()
    response = client.post("/login/", {"username": username, "password": password})
    if response.status_code == 302:
        return client, []
    form = response.context["form"]
    return client, [str(error) for error in form.non_field_errors()]


# Signing in ---------------------------------------------


def test_a_member_signs_in_and_is_at_home(project: Project) -> None:
    person: User = MembershipFactory.create(project=project, role=Role.VIEWER).user
    client, errors = sign_in(person.username)
    assert (errors, client.get("/").status_code) == ([], 200)


@pytest.mark.django_db
def test_who_is_in_no_project_is_told_whom_to_ask() -> None:
    UserFactory.create(username="new")
    _client, errors = sign_in("new")
    assert errors == [
        "You are not a member of any project yet. Please ask your project's admin to add you."
    ]
    assert AuditEntry.objects.get().note == "Member of no project"


def test_a_wrong_password_says_nothing_about_the_account(project: Project) -> None:
    MembershipFactory.create(project=project, user__username="meera")
    MembershipFactory.create(project=project, user__username="gone", user__is_active=False)
    said = {name: sign_in(name, "wrong")[1] for name in ("meera", "gone", "nobody")}
    assert said["meera"] == said["gone"] == said["nobody"]
    assert len(said["meera"]) == 1


# Sidebar ---------------------------------------------


def titles(client: Client) -> dict[str, list[str]]:
    groups = client.get("/").context["sidebar_navigation"]
    return {group["title"]: [item["title"] for item in group["items"]] for group in groups}


def test_the_sidebar_is_the_map(project_admin: Client) -> None:
    assert titles(project_admin) == {
        "": ["Home"],
        "Engage": ["Campaigns", "Calendar", "Templates"],
        "Audience": [
            "Profiles",
            "Segments",
            "Custom lists",
            "Properties",
            "Custom events",
            "Imports",
            "Exports",
        ],
        "Activity": ["Messages", "Inbox", "Events", "Callbacks"],
        "Settings › Channels › WhatsApp": [
            "WhatsApp Connect",
            "IP whitelist",
            "Provider doctor",
            "Test sends",
        ],
        "Settings › Project": [
            "General",
            "Rate card",
            "Mail reports",
            "Members",
            "API keys",
            "Audit log",
        ],
    }


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MARKETER])
def test_members_stand_in_the_admins_sidebar_alone(role: Role, project: Project) -> None:
    assert titles(client_in(project, role))["Settings › Project"] == [
        "General",
        "Rate card",
        "Mail reports",
    ]


def test_operators_also_see_the_installation(project: Project, operator: Client) -> None:
    assert titles(operator)["Installation"] == [
        "Projects",
        "People",
        "Installation's log",
        "Operations",
    ]
    entries = [title for group in titles(operator).values() for title in group]
    assert len(entries) == len(set(entries))


@pytest.mark.parametrize("entry", [entry for group in MAP for entry in group.entries])
def test_every_entry_leads_to_a_page_that_is_marked_as_here(
    entry: Entry, project: Project, operator: Client
) -> None:
    response = operator.get(reverse(entry.page), follow=True)
    here = [
        item["title"]
        for group in response.context["sidebar_navigation"]
        for item in group["items"]
        if item["active"]
    ]
    assert (response.status_code, here) == (200, [entry.title])


# Switching the project ---------------------------------------------


@pytest.fixture
def two_projects(db: None) -> tuple[Client, Project, Project]:
    user = UserFactory.create()
    first, second = ProjectFactory.create(name="Apples"), ProjectFactory.create(name="Bananas")
    MembershipFactory.create(user=user, project=first)
    MembershipFactory.create(user=user, project=second)
    client = Client()
    client.force_login(user)
    return client, first, second


def shown_project(client: Client) -> Project:
    project: Project = client.get("/").context["access"].project
    return project


def test_switching_changes_what_every_page_shows(
    two_projects: tuple[Client, Project, Project],
) -> None:
    client, first, second = two_projects
    assert shown_project(client) == first
    client.post(SWITCH, {"project": second.pk})
    assert shown_project(client) == second


def test_switching_takes_a_post(two_projects: tuple[Client, Project, Project]) -> None:
    client, first, second = two_projects
    assert client.get(SWITCH, {"project": second.pk}).status_code == 405
    assert shown_project(client) == first


@pytest.mark.parametrize("wanted", ["theirs", "nonsense", ""])
def test_nobody_switches_to_a_project_of_others(
    wanted: str, two_projects: tuple[Client, Project, Project]
) -> None:
    client, first, _second = two_projects
    value = str(ProjectFactory.create().pk) if wanted == "theirs" else wanted
    assert client.post(SWITCH, {"project": value}).status_code == 404
    assert shown_project(client) == first


def test_after_switching_one_is_on_the_same_list_or_on_the_list_of_the_row(
    two_projects: tuple[Client, Project, Project],
) -> None:
    client, first, second = two_projects
    row = reverse(
        "admin:templates_app_template_change", args=[TemplateFactory.create(project=first).pk]
    )
    the_list = reverse("admin:templates_app_template_changelist")
    campaign = CampaignFactory.create(project=first, status=CampaignStatus.RUNNING)
    live_page = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    came_froms = (
        the_list, f"{the_list}?status=draft", row, live_page, "/nowhere/", "//evil.example",
    )  # fmt: skip
    went = {
        came_from: client.post(SWITCH, {"project": second.pk, "next": came_from})["Location"]
        for came_from in came_froms
    }
    assert went == {
        the_list: the_list,
        f"{the_list}?status=draft": the_list,
        row: the_list,
        live_page: reverse("admin:campaigns_campaign_changelist"),
        "/nowhere/": "/",
        "//evil.example": "/",
    }


def test_a_form_left_open_in_another_tab_is_saved_where_it_was_opened(
    two_projects: tuple[Client, Project, Project],
) -> None:
    client, first, second = two_projects
    page = client.get("/providers/provider/add/").content.decode()
    assert f'name="_project" value="{first.pk}"' in page
    client.post(SWITCH, {"project": second.pk})
    client.post(
        "/providers/provider/add/",
        {
            "_project": first.pk,
            "nickname": "Apples' account",
            "hsm_user_id": "1",
            "hsm_password": "a",
            "two_way_user_id": "2",
            "two_way_password": "b",
            "number": "+919000000001",
            "rate": "20",
            "opt_in_by": "kabootar",
        },
    )
    assert (first.provider.nickname, hasattr(second, "provider")) == ("Apples' account", False)


# Error pages ---------------------------------------------


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("address", ["/nowhere/", "/help/nothing.md", "/gupshup/nowhere"])
def test_an_unknown_address_is_answered_in_plain_words(
    project_admin: Client,
    settings: Settings,
    debug: bool,
    address: str,
) -> None:
    settings.DEBUG = debug
    response = project_admin.get(address)
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


def test_a_page_that_the_role_may_not_open_says_whom_to_ask(viewer: Client) -> None:
    response = viewer.get("/providers/membership/")
    assert response.status_code == 403
    assert "Ask a project admin" in response.content.decode()


def test_a_form_without_its_token_says_what_to_do(project: Project) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/login/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "This page was open for too long" in response.content.decode()


def test_secrets_that_no_key_opens_stop_their_page_alone_and_name_the_way_out(
    project: Project, project_admin: Client, settings: Settings
) -> None:
    ProviderFactory.create(project=project)
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    response = project_admin.get("/providers/provider/")
    assert response.status_code == 503
    assert "<code>CREDENTIAL_KEYS</code>" in response.content.decode()
    assert project_admin.get("/").status_code == 200


def test_no_page_runs_a_script_that_stands_in_it(project_admin: Client, settings: Settings) -> None:
    response = project_admin.get("/providers/provider/add/")
    policy = response["Content-Security-Policy"].split("; ")
    assert "script-src 'self'" in policy
    assert "<script>" not in response.content.decode()
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/", "Play the customer"),
        ("/providers/provider/add/?kind=gupshup", "Serve another project"),
    ],
)
def test_where_messages_go_to_the_simulator_pages_lead_to_it(
    project_admin: Client, settings: Settings, page: str, words: str
) -> None:
    settings.GATEWAY_SEND_URL = "http://127.0.0.1:8002/GatewayAPI/rest"
    settings.FETCH_PRIVATE_TARGETS = True
    here = project_admin.get(page).content.decode()
    settings.FETCH_PRIVATE_TARGETS = False
    there = project_admin.get(page).content.decode()
    link = 'href="http://127.0.0.1:8002/"'
    assert (link in here, words in here) == (True, True)
    assert (link in there, words in there) == (False, False)


def test_the_button_for_something_new_has_words(operator: Client) -> None:
    lists = (
        reverse("admin:providers_project_changelist"),
        reverse("admin:providers_user_changelist"),
    )
    shown = [" ".join(operator.get(address).content.decode().split()) for address in lists]
    assert ["</span> New project</a>" in shown[0], "</span> New user</a>" in shown[1]] == [
        True,
        True,
    ]
