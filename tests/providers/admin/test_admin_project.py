"""The General page, and the operators' list of projects."""

from typing import Any
from zoneinfo import available_timezones

import pytest
from django.test import Client

from providers.models import CAP_DAYS, AuditEntry, Project, Role
from providers.phones.countries import countries
from providers.phones.country_zones import ZONES
from tests.conftest import client_in
from tests.factories import ProjectFactory

GENERAL = "/providers/project/general/"
FORM: dict[str, Any] = {
    "name": "Tea house",
    "time_zone": "Asia/Dubai",
    "default_country": "AE",
    "imported_as_subscribed": "true",
    "opt_out_words": "STOP\r\n  no   more  \r\n\r\nstop\r\n",
    "opt_out_confirmation": "Bye.",
    "opt_in_words": "START",
    "opt_in_confirmation": "",
    "auto_reply_pause_minutes": "5",
    "auto_reply_daily_limit": "2",
    "reply_window_hours": "24",
}


def errors_of(client: Client, **changes: Any) -> dict[str, list[str]]:
    form = client.post(GENERAL, {**FORM, **changes}).context["adminform"].form
    return dict(form.errors)


def test_an_admin_changes_the_project(project: Project, project_admin: Client) -> None:
    assert project_admin.post(GENERAL, FORM)["Location"] == GENERAL
    project.refresh_from_db()
    saved = {name: getattr(project, name) for name in FORM}
    assert saved == {
        "name": "Tea house",
        "time_zone": "Asia/Dubai",
        "default_country": "AE",
        "imported_as_subscribed": True,
        "opt_out_words": ["STOP", "no more"],
        "opt_out_confirmation": "Bye.",
        "opt_in_words": ["START"],
        "opt_in_confirmation": "",
        "auto_reply_pause_minutes": 5,
        "auto_reply_daily_limit": 2,
        "reply_window_hours": 24,
    }


def test_what_is_shown_is_what_is_saved_again(project: Project, project_admin: Client) -> None:
    before = Project.objects.filter(pk=project.pk).values().get()
    form = project_admin.get(GENERAL).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    project_admin.post(GENERAL, {name: value or "" for name, value in shown.items()})
    assert Project.objects.filter(pk=project.pk).values().get() == before


def test_people_must_be_able_to_leave(project: Project, project_admin: Client) -> None:
    assert errors_of(project_admin, opt_out_words=" \n ") == {
        "opt_out_words": ["Keep at least one word: people must be able to leave."]
    }


def test_a_word_means_one_thing(project: Project, project_admin: Client) -> None:
    assert errors_of(project_admin, opt_in_words="START\nstop") == {
        "opt_in_words": ["“STOP” also stands among the words to stop."]
    }


def test_spans_end_where_the_calendar_would(project: Project, project_admin: Client) -> None:
    """Reckoned back further, what people write could not be processed any more."""
    huge = "2147483647"
    assert errors_of(
        project_admin,
        auto_reply_pause_minutes=huge,
        auto_reply_daily_limit=huge,
        reply_window_hours=huge,
    ) == {
        "auto_reply_pause_minutes": ["“Pause between auto-replies” has to be 525600 or less."],
        "auto_reply_daily_limit": ["“Auto-replies a day” has to be 1000 or less."],
        "reply_window_hours": ["“Replies count for” has to be 8760 or less."],
    }


def test_word_lists_have_limits(project: Project, project_admin: Client) -> None:
    many, long = "\n".join(f"word {n}" for n in range(51)), "x" * 41
    assert errors_of(project_admin, opt_out_words=many, opt_in_words=long) == {
        "opt_out_words": ["These are 51 words; at most 50 can be used."],
        "opt_in_words": [
            ("“xxxxxxxxxxxxxxxxxxxx…” is too long: a word or phrase has at most 40 characters.")
        ],
    }


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MARKETER])
def test_others_read_the_settings_and_cant_change_them(role: Role, project: Project) -> None:
    client = client_in(project, role)
    page = client.get(GENERAL).content.decode()
    assert "India (+91)" in page
    assert "STOP · UNSUBSCRIBE" in page
    assert client.post(GENERAL, FORM).status_code == 403
    project.refresh_from_db()
    assert project.name == "Tea shop"


def test_the_list_of_projects_is_for_operators(project: Project, operator: Client) -> None:
    ProjectFactory.create(name="Book shop")
    admin = client_in(project, Role.ADMIN)
    assert admin.get("/providers/project/")["Location"] == GENERAL
    assert admin.get("/providers/project/add/").status_code == 403
    names = [row.name for row in operator.get("/providers/project/").context["cl"].result_list]
    assert names == ["Book shop", "Tea shop"]


def test_an_operator_creates_a_project_with_an_account_id_of_its_own(operator: Client) -> None:
    response = operator.post("/providers/project/add/", FORM)
    project = Project.objects.get()
    assert (response.status_code, project.name) == (302, "Tea house")
    assert [len(part) for part in project.account_id.split("-")] == [3, 3, 4]


def test_whoever_makes_a_project_is_in_it_from_then_on(operator: Client) -> None:
    ProjectFactory.create(name="Book shop")
    operator.get("/")

    made = operator.post("/providers/project/add/", FORM, follow=True)

    assert made.redirect_chain == [("/", 302)]
    assert "“Tea house” is there, and you are in it now." in made.content.decode()
    assert operator.get(GENERAL).context["original"].name == "Tea house"


def test_a_new_project_saved_as_it_is_shown_has_the_models_defaults(operator: Client) -> None:
    form = operator.get("/providers/project/add/").context["adminform"].form
    shown = {name: form[name].value() or "" for name in form.fields}
    operator.post("/providers/project/add/", {**shown, "name": "Tea shop"})

    made, plain = Project.objects.get(), Project()
    assert {name: getattr(made, name) for name in form.fields if name != "name"} == {
        name: getattr(plain, name) for name in form.fields if name != "name"
    }


def test_every_country_has_a_zone_of_its_own_that_can_be_chosen() -> None:
    assert {country.code for country in countries()} == ZONES.keys()
    assert set(ZONES.values()) - available_timezones() == set()
    plain = Project()
    assert ZONES[plain.default_country] == plain.time_zone


@pytest.mark.parametrize(("typed", "kept"), [("", None), ("0", None), ("1", 1), ("50", 50)])
def test_a_control_group_is_so_many_in_a_hundred(
    typed: str, kept: int | None, project: Project, project_admin: Client
) -> None:
    project_admin.post(GENERAL, {**FORM, "control_percent": typed})
    project.refresh_from_db()
    assert project.control_percent == kept


@pytest.mark.parametrize("typed", ["51", "-1", "1000000000000"])
def test_whoever_holds_back_more_than_half_is_told_the_bounds(
    typed: str, project: Project, project_admin: Client
) -> None:
    told = "A control group is from 1 to 50 in a hundred. Leave it empty for none."
    assert errors_of(project_admin, control_percent=typed) == {"control_percent": [told]}
    assert list(errors_of(project_admin, control_percent="a few")) == ["control_percent"]


def test_changing_the_control_group_stands_in_the_audit_log(
    project: Project, project_admin: Client
) -> None:
    project_admin.post(GENERAL, FORM)
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    project_admin.post(GENERAL, {**FORM, "control_percent": "10"})
    (entry,) = AuditEntry.objects.exclude(pk__in=before)
    assert {"field": "Control group, in percent", "old": "", "new": "10"} in entry.changes


def test_caps_are_kept_as_typed_and_an_empty_one_is_none(
    project: Project, project_admin: Client
) -> None:
    caps = {"most_per_day": "1", "most_per_week": "", "most_per_month": "1000"}
    project_admin.post(GENERAL, {**FORM, **caps})
    project.refresh_from_db()
    assert (project.most_per_day, project.most_per_week, project.most_per_month) == (1, None, 1000)
    assert project.caps == ["1 in 24 hours", "1000 in 30 days"]
    entry = AuditEntry.objects.latest("pk")
    assert {"field": "In 30 days, at most", "old": "", "new": "1000"} in entry.changes


@pytest.mark.parametrize("typed", ["0", "-3", "1001", "99999999999999"])
def test_no_cap_is_none_and_none_is_beyond_all_sense(
    typed: str, project: Project, project_admin: Client
) -> None:
    told = ["A cap is from 1 to 1,000 messages. Leave it empty for none."]
    caps = dict.fromkeys(CAP_DAYS, typed)
    assert errors_of(project_admin, **caps) == dict.fromkeys(CAP_DAYS, told)


def test_members_read_what_holds_over_all_campaigns(project: Project) -> None:
    Project.objects.update(control_percent=7, most_per_week=3)
    page = client_in(project, Role.VIEWER).get(GENERAL).content.decode()
    assert "Control group, in percent" in page
    assert "In 7 days, at most" in page
