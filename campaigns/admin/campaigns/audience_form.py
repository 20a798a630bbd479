"""The “Who” of a campaign's form: what it takes, and what it leaves out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import QueryDict
from unfold.widgets import CHECKBOX_CLASSES, UnfoldAdminRadioSelectWidget

from campaigns.audience.choosing import MOST_PARTS, TOO_MANY
from campaigns.audience.lists import MOST_COUNTED, with_counts
from campaigns.models import (
    UNPUBLISHED,
    Audience,
    AudiencePart,
    Campaign,
    CustomList,
    Segment,
    SegmentSize,
    Slice,
)
from providers.admin.row_numbers import row_number
from providers.models import Project
from providers.views.plain_errors import PlainModelForm

Pairs = list[tuple[str, str]]
SLICES = [(Slice.FAILED, "failed to get it"), *((s, s.label) for s in Slice if s != Slice.FAILED)]
GONE = "This campaign does not exist (any more). Choose another."


class NamedField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Lists or segments, each with how many people it has."""

    def __init__(self, model: type[CustomList | Segment], **kwargs: Any) -> None:
        boxes = forms.CheckboxSelectMultiple(attrs={"class": " ".join(CHECKBOX_CLASSES)})
        super().__init__(model._default_manager.none(), required=False, widget=boxes, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """A segment that was not counted yet has no number; a list is counted up to a limit."""
        people: int | None = obj.people
        if people is None:
            return str(obj)
        is_cut = isinstance(obj, CustomList) and people > MOST_COUNTED
        return f"{obj} · {f'over {MOST_COUNTED:,}' if is_cut else f'{people:,}'}"


class ResultsWidget(forms.Widget):
    """Rows of two menus, a campaign and what became of it; the last row is empty. campaigns/form.js
    adds another when that is filled in."""

    template_name = "campaigns/left_out_results.html"
    campaigns: Sequence[tuple[int, str]] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Pairs:
        many = data if isinstance(data, QueryDict) else QueryDict(mutable=True)
        chosen, slices = many.getlist(f"{name}_campaign"), many.getlist(f"{name}_slice")
        return [pair for pair in zip(chosen, slices, strict=False) if pair[0]]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        shown = {"rows": [*(value or []), ("", "")], "campaigns": self.campaigns, "slices": SLICES}
        return {**super().get_context(name, None, attrs), **shown}


class ResultsField(forms.Field):
    """(campaign's number, slice) of each row."""

    widget = ResultsWidget

    def prepare_value(self, value: Any) -> Pairs:
        """Also “12:failed”, as a link to a new campaign says it."""
        if isinstance(value, str):
            campaign, _, part = value.partition(":")
            return [(campaign, part)]
        return [(str(campaign), str(part)) for campaign, part in value or ()]

    def clean(self, value: Any) -> list[tuple[int, str]]:
        known = {pk for pk, _ in self.widget.campaigns}
        pairs = [(row_number(campaign), part) for campaign, part in value]
        if any(pk not in known or part not in Slice.values for pk, part in pairs):
            raise forms.ValidationError(GONE)
        return list(dict.fromkeys(pairs))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != self.prepare_value(data)


class AudienceForm(PlainModelForm):
    project: Project | None = None  # set by the page

    audience = forms.ChoiceField(
        label="Who gets it",
        choices=[
            (Audience.EVERYBODY, "Everybody in the project"),
            (Audience.SOME, "People of segments and lists"),
        ],
        initial=Audience.NOT_CHOSEN,
        required=False,
        widget=UnfoldAdminRadioSelectWidget,
    )
    segments = NamedField(Segment, label="Segments")
    lists = NamedField(CustomList, label="Lists")
    without_segments = NamedField(Segment, label="Leave out segments")
    without_lists = NamedField(CustomList, label="Leave out lists")
    without_results = ResultsField(label="Leave out people of earlier campaigns", required=False)

    def offer_parts(self) -> None:
        """What the project has, and what the draft has chosen of it."""
        segments = Segment.objects.filter(project=self.project).order_by("name")
        lists = CustomList.objects.filter(project=self.project).order_by("name")
        for name, rows in (("segments", _with_sizes(segments)), ("lists", with_counts(lists))):
            self._field(name).queryset = self._field(f"without_{name}").queryset = rows
        earlier = Campaign.objects.without_versions().filter(project=self.project)
        earlier = earlier.exclude(pk=self.instance.pk)
        earlier = earlier.exclude(status__in=UNPUBLISHED).order_by("-created_at")
        self._field("without_results").widget.campaigns = list(earlier.values_list("pk", "name"))
        for name, value in _initial(self.instance.all_parts).items():
            self.initial.setdefault(name, value)

    def _field(self, name: str) -> Any:
        return self.fields[name]

    @property
    def leaves_out(self) -> bool:
        """Is there anything to see in the part that is folded away?"""
        names = ("without_segments", "without_lists", "without_results")
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        parts = list(_parts(self.cleaned_data))
        if len(parts) > MOST_PARTS:
            self.add_error("audience", TOO_MANY)
        self.instance.unsaved_parts = parts
        return cleaned


def _parts(cleaned: Mapping[str, Any]) -> Iterable[AudiencePart]:
    """None is taken where everybody is; a field that is wrong has none."""
    takes = cleaned.get("audience") == Audience.SOME
    for name, is_left_out in (("", False), ("without_", True)):
        if is_left_out or takes:
            for segment in cleaned.get(f"{name}segments", ()):
                yield AudiencePart(is_left_out=is_left_out, segment=segment)
            for custom_list in cleaned.get(f"{name}lists", ()):
                yield AudiencePart(is_left_out=is_left_out, custom_list=custom_list)
    earlier = cleaned.get("without_results", ())
    campaigns = Campaign.objects.in_bulk([pk for pk, _ in earlier])
    for pk, part in earlier:
        yield AudiencePart(is_left_out=True, earlier=campaigns[pk], slice=part)


def _initial(parts: Iterable[AudiencePart]) -> dict[str, list[Any]]:
    chosen: dict[str, list[Any]] = {}
    for part in parts:
        side = "without_" if part.is_left_out else ""
        if part.earlier_id is not None:
            chosen.setdefault("without_results", []).append((part.earlier_id, part.slice))
        elif part.segment_id is not None:
            chosen.setdefault(f"{side}segments", []).append(part.segment_id)
        else:
            chosen.setdefault(f"{side}lists", []).append(part.custom_list_id)
    return chosen


def _with_sizes(segments: QuerySet[Segment]) -> QuerySet[Segment]:
    """Each with `people`, as they were counted last."""
    sizes = SegmentSize.objects.filter(segment=OuterRef("pk")).order_by("-day")
    return segments.annotate(people=Subquery(sizes.values("people")[:1]))
