import subprocess
import sys

import pytest

from callbacks.parsers.printed import as_sent


@pytest.mark.parametrize(
    ("printed", "sent"),
    [
        ('{"a": "b"}', '{"a": "b"}'),
        ('{"a": "b", \\\\mandatory\n"c": 1 // maybe\n}', '{"a": "b",\n"c": 1\n}'),
        ('{"a": "#b", # mandatory\n"c": 1}', '{"a": "#b",\n"c": 1}'),
        ('Look:\n```json\n{"a": 1}\n```\nWhy?', '{"a": 1}'),
        ('{"a": "http://x//y"}', '{"a": "http://x//y"}'),
        ('{"a": "b\\\\"}', '{"a": "b\\\\"}'),
        ("{“a”: “b”}", '{"a": "b"}'),
        ('{"a": "“b”"}', '{"a": "“b”"}'),
        ('{"a": "b"\n"c": 1\n"d": 2}', '{"a": "b",\n"c": 1,\n"d": 2}'),
        ("x => headers: => body: [response:[1]]", "[response:[1]]"),
        ("KEYVALUE Forwarding: url: https://x body: [response:[1]]", "[response:[1]]"),
        ("curl --location 'https://x' \\\n --data '{\"a\": 1}'", '{"a": 1}'),
        ("curl https://x --data-urlencode 'response=[{}]'", "response=[{}]"),
        ("=> body: [1] Forwarding: body: [2]", "[1] Forwarding: body: [2]"),
        ("Forwarding: x => Forwarding: body: [2] => body: [3]", "[2] => body: [3]"),
        ("body: [1] Forwarding: x", "body: [1] Forwarding: x"),
        ("externalId=1&status=READ", "externalId=1&status=READ"),
        ("", ""),
    ],
)
def test_what_is_printed_becomes_what_was_sent(printed: str, sent: str) -> None:
    lines = [line.rstrip() for line in as_sent(printed).splitlines()]
    assert "\n".join(lines) == sent


READ_ALL = """
from callbacks.parsers.printed import as_sent
for beginning, again in {kinds!r}:
    as_sent(beginning + again * (2**20 // len(again)))
"""


def test_no_text_of_a_mebibyte_keeps_it_busy() -> None:
    kinds = [
        ("Forwarding:", " "),
        ("", "Forwarding:"),
        ("", "Forwarding: "),
        ("", "=> "),
        ("=>", " "),
        ("", "=> body "),
        ("Forwarding:", "body :"),
        ("curl -d", " "),
        ("", "```"),
        ("```", "\n"),
        ("curl", " -d '"),
        ("curl", " -d = "),
        ("{", '"\n'),
        ('{"', "\n"),
        ("{", "1\t"),
        ("{", "//"),
    ]
    subprocess.run([sys.executable, "-c", READ_ALL.format(kinds=kinds)], check=True, timeout=20)
