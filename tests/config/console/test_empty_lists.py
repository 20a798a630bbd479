"""A list that is empty says what will stand there, and what to do, in words of its own."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.test import Client
from django.urls import reverse

from providers.models import Project

OF_A_SEARCH = "Nothing here fits"
CARD = '<div class="kb-card kb-empty">'
NOTHING_TO_DO = {"providers.incident", "providers.auditentry"}


def test_no_empty_list_speaks_of_a_search(project_admin: Client, project: Project) -> None:
    empty = {
        str(model._meta): page
        for model in admin.site._registry
        if (page := shown(project_admin, model))
    }
    assert len(empty) > 10
    assert [name for name, page in empty.items() if OF_A_SEARCH in page] == []
    cards = {name: page.partition(CARD)[2].partition("</div>")[0] for name, page in empty.items()}
    bare = {name for name, card in cards.items() if card and "href=" not in card}
    assert bare - NOTHING_TO_DO == set()


def shown(client: Client, model: Any) -> str:
    """The page of a list without rows; nothing where there are some, or it is no list."""
    answer = client.get(
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    )
    rows = (answer.context or {}).get("cl") if answer.status_code == 200 else None
    return answer.content.decode() if isinstance(rows, ChangeList) and not rows.result_count else ""
