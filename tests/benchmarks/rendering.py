"""How many messages of each template type one core makes in a second, personalization included; and
how long the worst texts that are accepted, or refused, hold it for one person.

Counts CPU time, so that whatever else the machine does says little here.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from templates_app.kinds.base import Envelope
from templates_app.models import Kind
from templates_app.rendering.variants import Prepared, prepare_wording
from templates_app.values.personalization import (
    SOURCE_MAX,
    MissingPropertyError,
    OverlongTextError,
    PersonalizationError,
    compile_text,
)
from templates_app.values.slots import read_value
from templates_app.wording.reading import read_wording
from tests.benchmarks.measuring import say

PEOPLE = 10_000
CARDS = 5
NAME = '{{ profile.name | default: "there" }}'
PLAN = {"text": "{{ profile.plan }}", "fallback": "last"}
CART = {"text": "{{ profile.cart }}"}
TRACK = {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}", "example": ["x"]}
CODE = {"type": "COPY_CODE", "example": "SAVE25"}
IMAGE = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://a.b/c.jpg"]}}

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    kind: Kind
    components: Sequence[Json]
    values: Mapping[str, object]

    def prepared(self, *, by_text: bool = False, **others: object) -> Prepared:
        return prepare_wording(
            read_wording({"components": self.components}),
            kind=self.kind,
            envelope=Envelope(language="en", template_id="7001", by_text=by_text),
            values={key: read_value(raw) for key, raw in {**self.values, **others}.items()},
        )


BASIC = Subject(
    kind=Kind.BASIC,
    components=[
        {"type": "BODY", "text": "Hi {{1}}, your {{2}} order of {{3}} has just left our shop."},
        {"type": "BUTTONS", "buttons": [TRACK]},
    ],
    values={
        "body.1": {"text": NAME},
        "body.2": PLAN,
        "body.3": {"text": "the {{ profile.day }}"},
        "button.0": CART,
    },
)
OFFER = Subject(
    kind=Kind.LIMITED_TIME_OFFER,
    components=[
        {
            "type": "LIMITED_TIME_OFFER",
            "limited_time_offer": {"text": "Ends soon", "has_expiration": True},
        },
        {"type": "BODY", "text": "Hi {{1}}, as our {{2}} member you save a quarter today."},
        {"type": "BUTTONS", "buttons": [CODE, TRACK]},
    ],
    values={
        "body.1": {"text": NAME},
        "body.2": PLAN,
        "offer.expiration": {"text": "2099-12-31 18:00"},
        "button.0": {"text": "{{ profile.code }}"},
        "button.1": {"text": "sale"},
    },
)
CAROUSEL = Subject(
    kind=Kind.CAROUSEL,
    components=[
        {"type": "BODY", "text": "Look at what we chose for you"},
        {
            "type": "CAROUSEL",
            "cards": [
                {
                    "components": [
                        IMAGE,
                        {"type": "BODY", "text": f"Number {card}: {{{{1}}}}, fresh today"},
                        {"type": "BUTTONS", "buttons": [TRACK]},
                    ]
                }
                for card in range(CARDS)
            ],
        },
    ],
    values={
        key: value
        for card in range(CARDS)
        for key, value in (
            (f"card.{card}.media", {"text": f"https://a.b/{card}.jpg"}),
            (f"card.{card}.body.1", {"text": f"{{{{ profile.tea_{card} }}}}", "fallback": "tea"}),
            (f"card.{card}.button.0", CART),
        )
    },
)


NEEDLE = "a" * 40 + "b" + "a" * 40
# Each is repeated as often as is allowed, and made for people whose properties are hostile too.
HOSTILE = {
    "filters": ("{{profile.a", "|upcase|downcase", "}}"),
    "lists": ("{{profile.list", "|join:'a'|split:'a'", "}}"),
    "replace": ("{{profile.a", "|replace:'a','bb'", "}}"),
    "dates": ("", "{{profile.day|date:'%A %-d %B %Y, %H:%M'}}", ""),
    "money": ("", "{{profile.number|money:'₹'}}", ""),
    "counting": ("{{profile.number", "|times:1.1", "}}"),
    "conditions": ("{%if false%}", "{%elsif profile.a==profile.b%}", "{%endif%}"),
    "contains": (
        "{%if false%}",
        f"{{%elsif profile.a contains '{'a' * 40}b{'a' * 40}'%}}",
        "{%endif%}",
    ),
    "case": ("{%case profile.a%}", "{%when profile.b,profile.b%}x", "{%endcase%}"),
    "blanks": ("", "{{profile.hidden|default:'x'}}", ""),
    "plain": ("", "{{profile.a}}", ""),
}
REFUSED = ("{{", "{% raw %}", "{{ ['", "((", "{{ a b ", "{% if profile.a %}", "{{}}")
LENGTHS = (1, 80, 300, 4_000, 16_384)


def run(_size: int) -> None:
    """Always of as many people as the figure is defined for."""
    people = [{"profile": _profile(number)} for number in range(PEOPLE)]
    for kind, style, prepared in _subjects():
        rate = _rate(prepared, people)
        print(f"render {kind.value} {style}: {rate:,.0f} messages/s on one core")
        say("render", size=PEOPLE, type=kind.value, style=style, messages_per_s=rate)
    for name, (head, unit, tail) in HOSTILE.items():
        source = _longest(head, unit, tail)
        worst = max(_milliseconds(_rendering(source, _hostile(n))) for n in LENGTHS)
        print(f"worst text of {name}, {len(source)} characters: {worst:.1f} ms")
        say("worst_text", size=len(source), name=name, ms=worst)
    reading = max(_milliseconds(_reading(unit * (SOURCE_MAX // len(unit)))) for unit in REFUSED)
    print(f"worst text to read: {reading:.1f} ms")
    say("worst_reading", size=SOURCE_MAX, ms=reading)


def _longest(head: str, unit: str, tail: str) -> str:
    """With as many as are still accepted."""
    for times in range((SOURCE_MAX - len(head) - len(tail)) // len(unit), 0, -1):
        with suppress(PersonalizationError):
            compile_text(source := head + unit * times + tail)
            return source
    raise ValueError(unit)


def _hostile(length: int) -> Json:
    return {
        "a": "é" * length,
        "b": "é" * (length - 1) + "b",
        "hidden": "\u200b" * length,
        "list": ["é" * (length // 100 + 1)] * 100,
        "number": 123456789.25,
        "day": "2026-03-05T20:00:00.123456+05:30",
    }


def _rendering(source: str, profile: Json) -> Callable[[], object]:
    text = compile_text(source)

    def render() -> None:
        with suppress(MissingPropertyError, OverlongTextError):
            text.render(profile)

    return render


def _reading(source: str) -> Callable[[], object]:
    def read() -> None:
        with suppress(PersonalizationError):
            compile_text(source)

    return read


def _milliseconds(work: Callable[[], object]) -> float:
    """The best of five: the work itself, without what a busy machine adds."""
    took = []
    for _ in range(5):
        started = time.thread_time()
        work()
        took.append(time.thread_time() - started)
    return min(took) * 1000


def _subjects() -> Iterator[tuple[Kind, str, Prepared]]:
    for subject in (BASIC, OFFER, CAROUSEL):
        yield subject.kind, "by id", subject.prepared()
        yield subject.kind, "by text", subject.prepared(by_text=True)
    upper = {"text": "{{ profile.name | upcase }}"}
    yield Kind.BASIC, "one value through Liquid", BASIC.prepared(**{"body.1": upper})


def _profile(number: int) -> Json:
    teas = {f"tea_{card}": f"Tea {number + card} “extra”" for card in range(CARDS)}
    return {
        "name": f"Asha {number}",
        "plan": "gold",
        "day": "5th",
        "cart": f"cart/{number}?a=1",
        "code": f"SAVE{number}",
        **teas,
    }


def _rate(prepared: Prepared, people: Sequence[Mapping[str, object]]) -> float:
    started = time.process_time()
    for number, person in enumerate(people):
        prepared.request(
            person=person,
            phone="919000000001",
            msg_id=f"{number}-1",
            extra="9|1|20260101|1|0",
            now=1_800_000_000.0,
        )
    return len(people) / (time.process_time() - started)
