"""A copy of a template: under another name, or in another language."""

from django.db import IntegrityError, transaction

from providers.names.free_names import first_free
from providers.refusals import Refusal
from providers.watch.actors import Actor
from templates_app.keeping.history import note
from templates_app.keeping.room import check_room
from templates_app.models import Act, Status, Template, TemplateVersion


class NameTakenError(Refusal):
    """Somebody else was quicker, perhaps in this moment."""

    code = "template.name_taken"


@transaction.atomic
def clone(template: Template, *, name: str, language: str, by: Actor) -> Template:
    """A draft of the same type and wording. Meta has to approve it anew, so it has no ID yet.
    Raises NameTakenError or NoRoomError."""
    check_room(template.project)
    copy = _named(template, name, language)
    if template.current is not None:
        copy.current = TemplateVersion.objects.create(
            template=copy, number=1, content=template.current.content, created_by=by.person
        )
        copy.save(update_fields=["current"])
    note(copy, Act.CLONED, by=by, why=f"From {template}.", status=Status.DRAFT)
    return copy


def _named(template: Template, name: str, language: str) -> Template:
    try:
        with transaction.atomic():
            return Template.objects.create(
                project_id=template.project_id,
                name=name,
                language=language,
                kind=template.kind,
                category=template.category,
                sending_style=template.sending_style,
            )
    except IntegrityError:
        raise NameTakenError("There is a template with this name and language already.") from None


def free_name(template: Template) -> str:
    """name_copy, name_copy2 …"""
    templates = Template.objects.filter(project_id=template.project_id)
    return first_free(templates, f"{template.name[:500]}_copy", "{stem}{number}")
