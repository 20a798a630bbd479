"""People as a file, and the same file brought in again: the same people."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from campaigns.audience.imports.neutralizing import EXPORT_COLUMNS
from campaigns.models import Export, ExportFormat, ExportStatus, Profile, PropertyType
from campaigns.results.exports.asking import ask_for
from campaigns.results.exports.whom import Wish, everybody, filtered, of_list, of_segment
from campaigns.results.exports.writing import write_next
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.imports.uploads import counts, imported
from tests.factories import (
    CustomListFactory,
    ListMemberFactory,
    PhoneBlockFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    ProjectFactory,
    SegmentFactory,
)

pytestmark = pytest.mark.django_db
FIELDS = ("identity", "phone", "match_key", "name", "email", "language", "time_zone", "subscribed")
HOSTILE = (
    *("=1+1", "+1", "-5", "@SUM(A1)", "'quoted", "'=1+1", "a,b", 'say "hi"', "a; =b", '="x"'),
    *("two\nlines", "＝1", "plain", "नमस्ते", "a\tb", "#hash", "0012", "1e5", "TRUE"),
    *("2026-01-31", "31/01/2026", "a_x000D_b", "_x005F_x000D_", "_x000D_x000D_", "''=1", "1,5"),
)


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    return


def written(project: Project, wish: Wish) -> Export:
    export = ask_for(project, wish, by=SYSTEM)
    assert write_next()
    export.refresh_from_db()
    return export


def content_of(export: Export) -> bytes:
    with export.file.open("rb") as file:
        content: bytes = file.read()
    return content


def rows_of(export: Export) -> list[list[str]]:
    return list(csv.reader(StringIO(content_of(export).decode("utf-8-sig"), newline="")))


def everything(project: Project) -> list[tuple[Any, ...]]:
    return list(Profile.objects.of(project).order_by("identity").values_list(*FIELDS, "properties"))


def test_everybody_with_all_that_is_known_of_them(project: Project) -> None:
    ProfilePropertyFactory.create(project=project, name="Age", type=PropertyType.NUMBER)
    ProfilePropertyFactory.create(project=project, name="City")
    asha = ProfileFactory.create(
        project=project,
        identity="u-1",
        name="Asha",
        subscribed=True,
        properties={"City": "Pune", "Age": -4.50},
    )
    PhoneBlockFactory.create(project=project, match_key=asha.match_key, blocked=True)
    ProfileFactory.create(
        project=project, identity="u-2", phone="", match_key=None, subscribed=None
    )
    ProfileFactory.create()  # of another project

    export = written(project, everybody())

    head, *rows = rows_of(export)
    assert head == [*EXPORT_COLUMNS, "Age", "City"]
    assert sorted(rows) == [
        ["u-1", f"'{asha.phone}", "Asha", asha.email, "", "", "yes", "yes", "-4.5", "Pune"],
        ["u-2", "", rows[1][2], "", "", "", "", "", "", ""],
    ]
    assert (export.status, export.rows_done, export.rows_total) == (ExportStatus.DONE, 2, 2)
    assert export.bytes == len(content_of(export))


@pytest.mark.parametrize("form", list(ExportFormat))
def test_brought_in_again_it_means_the_same_people(project: Project, form: ExportFormat) -> None:
    types = {
        "Age": PropertyType.NUMBER,
        "Born": PropertyType.DATE,
        "Likes": PropertyType.TEXTS,
        "Member": PropertyType.BOOLEAN,
        "Note": PropertyType.TEXT,
        "'=Odd": PropertyType.TEXT,
    }
    for name, kind in types.items():
        ProfilePropertyFactory.create(project=project, name=name, type=kind)
    for n, words in enumerate(HOSTILE):
        ProfileFactory.create(
            project=project,
            identity=f"0{n}",
            name=" ".join(words.split()),
            subscribed=(True, False, None)[n % 3],
            properties={
                "Age": n - 5.25,
                "Born": "1990-02-01" if n % 2 else "2026-01-31T10:00:00Z",
                "Likes": [f"tea {n}", "=1+1", "-x"] if n % 2 else ["a, b"],
                "Member": bool(n % 2),
                "Note": words,
                "'=Odd": words,
            },
        )
    export = written(project, replace(everybody(), format=form))
    content = content_of(export)

    again = imported(project, content)
    assert counts(again) == {"rows_read": len(HOSTILE), "unchanged": len(HOSTILE)}

    other = ProjectFactory.create()
    for name, kind in types.items():
        ProfilePropertyFactory.create(project=other, name=name, type=kind)
    assert counts(imported(other, content)) == {
        "rows_read": len(HOSTILE),
        "created": len(HOSTILE),
    }
    assert everything(other) == everything(project)


def test_no_cell_begins_like_a_formula(project: Project) -> None:
    ProfilePropertyFactory.create(project=project, name="=cmd")
    for n, words in enumerate(HOSTILE):
        ProfileFactory.create(
            project=project, identity=f"{words} {n}", name=words, properties={"=cmd": words}
        )
    for row in rows_of(written(project, everybody())):
        assert [cell for cell in row if cell[:1] in {"=", "+", "-", "@", "＝"}] == []


def test_a_list_a_segment_and_a_filter_are_those_people_alone(project: Project) -> None:
    asha = ProfileFactory.create(project=project, identity="u-1", name="Asha", language="mr")
    ProfileFactory.create(project=project, identity="u-2", name="Ravi")
    regulars = CustomListFactory.create(project=project)
    ListMemberFactory.create(custom_list=regulars, profile=asha)
    rule = {
        "version": 1,
        "match": "all",
        "conditions": [{"on": "list", "list": regulars.pk, "is": "in"}],
    }
    segment = SegmentFactory.create(project=project, rule=rule)
    wishes = (of_list(regulars), of_segment(segment), filtered(rule, ""), filtered(rule, "u-1"))
    for wish in wishes:
        assert [row[0] for row in rows_of(written(project, wish))[1:]] == ["u-1"]
    assert len(rows_of(written(project, filtered({"conditions": []}, " ")))) == 3


def test_nobody_is_a_file_with_its_head_alone(project: Project) -> None:
    export = written(project, everybody())
    assert (rows_of(export), export.status) == ([[*EXPORT_COLUMNS]], ExportStatus.DONE)


@pytest.mark.parametrize("of", [of_list, of_segment])
def test_what_was_deleted_meanwhile_is_told(project: Project, of: Any) -> None:
    factory = CustomListFactory if of is of_list else SegmentFactory
    row = factory.create(project=project)
    wish = of(row)
    row.delete()
    export = written(project, wish)
    assert (export.status, "was deleted in the meantime" in export.problem) == (
        ExportStatus.FAILED,
        True,
    )
    assert not export.file


def test_a_list_of_another_project_is_nobodys(project: Project) -> None:
    theirs = ListMemberFactory.create().custom_list
    export = written(project, of_list(theirs))
    assert (export.status, bool(export.file)) == (ExportStatus.FAILED, False)
