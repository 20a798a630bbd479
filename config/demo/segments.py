"""Segments that the demo shows: by what people are, what they did, and what became of messages."""

from collections.abc import Mapping
from typing import Any

from campaigns.audience.segments.saving import save_segment
from campaigns.models import Segment
from config.demo.doings import ORDERED
from providers.models import Project
from providers.watch.actors import Actor

Condition = dict[str, Any]
PUNE: Condition = {"on": "text", "property": "City", "is": "equals", "value": "Pune"}
VIP: Condition = {"on": "boolean", "property": "VIP", "is": "yes"}
A_MONTH = {"last": 30, "unit": "days"}


def campaign(what: str, is_so: str = "did") -> Condition:
    return {"on": "campaign", "what": what, "is": is_so}


def ordered(operator: str, **more: Any) -> Condition:
    return {"on": "event", "event": ORDERED, "is": operator, **more}


REGULARS, CLICKED = "Regulars", "Clicked a campaign"
BIRTHDAY = "Birthday today"
SHOWN: Mapping[str, list[Condition]] = {
    "VIPs in Pune who order": [PUNE, VIP, ordered("at_least", times=2, when=A_MONTH)],
    REGULARS: [ordered("at_least", times=2)],
    "Ordered, but not in 30 days": [ordered("did"), ordered("did_not", when=A_MONTH)],
    "Spent over 1,000": [ordered("sum", property="Amount", that={"is": "more", "value": 1000})],
    BIRTHDAY: [{"on": "date", "property": "Birthday", "is": "anniversary"}],
    "Birthday this week": [
        {"on": "date", "property": "Birthday", "is": "anniversary_in_next", "days": 6}
    ],
    CLICKED: [campaign("clicked")],
    "Viewed, never clicked": [campaign("viewed"), campaign("clicked", "did_not")],
    "Failed to get a campaign": [campaign("failed")],
}


def make_segments(project: Project, *, by: Actor) -> None:
    known = set(Segment.objects.filter(project=project).values_list("name", flat=True))
    for name, conditions in SHOWN.items():
        if name not in known:
            rule = {"version": 1, "match": "all", "conditions": conditions}
            save_segment(Segment(project=project, name=name, rule=rule), by=by)
