"""What is kept of people, table by table."""

import pytest

from campaigns.audience.erasing.whose import whose
from providers.erasure import registry
from providers.erasure.registry import everything_about
from providers.models import Project
from tests.factories import ListMemberFactory, ProfileFactory

pytestmark = pytest.mark.django_db


def test_of_a_table_no_more_is_shown_than_memory_holds(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = ProfileFactory.create(project=project)
    for _ in range(30):
        ListMemberFactory.create(profile=person, custom_list__project=project)
    shown = []
    for most in (registry.MOST_CHARACTERS, 500):
        monkeypatch.setattr(registry, "MOST_CHARACTERS", most)
        theirs = whose(project.pk, [person.pk]).parameters
        shown.append(len(everything_about(theirs)["campaigns_listmember"]))
    assert shown[0] == 30
    assert 0 < shown[1] < 30
