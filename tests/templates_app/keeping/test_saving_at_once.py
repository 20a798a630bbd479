"""Two people press Save in the same moment, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from providers.watch.actors import SYSTEM
from templates_app.keeping.editing import Edit, StaleEditError, save_template
from templates_app.models import Template
from tests.factories import TemplateFactory
from tests.templates_app.contents import content, wording


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_wins_and_the_other_is_told() -> None:
    row = TemplateFactory.create(content=content("Come today."))
    together = Barrier(2, timeout=30)

    def save(text: str) -> str:
        try:
            template = Template.objects.select_related("current").get(pk=row.pk)
            together.wait()
            save_template(
                template, Edit(wording=wording(text), based_on=row.current_id, seen=0), by=SYSTEM
            )
        except StaleEditError:
            return "told"
        finally:
            connection.close()
        return text

    with ThreadPoolExecutor(2) as people:
        outcomes = sorted(people.map(save, ["Mine.", "Theirs."]))

    versions = [version.content for version in row.versions.order_by("number")]
    winner = next(text for text in outcomes if text != "told")
    assert "told" in outcomes
    assert versions == [content("Come today."), content(winner)]
