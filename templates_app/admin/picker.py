"""Choosing a template by what people will see of it: its picture, and how its text begins."""

from typing import Any

from django import forms

from templates_app.kinds.glance import Glance, glance_at
from templates_app.models import Template
from templates_app.wording.languages import language_name

MANY = 6  # from then on there is a field to find one


class TemplatePicker(forms.RadioSelect):
    template_name = "templates_app/picker.html"

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Of the whole group, where changes are heard."""
        return super().id_for_label(id_, index) if index else id_

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> Any:
        """`value` brings its template along, but for the empty choice."""
        option = super().create_option(name, value, label, *args, **kwargs)
        template: Template | None = getattr(value, "instance", None)
        glance = glance_at(template) if template else Glance()
        language = language_name(template.language) if template else ""
        named = template.name if template else label
        return {**option, "named": named, "language": language, "glance": glance}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options = [option for _, group, _ in context["widget"]["optgroups"] for option in group]
        chosen = next((option for option in options if option["selected"]), options[0])
        return {**context, "options": options, "chosen": chosen, "many": len(options) > MANY}


class TemplateChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """With an empty choice: a draft can be without one again, and nothing is chosen by chance.

    Whoever makes the form says of which templates, with the current version loaded.
    """

    widget = TemplatePicker

    def __init__(self, **more: Any) -> None:
        super().__init__(Template.objects.none(), blank=True, **more)
