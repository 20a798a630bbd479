"""The account's approved templates, as the template host lists them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from providers.gateway.answers import Reply, read_answer
from providers.gateway.codes import SendCode
from providers.gateway.requests import Credentials, GatewayRequest
from providers.gateway.results import Answer, Verdict
from providers.gateway.shapes import plain_text, read_object


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTemplate:
    """Gupshup's own words; `buttons_json` as it came, empty where there are none."""

    template_id: str
    name: str
    category: str
    language: str
    kind: str
    status: str
    """ENABLED is usable; REJECTED, PENDING and others are not."""
    body: str
    header: str
    footer: str
    button_type: str
    buttons_json: str
    quality_score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePage:
    """`total` counts all templates of the account, where Gupshup says so."""

    answer: Answer
    templates: tuple[ListedTemplate, ...] = ()
    total: int | None = None


def read_page(
    reply: Reply,
    request: GatewayRequest,
    credentials: Credentials,
    extra_codes: Mapping[str, SendCode],
) -> TemplatePage:
    answer = read_answer(reply, request, credentials, extra_codes)
    listed = read_object(reply.body.decode("utf-8", "replace")) if reply.is_success else None
    rows = listed.get("data") if listed else None
    if listed is None or not isinstance(rows, list):
        return TemplatePage(answer=answer)
    return TemplatePage(
        answer=replace(answer, verdict=Verdict.ACCEPTED, code="", detail="", scope=None),
        templates=tuple([_template(row) for row in rows if isinstance(row, dict)]),
        total=_total(listed.get("meta")),
    )


def _template(row: dict[str, Any]) -> ListedTemplate:
    return ListedTemplate(
        template_id=plain_text(row.get("id")),
        name=plain_text(row.get("name")),
        category=plain_text(row.get("category")),
        language=plain_text(row.get("language")),
        kind=plain_text(row.get("type")),
        status=plain_text(row.get("status")),
        body=plain_text(row.get("body")),
        header=plain_text(row.get("header")),
        footer=plain_text(row.get("footer")),
        button_type=plain_text(row.get("button_type")),
        buttons_json=_json_text(row.get("buttons")),
        quality_score=plain_text(row.get("quality_score")),
    )


def _json_text(value: Any) -> str:
    if not value:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _total(meta: Any) -> int | None:
    total = meta.get("total") if isinstance(meta, dict) else None
    return total if isinstance(total, int) else None
