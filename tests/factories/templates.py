"""Templates, each with its one current version."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from templates_app.models import Status, Template, TemplateVersion
from tests.factories.providers import ProjectFactory


def basic_content() -> dict[str, Any]:
    return {
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{1}}, our summer sale starts today.",
                "example": {"body_text": [["Asha"]]},
            }
        ]
    }


class TemplateFactory(DjangoModelFactory[Template]):
    """Approved, and with a version. `content=…` says what stands in it."""

    class Meta:
        model = Template
        skip_postgeneration_save = True

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"summer_sale_{n}")
    status = Status.APPROVED
    vendor_id = factory.Sequence(lambda n: f"70000{n:05d}")

    @factory.post_generation
    def content(
        self: Template, create: bool, content: dict[str, Any] | None, **_kwargs: Any
    ) -> None:
        self.current = TemplateVersion.objects.create(
            template=self, number=1, content=content or basic_content()
        )
        self.save(update_fields=["current"])


class TemplateVersionFactory(DjangoModelFactory[TemplateVersion]):
    """A further version; TemplateFactory has already made the first one."""

    class Meta:
        model = TemplateVersion

    template = factory.SubFactory(TemplateFactory)
    number = factory.LazyAttribute(lambda version: version.template.versions.count() + 1)
    content = factory.LazyFunction(basic_content)
