"""What a page works out of a row, it works out once."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import unfold.fields
from django.contrib.admin import ModelAdmin
from django.test import Client

from providers.models import Project
from tests.console_pages import PAGES, RowPage, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each field of a page was asked of its admin."""
    found: Counter[str] = Counter()
    look_up: Callable[..., Any] = unfold.fields.lookup_field

    def counted(name: Any, row: Any, model_admin: Any) -> Any:
        field, asked, value = look_up(name, row, model_admin)
        found[str(name)] += field is None
        return field, asked, value

    monkeypatch.setattr(unfold.fields, "lookup_field", counted)
    return found


@pytest.mark.parametrize("model_admin", PAGES.values(), ids=PAGES.keys())
def test_each_read_only_field_is_worked_out_once(
    model_admin: "ModelAdmin[Any]", project: Project, viewer: Client, looked_up: Counter[str]
) -> None:
    name = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_change"
    viewer.get(RowPage(name).url(row_of(model_admin.model, project)))
    assert [field for field, times in looked_up.items() if times > 1] == []


def test_one_of_the_pages_works_something_out(
    project: Project, viewer: Client, looked_up: Counter[str]
) -> None:
    model_admin = PAGES["campaigns.ProfileProperty"]
    row = row_of(model_admin.model, project)
    viewer.get(RowPage("campaigns_profileproperty_change").url(row))
    assert looked_up["examples"] == 1
