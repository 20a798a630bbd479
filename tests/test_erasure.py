"""Whatever is kept of people is registered for erasing, and told in docs/people-data.md."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

from campaigns.audience.erasing.whose import whose
from campaigns.models import Profile
from providers.erasure.registry import everything_kept
from providers.models import Project

OURS = ("providers", "templates_app", "campaigns", "callbacks")
# Columns that name a person whom the project writes to.
OF_PEOPLE = {"phone", "match_key", "send_key", "person_id", "email", "profile_id", "identity"}
# Why no erasure touches them.
NOT_OF_PEOPLE = {
    "providers_user": "the team",
    "providers_invitation": "the team",
    "campaigns_erasedprofile": "the journal: numbers alone",
}


def tables() -> dict[str, type[Model]]:
    models = [model for app in OURS for model in apps.get_app_config(app).get_models()]
    return {model._meta.db_table: model for model in models}


def registered() -> set[str]:
    return {kept.table for kept in everything_kept()}


def is_of_people(model: type[Model]) -> bool:
    fields = model._meta.concrete_fields
    points = any(field.related_model is Profile for field in fields)
    return points or bool({field.column for field in fields} & OF_PEOPLE)


def test_every_table_with_somebody_in_it_says_what_erasing_does() -> None:
    of_people = {table for table, model in tables().items() if is_of_people(model)}
    assert of_people - registered() - NOT_OF_PEOPLE.keys() == set()
    assert registered() - tables().keys() == set()


def test_the_page_for_data_protection_names_each_of_them() -> None:
    page = (Path(__file__).parents[1] / "docs/people-data.md").read_text()
    assert set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)) == registered()


@pytest.mark.django_db
def test_what_is_registered_can_be_asked(project: Project) -> None:
    nobody = whose(project.pk, [0]).parameters
    for kept in everything_kept():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {kept.table} WHERE {kept.whose}", nobody)
            assert cursor.fetchone() == (0,)
