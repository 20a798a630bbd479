"""Invitations work once and for a week; passwords are reset by mail, by an admin, by a command."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from providers.models import AuditEntry, Invitation, Membership, Project, Role, User
from providers.people import inviting
from providers.people.passwords import reset_link
from providers.tasks import mail_password_links
from providers.watch.actors import Actor
from tests.campaigns.locks import wait_for_locks
from tests.conftest import client_in
from tests.factories import MembershipFactory, UserFactory
from tests.factories.providers import PASSWORD

ADD = "/providers/membership/add/"
NEW = {
    "full_name": "Meera Rao",
    "new_password1": "nine quiet lives",
    "new_password2": "nine quiet lives",
}


@pytest.fixture
def boss(project: Project) -> User:
    user: User = MembershipFactory.create(
        project=project, role=Role.ADMIN, user__username="boss"
    ).user
    return user


@pytest.fixture
def as_boss(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def invite(as_boss: Client, email: str = "meera@example.com", role: str = "viewer") -> str:
    """The path of the link."""
    link: str = as_boss.post(ADD, {"email": email, "role": role}).context["invited"].link
    return link.removeprefix("http://127.0.0.1:8000")


def opened(path: str, client: Client | None = None) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.get(path, follow=True)


def roles(project: Project) -> dict[str, str]:
    return dict(project.memberships.values_list("user__username", "role"))


def test_somebody_new_makes_an_account_with_the_link(project: Project, as_boss: Client) -> None:
    client, page = opened(invite(as_boss))
    assert page.redirect_chain == [("/invitation/", 302)]
    assert client.post("/invitation/", NEW)["Location"] == "/"
    assert roles(project) == {"boss": "admin", "meera@example.com": "viewer"}
    person = User.objects.get(username="meera@example.com")
    assert (person.get_full_name(), client.get("/").status_code) == ("Meera Rao", 200)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["invitation.sent", "membership.joined", "person.signed_in"]


def test_a_project_sends_a_bounded_number_of_invitations_a_day(
    project: Project, as_boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is a mail to anybody, from the installation's address, with words of the project's."""
    monkeypatch.setattr(inviting, "MOST_A_DAY", 2)
    invite(as_boss, "a@example.com")
    as_boss.post(f"/providers/membership/{Invitation.objects.get().pk}/withdraw/")
    invite(as_boss, "b@example.com")
    page = as_boss.post(ADD, {"email": "c@example.com", "role": "viewer"})
    assert page.context["form"].errors["email"] == [inviting.TOO_MANY]
    assert Invitation.objects.count() == 2
    other = MembershipFactory.create(role=Role.ADMIN)
    elsewhere = Client()
    elsewhere.force_login(other.user)
    invite(elsewhere, "c@example.com")
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    invite(as_boss, "c@example.com")


def test_who_has_an_account_joins_with_it(project: Project, as_boss: Client) -> None:
    """Even one who is in no project, and could not sign in otherwise."""
    UserFactory.create(username="meera", email="meera@example.com")
    client, page = opened(invite(as_boss))
    assert page.context["has_account"]
    assert client.post("/invitation/", NEW).context["trouble"] == (
        "There is an account for this address: please sign in."
    )
    answer = client.post(
        "/login/?next=/invitation/", {"username": "meera", "password": PASSWORD}, follow=True
    )
    assert "Join as meera" in re.sub(r"\s+", " ", answer.content.decode())
    assert client.post("/invitation/")["Location"] == "/"
    assert roles(project) == {"boss": "admin", "meera": "viewer"}


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"accepted_at": timezone.now()}, "Somebody has joined with this link already."),
        ({"withdrawn_at": timezone.now()}, "This invitation doesn't exist any more."),
        ({"expires_at": timezone.now()}, "This invitation is older than 7 days."),
    ],
)
def test_a_link_that_is_used_withdrawn_or_old_says_so(
    project: Project, as_boss: Client, change: dict[str, Any], trouble: str
) -> None:
    path = invite(as_boss)
    Invitation.objects.update(**change)
    client, page = opened(path)
    assert page.context["trouble"].startswith(trouble)
    client.post("/invitation/", NEW)
    assert roles(project) == {"boss": "admin"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/invitation/", "/invitation/nonsense/"])
def test_a_link_that_nobody_made_says_so(path: str) -> None:
    _client, page = opened(path)
    assert page.context["trouble"] == "This invitation doesn't exist any more."


def test_an_invitation_ends_after_seven_days_and_only_its_hash_is_kept(
    project: Project, as_boss: Client
) -> None:
    path = invite(as_boss)
    invitation = Invitation.objects.get()
    lasts = invitation.expires_at - invitation.created_at
    assert abs(lasts - timedelta(days=7)) < timedelta(seconds=5)
    assert path.split("/")[2] not in str(Invitation.objects.values().get())


def test_a_line_break_in_the_projects_name_is_no_header_of_the_mail(
    project: Project, as_boss: Client, settings: Settings
) -> None:
    settings.SENDS_MAIL = True
    Project.objects.update(name="Tea\r\nBcc: everybody@example.com")
    invite(as_boss)
    (letter,) = mail.outbox
    assert letter.subject == "Join “Tea Bcc: everybody@example.com” in Kabootar"
    assert letter.recipients() == ["meera@example.com"]


def test_a_second_invitation_of_the_same_person_replaces_the_first(
    project: Project, as_boss: Client
) -> None:
    first, second = invite(as_boss), invite(as_boss, email="Meera@Example.com")
    assert "trouble" in opened(first)[1].context
    assert "trouble" not in opened(second)[1].context


def test_a_withdrawn_invitation_leaves_the_list(project: Project, as_boss: Client) -> None:
    path = invite(as_boss)
    page = "/providers/membership/"
    assert "meera@example.com" in as_boss.get(page).content.decode()
    as_boss.post(f"{page}{Invitation.objects.get().pk}/withdraw/")
    assert "meera@example.com" not in as_boss.get(page).content.decode()
    assert "trouble" in opened(path)[1].context


def test_who_opens_the_link_joins_as_whoever_they_are_and_once(
    project: Project, as_boss: Client
) -> None:
    """The link is the key, not the address: the audit log says who came with which invitation."""
    path = invite(as_boss)
    asha, ravi = UserFactory.create(username="asha"), UserFactory.create(username="ravi")
    first, second = Client(), Client()
    first.force_login(asha)
    second.force_login(ravi)
    opened(path, first)
    opened(path, second)
    assert first.post("/invitation/")["Location"] == "/"
    assert second.post("/invitation/").context["trouble"].startswith("Somebody has joined")
    assert "trouble" in opened(path, first)[1].context
    assert roles(project) == {"boss": "admin", "asha": "viewer"}
    joined = AuditEntry.objects.get(action="membership.joined")
    invited = Invitation.objects.get()
    assert (joined.by, joined.note) == (asha, f"With invitation {invited.pk}")


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"accepted_at": timezone.now()}, "Somebody has joined with this link already."),
        ({"withdrawn_at": timezone.now()}, "This invitation doesn't exist any more."),
        ({"expires_at": timezone.now()}, "This invitation is older than 7 days."),
    ],
)
def test_what_ends_an_invitation_between_the_page_and_the_button_counts(
    project: Project, as_boss: Client, change: dict[str, Any], trouble: str
) -> None:
    """Also between looking at it and joining: the moment of joining decides."""
    client, _page = opened(invite(as_boss))
    looked_at = Invitation.objects.get()
    Invitation.objects.update(**change)
    assert client.post("/invitation/", NEW).context["trouble"].startswith(trouble)
    with pytest.raises(inviting.InvitationError, match=trouble):
        inviting.accept(looked_at, UserFactory.create())
    with pytest.raises(inviting.InvitationError, match=trouble):
        inviting.accept_as_new(looked_at, full_name="Meera Rao", password="nine quiet lives")
    assert (roles(project), User.objects.filter(username="meera@example.com").count()) == (
        {"boss": "admin"},
        0,
    )


@pytest.mark.parametrize("way", ["removed", "made a viewer", "switched off"])
def test_who_is_no_admin_any_more_has_left_no_way_in(
    project: Project, boss: User, as_boss: Client, way: str
) -> None:
    """An admin invites another address of their own, as admin, before they are removed."""
    client, _page = opened(path := invite(as_boss, role="admin"))
    looked_at = Invitation.objects.get()
    other = client_in(project, Role.ADMIN)
    row = project.memberships.get(user=boss)
    if way == "removed":
        other.post(f"/providers/membership/{row.pk}/delete/", {"post": "yes"})
    elif way == "made a viewer":
        other.post(f"/providers/membership/{row.pk}/change/", {"role": "viewer"})
    else:
        User.objects.filter(pk=boss.pk).update(is_active=False)
    before = project.memberships.count()
    trouble = "Whoever sent this invitation is no admin of the project any more."
    assert client.post("/invitation/", NEW).context["trouble"].startswith(trouble)
    assert opened(path)[1].context["trouble"].startswith(trouble)
    with pytest.raises(inviting.InvitationError, match=trouble):
        inviting.accept(looked_at, UserFactory.create())
    assert project.memberships.count() == before
    assert "meera@example.com" not in other.get("/providers/membership/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_an_account_with_one_link_at_once_one_does() -> None:
    boss = MembershipFactory.create(role=Role.ADMIN)
    path = inviting.invite(
        boss.project, email="meera@example.com", role=Role.VIEWER, by=Actor(boss.user)
    ).link.removeprefix("http://127.0.0.1:8000")
    clients = [opened(path)[0] for _ in range(2)]

    def join(client: Client) -> int:
        try:
            return client.post("/invitation/", NEW).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(join, clients))
    assert sorted(answers) == [200, 302]
    assert roles(boss.project) == {
        boss.user.username: "admin",
        "meera@example.com": "viewer",
    }


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_link_at_once_one_joins() -> None:
    boss = MembershipFactory.create(role=Role.ADMIN)
    invited = inviting.invite(
        boss.project, email="meera@example.com", role=Role.VIEWER, by=Actor(boss.user)
    )
    people = UserFactory.create_batch(2)

    def join(person: User) -> bool:
        try:
            inviting.accept(invited.invitation, person)
        except inviting.InvitationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        joined = list(pool.map(join, people))
    assert (sorted(joined), boss.project.memberships.count()) == ([False, True], 2)


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_refused_beside_the_field(
    project: Project, as_boss: Client, email: str
) -> None:
    form = as_boss.post(ADD, {"email": email, "role": "viewer"}).context["form"]
    assert (list(form.errors), Invitation.objects.count()) == (["email"], 0)


def test_a_member_is_not_invited_again(project: Project, boss: User, as_boss: Client) -> None:
    form = as_boss.post(ADD, {"email": boss.email.upper(), "role": "viewer"}).context["form"]
    assert form.errors["email"][0].startswith("Somebody with this address is a member already")


def test_a_weak_password_is_refused_and_the_invitation_stays_good(
    project: Project, as_boss: Client
) -> None:
    client, _page = opened(invite(as_boss))
    weak = {"new_password1": "meera@example.com", "new_password2": "meera@example.com"}
    assert "new_password2" in client.post("/invitation/", {**NEW, **weak}).context["form"].errors
    assert client.post("/invitation/", NEW).status_code == 302


def test_the_invitation_is_mailed_where_mail_is_set_up(
    project: Project, as_boss: Client, settings: Settings
) -> None:
    settings.SENDS_MAIL = True
    path = invite(as_boss)
    [letter] = mail.outbox
    assert (letter.to, path in letter.body) == (["meera@example.com"], True)


def test_a_removed_members_sessions_end_everywhere(project: Project, as_boss: Client) -> None:
    member: Membership = MembershipFactory.create(project=project)
    MembershipFactory.create(user=member.user)
    client = Client()
    client.force_login(member.user)
    as_boss.post(f"/providers/membership/{member.pk}/delete/", {"post": "yes"})
    assert client.get("/")["Location"].startswith("/login/")


# A forgotten password -----------------------------------------------------------------------------


def test_without_mail_the_page_says_whom_to_ask(client: Client, db: None) -> None:
    page = client.get("/password/forgotten/").content.decode()
    assert "This console sends no mail" in page
    assert "<form" not in page.partition("This console sends no mail")[2]


def test_a_forgotten_password_gets_a_link_by_mail(project: Project, settings: Settings) -> None:
    settings.SENDS_MAIL = True
    user: User = MembershipFactory.create(project=project, user__email="meera@example.com").user
    mail_password_links(user.pk)
    [letter] = mail.outbox
    path = re.search(r"http://127.0.0.1:8000(/\S+)", letter.body)
    assert (letter.to, path is not None) == (["meera@example.com"], True)
    assert path
    assert opened(path[1])[1].context["validlink"]


@pytest.mark.parametrize("email", ["meera@example.com", "nobody@example.com"])
def test_the_page_says_the_same_of_every_address(
    project: Project, client: Client, settings: Settings, email: str
) -> None:
    settings.SENDS_MAIL = True
    MembershipFactory.create(project=project, user__email="meera@example.com")
    answer = client.post("/password/forgotten/", {"email": email})
    assert (answer.status_code, answer["Location"]) == (302, "/password/mailed/")


@pytest.mark.parametrize("email", ["meera@example.com", "nobody@example.com"])
def test_without_the_broker_the_page_asks_everybody_to_try_again(
    project: Project,
    client: Client,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    email: str,
) -> None:
    settings.SENDS_MAIL = True
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    MembershipFactory.create(project=project, user__email="meera@example.com")
    page = client.post("/password/forgotten/", {"email": email}).content.decode()
    assert "No mail can be sent just now. Please try again in a few minutes." in page


def test_the_command_prints_a_link_that_sets_a_password(project: Project) -> None:
    user: User = MembershipFactory.create(project=project, user__username="meera").user
    said = StringIO()
    call_command("password_link", "meera", "--reset-second-factor", stdout=said)
    path = said.getvalue().strip().removeprefix("http://127.0.0.1:8000")
    client, page = opened(path)
    passwords = {name: NEW[name] for name in ("new_password1", "new_password2")}
    client.post(page.redirect_chain[-1][0], passwords)
    user.refresh_from_db()
    assert user.check_password("nine quiet lives")
    with pytest.raises(CommandError, match="Nobody has this user name"):
        call_command("password_link", "nobody")


@pytest.mark.django_db(transaction=True)
def test_of_four_who_use_one_password_link_at_once_one_sets_a_password() -> None:
    user: User = MembershipFactory.create(user__username="meera").user
    path = reset_link(user).removeprefix("http://127.0.0.1:8000")
    chosen = [f"nine quiet lives {number}" for number in range(4)]
    browsers = [(*opened(path), password) for password in chosen]

    def choose(browser: tuple[Client, Any, str]) -> tuple[int, str]:
        client, page, password = browser
        typed = {"new_password1": password, "new_password2": password}
        try:
            answer = client.post(page.redirect_chain[-1][0], typed)
        finally:
            connection.close()
        return answer.status_code, "" if answer.status_code == 302 else answer.content.decode()

    with ThreadPoolExecutor(4) as pool:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            answers = pool.map(choose, browsers)
            wait_for_locks(4)
        told = list(answers)

    assert sorted(status for status, _ in told) == [200, 200, 200, 302]
    assert all("This link is not good any more" in page for status, page in told if status == 200)
    (winner,) = (number for number, (status, _) in enumerate(told) if status == 302)
    user.refresh_from_db()
    assert user.check_password(chosen[winner])
    assert AuditEntry.objects.filter(action="person.set_a_new_password").count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_becomes_of_somebody_while_they_set_a_password_stays() -> None:
    user: User = MembershipFactory.create(user__is_superuser=True).user
    client, page = opened(reset_link(user).removeprefix("http://127.0.0.1:8000"))
    passwords = {name: NEW[name] for name in ("new_password1", "new_password2")}

    def choose() -> int:
        try:
            return client.post(page.redirect_chain[-1][0], passwords).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(is_superuser=False)
            answer = pool.submit(choose)
            wait_for_locks(1)
        assert answer.result() == 302

    user.refresh_from_db()
    assert (user.is_superuser, user.check_password("nine quiet lives")) == (False, True)
