"""Where all are new, people are copied: and are as if each of them had been looked for."""

from collections.abc import Callable

import pytest
from django.db.backends.utils import CursorWrapper

from campaigns.audience.imports import copying_new, importing, saving, setting_aside
from campaigns.audience.imports.saving_people import PeopleSaver
from campaigns.audience.imports.setting_aside import SetAside
from campaigns.models import Import, ListMember, Profile, SubscriptionStart, WordsDue
from providers.models import Project
from tests.campaigns.audience.imports.uploads import counts, imported, refused_rows
from tests.campaigns.flags import told_of
from tests.factories import CustomListFactory, ProfileFactory, ProjectFactory

FIELDS = ("identity", "name", "phone", "match_key", "phone_is_invalid", "email", "language")
OTHERS = ("time_zone", "properties", "subscribed", "is_test", "subscription_start__value")
STRANGER = "nobody of the file"
HEADER = "identity,Phone,Name,Email,City,Spent,Joined,MSG-whatsapp\n"
QUOTED = '"Pu,ne\nand ""more"""'
FLAGS = ("TRUE", "FALSE", "", "perhaps")
ROWS = "".join(
    f"u-{n % 17},{'' if n % 5 else f'+9190{n:08d}'},Name {n},{'' if n % 3 else 'x'},"
    f"{'' if n % 4 else QUOTED},{n if n % 2 else ''},2026-01-{n % 30 + 1:02d},{FLAGS[n % 4]}\n"
    for n in range(60)
)
FILES = {
    "all kinds of rows": HEADER + ROWS,
    "identities alone": "identity\n" + "".join(f"u-{n}\n" for n in range(30)),
    "phones for identities": "Phone,Language\n+919000011122,hi\n9000011123,\n+919000011122,en\n",
    "nobody": "identity\nnull\n",
}


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch, saved_by: Callable[[int], None]) -> list[int]:
    """The chunks that did not go the short way."""
    save, chunks = PeopleSaver.save, list[int]()

    def noted(self: PeopleSaver, *, after: int, upto: int) -> saving.Saved:
        chunks.append(after)
        return save(self, after=after, upto=upto)

    saved_by(8)
    monkeypatch.setattr(PeopleSaver, "save", noted)
    return chunks


def told(upload: Import) -> dict[str, object]:
    project = upload.project
    came = Profile.objects.of(project).exclude(identity=STRANGER)
    members = ListMember.objects.filter(custom_list=upload.into_list)
    starts = SubscriptionStart.objects.filter(project=project)
    due = list(WordsDue.objects.values_list("first", "last"))
    return {
        "counts": counts(upload),
        "refused": refused_rows(upload),
        "people": list(came.order_by("identity").values_list(*FIELDS, *OTHERS)),
        "history": sorted(told_of(project), key=str),
        "members": sorted(members.values_list("profile__identity", flat=True)),
        "starts": {*starts.values_list("value", "source", "words")},
        "not found by name": [
            who.name for who in came if not any(a <= who.pk <= b for a, b in due)
        ],
    }


@pytest.mark.parametrize("default", [None, True])
@pytest.mark.parametrize("file", FILES)
def test_all_who_are_new_are_as_if_each_had_been_looked_for(
    project: Project, compared: list[int], file: str, default: bool | None
) -> None:
    other = ProjectFactory.create()
    ProfileFactory.create(project=other, identity=STRANGER, subscribed=None)
    copied, looked_for = (
        imported(
            one,
            FILES[file],
            into_list=CustomListFactory.create(project=one),
            new_subscribed=default,
        )
        for one in (project, other)
    )
    assert told(copied) == told(looked_for)
    assert Profile.objects.of(project).count() == copied.created


def test_nobody_is_looked_for_in_a_project_without_anybody(
    project: Project, compared: list[int]
) -> None:
    imported(project, FILES["all kinds of rows"])
    assert compared == []
    imported(project, FILES["all kinds of rows"])
    assert compared == [*range(0, 61, 8)]


def test_whoever_comes_in_between_is_not_of_the_file(
    project: Project, compared: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their numbers lie among those of the file's people."""
    others, first_of = (ProjectFactory.create(), project), copying_new._next_id

    def meanwhile(cursor: CursorWrapper, table: str) -> int:
        first = first_of(cursor, table)
        if table == Profile._meta.db_table:
            for other in others:
                ProfileFactory.create(project=other, identity=f"{STRANGER} {first}")
        return first

    monkeypatch.setattr(copying_new, "_next_id", meanwhile)
    into_list = CustomListFactory.create(project=project)
    upload = imported(project, FILES["identities alone"], into_list=into_list)

    members = ListMember.objects.filter(custom_list=into_list).values("profile__identity")
    assert (compared, upload.created, members.count()) == ([], 30, 30)
    assert not members.filter(profile__identity__startswith=STRANGER).exists()


@pytest.mark.parametrize(("limit", "most"), [("MOST_REPEATED", 3), ("MOST_CHARACTERS", 300)])
def test_what_memory_has_no_room_for_goes_by_way_of_the_database(
    project: Project,
    compared: list[int],
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    most: int,
) -> None:
    monkeypatch.setattr(setting_aside, limit, most)
    upload = imported(project, FILES["all kinds of rows"])
    assert (bool(compared), upload.created + upload.repeated + upload.refused) == (True, 60)
    assert len(refused_rows(upload)) == 1 + upload.refused + upload.incomplete


def test_a_stop_that_is_remembered_meanwhile_is_asked_for(
    project: Project, compared: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "may_all_be_new", lambda *_: True)
    monkeypatch.setattr(copying_new, "has_stops", lambda _: True)
    upload = imported(project, FILES["identities alone"])
    assert (compared, upload.created) == ([0, 8, 16, 24], 30)


def test_of_lines_about_one_person_the_last_stays_wherever_they_stand(
    saved_by: Callable[[int], None],
) -> None:
    saved_by(4)
    identities = ["b", "a", "b", "c", "d", "a", "e", "b", "f", "g", "h", "i", "a", "a", "j", "k"]
    with SetAside() as lines:
        blocks = [(1 + n, [f"{who}\x1f{n}é\n"]) for n, who in enumerate(identities)]
        assert lines.add(blocks, ("identity", "name"))
        assert not lines.add([], ("identity", "name"))
        lines.drop_repeated()
        kept = [
            b"".join(lines.pieces(chunk)).decode().replace("\x1f", "").split()
            for chunk in range(0, 16, 4)
        ]
        assert kept == [["c3é"], ["b7é", "d4é", "e6é"], ["f8é", "g9é", "h10é", "i11é"],
                        ["a13é", "j14é", "k15é"]]  # fmt: skip
        assert [lines.count(chunk) for chunk in range(0, 20, 4)] == [1, 3, 4, 3, 0]
        assert lines.repeated == len(identities) - 11


def test_a_chunk_of_which_all_is_repeated_holds_nobody(saved_by: Callable[[int], None]) -> None:
    saved_by(2)
    with SetAside() as lines:
        lines.add(
            [(1, ["a\x1f1\n", "b\x1f2\n"]), (3, ["b\x1f3\n", "a\x1f4\n"])], ("identity", "name")
        )
        lines.drop_repeated()
        assert (lines.count(0), lines.count(2), lines.repeated) == (0, 2, 2)
