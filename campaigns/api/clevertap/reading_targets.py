"""A campaign as CleverTap's API has it made → one as ours does.

Experimental: what is known of it is thin. What is not known here, or can't be done, is refused and
named.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.api.clevertap.queries import Query, read_query
from providers.api.bodies import read_fields
from providers.api.problems import Problem, WrongPart
from providers.models import Project

FIELDS: Mapping[str, type] = {
    "name": str,
    "target_mode": str,
    "provider_nick_name": str,
    "where": dict,
    "segment": int,
    "content": dict,
    "conversion_goal": dict,
    "control_group": dict,
    "labels": list,
    "users_limit_overall": int,
    "estimate_only": bool,
    "skip_estimate": bool,
    "respect_frequency_caps": bool,
    "respect_throttle": bool,
    "system_control_group_include": bool,
    "delivery_timezone": str,
}
CONTENT = {
    "message_type": str,
    "template_name": str,
    "locale": str,
    "header": dict,
    "body": dict,
    "buttons": list,
}
FILES = ("image", "video", "document")
MINUTES = {"m": 1, "H": 60, "D": 1_440, "W": 10_080, "M": 43_200}
_WITHIN = re.compile(r"([1-9]\d?)([mHDWM])", re.ASCII)
_AT = re.compile(r"\d{8} \d{2}:\d{2}", re.ASCII)

NO_NAME = "Field name is empty"
NO_TIME = "Field when is empty"
NO_QUERY = "Query specified in where failed to parse"
OTHER_MODE = "Kabootar sends WhatsApp alone: the target_mode is “whatsapp”."
NO_CONTENT = "The content is a template: message_type “template”, template_name and locale."
BAD_TIME = "It is “now”, or a day and time of the project's zone like “20260131 18:30”."
BAD_GOAL = "It has an event_name and a conversion_time like 30m, 2H, 3D, 1W or 1M."
NO_GROUP = "No custom control group with name {} is defined"
BAD_GROUP = "A control group has a percentage of this campaign's people."
ALWAYS = "Here it is always so: leave it out, or say true."
OWN_ZONE = "Messages go out by the project's zone: leave it out, or say “account”."
BAD_VALUES = "The replacements are a list of texts."
BAD_HEADER = "A header has replacements, or a file with its url."


@dataclass(frozen=True, slots=True)
class Target:
    """`document` is for `read_draft`, without its audience: whom `query` finds, or the segment."""

    document: Mapping[str, Any]
    query: Query | None
    segment_id: int | None
    is_estimate: bool
    wants_estimate: bool


def read_target(project: Project, body: Mapping[str, Any]) -> Target:
    """Raises Problem."""
    given = read_fields({k: v for k, v in body.items() if k != "when"}, FIELDS, needed=[])
    if given.get("target_mode") != "whatsapp":
        raise wrong("target_mode", OTHER_MODE)
    if not given.get("name", "").strip():
        raise refused(NO_NAME)
    if ("where" in given) == ("segment" in given):
        raise refused(NO_QUERY)
    _check_fixed(given)
    return Target(
        document=_document(project, given, body.get("when")),
        query=read_query(given["where"]) if "where" in given else None,
        segment_id=given.get("segment"),
        is_estimate=given.get("estimate_only", False),
        wants_estimate=not given.get("skip_estimate", False),
    )


def _check_fixed(given: Mapping[str, Any]) -> None:
    for name in ("respect_throttle", "system_control_group_include"):
        if given.get(name) is False:
            raise wrong(name, ALWAYS)
    if given.get("delivery_timezone", "account") != "account":
        raise wrong("delivery_timezone", OWN_ZONE)


def _document(project: Project, given: Mapping[str, Any], when: object) -> dict[str, Any]:
    said = {
        "name": given["name"],
        "labels": given.get("labels", []),
        "variants": [_variant(given.get("content", {}))],
        "starts_at": _start(project, when),
        "control_percent": _control_percent(given.get("control_group")),
        "most_people": given.get("users_limit_overall"),
        "goal": _goal(given.get("conversion_goal")),
        "ignores_caps": not given.get("respect_frequency_caps", True),
    }
    return {name: value for name, value in said.items() if value is not None}


def _start(project: Project, when: object) -> str | None:
    match when:
        case None | "":
            raise refused(NO_TIME)
        case "now" | {"type": "now"}:
            return None
        case {"type": "later", "delivery_date_time": [str(at)], **others} if not others:
            return _moment(project, at)
        case str(at):
            return _moment(project, at)
    raise wrong("when", BAD_TIME)


def _moment(project: Project, given: str) -> str:
    try:
        if _AT.fullmatch(given):
            at = datetime.strptime(given, "%Y%m%d %H:%M")  # noqa: DTZ007 -- its zone comes next
            return at.replace(tzinfo=ZoneInfo(project.time_zone)).isoformat()
    except ValueError:
        pass
    raise wrong("when", BAD_TIME)


def _control_percent(given: Mapping[str, Any] | None) -> int | None:
    if given is None:
        return None
    if name := given.get("name"):
        raise refused(NO_GROUP.format(str(name)[:100]))
    percent = given.get("percentage")
    if type(percent) is not int or given.keys() - {"type", "percentage", "name"}:
        raise wrong("control_group", BAD_GROUP)
    return percent or None


def _goal(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    known = {"event_name", "conversion_time", "revenue_property", "filter_type"}
    match given:
        case {"event_name": str(event), "conversion_time": str(within)}:
            read = _WITHIN.fullmatch(within)
        case _:
            read = None
    if read is None or given.keys() - known or given.get("filter_type") not in (None, ""):
        raise wrong("conversion_goal", BAD_GOAL)
    goal = {"event": event, "minutes": int(read[1]) * MINUTES[read[2]]}
    value = given.get("revenue_property")
    return goal | ({"value": value} if value else {})


def _variant(given: Mapping[str, Any]) -> dict[str, Any]:
    content = read_fields(given, CONTENT, needed=[])
    template, language = content.get("template_name"), content.get("locale")
    if content.get("message_type", "template") != "template" or not template or not language:
        raise wrong("content", NO_CONTENT)
    values = {key: {"text": text} for key, text in _values(content)}
    return {"template": template, "language": language, "values": values}


def _values(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """By the slots' keys."""
    yield from _header(content.get("header", {}))
    for number, text in enumerate(_replacements(content.get("body", {}), "body"), 1):
        yield f"body.{number}", text
    for number, button in enumerate(content.get("buttons", [])):
        path = f"buttons.{number}"
        texts = _replacements(button if isinstance(button, dict) else {"": ""}, path)
        if len(texts) > 1:
            raise wrong(f"content.{path}", BAD_VALUES)
        yield from ((f"button.{number}", text) for text in texts)


def _header(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match given:
        case {"type": "text", **rest}:
            for number, text in enumerate(_replacements(rest, "header"), 1):
                yield f"header.{number}", text
        case {"type": kind, "media": {"url": str(url)}} if kind in FILES and len(given) == 2:
            yield "header.media", url
        case _ if given:
            raise wrong("content.header", BAD_HEADER)


def _replacements(given: Mapping[str, Any], path: str) -> Sequence[str]:
    texts = given.get("replacements", [])
    if given.keys() - {"replacements"} or not isinstance(texts, list):
        raise wrong(f"content.{path}", BAD_VALUES)
    if not all(isinstance(text, str) for text in texts):
        raise wrong(f"content.{path}", BAD_VALUES)
    return texts


def refused(words: str) -> Problem:
    """As it says it."""
    return Problem(HTTPStatus.BAD_REQUEST, "body.wrong", words)


def wrong(path: str, detail: str) -> Problem:
    part = WrongPart(path, "wrong_value", detail)
    return Problem(HTTPStatus.BAD_REQUEST, "body.wrong", "It can't be made here.", errors=[part])
