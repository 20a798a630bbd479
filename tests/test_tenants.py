"""Every address of the console, walked by everybody in two projects.

Nothing of another project is reachable: by guessing ids, through filters, choices, autocomplete,
search, actions, exports or history. And nobody does what the roles' table doesn't say.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.db.models import F, ForeignKey, Model, Q
from django.forms import ModelChoiceField
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.fixtures import Settings

from campaigns.models import Profile
from providers.admin.belonging import project_path_of
from providers.models import AuditEntry, Invitation, Project, Role, User
from tests.conftest import client_in
from tests.console_pages import PAGES, changelist, row_of
from tests.console_rights import ABOUT, HOW_TO_ADD, MAY, OF_NO_PROJECT, Who, rights
from tests.factories import MembershipFactory, ProfileFactory, ProjectFactory, UserFactory

# Stands in every text of the other project, and must be seen nowhere.
THEIRS = "Zanzibar"
TEXTS = {"name", "nickname", "identity", "file_name", "username", "first_name", "text", "note"}
ROLES = {Who.VIEWER: Role.VIEWER, Who.MARKETER: Role.MARKETER, Who.ADMIN: Role.ADMIN}
REFUSED = {403, 404, 405}


@dataclass(frozen=True)
class Address:
    """`fields` are what its pattern has to be filled in with."""

    name: str
    fields: tuple[str, ...]

    def url(self, rows: dict[str, Model]) -> str:
        return reverse(f"admin:{self.name}", kwargs={f: self._value(f, rows) for f in self.fields})

    @property
    def model(self) -> str:
        """Of the row that it is about, like "campaigns_campaign"; empty where it is about none."""
        if self.name in ABOUT:
            return ABOUT[self.name]
        known = (label.replace(".", "_").lower() for label in PAGES | {"providers.User": None})
        return next((model for model in known if self.name.startswith(f"{model}_")), "")

    def _value(self, field: str, rows: dict[str, Model]) -> Any:
        fixed = {"number": 1, "step": "read", "app_label": "campaigns", "token": "x-y"}
        fixed |= {"chapter": "README.md"}
        fixed |= {
            "uidb64": "MQ",
            "content_type_id": 1,
            "object_id": 1,
            "id": rows["providers_user"].pk,
        }
        return rows[self.model].pk if self.model and field in {"pk", "object_id"} else fixed[field]


def addresses() -> dict[str, Address]:
    """All named ones of the console. Unnamed ones lead an old form of an address to the new."""
    return {
        pattern.name: Address(pattern.name, tuple(pattern.pattern.regex.groupindex))
        for pattern in _patterns(get_resolver())
        if pattern.name
    }


def _patterns(resolver: URLResolver, *, inside: bool = False) -> Iterator[URLPattern]:
    inside = inside or resolver.app_name == "admin"
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each, inside=inside)
        elif inside:
            yield each


ADDRESSES = addresses()


def test_every_address_of_the_console_says_who_may_open_it() -> None:
    said = set(rights())
    missing, gone = sorted(set(ADDRESSES) - said), sorted(said - set(ADDRESSES))
    assert not missing, f"Missing: {', '.join(missing)}. {HOW_TO_ADD}"
    assert not gone, f"Gone: {', '.join(gone)}. {HOW_TO_ADD}"


def test_addresses_without_a_name_only_lead_to_others() -> None:
    unnamed = [pattern for pattern in _patterns(get_resolver()) if not pattern.name]
    assert {str(pattern.pattern) for pattern in unnamed} == {"<path:object_id>/"}


# Two projects -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _gupshup_is_not_there(settings: Settings) -> None:
    settings.GATEWAY_SEND_URL = settings.GATEWAY_TEMPLATE_URL = "http://127.0.0.1:9/"


@pytest.fixture
def mine(project: Project) -> dict[str, Model]:
    return rows_of_project(project)


@pytest.fixture
def theirs(mine: dict[str, Model]) -> dict[str, Model]:
    rows = rows_of_project(ProjectFactory.create())
    for row in rows.values():
        _mark(row)
    for profile in Profile.objects.filter(project=_project_of(rows)):
        _mark(profile)
    return rows


def rows_of_project(project: Project) -> dict[str, Model]:
    """One of each kind that has a page, by its label with a "_"."""
    rows = {
        model._meta.label_lower.replace(".", "_"): cast("Model", row_of(model, project))
        for model in (page.model for page in PAGES.values())
    }
    rows["providers_user"] = cast("Any", rows["providers_membership"]).user
    rows["providers_invitation"] = Invitation.objects.create(
        project=project, email=f"invited@{project.pk}.example.com", digest=f"{project.pk}"
    )
    return rows


def _project_of(rows: dict[str, Model]) -> Project:
    return cast("Project", rows["providers_project"])


def _mark(row: Model) -> None:
    if isinstance(row, AuditEntry):
        return  # can't be changed, and holds no names
    texts = {field.name for field in row._meta.fields} & TEXTS
    words = dict.fromkeys(texts, f"{THEIRS} {row.pk}")
    type(row)._base_manager.filter(pk=row.pk).update(**words)


def client_of(who: Who, project: Project) -> Client:
    if who in ROLES:
        return client_in(project, ROLES[who])
    client = Client()
    if who is Who.OPERATOR:
        client.force_login(UserFactory.create(is_superuser=True))
        client.post("/switch-project/", {"project": project.pk})
    return client


@contextmanager
def nothing_kept() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, url: str) -> HttpResponse:
    """With what confirming dialogs send, too; and with nothing of it kept."""
    data = {"_form_submitted": "1", "post": "yes"} if method == "post" else {}
    cookies = deepcopy(client.cookies)
    with nothing_kept():
        answer: HttpResponse = getattr(client, method)(url, data)
    client.cookies = cookies
    return answer


def is_open(answer: HttpResponse) -> bool:
    """Not refused, and not sent to the login either."""
    to_login = answer.status_code == 302 and answer["Location"].startswith("/login/")
    return answer.status_code not in REFUSED and not to_login


# The roles' table ---------------------------------------------------------------------------------

LEADS_TO_LOGIN = {"logout", "sign_in_code"}  # also for those who may


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", Who)
def test_everybody_may_what_the_table_says_and_nothing_else(
    who: Who, method: str, project: Project, mine: dict[str, Model]
) -> None:
    client, wrong = client_of(who, project), {}
    for name, address in ADDRESSES.items():
        if name not in rights() or name in LEADS_TO_LOGIN:
            continue
        line = rights()[name].look if method == "get" else rights()[name].act
        answer = ask(client, method, address.url(mine))
        if who in MAY[line] and name in MISSING_IS_FINE and answer.status_code == 404:
            continue
        if is_open(answer) != (who in MAY[line]):
            wrong[name] = f"{answer.status_code}, though the table says: {line}"
    assert wrong == {}


# What a row of a test does not have: then those who may are told that there is none.
MISSING_IS_FINE = {
    "callbacks_inboundmessage_file",
    "campaigns_campaign_of_template",
    "campaigns_campaign_publish_links",
    "campaigns_campaign_publish_reach",
    "campaigns_campaign_publish_values",
    "campaigns_import_refused",
    "providers_conversation_again",
    "providers_conversation_preview",
    "switch_project",
    "templates_app_template_imported",
    "templates_app_template_restore",
}


# Another project ----------------------------------------------------------------------------------


# A refusal in the frame of the console, in which an operator may choose among all projects.
WITH_SWITCHER = (Who.OPERATOR, "callbacks_receipt_change")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", [Who.VIEWER, Who.ADMIN, Who.OPERATOR])
def test_another_projects_row_is_reachable_at_no_address(
    who: Who, method: str, project: Project, theirs: dict[str, Model]
) -> None:
    client, opened = client_of(who, project), {}
    for name, address in ADDRESSES.items():
        if not address.model or not address.fields or name in OF_NO_PROJECT:
            continue
        if who is Who.OPERATOR and name.startswith("providers_project_"):
            continue  # the list of all projects is theirs
        before = _values(theirs[address.model])
        answer = ask(client, method, address.url(theirs))
        if answer.status_code not in REFUSED or _values(theirs[address.model]) != before:
            opened[name] = answer.status_code
        tells = THEIRS in answer.content.decode(errors="replace")
        if tells and (who, name) != WITH_SWITCHER:
            opened[name] = "tells a name"
    assert opened == {}


def test_no_page_of_mine_names_anything_of_theirs(
    project: Project, mine: dict[str, Model], theirs: dict[str, Model]
) -> None:
    client = client_of(Who.ADMIN, project)
    telling = [
        name
        for name, address in ADDRESSES.items()
        if THEIRS in ask(client, "get", address.url(mine)).content.decode(errors="replace")
    ]
    assert telling == []


def test_no_filter_or_search_of_a_list_leads_to_theirs(
    project: Project, mine: dict[str, Model], theirs: dict[str, Model]
) -> None:
    client = client_of(Who.ADMIN, project)
    ids = [theirs[f"campaigns_{kind}"].pk for kind in ("campaign", "customlist", "profile")]
    ids.append(theirs["providers_user"].pk)
    telling: list[Any] = []
    for page in PAGES.values():
        shown = client.get(changelist(page.model))
        if "cl" not in (shown.context or {}):
            continue
        names = [p for spec in shown.context["cl"].filter_specs for p in spec.expected_parameters()]
        queries = [{name: pk} for name in names for pk in ids]
        queries += [{"q": THEIRS.lower()}, {"project": ids[0]}, {"project__id__exact": ids[0]}]
        telling += [
            (page.model.__name__, query)
            for query in queries
            if THEIRS in client.get(changelist(page.model), query).content.decode()
        ]
    assert telling == []


def test_autocomplete_and_search_find_nothing_of_theirs(
    project: Project, theirs: dict[str, Model]
) -> None:
    client = client_of(Who.ADMIN, project)
    found = [
        (page.model.__name__, field.name)
        for page in PAGES.values()
        for field in page.model._meta.fields
        if isinstance(field, ForeignKey)
        if THEIRS
        in client.get(
            reverse("admin:autocomplete"),
            {
                "app_label": page.model._meta.app_label,
                "model_name": page.model._meta.model_name,
                "field_name": field.name,
                "term": "",
            },
        ).content.decode()
    ]
    asked = {"s": THEIRS.lower()}
    answers = [client.get(reverse("admin:search"), asked | more) for more in ({}, {"extended": 1})]
    assert (found, [THEIRS in answer.content.decode() for answer in answers]) == (
        [],
        [False, False],
    )


def test_no_action_of_a_list_touches_a_row_of_theirs(
    project: Project, theirs: dict[str, Model]
) -> None:
    client, user = client_of(Who.ADMIN, project), User.objects.filter(memberships__project=project)
    touched = []
    for page in PAGES.values():
        row = theirs[page.model._meta.label_lower.replace(".", "_")]
        for action in _actions(page, project, cast("User", user.first())):
            before = _values(row)
            data = {"action": action, "_selected_action": [row.pk], "post": "yes"}
            answer = client.post(changelist(page.model), {**data, "_form_submitted": "1"})
            if _values(row) != before or THEIRS in answer.content.decode(errors="replace"):
                touched.append((page.model.__name__, action))
    assert touched == []


def _actions(page: "ModelAdmin[Any]", project: Project, user: User) -> list[str]:
    request = RequestFactory().get("/")
    request.user, request.session = user, {}  # type: ignore[assignment]
    return list(page.get_actions(request))


# Writing ------------------------------------------------------------------------------------------


def test_a_form_that_names_rows_of_theirs_ties_nothing_to_them(
    project: Project, mine: dict[str, Model], theirs: dict[str, Model]
) -> None:
    """Whatever a form is sent, no row of one project ever refers to a row of another."""
    client, sent = client_of(Who.ADMIN, project), 0
    for address in ADDRESSES.values():
        page = client.get(address.url(mine)) if address.name not in LEADS_TO_LOGIN else None
        form = _form_of(page)
        if form is None:
            continue
        client.post(address.url(mine), _naming(form, theirs))
        sent += 1
    assert (sent > 10, _crossing()) == (True, [])


def _form_of(page: Any) -> Any:
    context = getattr(page, "context", None) or {}
    if "adminform" in context:
        return context["adminform"].form
    return context["form"] if "form" in context and hasattr(context["form"], "fields") else None


def _naming(form: Any, theirs: dict[str, Model]) -> dict[str, Any]:
    """What the form shows, with their rows wherever a row is chosen."""
    by_model = {type(row): row.pk for row in theirs.values()}
    data = {form.add_prefix(name): form[name].value() for name in form.fields}
    for name, field in form.fields.items():
        chosen = name.removesuffix("_id").replace("_", "")
        if isinstance(field, ModelChoiceField) and field.queryset is not None:
            data[form.add_prefix(name)] = by_model.get(field.queryset.model, 0)
        for model, row in theirs.items():
            if model.endswith(f"_{chosen}"):
                data[form.add_prefix(name)] = row.pk
    flat = {name: "" if value is None or value is False else value for name, value in data.items()}
    return {name: value for name, value in flat.items() if not hasattr(value, "read")}


def _crossing() -> list[str]:
    """References from a row to one of another project, over all models of ours."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in {"providers", "templates_app", "campaigns", "callbacks"}
        for field in model._meta.fields
        if isinstance(field, ForeignKey) and field.related_model not in (Project, User)
        if _crosses(model, field)
    ]


def _crosses(model: type[Model], field: "ForeignKey[Any, Any]") -> bool:
    own, other = project_path_of(model), project_path_of(cast("type[Model]", field.related_model))
    if own is None or other is None or own.startswith(f"{field.name}__"):
        return False
    differs = ~Q(**{f"{field.name}__{other}": F(own)}) & Q(**{f"{field.name}__isnull": False})
    return model._base_manager.filter(differs).exists()


def test_switching_to_a_project_of_others_is_refused(
    project: Project, theirs: dict[str, Model]
) -> None:
    for role in Role:
        client = client_in(project, role)
        answer = client.post("/switch-project/", {"project": _project_of(theirs).pk})
        assert answer.status_code == 404
        client.post("/", {"_project": _project_of(theirs).pk})
        assert THEIRS not in client.get("/").content.decode()


def test_who_is_in_both_sees_one_at_a_time(project: Project, theirs: dict[str, Model]) -> None:
    member = MembershipFactory.create(project=project, role=Role.ADMIN)
    MembershipFactory.create(project=_project_of(theirs), user=member.user, role=Role.VIEWER)
    ProfileFactory.create(project=project, identity="mine")
    client = Client()
    client.force_login(member.user)
    page = changelist(Profile)
    client.post("/switch-project/", {"project": _project_of(theirs).pk})
    theirs_now = client.get(page).content.decode()
    client.post("/switch-project/", {"project": project.pk})
    mine_now = client.get(page).content.decode()
    names = [row for row in (theirs_now, mine_now) if "Zanzibar" in _table(row)]
    assert (names, client.get("/providers/membership/").status_code) == ([theirs_now], 200)


def _table(page: str) -> str:
    return page.partition('id="result_list"')[2]


def _values(row: Model) -> dict[str, Any] | None:
    return type(row)._base_manager.filter(pk=row.pk).values().first()


def test_no_page_is_missing_from_the_walk() -> None:
    walked = {label.lower().replace(".", "_") for label in PAGES} | {"providers_user"}
    registered = {model._meta.label_lower.replace(".", "_") for model in admin.site._registry}
    assert walked == registered
