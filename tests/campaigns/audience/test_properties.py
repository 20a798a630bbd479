from campaigns.audience.properties import properties_of
from campaigns.models import ProfileProperty
from providers.models import Project
from templates_app.values.person import STANDARD_FIELDS
from templates_app.values.personalization import compile_text
from tests.factories import ProjectFactory


def test_the_projects_own_properties_follow_those_of_everybody(project: Project) -> None:
    for name in ("tier", "city", "name"):
        ProfileProperty.objects.create(project=project, name=name, type="text")
    ProfileProperty.objects.create(project=ProjectFactory.create(), name="theirs", type="text")
    assert [known.label for known in properties_of(project)] == [
        "Name",
        "Identity",
        "Phone",
        "E-mail",
        "Language",
        "Time zone",
        "city",
        "tier",
    ]


def test_each_token_prints_its_property_whatever_its_name(project: Project) -> None:
    names = ["city", "First Name", 'say "hi"', "it's", "2nd", "größe", "a-b"]
    for name in names:
        ProfileProperty.objects.create(project=project, name=name, type="text")
    own = properties_of(project)[len(STANDARD_FIELDS) :]
    printed = {known.name: compile_text(known.token).render({known.name: "here"}) for known in own}
    assert printed == dict.fromkeys(names, "here")


def test_a_date_is_inserted_as_people_write_it(project: Project) -> None:
    ProfileProperty.objects.create(project=project, name="joined", type="date")
    joined = properties_of(project)[-1]

    assert (joined.token, joined.text_token) == (
        "{{ profile.joined }}",
        '{{ profile.joined | date: "%-d %B %Y" }}',
    )
    assert compile_text(joined.text_token).render({"joined": "2026-03-05"}) == "5 March 2026"
