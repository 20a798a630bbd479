"""Two people clone a template under one name in the same moment: one must choose another name."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from providers.watch.actors import SYSTEM
from templates_app.keeping.cloning import NameTakenError, clone
from templates_app.models import Template
from tests.factories import TemplateFactory


@pytest.mark.django_db(transaction=True)
def test_of_two_clones_of_one_name_the_second_is_told() -> None:
    row = TemplateFactory.create(name="sale", language="en")
    together = Barrier(2, timeout=30)

    def make(_: int) -> str:
        try:
            mine = Template.objects.select_related("current").get(pk=row.pk)
            together.wait()
            return clone(mine, name="sale_copy", language="en", by=SYSTEM).name
        except NameTakenError as taken:
            return str(taken)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        outcomes = sorted(people.map(make, range(2)))

    assert outcomes == ["There is a template with this name and language already.", "sale_copy"]
    assert Template.objects.filter(name="sale_copy").count() == 1
