"""The examples of the chapters about the API, one after the other as a reader tries them: each is
taken, and does what is said of it."""

import os
import re
import shlex
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils import timezone
from markdown_it import MarkdownIt
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from campaigns.models import Campaign, CampaignStatus, Export, Message, Occurrence, Profile, Segment
from campaigns.tasks import write_exports
from config.console.manual import FOLDER
from providers.models import Project, Scope
from tests.factories import ProviderFactory, TemplateFactory
from tests.providers.api.keys import key_of

pytestmark = pytest.mark.django_db(transaction=True)

HOST = "https://kabootar.example.com"
ACCOUNT = "0a1b2c3d4e5f"
# As the ten minutes have it: people and orders first. Who is blocked gets nothing more.
FIRST = ("Keys", "Sending in people", "Sending in events")
LAST = ("Opting out and in",)


@dataclass(frozen=True)
class Example:
    heading: str
    language: str
    text: str


def examples(chapter: str) -> list[Example]:
    tokens = MarkdownIt("commonmark").parse((FOLDER / chapter).read_text())
    found, heading = [], ""
    for before, token in pairwise(tokens):
        if before.type == "heading_open":
            heading = token.content
        if token.type == "fence" and token.info in ("", "python"):
            found.append(Example(heading, token.info, token.content))
    return sorted(found, key=_place)


def _place(example: Example) -> int:
    if example.heading in FIRST:
        return FIRST.index(example.heading)
    return len(FIRST) + (example.heading in LAST)


@dataclass
class Reader:
    """Types what stands there, with their own host, key and numbers."""

    address: str
    project: Project
    account: str
    key: str

    def try_it(self, example: Example) -> None:
        text = self._own(example.text)
        if example.language == "python":
            exec(compile(text, example.heading, "exec"), {})
        else:
            self._curl(shlex.split(text.replace("\\\n", " ")))

    def _own(self, text: str) -> str:
        text = text.replace(HOST, self.address).replace("$KABOOTAR_KEY", self.key)
        text = text.replace(ACCOUNT, self.account)
        for kind, rows in (("segment", Segment.objects), ("campaign", Campaign.objects)):
            number = rows.filter(project=self.project).values_list("pk", flat=True).last() or 0
            text = re.sub(rf"({kind}s/|\"{kind}\": )\d+", rf"\g<1>{number}", text)
        return text

    def _curl(self, words: list[str]) -> None:
        assert words.pop(0) == "curl"
        options: dict[str, list[str]] = {"-H": [], "-X": [], "-d": []}
        addresses = []
        while words:
            word = words.pop(0)
            options[word].append(words.pop(0)) if word in options else addresses.append(word)
        headers = dict(header.split(": ", 1) for header in options["-H"])
        self._call(addresses[0], headers, "".join(options["-d"]), "".join(options["-X"]))

    def _call(self, address: str, headers: Mapping[str, str], body: str, method: str) -> None:
        data = body.encode() or None
        call = urllib.request.Request(
            address, data, dict(headers), method=method or ("POST" if data else "GET")
        )
        with urllib.request.urlopen(call) as answer:
            assert answer.status < 300


@pytest.fixture
def reader(
    project: Project,
    live_server: LiveServer,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
) -> Reader:
    """What takes a moment is done by workers while they wait."""
    ProviderFactory.create(project=project, trial_ended_at=timezone.now())
    settings.MEDIA_ROOT = tmp_path / "media"
    key, text = key_of(project, *Scope)
    monkeypatch.setitem(os.environ, "KABOOTAR_KEY", text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "sleep", lambda _seconds: write_exports())
    return Reader(live_server.url, project, key.public_id, text)


def template(project: Project, *slots: str) -> None:
    words = " ".join(f"{{{{{number}}}}} it is," for number in range(1, len(slots) + 1))
    body = {"type": "BODY", "text": f"Hello: {words} thank you.",
            "example": {"body_text": [list(slots)]}}  # fmt: skip
    TemplateFactory.create(
        project=project, name="order_placed", category="UTILITY", content={"components": [body]}
    )


def test_the_chapter_of_the_api_can_be_walked(project: Project, reader: Reader) -> None:
    template(project, "Asha", "#77")
    tried = examples("api.md")
    for example in tried:
        reader.try_it(example)
    assert len(tried) > 12
    assert Profile.objects.get(project=project).identity == "c-1001"
    assert Occurrence.objects.filter(kind__project=project).count() == 2
    written = Path("people.csv").read_text(encoding="utf-8-sig")
    assert (written.count("\n"), Export.objects.count()) == (2, 1)
    assert Message.objects.filter(project=project).count() == 1
    assert Campaign.objects.get(project=project).status != CampaignStatus.DRAFT


def test_so_can_the_one_about_programs_of_clevertap(project: Project, reader: Reader) -> None:
    template(project, "Asha")
    tried = examples("clevertap.md")
    for example in [one for one in tried if one.text.startswith("curl")]:
        reader.try_it(example)
    person = Profile.objects.get(project=project)
    assert (person.identity, person.properties) == ("c-1001", {"Cities": ["Pune"], "Points": 5})
    assert Campaign.objects.get(project=project).name == "Thanks"
