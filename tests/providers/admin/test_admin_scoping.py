"""What every page inherits: the way from a row to its project, forms, long lists."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import CustomList, ListMember, Message, Run, Tally, Variant
from providers.admin.belonging import project_path_of, within_project
from providers.admin.paging import CappedPaginator
from providers.models import Project, User
from templates_app.models import TemplateVersion
from tests.console_pages import PAGES, changelist
from tests.factories import CustomListFactory, MembershipFactory, ProjectFactory, RunFactory


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (Project, "pk"),
        (User, "memberships__project"),
        (Message, "project"),
        (TemplateVersion, "template__project"),
        (Variant, "campaign__project"),
        (ListMember, "custom_list__project"),
        (Tally, "run__campaign__project"),
        (ContentType, None),
    ],
)
def test_the_way_from_a_row_to_its_project_is_found(model: type[Model], path: str | None) -> None:
    assert project_path_of(model) == path


def test_rows_of_another_project_and_of_no_project_are_left_out(project: Project) -> None:
    mine = RunFactory.create(campaign__project=project)
    RunFactory.create(campaign__project=ProjectFactory.create())
    assert list(within_project(Run.objects.all(), project)) == [mine]
    assert list(within_project(Run.objects.all(), None)) == []


def test_people_of_other_projects_are_left_out(project: Project) -> None:
    colleague = MembershipFactory.create(project=project).user
    MembershipFactory.create()
    assert list(within_project(User.objects.all(), project)) == [colleague]


class ThreeAtMost(CappedPaginator):
    most = 3


def test_a_long_list_is_counted_no_further_than_anybody_turns_pages(project: Project) -> None:
    CustomListFactory.create_batch(5, project=project)
    rows = CustomList.objects.order_by("pk")
    assert (CappedPaginator(rows, 2).count, ThreeAtMost(rows, 2).count) == (5, 3)
    assert ThreeAtMost(rows, 2).num_pages == 2
    assert ThreeAtMost(list(rows), 2).count == 3


def test_before_there_is_a_project_an_operator_has_home_projects_and_people(
    operator: Client,
) -> None:
    pages = ["/", "/providers/project/", "/providers/project/add/", "/providers/user/"]
    assert [operator.get(page).status_code for page in pages] == [200, 200, 200, 200]
    assert operator.get("/providers/provider/").status_code == 403


def test_what_nobody_types_breaks_no_page(project_admin: Client) -> None:
    """Not even what neither Python nor PostgreSQL can take: a NUL, a number of 5,000 digits."""
    hostile = {"kind": "a\0b", "status": "\0", "q": "\0"}
    huge = "9" * 5_000
    wrong = {"code": huge, "slice": "-1", "nothing": "x", "p": huge, "o": "²", "e": "1"}
    answers = {}
    for label, page in PAGES.items():
        name = f"admin:{page.opts.app_label}_{page.opts.model_name}"
        answers[label] = (
            project_admin.get(reverse(f"{name}_changelist"), hostile).status_code,
            project_admin.get(reverse(f"{name}_changelist"), wrong).status_code,
            project_admin.get(reverse(f"{name}_change", args=["0"]).replace("0", huge)).status_code,
        )
    assert {status for three in answers.values() for status in three} <= {200, 302, 400, 404}


@pytest.mark.parametrize("words", ["a " * 250, '"a" ' * 125, "x" * 500])
@pytest.mark.parametrize("model", ["Campaign", "Template", "Import", "CustomList", "Membership"])
def test_a_search_of_hundreds_of_words_costs_no_more_than_one_of_twenty(
    project: Project, viewer: Client, model: str, words: str
) -> None:
    (page,) = (page for label, page in PAGES.items() if label.endswith(f".{model}"))
    address = changelist(page.model)
    with CaptureQueriesContext(connection) as asked:
        assert viewer.get(address, {"q": words}).status_code in (200, 403)
    assert sum(len(query["sql"]) for query in asked) < 60_000
