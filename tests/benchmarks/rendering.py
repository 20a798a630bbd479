"""How many messages of a template one core makes in a second, personalization included.

Counts CPU time, so that whatever else the machine does says nothing here.
"""

import time
from collections.abc import Mapping, Sequence

from templates_app.kinds.base import Envelope
from templates_app.models import Kind
from templates_app.reading import read_wording
from templates_app.rendering import Prepared, prepare_wording
from templates_app.slots import read_value

BODY = {"type": "BODY", "text": "Hi {{1}}, your {{2}} order of {{3}} has just left our shop."}
TRACK = {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}", "example": ["x"]}
VALUES: dict[str, object] = {
    "body.1": {"text": '{{ profile.name | default: "there" }}'},
    "body.2": {"text": "{{ profile.plan }}", "fallback": "last"},
    "body.3": {"text": "the {{ profile.day }}"},
    "button.0": {"text": "{{ profile.cart }}"},
}
ENGINE_VALUES = VALUES | {"body.1": {"text": "{{ profile.name | upcase }}"}}
WAYS = {
    "by id": (VALUES, False),
    "by text": (VALUES, True),
    "one value through Liquid": (ENGINE_VALUES, False),
}


def run(count: int) -> None:
    people = [
        {"profile": {"name": f"Asha {n}", "plan": "gold", "day": "5th", "cart": f"cart/{n}?a=1"}}
        for n in range(count)
    ]
    for name, (values, by_text) in WAYS.items():
        rate = _rate(_prepared(values, by_text=by_text), people)
        print(f"render, {name:26} {rate:10,.0f} messages/s on one core")


def _prepared(values: Mapping[str, object], *, by_text: bool) -> Prepared:
    return prepare_wording(
        read_wording({"components": [BODY, {"type": "BUTTONS", "buttons": [TRACK]}]}),
        kind=Kind.BASIC,
        envelope=Envelope(language="en", template_id="7001", by_text=by_text),
        values={key: read_value(raw) for key, raw in values.items()},
    )


def _rate(prepared: Prepared, people: Sequence[Mapping[str, object]]) -> float:
    started = time.process_time()
    for number, person in enumerate(people):
        prepared.request(
            person=person, phone="919000000001", msg_id=f"{number}-1", extra="9|1|20260101|1|0"
        )
    return len(people) / (time.process_time() - started)
