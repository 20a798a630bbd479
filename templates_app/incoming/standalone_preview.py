"""A page that shows a template on a phone and needs nothing but itself: no server, no network."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from templates_app.incoming.documents import Document, problems_of_document
from templates_app.models import Kind
from templates_app.rendering.variants import prepare_samples
from templates_app.rules.problems import place_in_words
from templates_app.rules.remarks import remarks_of
from templates_app.wording.languages import language_name

PHONE_STYLE = "templates_app/phone.css"
PHONE_SCRIPT = "templates_app/phone.js"
ICONS = "unfold/fonts/material-symbols/Material-Symbols-Outlined.woff2"


def standalone_preview(document: Document) -> str:
    """HTML with the samples filled in, and what the rules say of a template that is replicated."""
    kind = document.kind or Kind.BASIC
    prepared = prepare_samples(document.wording, kind=kind, language=document.language)
    return render_to_string(
        "templates_app/standalone_preview.html",
        {
            "document": document,
            "kind": document.kind.label if document.kind else "Of no known type",
            "language": language_name(document.language),
            # That a sample is missing is said below, once.
            "preview": replace(prepared.preview(), notes=()),
            "problems": [
                (problem, place_in_words(problem.place))
                for problem in (
                    *problems_of_document(document, submitting=False),
                    *remarks_of(document.wording),
                )
            ],
            "style": _own(_file(PHONE_STYLE).read_text(encoding="utf-8")),
            "script": _own(_file(PHONE_SCRIPT).read_text(encoding="utf-8")),
            "icons": b64encode(_file(ICONS).read_bytes()).decode("ascii"),
        },
    )


def _file(name: str) -> Path:
    return Path(str(finders.find(name)))


def _own(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308 a file of ours
