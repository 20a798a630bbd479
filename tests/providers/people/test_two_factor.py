"""The second factor: set up, asked for, lost, demanded by a project, reset by an admin."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp

from providers.models import AuditEntry, Membership, Project, RecoveryCode, Role, TwoFactor, User
from providers.people import two_factor
from providers.watch.actors import Actor
from tests.campaigns.locks import wait_for_locks
from tests.conftest import client_in
from tests.factories import MembershipFactory, ProjectFactory, UserFactory
from tests.factories.providers import PASSWORD

PAGE = "/account/second-factor/"


@pytest.fixture
def person(project: Project) -> User:
    user: User = MembershipFactory.create(project=project, user__username="meera").user
    return user


def code_of(user: User, *, steps: int = 0) -> str:
    key = bytes.fromhex(TwoFactor.objects.get(user=user).key)
    return f"{totp(key, drift=steps):06d}"


def switch_on(user: User) -> list[str]:
    """The recovery codes. The code of now is used with it."""
    return two_factor.confirm(two_factor.being_set_up(user), code_of_setup(user), by=Actor(user))


def code_of_setup(user: User) -> str:
    two_factor.being_set_up(user)
    return code_of(user)


def with_password(name: str = "meera") -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/login/", {"username": name, "password": PASSWORD})


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


# Setting up ---------------------------------------------------------------------------------------


def test_setting_up_takes_a_scan_and_one_code_and_shows_ten_recovery_codes(person: User) -> None:
    client, _answer = with_password()
    elsewhere, _answer = with_password()
    page = client.get(PAGE)
    assert page.context["picture"].startswith("data:image/svg+xml")
    key = two_factor.setup_key(TwoFactor.objects.get(user=person))
    assert f'<code id="two-factor-key">{key}</code>' in page.content.decode()
    shown = client.post(PAGE, {"code": code_of(person)})
    assert (len(shown.context["codes"]), two_factor.is_on(person)) == (10, True)
    assert "no-store" in shown["Cache-Control"]
    assert [c.get("/").status_code for c in (client, elsewhere)] == [200, 302]
    assert actions()[-1] == "person.switched_second_factor_on"


def test_a_wrong_first_code_switches_nothing_on(person: User) -> None:
    client, _answer = with_password()
    client.get(PAGE)
    shown = client.post(PAGE, {"code": "000000"})
    assert "not right" in shown.context["form"].errors["code"][0]
    assert (two_factor.is_on(person), RecoveryCode.objects.count()) == (False, 0)


def test_the_key_is_stored_encrypted_and_recovery_codes_as_hashes(person: User) -> None:
    codes = switch_on(person)
    row = TwoFactor.objects.get(user=person)
    raw = TwoFactor.objects.filter(pk=row.pk).extra(select={"raw": "key"}).values_list("raw")[0][0]
    assert row.key not in raw
    assert not set(codes) & set(RecoveryCode.objects.values_list("digest", flat=True))


# Coming in ----------------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing(person: User) -> None:
    switch_on(person)
    client, answer = with_password()
    assert answer["Location"] == "/login/code/"
    assert client.get("/")["Location"].startswith("/login/")
    assert "person.signed_in" not in actions()


def test_the_code_of_now_opens_and_is_good_once(person: User) -> None:
    switch_on(person)
    TwoFactor.objects.update(last_step=-1)
    client, _answer = with_password()
    again, _answer = with_password()
    code = code_of(person)
    assert client.post("/login/code/", {"code": f"{code[:3]} {code[3:]}"})["Location"] == "/"
    refused = again.post("/login/code/", {"code": code})
    assert "used already" in refused.context["form"].errors["code"][0]
    assert client.get("/").status_code == 200


def test_a_recovery_code_opens_once(person: User) -> None:
    code = switch_on(person)[0]
    client, _answer = with_password()
    assert client.post("/login/code/", {"code": code.upper().replace("-", " ")}).status_code == 302
    again, _answer = with_password()
    assert again.post("/login/code/", {"code": code}).status_code == 200
    assert two_factor.codes_left(person) == 9


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(person: User, steps: int, accepted: bool) -> None:
    switch_on(person)
    TwoFactor.objects.update(last_step=-1)
    while time.time() % 30 > 28:
        time.sleep(0.2)
    assert two_factor.accepts(person, code_of(person, steps=steps)) is accepted


@pytest.mark.parametrize(("minutes", "opens"), [(5, False), (12, True), (60 * 24, True)])
def test_a_clock_that_was_set_back_keeps_nobody_out_for_long(
    person: User, minutes: int, opens: bool
) -> None:
    """Under it a code of later was used; one of now is good all the same, once."""
    switch_on(person)
    TwoFactor.objects.update(last_step=int(time.time()) // 30 + minutes * 2)
    code = code_of(person)
    accepted = [two_factor.accepts(person, code) for _ in range(2)]
    assert accepted == [opens, False]


@pytest.mark.parametrize("code", ["", "12345", "1234567", "१२३४५६", "abcdef", "-12345", "1e5000"])
def test_what_is_no_code_is_refused(person: User, code: str) -> None:
    switch_on(person)
    assert two_factor.accepts(person, code) is False


def test_guessing_codes_is_slowed_down(person: User) -> None:
    switch_on(person)
    client, _answer = with_password()
    codes = [client.post("/login/code/", {"code": "000000"}).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]


def test_the_page_for_the_code_is_nobodys_without_the_password(client: Client, db: None) -> None:
    assert client.get("/login/code/")["Location"] == "/login/"
    assert client.post("/login/code/", {"code": "123456"})["Location"] == "/login/"


def test_a_password_changed_meanwhile_begins_anew(person: User) -> None:
    switch_on(person)
    client, _answer = with_password()
    person.set_password("another one")
    person.save()
    assert client.get("/login/code/")["Location"] == "/login/"


# Demanded by a project ----------------------------------------------------------------------------


@pytest.fixture
def demanding(project: Project) -> Project:
    project.requires_two_factor = True
    project.save()
    return project


def test_a_project_that_asks_shows_nothing_before_there_is_one(
    demanding: Project, person: User
) -> None:
    client, _answer = with_password()
    assert client.get("/")["Location"] == PAGE
    assert client.post("/campaigns/campaign/add/")["Location"] == PAGE
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == PAGE
    client.get(PAGE)
    client.post(PAGE, {"code": code_of(person)})
    assert client.get("/").status_code == 200


def test_another_project_that_does_not_ask_stays_open(demanding: Project, person: User) -> None:
    other = ProjectFactory.create()
    MembershipFactory.create(project=other, user=person)
    client, _answer = with_password()
    client.post("/switch-project/", {"project": other.pk})
    assert client.get("/").status_code == 200
    client.post("/switch-project/", {"project": demanding.pk})
    assert client.get("/")["Location"] == PAGE


def test_it_cant_be_switched_off_where_it_is_demanded(demanding: Project, person: User) -> None:
    codes = switch_on(person)
    client, _answer = with_password()
    client.post("/login/code/", {"code": codes[0]})
    client.post(PAGE + "off/", {"code": codes[1]})
    assert two_factor.is_on(person)


def test_switching_off_and_new_recovery_codes_take_a_code(person: User) -> None:
    codes = switch_on(person)
    client, _answer = with_password()
    client.post("/login/code/", {"code": codes[0]})
    assert client.post(PAGE + "codes/", {"code": "000000"}).status_code == 200
    new = client.post(PAGE + "codes/", {"code": codes[1]}).context["codes"]
    assert two_factor.accepts(person, codes[2]) is False
    assert client.post(PAGE + "off/", {"code": new[0]}).status_code == 302
    assert two_factor.is_on(person) is False
    assert actions()[-2:] == ["person.made_new_recovery_codes", "person.switched_second_factor_off"]


# Reset by an admin --------------------------------------------------------------------------------


def reset_page(membership: Membership) -> str:
    return reverse("admin:providers_membership_reset_second_factor", args=[membership.pk])


def test_an_admin_resets_it_and_the_persons_sessions_end(
    project: Project, person: User, project_admin: Client
) -> None:
    codes = switch_on(person)
    theirs, _answer = with_password()
    theirs.post("/login/code/", {"code": codes[0]})
    page = reset_page(person.memberships.get())
    assert project_admin.get(page).status_code == 200
    assert two_factor.is_on(person)
    assert project_admin.post(page).status_code == 302
    assert (two_factor.is_on(person), theirs.get("/").status_code) == (False, 302)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.target_id, entry.project) == (
        "person.reset_second_factor",
        str(person.pk),
        project,
    )


@pytest.mark.parametrize("kind", ["operator", "elsewhere", "oneself"])
@pytest.mark.parametrize("page", ["reset_second_factor", "password_link"])
def test_an_admin_resets_nobody_who_may_more(project: Project, kind: str, page: str) -> None:
    admin = client_in(project, Role.ADMIN)
    member = {
        "operator": lambda: MembershipFactory.create(
            project=project, user=UserFactory.create(is_superuser=True)
        ),
        "elsewhere": lambda: _member_of_two(project),
        "oneself": project.memberships.get,
    }[kind]()
    address = reverse(f"admin:providers_membership_{page}", args=[member.pk])
    assert [admin.get(address).status_code, admin.post(address).status_code] == [403, 403]


def _member_of_two(project: Project) -> Membership:
    member: Membership = MembershipFactory.create(project=project)
    MembershipFactory.create(user=member.user, project=ProjectFactory.create())
    return member


def test_a_password_link_of_an_admin_sets_a_password_once(
    project: Project, person: User, project_admin: Client
) -> None:
    page = reverse("admin:providers_membership_password_link", args=[person.memberships.get().pk])
    link = project_admin.post(page).context["link"]
    client = Client()
    form = client.get(link.removeprefix("http://127.0.0.1:8000"), follow=True)
    address = form.redirect_chain[-1][0]
    answer = client.post(
        address, {"new_password1": "nine quiet lives", "new_password2": "nine quiet lives"}
    )
    assert answer["Location"] == "/password/set/"
    person.refresh_from_db()
    assert person.check_password("nine quiet lives")
    again = Client().get(link.removeprefix("http://127.0.0.1:8000"), follow=True)
    assert again.context["validlink"] is False
    assert actions() == ["person.made_a_password_link", "person.set_a_new_password"]


JOINS = "the person joins another project"
BECOMES = "the person becomes an operator"
IS_REMOVED = "the admin is removed"
IS_LESS = "the admin is one no more"
SHUT_OUT = "the admin's account is closed"


@pytest.mark.parametrize("opened_before", [False, True])
@pytest.mark.parametrize("what", [JOINS, BECOMES, IS_REMOVED, IS_LESS, SHUT_OUT])
def test_a_password_link_ends_with_the_right_to_make_it(
    project: Project, person: User, what: str, opened_before: bool
) -> None:
    """Whoever kept one comes in nowhere with it that was closed to them, nor back."""
    MembershipFactory.create(project=project, role=Role.ADMIN)
    admin = MembershipFactory.create(project=project, role=Role.ADMIN)
    client = Client()
    client.force_login(admin.user)
    page = reverse("admin:providers_membership_password_link", args=[person.memberships.get().pk])
    link = client.post(page).context["link"].removeprefix("http://127.0.0.1:8000")
    attacker = Client()
    if opened_before:
        assert attacker.get(link, follow=True).context["validlink"] is True
    {
        JOINS: lambda: MembershipFactory.create(user=person, project=ProjectFactory.create()),
        BECOMES: lambda: User.objects.filter(pk=person.pk).update(is_superuser=True),
        IS_REMOVED: admin.delete,
        IS_LESS: lambda: Membership.objects.filter(pk=admin.pk).update(role=Role.MARKETER),
        SHUT_OUT: lambda: User.objects.filter(pk=admin.user_id).update(is_active=False),
    }[what]()
    address = f"{link.rsplit('/', 2)[0]}/set-password/" if opened_before else link
    chosen = {"new_password1": "nine quiet lives", "new_password2": "nine quiet lives"}
    assert attacker.get(address, follow=True).context["validlink"] is False
    assert attacker.post(address, chosen).status_code == 200
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize(
    "change", ["{token}.{other}", "{start}", "{start}.", "{token}x", "{start}.9" * 9]
)
def test_nobody_writes_another_maker_into_a_password_link(
    project: Project, person: User, project_admin: Client, change: str
) -> None:
    page = reverse("admin:providers_membership_password_link", args=[person.memberships.get().pk])
    link = project_admin.post(page).context["link"].removeprefix("http://127.0.0.1:8000")
    boss = UserFactory.create(is_superuser=True)
    before, token = link.rstrip("/").rsplit("/", 1)
    start = token.partition(".")[0]
    forged = change.format(token=token, start=start, other=boss.pk)
    for bad in (forged, f"{start}.{boss.pk}"):
        assert Client().get(f"{before}/{bad}/", follow=True).context["validlink"] is False


def test_operators_find_the_ways_out_on_a_persons_page(person: User, operator: Client) -> None:
    page = operator.get(reverse("admin:providers_user_change", args=[person.pk])).content.decode()
    links = [
        reverse(f"admin:providers_user_{name}", args=[person.pk])
        for name in ("password_link", "reset_second_factor")
    ]
    assert [link in page for link in links] == [True, True]
    assert operator.post(links[0]).context["link"].startswith("http://127.0.0.1:8000/password/new/")


def test_the_members_list_says_who_has_a_second_factor(person: User, project_admin: Client) -> None:
    switch_on(person)
    rows = project_admin.get("/providers/membership/").context["cl"].result_list
    shown = {row.user.username: row for row in rows}
    assert shown["meera"].user.two_factor.confirmed_at is not None
    text = project_admin.get("/providers/membership/").content.decode()
    assert (">On<" in text.replace(" ", "").replace("\n", "")) is True


# At once ------------------------------------------------------------------------------------------


def from_a_thread(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_two_with_different_first_codes_at_once_one_switches_it_on() -> None:
    """Both codes are good by themselves: clocks may differ by half a minute."""
    user = UserFactory.create()
    row = two_factor.being_set_up(user)

    def confirm(steps: int) -> list[str]:
        code = code_of(user, steps=steps)
        mine = TwoFactor.objects.get(pk=row.pk)
        return from_a_thread(lambda: two_factor.confirm(mine, code, by=Actor(user)))

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            TwoFactor.objects.select_for_update().get(pk=row.pk)
            shown = []
            for number, steps in enumerate((-1, 0), 1):
                shown.append(pool.submit(confirm, steps))
                wait_for_locks(number)
        codes = [one.result() for one in shown]

    assert [len(one) for one in codes] == [10, 0]
    assert two_factor.accepts(user, codes[0][0])
    assert actions() == ["person.switched_second_factor_on"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_for_recovery_codes_at_once_one_keeps_ten() -> None:
    user = UserFactory.create()
    switch_on(user)

    def renew() -> list[str]:
        return from_a_thread(lambda: two_factor.renew_recovery_codes(user, by=Actor(user)))

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            list(RecoveryCode.objects.select_for_update())
            shown = [pool.submit(renew) for _ in range(2)]
            wait_for_locks(2)
        for one in shown:
            one.result()

    assert two_factor.codes_left(user) == 10
