"""manage.py validate_templates and preview_template: files in, judgement or page out."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.templates_app import contents
from tests.templates_app.contents import Json, card, carousel, content, offer, text_header

ROOT = Path(__file__).parents[3]
WITHOUT_SOCKETS = """
import os, runpy, sys
def refuse(event, _arguments):
    if event.startswith("socket."):
        os.write(2, b"a socket was opened")
        os._exit(99)
sys.addaudithook(refuse)
sys.argv = ["manage.py", *sys.argv[1:]]
runpy.run_path("manage.py", run_name="__main__")
"""
NAMED = {"name": "summer_sale", "language": "en", "category": "MARKETING"}


def run(*arguments: str) -> tuple[int, list[Json], str]:
    stores = {"DATABASE_URL": "postgres://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SOCKETS, *arguments],
        cwd=ROOT,
        env={**os.environ, **stores, "DJANGO_SETTINGS_MODULE": "config.settings.local"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done.returncode, lines, done.stderr


def judged(*files: Path, submit: bool = False) -> list[Json]:
    """What the command prints, a line a file; whether it fails follows from it."""
    out = StringIO()
    arguments = [*map(str, files), *(["--submit"] if submit else [])]
    try:
        call_command("validate_templates", *arguments, stdout=out)
        failed = False
    except SystemExit as end:
        failed = end.code == 1
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert failed == (not all(line["valid"] for line in lines))
    return lines


def verdict(line: Json) -> tuple[Any, ...]:
    assert {message["code"] for message in line["messages"]} == {
        *line["errors"],
        *line["warnings"],
    }
    assert all(message["message"] and message["place"] for message in line["messages"])
    return line["type"], line["valid"], line["errors"], line["warnings"]


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Any]:
    def write(document: object, name: str = "t.json") -> Path:
        path = tmp_path / name
        if isinstance(document, bytes):
            path.write_bytes(document)
        else:
            path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write


FINE: tuple[bool, list[str], list[str]] = (True, [], [])


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({**NAMED, **content()}, ("basic", *FINE)),
        ({**NAMED, **offer()}, ("limited_time_offer", *FINE)),
        ({**NAMED, **carousel()}, ("carousel", *FINE)),
        ({"source": "x", "template": {**NAMED, **content()}}, ("basic", *FINE)),
        ({"template": "a name", **NAMED, **content()}, ("basic", *FINE)),
        ({**NAMED, "language": "en-US", **content()}, ("basic", *FINE)),
        ({**NAMED, "language": {"code": "pt_BR"}, **content()}, ("basic", *FINE)),
        ({**NAMED, "name": "a1b2_c3:summer_sale", **content()}, ("basic", *FINE)),
        ({**NAMED, "category": "marketing", **content()}, ("basic", *FINE)),
        ({"name": "a", "language": "en", **content()}, ("basic", *FINE)),
        (
            {**content(), "language": "en(UK)"},
            ("basic", False, ["NAME_REQUIRED", "LANG_UNKNOWN"], []),
        ),
        (
            {**NAMED, "category": "AUTHENTICATION", **content()},
            ("basic", False, ["CAT_UNSUPPORTED"], []),
        ),
        (
            {**NAMED, "components": [*offer()["components"], *carousel()["components"][1:]]},
            (None, False, ["TYPE_MIXED"], []),
        ),
        (
            {**NAMED, "parameter_format": "positional", **content("Hi {{name}} there")},
            ("basic", False, ["VAR_MIXED"], ["VAR_EXAMPLE", "VAR_RATIO"]),
        ),
        (
            {**NAMED, **content("Hi {{name}} of ours", header=text_header("For {{1}} now", "x"))},
            ("basic", False, ["VAR_MIXED"], ["VAR_EXAMPLE"]),
        ),
        ({**NAMED, **content(), "parameter_format": "NAMED"}, ("basic", *FINE)),
        ({**NAMED, "components": []}, ("basic", False, ["BODY_REQUIRED"], [])),
        ({}, (None, False, ["SHAPE_UNKNOWN"], [])),
        ([], (None, False, ["SHAPE_UNKNOWN"], [])),
        ("text", (None, False, ["SHAPE_UNKNOWN"], [])),
        ({"components": "no"}, (None, False, ["SHAPE_UNKNOWN"], [])),
        ({"components": [1, None, {}]}, (None, False, ["SHAPE_UNKNOWN"], [])),
        (
            {**NAMED, "components": [*content()["components"], None]},
            ("basic", False, ["SHAPE_UNKNOWN"], []),
        ),
        (
            {**NAMED, "components": [*content()["components"], {"type": "FLOW"}]},
            ("basic", False, ["SHAPE_UNKNOWN"], []),
        ),
        (
            {**NAMED, **content(header={"type": "HEADER", "format": "GIF"})},
            ("basic", False, ["HDR_TYPE"], []),
        ),
    ],
)
def test_a_template_in_metas_form_is_judged(document: Json, expected: Any, write: Any) -> None:
    (line,) = judged(write(document))

    assert verdict(line) == expected


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"", "JSON_INVALID"),
        (b"{", "JSON_INVALID"),
        (b"\xff\xfe\x00", "JSON_INVALID"),
        (b"[" * 100_000, "JSON_INVALID"),
        (b"9" * 5000, "JSON_INVALID"),
        (b'{"components": [{"type": "BODY", "text": "Hi"}], "name": NaN}', "JSON_INVALID"),
        (rb'{"components": [{"type": "BODY", "text": "Hi \ud83d"}]}', "JSON_INVALID"),
        (rb'{"components": [{"type": "BODY", "text": "Hi \u0000"}]}', "JSON_INVALID"),
        (b"null", "SHAPE_UNKNOWN"),
        (b" " * 1024 * 1024, "JSON_INVALID"),
        (b" " * 1024 * 1024 + b"{", "FILE_TOO_LARGE"),
    ],
)
def test_what_is_no_template_is_told_by_its_code(source: bytes, code: str, write: Any) -> None:
    (line,) = judged(write(source))

    assert verdict(line) == (None, False, [code], [])


def test_a_byte_order_mark_and_other_encodings_are_read(write: Any) -> None:
    text = json.dumps({**NAMED, **content("Grüße aus unserem Laden")}, ensure_ascii=False)
    files = [
        write(text.encode(encoding), f"{encoding}.json")
        for encoding in ("utf-8-sig", "utf-16", "utf-32-le")
    ]

    assert [verdict(line) for line in judged(*files)] == [("basic", *FINE)] * 3


@pytest.mark.parametrize("submit", [False, True])
def test_samples_are_errors_only_when_it_is_to_be_submitted(submit: bool, write: Any) -> None:
    bare = {**contents.SHOP, "example": []}
    document = content(contents.BODY, header={**contents.IMAGE, "example": {}}, buttons=[bare])
    starred = ["HDR_MEDIA_EXAMPLE", "VAR_EXAMPLE", "URL_EXAMPLE"]

    (line,) = judged(write({**NAMED, **document}), submit=submit)

    assert verdict(line) == (
        ("basic", False, starred, []) if submit else ("basic", True, [], starred)
    )


def test_a_category_has_to_be_said_only_when_it_is_to_be_submitted(write: Any) -> None:
    file = write({"name": "a", "language": "en", **content()})

    assert verdict(judged(file, submit=True)[0]) == ("basic", False, ["CAT_UNSUPPORTED"], [])


@pytest.mark.parametrize(
    "text",
    [
        "Take {1} now",
        "Take {{1} now",
        "Take {1}} now",
        "Take {{{1}}} now",
        "Take {{ 1 }} now",
        "Take {{}} now",
        "Take {{ }} now",
        "Take {{first-name}} now",
        "Take {{#1}} now",
        "Take {{$name}} now",
        "Take {{50%}} now",
        "Take {{1}}} now",
        "Take {{{{1}}}} now",
        "Take {{1}} and {{ now",
        "Take }} and {{ now",
        "Take { now",
        "Take } now",
        "Take {{1\n}} now",
        "Take {{{{{{{{ now",
        "Take {{1}{2}} now",
        "Take {{ {{1}} }} now",
        "Take {}{}{} now",
    ],
)
def test_broken_braces_are_malformed(text: str, write: Any) -> None:
    (line,) = judged(write({**NAMED, **content(f"So {text} or never, dear friend of tea")}))

    assert "VAR_MALFORMED" in line["errors"]


def test_each_file_has_its_line_and_one_bad_one_fails_them_all(write: Any, tmp_path: Path) -> None:
    good, bad = write({**NAMED, **content()}, "good.json"), write(b"{", "bad.json")
    missing, folder = tmp_path / "missing.json", tmp_path

    code, lines, trouble = run("validate_templates", *map(str, (good, bad, missing, folder)))

    assert (code, trouble) == (1, "")
    assert [(line["file"], *verdict(line)) for line in lines] == [
        (str(good), "basic", *FINE),
        (str(bad), None, False, ["JSON_INVALID"], []),
        (str(missing), None, False, ["FILE_UNREADABLE"], []),
        (str(folder), None, False, ["FILE_UNREADABLE"], []),
    ]


def test_of_a_list_as_meta_answers_each_template_has_its_line(write: Any) -> None:
    sale = {**NAMED, **content()}
    one, several = write({"data": [sale]}, "one.json"), write({"data": [sale, {}]}, "several.json")

    assert [(line["file"], line["name"], *verdict(line)) for line in judged(one, several)] == [
        (str(one), "summer_sale", "basic", *FINE),
        (str(several), "summer_sale", "basic", *FINE),
        (str(several), None, None, False, ["SHAPE_UNKNOWN"], []),
    ]


def test_in_the_envelope_of_a_webhook_each_template_has_its_line(write: Any) -> None:
    sale, other = ({**NAMED, **content(), "name": name} for name in ("summer_sale", "diwali"))
    changes = [{"field": "templates", "value": one} for one in (sale, other)]
    file = write({"object": "whatsapp_business_account", "entry": [{"changes": changes}]}, "e.json")

    assert [(line["name"], *verdict(line)) for line in judged(file)] == [
        ("summer_sale", "basic", *FINE),
        ("diwali", "basic", *FINE),
    ]


def test_two_gigabytes_are_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(2 * 1024**3)

    assert [verdict(line) for line in judged(huge)] == [(None, False, ["FILE_TOO_LARGE"], [])]


HALF = 512 * 1024


@pytest.mark.parametrize(
    "document",
    [
        content("{{1}} " * (HALF // 6)),
        content("{" * HALF),
        content("}}  " * (HALF // 4)),
        content("a\u0301" * (HALF // 14)),
        content("*_~`" * (HALF // 4), footer="{{" * 1000, header=text_header("{{1}}" * 10_000)),
        content(
            buttons=[{"type": "URL", "text": "x", "url": "https://a.b/" + "{{1}}" * 9_000}] * 9
        ),
        content(buttons=[contents.YES] * 10_000),
        carousel(*[card()] * 2_000),
    ],
)
def test_a_file_made_to_keep_the_machine_busy_is_judged_all_the_same(
    document: Json, write: Any
) -> None:
    (line,) = judged(write({**NAMED, **document}))

    assert line["valid"] is False
    assert not {"JSON_INVALID", "FILE_TOO_LARGE", "SHAPE_UNKNOWN"} & {*line["errors"]}


def test_a_page_shows_a_template_without_a_network(write: Any, tmp_path: Path) -> None:
    sly = carousel(
        card("Take {{1}} home", samples=["<b>tea</b>"]),
        card("Take {{1}} too", samples=["</script>"]),
        body="Hi {{1}}, look at *our* new teas",
        samples=["<script>alert(1)</script>"],
    )
    page = tmp_path / "page.html"

    code, _, trouble = run("preview_template", str(write({**NAMED, **sly})), "--out", str(page))
    html = page.read_text(encoding="utf-8")

    assert (code, trouble) == (0, "")
    assert html.count("<script>") == 1
    assert "Hi &lt;script&gt;alert(1)&lt;/script&gt;, look at <strong>our</strong> new teas" in html
    assert "https://fonts" not in html


def test_no_page_is_made_of_what_is_no_template(write: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    with pytest.raises(CommandError, match="This is no JSON"):
        call_command("preview_template", str(write(b"{")), out=str(page))

    assert not page.exists()


def test_a_page_that_cannot_be_written_is_told(write: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Cannot write"):
        call_command(
            "preview_template", str(write({**NAMED, **content()})), out=str(tmp_path / "no" / "p")
        )


def test_the_page_says_what_is_wrong_and_where(write: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    broken = carousel(card(), card(buttons=[{**contents.SHOP, "text": "a" * 26}]))

    call_command("preview_template", str(write({**NAMED, **broken})), out=str(page))

    html = page.read_text(encoding="utf-8")
    assert "At most 25 characters: take out 1." in html
    assert "BTN_TEXT_LEN · card 2, button 1" in html
    assert "is empty for this person" not in html
