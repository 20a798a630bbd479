"""Exports from the console: asked, written, taken along by whoever asked, and gone."""

import csv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from errno import ENOSPC
from functools import partial
from io import StringIO
from itertools import chain
from pathlib import Path
from threading import Barrier
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from campaigns.audience.erasing.export_files import HELD_SOMEBODY, forget_exports
from campaigns.models import Campaign, Export, ExportStatus, Run, State
from campaigns.results.exports import contents, keeping, lease, writing
from campaigns.results.exports.asking import MOST_WAITING, ask_for
from campaigns.results.exports.keeping import LASTS, OVER, forget_old_exports
from campaigns.results.exports.people_file import people_content
from campaigns.results.exports.whom import everybody
from campaigns.results.exports.writing import write_next
from campaigns.tasks import forget_old_files, write_exports
from providers.models import AuditEntry, Project, Role
from providers.watch.actors import SYSTEM
from tests.campaigns.goals import with_goal
from tests.campaigns.states import STATES, fill
from tests.conftest import client_in
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ExportFactory,
    ListMemberFactory,
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    ProjectFactory,
    RunFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db
PEOPLE = reverse("admin:campaigns_profile_export")


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    return


PeopleAre = Callable[[Callable[[Export], Any]], None]


@pytest.fixture
def people_are(monkeypatch: pytest.MonkeyPatch) -> PeopleAre:
    """Says what an export of people is made of, in place of them."""
    return partial(monkeypatch.setitem, cast("dict[str, Any]", contents.CONTENTS), "people")


def address(name: str, export: Export) -> str:
    return reverse(f"admin:campaigns_export_{name}", args=[export.pk])


def ask(client: Client, where: str, **form: Any) -> Export:
    answer = client.post(where, form)
    export: Export = Export.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, address("change", export))
    return export


def ready(client: Client, where: str = PEOPLE, **form: Any) -> Export:
    export = ask(client, where, **form)
    write_exports()
    export.refresh_from_db()
    return export


def downloaded(client: Client, export: Export) -> list[list[str]]:
    answer = client.get(address("download", export))
    assert isinstance(answer, FileResponse)
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.reader(StringIO(text, newline="")))


def said(client: Client, where: str) -> str:
    return " ".join(client.get(where, follow=True).content.decode().split())


def told() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_from_the_button_to_the_file(project: Project, marketer: Client) -> None:
    ProfileFactory.create(project=project, identity="u-1")
    assert "Export them" in said(marketer, reverse("admin:campaigns_profile_changelist"))
    assert "Everybody in the project" in said(marketer, PEOPLE)
    export = ask(marketer, PEOPLE)
    assert "Waiting for its turn" in said(marketer, address("change", export))

    write_exports()

    assert marketer.get(address("progress", export)).status_code == 286
    page = said(marketer, address("change", export))
    assert ("1 row," in page, "Only you can download it" in page) == (True, True)
    assert [row[0] for row in downloaded(marketer, export)] == ["Identity", "u-1"]
    assert told() == ["export.asked", "export.downloaded"]


def test_only_those_ticked_are_in_the_file_and_nobody_of_another_project(
    project: Project, marketer: Client
) -> None:
    people = [ProfileFactory.create(project=project, identity=f"u-{n}") for n in range(3)]
    stranger = ProfileFactory.create()
    who = [people[2].pk, stranger.pk, "x", people[0].pk]
    listed = marketer.get(PEOPLE, {"who": who}).content.decode()
    assert "Those whom you have ticked" in listed
    people[0].delete()

    export = ready(marketer, who=who)

    assert export.title == "3 chosen people"
    assert [row[0] for row in downloaded(marketer, export)] == ["Identity", "u-2"]


def test_only_whoever_asked_may_download(project: Project, marketer: Client) -> None:
    export = ready(marketer)
    for role in (Role.MARKETER, Role.ADMIN):
        other = client_in(project, role)
        assert "Only whoever asked for an export may download it" in said(
            other, address("download", export)
        )
        assert address("download", export) not in said(other, address("change", export))
    assert client_in(project, Role.VIEWER).get(address("download", export)).status_code == 404
    assert Client().get(address("download", export)).status_code == 302
    assert told() == ["export.asked"]


def test_after_its_end_there_is_no_file(marketer: Client) -> None:
    export = ready(marketer)
    assert export.expires_at is not None
    assert export.finished_at is not None
    assert export.expires_at - export.finished_at == LASTS
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "This file is not there. Export again" in said(marketer, address("download", export))

    forget_old_files()

    export.refresh_from_db()
    assert (export.status, export.problem, bool(export.file)) == (ExportStatus.GONE, OVER, False)
    assert OVER in said(marketer, address("change", export))


def test_files_and_rows_go_after_their_time(marketer: Client, tmp_path: Path) -> None:
    ready(marketer)
    assert len(list((tmp_path / "exports").iterdir())) == 1
    Export.objects.update(expires_at=timezone.now())
    assert (forget_old_exports(), forget_old_exports()) == (1, 0)
    assert list((tmp_path / "exports").iterdir()) == []
    Export.objects.update(finished_at=timezone.now() - timedelta(days=91))
    forget_old_exports()
    assert not Export.objects.exists()


def test_newer_files_of_the_project_take_the_room_of_older_ones(
    marketer: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ExportFactory.create(status=ExportStatus.DONE, bytes=9, file="exports/theirs.csv")
    oldest, older = ready(marketer), ready(marketer)
    monkeypatch.setattr(keeping, "ROOM", 2 * oldest.bytes)
    newest = ready(marketer)

    for export in (oldest, older, newest, theirs):
        export.refresh_from_db()
    gone = [bool(export.file) for export in (oldest, older, newest, theirs)]
    assert gone == [False, True, True, True]
    assert (oldest.status, oldest.problem) == (ExportStatus.GONE, keeping.CROWDED_OUT)
    assert len(list((tmp_path / "exports").iterdir())) == 2
    assert "Newer files of this project" in said(marketer, address("change", oldest))


def test_a_file_that_somebody_deleted_from_the_disk_is_told(
    marketer: Client, tmp_path: Path
) -> None:
    export = ready(marketer)
    (tmp_path / export.file.name).unlink()
    assert "This file is not there" in said(marketer, address("download", export))


def test_one_that_waits_or_is_written_can_be_cancelled(
    marketer: Client, people_are: PeopleAre
) -> None:
    waiting = ask(marketer, PEOPLE)
    marketer.post(address("cancel", waiting))
    assert not write_next()
    running = ask(marketer, PEOPLE)

    def cancelled(export: Export) -> Any:
        marketer.post(address("cancel", running))
        return people_content(export)

    people_are(cancelled)
    write_exports()
    statuses = Export.objects.values_list("status", "file")
    assert set(statuses) == {(ExportStatus.CANCELLED, "")}
    assert "No file was kept" in said(marketer, address("change", running))
    assert told() == ["export.asked", "export.cancelled"] * 2


def test_deleting_takes_the_file_along(marketer: Client, tmp_path: Path) -> None:
    export = ready(marketer)
    marketer.post(address("delete", export), {"post": "yes"})
    assert (Export.objects.exists(), list((tmp_path / "exports").iterdir())) == (False, [])
    running = ExportFactory.create(project=export.project, status=ExportStatus.RUNNING)
    assert marketer.post(address("delete", running), {"post": "yes"}).status_code == 403


def test_only_whoever_asked_and_admins_may_delete(project: Project, marketer: Client) -> None:
    export = ready(marketer)
    where, yes = address("delete", export), {"post": "yes"}
    other, admin = client_in(project, Role.MARKETER), client_in(project, Role.ADMIN)
    shown = [where in said(one, address("change", export)) for one in (marketer, admin, other)]
    assert shown == [True, True, False]
    assert other.post(where, yes).status_code == 403
    assert Export.objects.filter(pk=export.pk).exclude(file="").exists()
    assert admin.post(where, yes).status_code == 302
    assert not Export.objects.exists()


def test_deleted_while_it_is_written_nothing_is_kept(
    marketer: Client, people_are: PeopleAre, tmp_path: Path
) -> None:
    ask(marketer, PEOPLE)

    def deleted(export: Export) -> Any:
        Export.objects.all().delete()
        return people_content(export)

    people_are(deleted)
    write_exports()
    assert (Export.objects.exists(), (tmp_path / "exports").exists()) == (False, False)


def test_who_asks_for_many_exports_is_behind_who_asks_for_one(project: Project) -> None:
    mine = [ask_for(project, everybody(), by=SYSTEM) for _ in range(3)]
    theirs = ask_for(ProjectFactory.create(), everybody(), by=SYSTEM)
    written = []
    while export := lease.take_next():
        written.append(export)
        Export.objects.filter(pk=export.pk).update(status=ExportStatus.DONE)
    assert written == [mine[0], theirs, mine[1], mine[2]]


def test_one_after_the_other_is_written_and_none_twice(marketer: Client) -> None:
    exports = [ask(marketer, PEOPLE) for _ in range(3)]
    first = lease.take_next()
    assert (first, lease.take_next()) == (exports[0], None)
    Export.objects.filter(pk=exports[0].pk).update(beat_at=timezone.now() - timedelta(minutes=2))
    for _ in range(4):
        write_exports()
    assert set(Export.objects.values_list("status", "tries")) == {
        (ExportStatus.DONE, 1),
        (ExportStatus.DONE, 2),
    }


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_each_is_written_once_and_one_at_a_time(project: Project) -> None:
    """Asked for and written on connections of their own, in the same moment."""
    ProfileFactory.create(project=project, identity="u-1")
    together, beside = Barrier(10, timeout=30), list[int]()

    def seen(export: Export) -> Any:
        beside.append(Export.objects.filter(status=ExportStatus.RUNNING).count())
        return people_content(export)

    def ask_and_write(_: int) -> None:
        try:
            together.wait()
            ask_for(project, everybody(), by=SYSTEM)
            while Export.objects.unfinished().exists():
                write_next()
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(10) as people:
        patch.setitem(contents.CONTENTS, "people", seen)  # type: ignore[arg-type]
        list(people.map(ask_and_write, range(10)))

    outcomes = Export.objects.values_list("status", "tries", "rows_done", "problem")
    assert list(outcomes) == [(ExportStatus.DONE, 1, 1, "")] * 10
    assert beside == [1] * 10


@pytest.mark.parametrize(("is_sending", "pauses"), [(True, 3), (False, 0)])
def test_it_works_half_of_its_time_while_messages_wait_to_be_sent(
    project: Project, monkeypatch: pytest.MonkeyPatch, is_sending: bool, pauses: int
) -> None:
    slept = list[float]()
    monkeypatch.setattr(writing, "FETCHED", 2)
    monkeypatch.setattr(writing, "sleep", slept.append)
    ProfileFactory.create_batch(5, project=project)
    if is_sending:
        OutboxFactory.create()
    ask_for(project, everybody(), by=SYSTEM)
    assert write_next()
    assert len(slept) == pauses
    assert all(0 < seconds <= writing.LONGEST_PAUSE for seconds in slept)
    assert Export.objects.get().rows_done == 5


def test_a_list_that_is_deleted_in_mid_export_is_told(
    project: Project, marketer: Client, people_are: PeopleAre
) -> None:
    """What was found stands in its file: whom the list held when the export began."""
    custom_list = CustomListFactory.create(project=project)
    ListMemberFactory.create(custom_list=custom_list, profile__identity="u-7")
    export = ask(marketer, reverse("admin:campaigns_customlist_export", args=[custom_list.pk]))
    begun = list[str]()

    def deleted(export: Export) -> Any:
        content = people_content(export)
        rows = chain([next(content.rows)], content.rows)
        custom_list.delete()
        begun.append("rows")
        return replace(content, rows=rows)

    people_are(deleted)
    write_exports()
    export.refresh_from_db()
    assert begun == ["rows"]
    assert (export.status, export.rows_done, export.problem) == (ExportStatus.DONE, 1, "")


def test_what_never_gets_through_is_given_up(marketer: Client) -> None:
    export = ask(marketer, PEOPLE)
    for _ in range(lease.MOST_TRIES):
        assert lease.take_next() == export
        Export.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    assert not write_next()
    export.refresh_from_db()
    assert (export.status, export.problem) == (ExportStatus.FAILED, lease.GIVEN_UP)


def test_too_many_at_once_are_refused(project: Project, marketer: Client) -> None:
    ExportFactory.create_batch(MOST_WAITING, project=project, status=ExportStatus.QUEUED)
    answer = marketer.post(PEOPLE)
    assert "exports of this project wait already" in answer.content.decode()
    assert Export.objects.count() == MOST_WAITING


def test_a_full_disk_is_told_with_the_way_out(marketer: Client, people_are: PeopleAre) -> None:
    export = ask(marketer, PEOPLE)

    def no_room(_: Export) -> Any:
        raise OSError(ENOSPC, "No space left on device")

    people_are(no_room)
    write_exports()
    export.refresh_from_db()
    assert (export.status, export.problem) == (ExportStatus.FAILED, writing.NO_ROOM)
    assert "disk is full" in said(marketer, address("change", export))


def test_whoever_is_erased_is_in_no_file_any_more(
    project: Project, marketer: Client, tmp_path: Path
) -> None:
    done, waiting = ready(marketer, q="Asha"), ask(marketer, PEOPLE, q="Asha")
    failed = ExportFactory.create(
        project=project, status=ExportStatus.FAILED, problem="No", asked={"query": "Asha"}
    )
    other = ExportFactory.create(asked={"query": "Asha"}, status=ExportStatus.QUEUED)

    forget_exports(project.pk)

    for export in (done, waiting):
        export.refresh_from_db()
        assert (export.status, export.problem, export.asked) == (
            ExportStatus.GONE,
            HELD_SOMEBODY,
            {},
        )
    failed.refresh_from_db()
    assert (failed.status, failed.problem, failed.asked) == (ExportStatus.FAILED, "No", {})
    other.refresh_from_db()
    assert other.status == ExportStatus.QUEUED
    assert list((tmp_path / "exports").iterdir()) == []


# Turns of projects --------------------------------------------------------------------------------


def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is a part, and whoever else waits is looked for behind each."""
    monkeypatch.setattr(writing, "FETCHED", 1)
    monkeypatch.setattr(writing, "LOOKS_EVERY", 0.0)


def asked_by(project: Project, *, people: int = 1) -> Export:
    ProfileFactory.create_batch(people, project=project)
    return ask_for(project, everybody(), by=SYSTEM)


def ends() -> list[int]:
    return list(Export.objects.order_by("finished_at").values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_long_export_lets_those_of_other_projects_by(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(monkeypatch)
    long, mine = asked_by(project, people=60), asked_by(project)
    theirs = [asked_by(ProjectFactory.create()) for _ in range(2)]

    assert write_next()

    assert ends()[:3] == [*(one.pk for one in theirs), long.pk]
    assert Export.objects.get(pk=mine.pk).status == ExportStatus.QUEUED
    assert set(Export.objects.exclude(pk=mine.pk).values_list("status", "tries", "rows_done")) == {
        (ExportStatus.DONE, 1, 1),
        (ExportStatus.DONE, 1, 61),
    }


def test_one_that_comes_while_a_long_one_is_written_is_done_before_it(
    project: Project, people_are: PeopleAre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the worker that is at it: another one finds nothing to do, and stays free."""
    slowly(monkeypatch)
    other = ProjectFactory.create()
    long, late = asked_by(project, people=60), list[Export]()

    def interrupted(export: Export) -> Any:
        content = people_content(export)
        if export.pk != long.pk:
            return content

        def rows() -> Iterator[Any]:
            for number, row in enumerate(content.rows):
                if number == 3:
                    late.append(asked_by(other))
                    assert lease.take_next() is None
                yield row

        return replace(content, rows=rows())

    people_are(interrupted)
    assert write_next()
    assert ends() == [late[0].pk, long.pk]


def test_only_so_many_are_written_in_turns(
    project: Project, monkeypatch: pytest.MonkeyPatch, people_are: PeopleAre
) -> None:
    slowly(monkeypatch)
    monkeypatch.setattr(writing, "MOST_IN_TURNS", 2)
    beside = list[int]()

    def seen(export: Export) -> Any:
        beside.append(Export.objects.filter(status=ExportStatus.RUNNING).count())
        return people_content(export)

    people_are(seen)
    for _ in range(4):
        asked_by(ProjectFactory.create(), people=5)
    write_next()
    write_next()
    assert max(beside) == 2
    assert set(Export.objects.values_list("status", "tries")) == {(ExportStatus.DONE, 1)}


def test_what_was_interrupted_is_written_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be what ends its worker, and so the others' tries with it."""
    slowly(monkeypatch)
    odd = asked_by(project, people=3)
    assert lease.take_next() == odd
    Export.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    other, another = ProjectFactory.create(), ProjectFactory.create()
    asked_by(other, people=3)
    first = lease.take_next()
    assert first is not None
    assert first.project == other
    assert lease.take_beside() is None  # the odd one has its turn when this one is over
    Export.objects.filter(pk=first.pk).update(status=ExportStatus.DONE, finished_at=timezone.now())
    theirs = asked_by(another)
    Export.objects.filter(pk=theirs.pk).update(started_at=None)

    assert lease.take_next() == theirs
    Export.objects.filter(pk=theirs.pk).update(status=ExportStatus.DONE, finished_at=timezone.now())
    last = asked_by(other)
    assert write_next()
    assert Export.objects.get(pk=last.pk).status == ExportStatus.QUEUED
    odd.refresh_from_db()
    assert (odd.status, odd.tries, odd.rows_done) == (ExportStatus.DONE, 2, 3)


def test_one_that_fails_takes_nobody_elses_along(
    project: Project,
    people_are: PeopleAre,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    slowly(monkeypatch)
    odd = asked_by(project, people=5)
    other = asked_by(ProjectFactory.create(), people=20)

    def broken(export: Export) -> Any:
        content = people_content(export)
        if export.pk != odd.pk:
            return content
        return replace(content, rows=chain([next(content.rows)], map(int, ["no number"])))

    people_are(broken)
    assert write_next()
    other.refresh_from_db()
    odd.refresh_from_db()
    assert (other.status, other.rows_done) == (ExportStatus.DONE, 20)
    assert (odd.status, odd.tries) == (ExportStatus.RUNNING, 1)  # found again once it is silent
    assert f"Export {odd.pk} was interrupted" in caplog.text


# A campaign's messages, and results ---------------------------------------------------------------


@pytest.fixture
def run(project: Project) -> Run:
    run = RunFactory.create(
        campaign__project=project, campaign__name="=Sale", campaign__published_at=timezone.now()
    )
    fill(run)
    return run


def test_a_campaigns_messages_say_how_far_each_got_and_why_no_further(
    run: Run, marketer: Client
) -> None:
    where = reverse("admin:campaigns_campaign_export", args=[run.campaign_id])
    head, *rows = downloaded(marketer, ready(marketer, where))
    assert head == [
        *("Identity", "Phone", "Name", "What became of it", "Why", "Code"),
        *("Sent", "Delivered", "Viewed", "Clicked", "Replied", "Failed"),
    ]
    assert len(rows) == len(STATES)
    replied = next(row for row in rows if row[10])
    assert replied[6:11] == [
        "2026-03-01T17:30:00+05:30",
        "2026-03-01T17:30:00+05:30",
        "2026-03-01T17:31:00+05:30",
        "2026-03-01T17:32:00+05:30",
        "2026-03-01T17:33:00+05:30",
    ]
    why = {row[4] for row in rows if row[5] == "BLOCKED_FOR_USER"}
    assert why == {"The person has blocked your business on WhatsApp"}


def test_the_people_behind_a_number_are_those_of_the_file(run: Run, marketer: Client) -> None:
    where = reverse("admin:campaigns_campaign_export", args=[run.campaign_id])
    viewed = ready(marketer, where, slice="read", but_not="clicked")
    message = run.messages.get(state=State.READ, clicked_at=None)
    assert message.profile is not None
    assert [row[0] for row in downloaded(marketer, viewed)[1:]] == [message.profile.identity]
    assert viewed.title == "=Sale: Viewed, not clicked"
    assert marketer.post(where, {"slice": "all"}).status_code == 404


def test_the_people_of_one_variant_are_those_of_its_file(run: Run, marketer: Client) -> None:
    variant = VariantFactory.create(campaign=run.campaign, position=1)
    mine = MessageFactory.create(run=run, variant=variant, state=State.READ, read_at=timezone.now())
    where = reverse("admin:campaigns_campaign_export", args=[run.campaign_id])
    asked = {"slice": "read", "but_not": "clicked", "variant": variant.pk}
    dialog = said(marketer, f"{where}?{urlencode(asked)}")
    assert f'name="variant" value="{variant.pk}"' in dialog
    export = ready(marketer, where, **asked)
    assert export.title == "=Sale: Viewed, not clicked, variant B"
    assert [row[0] for row in downloaded(marketer, export)[1:]] == [mine.profile.identity]
    Export.objects.filter(pk=export.pk).update(  # as it was asked for before variants were told
        status=ExportStatus.QUEUED, asked={k: v for k, v in export.asked.items() if k != "variant"}
    )
    write_exports()
    export.refresh_from_db()
    assert (export.status, export.rows_done) == (ExportStatus.DONE, 2)


def test_results_of_campaigns_are_a_row_each(project: Project, run: Run, marketer: Client) -> None:
    CampaignFactory.create(project=project)  # a draft
    other = CampaignFactory.create(project=project, published_at=timezone.now())
    where = reverse("admin:campaigns_campaign_export_results")
    head, *rows = downloaded(marketer, ready(marketer, where))
    assert head[4:8] == ["Targeted", "Queued", "Suppressed", "In doubt"]
    assert [(row[0], row[4], row[8]) for row in rows] == [
        (other.name, "0", "0"),
        ("'=Sale", "13", "6"),
    ]
    chosen = ready(marketer, where, campaign=[run.campaign_id])
    assert [row[0] for row in downloaded(marketer, chosen)[1:]] == ["'=Sale"]

    aimed = with_goal(project).campaign
    Campaign.objects.filter(pk=aimed.pk).update(published_at=timezone.now())
    _, *rows = downloaded(marketer, ready(marketer, where))
    reached = head.index("Converted")
    assert {row[0]: row[reached] for row in rows} == {aimed.name: "0", other.name: "", "'=Sale": ""}


# Leading on ---------------------------------------------------------------------------------------


def test_one_click_leads_to_a_campaign_for_whoever_viewed_and_did_not_click(
    run: Run, marketer: Client, viewer: Client
) -> None:
    page = reverse("admin:campaigns_campaign_change", args=[run.campaign_id])
    run.campaign.status = "completed"
    run.campaign.save()
    assert "Write to whoever viewed and did not click" in said(marketer, page)
    assert "Write to whoever viewed" not in said(viewer, page)
    where = reverse("admin:campaigns_campaign_follow_up", args=[run.campaign_id])
    asked = {"slice": "read", "but_not": "clicked"}

    answer = marketer.post(where, asked)

    made = run.campaign.project.lists.get()
    assert made.name == "=Sale: Viewed, not clicked"
    message = run.messages.get(state=State.READ, clicked_at=None)
    assert [one.profile_id for one in made.members.all()] == [message.profile_id]
    assert answer["Location"].endswith(f"/campaign/add/?audience=some&lists={made.pk}")
    again = marketer.post(where, asked)
    assert again.status_code == 302
    assert run.campaign.project.lists.count() == 2


def test_where_there_is_nobody_no_list_is_made(run: Run, marketer: Client) -> None:
    run.messages.all().delete()
    where = reverse("admin:campaigns_campaign_follow_up", args=[run.campaign_id])
    answer = marketer.post(where, {"slice": "read", "but_not": "clicked"}, follow=True)
    assert "nobody to write to" in answer.content.decode()
    assert not run.campaign.project.lists.exists()


def test_a_list_has_its_button(project: Project, marketer: Client) -> None:
    regulars = CustomListFactory.create(project=project, name="Regulars")
    ListMemberFactory.create(custom_list=regulars, profile__identity="u-9")
    where = reverse("admin:campaigns_customlist_export", args=[regulars.pk])
    assert where in said(marketer, reverse("admin:campaigns_customlist_change", args=[regulars.pk]))
    export = ready(marketer, where)
    assert export.title == "List Regulars"
    assert [row[0] for row in downloaded(marketer, export)[1:]] == ["u-9"]
