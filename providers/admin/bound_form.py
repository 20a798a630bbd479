"""What every form of the console knows besides its own fields: the project it was opened in."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from providers.models import Project
from providers.views.plain_errors import PlainErrors


class BoundToProject(PlainErrors):
    """Mixed into each page's form: new rows get the project before they are validated.

    Otherwise Django would leave every constraint with a project in it unchecked, and a second
    row of the same name would be a server error.
    """

    project: Project | None = None
    sets_project = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        instance: Any = self.instance  # type: ignore[attr-defined]
        if self.sets_project and instance._state.adding and self.project:
            instance.project = self.project

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"project"} if self.sets_project else excluded

    def _update_errors(self, errors: ValidationError) -> None:
        super()._update_errors(_in_plain_words(errors, form=self))  # type: ignore[misc, arg-type]


def _in_plain_words(
    errors: ValidationError, *, form: "forms.BaseModelForm[Any]"
) -> ValidationError:
    """Say of "X with this Project and Name already exists" only what the reader can see."""
    if not hasattr(errors, "error_dict"):
        return errors
    told: dict[str, list[ValidationError]] = {}
    for field, problems in errors.error_dict.items():
        for problem in problems:
            place = field if field in form.fields else NON_FIELD_ERRORS
            if problem.code in {"unique", "unique_together"}:
                place, problem = _duplicate(problem, place=place, form=form)  # noqa: PLW2901
            told.setdefault(place, []).append(problem)
    return ValidationError(told)


def _duplicate(
    problem: ValidationError, *, place: str, form: "forms.BaseModelForm[Any]"
) -> tuple[str, ValidationError]:
    names = (problem.params or {}).get("unique_check", ())
    seen = [name for name in names if name in form.fields]
    what = form.instance._meta.verbose_name
    if seen:
        labels = " and ".join(str(form.fields[name].label).lower() for name in seen)
        text = f"There is already a {what} with this {labels}. Please choose another."
        return seen[0], ValidationError(text, code="unique")
    if place != NON_FIELD_ERRORS:
        return place, problem
    text = f"This project already has a {what}, and there can be only one: somebody was quicker."
    return place, ValidationError(text, code="unique")
