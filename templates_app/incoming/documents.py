"""One template as Meta writes it down: its name, its language, its category and its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from providers.refusals import Refusal
from templates_app.incoming.json_text import broken_at, read_json_text
from templates_app.incoming.unwrapping import templates_in
from templates_app.keeping.validation import Candidate, problems_of
from templates_app.kinds import KINDS
from templates_app.models import Kind
from templates_app.rules.identity import category_problems
from templates_app.rules.problems import Problem, Severity, error
from templates_app.rules.shape import kind_of
from templates_app.wording.components import Wording
from templates_app.wording.languages import normal_code
from templates_app.wording.reading import read_wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`kind` is None where the parts belong to two types at once; `parameter_format` is what the
    document says of its placeholders, "POSITIONAL", "NAMED" or nothing."""

    name: str
    language: str
    category: str
    parameter_format: str
    kind: Kind | None
    wording: Wording


class UnreadableError(Refusal):
    """`problem` says in plain words why there is no template."""

    code = "template.unreadable"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def documents_of(source: bytes) -> list[Document | UnreadableError]:
    """At least one; of a list, such as Meta's answer is, each by itself. Raises UnreadableError
    where nothing in it is like a template."""
    try:
        raw = read_json_text(source)
    except ValueError as broken:
        said = f"This is no JSON{broken_at(broken)}. Copy it again, from {{ to }}."
        raise UnreadableError(error("JSON_INVALID", "file", said)) from None
    found = [*templates_in(raw)]
    if not any(isinstance(one, dict) and "components" in one for one in found):
        return [read_document(None)]
    return [*map(_document, found)]


def _document(raw: object) -> Document | UnreadableError:
    try:
        return read_document(raw)
    except UnreadableError as unreadable:
        return unreadable


def read_document(raw: object) -> Document:
    """Of a JSON value. Raises UnreadableError where it has no components."""
    whole = cast("Mapping[str, object]", raw if isinstance(raw, dict) else {})
    components = whole.get("components")
    if not isinstance(components, list) or (components and not any(map(_is_part, components))):
        raise UnreadableError(
            error(
                "SHAPE_UNKNOWN",
                "file",
                "This is no template in Meta's form: it needs a list “components”, each with a "
                "type.",
            )
        )
    wording = read_wording(whole)
    return Document(
        # Older pages write a name as namespace:name.
        name=_name(whole.get("name")).rpartition(":")[2],
        language=normal_code(_language(whole.get("language"))),
        category=_word(whole.get("category")).upper(),
        parameter_format=_word(whole.get("parameter_format")).upper(),
        kind=kind_of(wording),
        wording=wording,
    )


def problems_of_document(document: Document, *, submitting: bool) -> list[Problem]:
    """Judged as a template that was approved and is only replicated, or as one to be submitted:
    then it has to have all its samples and a category."""
    candidate = Candidate(
        name=document.name,
        language=document.language,
        category=document.category,
        kind=document.kind or Kind.BASIC,
        wording=document.wording,
    )
    samples = Severity.ERROR if submitting else Severity.WARNING
    found = problems_of(candidate, samples=samples)
    if not document.category and not submitting:
        unsaid = {*category_problems("")}
        found = [problem for problem in found if problem not in unsaid]
    return [*found, *_format_problems(document)]


def _format_problems(document: Document) -> list[Problem]:
    """What the document says of its placeholders, against what they are."""
    said = {"POSITIONAL": True, "NAMED": False}.get(document.parameter_format)
    texts = KINDS[document.kind or Kind.BASIC].texts(document.wording)
    numbered = {name.isdigit() for _, text, _ in texts for name in text.names}
    if said is None or not numbered - {said}:
        return []
    message = f"parameter_format says {document.parameter_format}, and the placeholders differ."
    return [error("VAR_MIXED", "parameter_format", message)]


def _is_part(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("type"), str) and bool(item["type"])


def _language(value: object) -> str:
    """Also as the API for sending writes it: {"code": "en_US"}."""
    return _word(value.get("code")) if isinstance(value, dict) else _word(value)


def _name(value: object) -> str:
    """With its spaces: no name may have one, and whoever copies it has to see that."""
    return value if isinstance(value, str) else ""


def _word(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
