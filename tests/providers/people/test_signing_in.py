"""Coming in with name and password: limits that slow guessing down and lock nobody out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from providers.models import AuditEntry, Project, SignInTry, User
from providers.people.sign_in_limits import Caller, Wait, begin, succeed
from providers.people.signing_in import end_sessions
from tests.campaigns.locks import wait_for_locks
from tests.factories import MembershipFactory, UserFactory
from tests.factories.providers import PASSWORD

HOME = "203.0.113.7"


@pytest.fixture
def person(project: Project) -> User:
    user: User = MembershipFactory.create(project=project, user__username="meera").user
    return user


def sign_in(
    client: Client, password: str = PASSWORD, *, name: str = "meera", at: str = HOME
) -> Any:
    return client.post("/login/", {"username": name, "password": password}, REMOTE_ADDR=at)


def wait_for(name: str, address: str, browser: str = "") -> int:
    """Seconds that a try has to wait; 0 for one that may begin."""
    begun = begin(Caller(name=name, address=address, browser=browser))
    return begun.seconds if isinstance(begun, Wait) else 0


def age_tries(*, minutes: float) -> None:
    for attempt in SignInTry.objects.all():
        attempt.at -= timedelta(minutes=minutes)
        attempt.save()


def test_two_who_end_the_sessions_at_once_end_those_begun_between(person: User) -> None:
    seen_before = User.objects.get(pk=person.pk)
    end_sessions(person)
    between = person.get_session_auth_hash()
    end_sessions(seen_before)
    assert User.objects.get(pk=person.pk).get_session_auth_hash() != between


# Through the page ---------------------------------------------------------------------------------


def test_signing_in_and_out_stands_in_the_audit_log(person: User, client: Client) -> None:
    sign_in(client, "wrong")
    sign_in(client)
    client.post("/logout/")
    entries = AuditEntry.objects.order_by("pk").values_list("action", "by", "target_id", "note")
    me = person.pk, str(person.pk)
    assert list(entries) == [
        ("person.failed_to_sign_in", *me, "Wrong password"),
        ("person.signed_in", *me, ""),
        ("person.signed_out", *me, ""),
    ]
    assert client.get("/").status_code == 302


class CountingHasher(PBKDF2PasswordHasher):
    iterations = 1
    done: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        self.done.append(password)
        return super().encode(password, salt, iterations)


@pytest.mark.parametrize("name", ["meera", "nobody", "switched-off", "without-password"])
def test_every_name_costs_one_hash_whether_there_is_such_a_person_or_not(
    person: User, client: Client, settings: Settings, name: str
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    UserFactory.create(username="switched-off", is_active=False)
    for user in User.objects.all():
        user.set_password(PASSWORD)
        user.save()
    lost = UserFactory.create(username="without-password")
    lost.set_unusable_password()
    lost.save()
    CountingHasher.done.clear()

    answer = sign_in(client, "wrong", name=name)

    assert len(CountingHasher.done) == 1
    assert "belong together" in answer.text


@pytest.mark.django_db
def test_what_is_typed_as_a_name_is_kept_nowhere(client: Client) -> None:
    sign_in(client, name="my-password-by-mistake")
    [attempt] = SignInTry.objects.values()
    assert "mistake" not in str(attempt)
    assert AuditEntry.objects.count() == 0


def test_after_five_wrong_passwords_the_right_one_has_to_wait_too(
    person: User, client: Client
) -> None:
    codes = [sign_in(client, f"wrong {n}").status_code for n in range(5)]
    refused = sign_in(client)
    assert (codes, refused.status_code) == ([200] * 5, 429)
    assert refused.context["form"].non_field_errors() == [
        "That was tried too often. Please wait 15 minutes, then try again."
    ]
    assert 890 <= int(refused["Retry-After"]) <= 900
    age_tries(minutes=15.1)
    assert sign_in(client).status_code == 302


def test_a_thousand_wrong_passwords_leave_five_tries_and_let_the_owner_in(
    person: User, client: Client
) -> None:
    """The owner comes from elsewhere; and from the same address in a browser that is known."""
    known = Client()
    sign_in(known)
    known.post("/logout/")
    looked_at = [wait_for("meera", HOME) == 0 for _ in range(1000)]
    assert (looked_at.count(True), SignInTry.objects.count()) == (5, 5)
    assert sign_in(client).status_code == 429
    assert sign_in(known).status_code == 302
    assert sign_in(Client(), at="198.51.100.20").status_code == 302


def test_a_known_browser_comes_in_while_its_name_is_attacked_from_everywhere(
    person: User,
) -> None:
    known = Client()
    sign_in(known)
    known.post("/logout/")
    for n in range(30):
        begin(Caller(name="meera", address=f"198.51.100.{n}"))
    for n in range(3):
        sign_in(Client(), "wrong", at=f"203.0.113.{n}")
    assert sign_in(Client(), at="203.0.113.99").status_code == 429
    assert sign_in(known).status_code == 302


@pytest.mark.parametrize(
    ("attackers", "neighbour", "elsewhere"),
    [("2001:db8:7:{:x}::1", "2001:db8:7:ffff::9", "2001:db8:8::9"),
     ("198.51.100.{}", "198.51.100.250", "198.51.101.9")],
)  # fmt: skip
def test_while_one_network_guesses_the_owner_comes_in_from_any_other(
    person: User, attackers: str, neighbour: str, elsewhere: str
) -> None:
    """The owner has no browser that is known, and slips twice."""
    for n in range(20):
        begin(Caller(name="meera", address=attackers.format(n)))
        sign_in(Client(), f"guess {n}", at=attackers.format(n))
        age_tries(minutes=0.5)  # the longest pause
    assert sign_in(Client(), "guess", at=attackers.format(30)).status_code == 200
    assert sign_in(Client(), "guess", at=attackers.format(31)).status_code == 429
    assert sign_in(Client(), at=neighbour).status_code == 429
    slips = [sign_in(Client(), "slip", at=elsewhere).status_code for _ in range(2)]
    assert (slips, sign_in(Client(), at=elsewhere).status_code) == ([200, 200], 302)


def test_who_guesses_from_very_many_networks_has_to_wait_in_the_end(person: User) -> None:
    for n in range(99):
        assert begin(caller_from(n)) == SignInTry.objects.latest("pk")
    assert sign_in(Client(), "guess", at="198.51.100.7").status_code == 200
    assert sign_in(Client(), "guess", at="198.51.101.7").status_code == 429
    age_tries(minutes=0.5)
    assert sign_in(Client(), "guess", at="198.51.102.7").status_code == 200
    assert sign_in(Client(), "guess", at="198.51.103.7").status_code == 429


def caller_from(network: int) -> Caller:
    return Caller(
        name="meera", address=f"198.51.{network}.7", neighbourhood=f"198.51.{network}.0/24"
    )


def test_codes_of_the_second_factor_go_through_no_pause(person: User) -> None:
    begun = [begin(caller_from(n).of_second_factor()) for n in range(12)]
    assert [isinstance(one, Wait) for one in begun] == [False] * 10 + [True] * 2


def test_the_mark_of_a_known_browser_serves_no_other_name(person: User, project: Project) -> None:
    MembershipFactory.create(project=project, user__username="ravi")
    known = Client()
    sign_in(known)
    for n in range(5):
        sign_in(known, f"wrong {n}", name="ravi")
    assert sign_in(Client(), name="ravi").status_code == 429


def test_the_address_is_the_one_that_our_proxy_saw(
    person: User, client: Client, settings: Settings
) -> None:
    settings.TRUSTED_HOPS = 1
    for n in range(5):
        client.post(
            "/login/",
            {"username": "meera", "password": "wrong"},
            REMOTE_ADDR="10.0.0.1",
            headers={"X-Forwarded-For": f"192.0.2.{n}, {HOME}"},
        )
    assert wait_for("meera", HOME) > 800
    assert wait_for("meera", "10.0.0.1") == 0


def test_a_changed_password_ends_the_sessions_elsewhere(person: User) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here)
    sign_in(elsewhere)
    form = {"old_password": PASSWORD, "new_password1": "nine lives", "new_password2": "nine lives"}
    assert here.post("/password_change/", form).status_code == 302
    assert (here.get("/").status_code, elsewhere.get("/").status_code) == (200, 302)
    assert AuditEntry.objects.filter(action="person.changed_the_password").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_one_password_at_once_one_does(person: User) -> None:
    """The old one is good once; and what became of the account meanwhile stays."""
    User.objects.update(is_superuser=True)
    browsers = [Client(), Client()]
    for browser in browsers:
        sign_in(browser)

    def change(browser: Client) -> int:
        new = {"new_password1": "nine lives", "new_password2": "nine lives"}
        try:
            form = {"old_password": PASSWORD, **new}
            return browser.post("/password_change/", form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            User.objects.update(is_superuser=False)
            answers = pool.map(change, browsers)
            wait_for_locks(2)
        assert sorted(answers) == [200, 302]

    person.refresh_from_db()
    assert (person.is_superuser, person.check_password("nine lives")) == (False, True)
    assert AuditEntry.objects.filter(action="person.changed_the_password").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["providers_user_change", "auth_user_password_change"])
def test_what_changes_while_an_operator_saves_an_account_stays(form: str, person: User) -> None:
    operator = Client()
    operator.force_login(UserFactory.create(is_superuser=True))
    address = reverse(f"admin:{form}", args=[person.pk])
    password = {"password1": "seven quiet lives", "password2": "seven quiet lives"}
    typed = {"username": "meera", "first_name": "Mira", "is_active": "on", **password}

    def save() -> int:
        try:
            return operator.post(address, {**typed, "usable_password": "true"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            User.objects.filter(pk=person.pk).update(password="new", sessions_number=7)
            answer = pool.submit(save)
            wait_for_locks(1)
        assert answer.result() == 302

    person.refresh_from_db()
    is_about_all = form == "providers_user_change"
    assert person.sessions_number == 7
    assert (person.password == "new", person.first_name == "Mira") == (is_about_all, is_about_all)


def test_a_forged_form_signs_nobody_in(person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403


def test_a_goal_elsewhere_is_not_followed(person: User, client: Client) -> None:
    answer = client.post(
        "/login/?next=https://evil.example/", {"username": "meera", "password": PASSWORD}
    )
    assert answer["Location"] == reverse("admin:index")


# The limits ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_name_tried_from_many_places_is_slowed_down_and_never_locked() -> None:
    waits = [wait_for("meera", f"198.51.100.{n}") for n in range(12)]
    assert waits[:10] == [0] * 10
    assert waits[10:] == [1, 1]
    age_tries(minutes=1 / 60)
    assert wait_for("meera", "203.0.113.1") == 0
    assert wait_for("meera", "203.0.113.2") == 2
    for n in range(20):
        SignInTry.objects.create(name=SignInTry.objects.first().name, place=str(n), address="x")
    assert wait_for("meera", "203.0.113.3") == 30


@pytest.mark.django_db
def test_one_address_tries_sixty_times_whatever_the_names() -> None:
    waits = [wait_for(f"person {n}", HOME) for n in range(61)]
    assert (waits[:60], waits[60] > 890) == ([0] * 60, True)


def test_a_whole_ipv6_network_of_one_caller_is_one_address(person: User) -> None:
    for n in range(5):
        sign_in(Client(), "wrong", at=f"2001:db8:0:7::{n}")
    assert sign_in(Client(), at="2001:db8:0:7:ffff::1").status_code == 429
    assert sign_in(Client(), at="2001:db8:0:8::1").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "longest"), [(5, 900), (16, 0), (600, 0), (60 * 24 * 40, 0)])
def test_a_clock_that_was_set_back_keeps_nobody_out(minutes: int, longest: int) -> None:
    """Nor do clocks of several machines that are apart."""
    for _ in range(5):
        wait_for("meera", HOME)
    SignInTry.objects.update(at=timezone.now() + timedelta(minutes=minutes))
    assert wait_for("meera", HOME) <= longest


@pytest.mark.django_db
def test_a_success_lets_the_same_place_start_anew() -> None:
    for _ in range(4):
        wait_for("meera", HOME)
    attempt = begin(Caller(name="Meera", address=HOME))
    assert isinstance(attempt, SignInTry)
    succeed(attempt)
    assert SignInTry.objects.count() == 0


@pytest.mark.django_db
def test_tries_older_than_an_hour_are_forgotten() -> None:
    wait_for("meera", HOME)
    SignInTry.objects.update(at=timezone.now() - timedelta(minutes=61))
    wait_for("ravi", HOME)
    assert SignInTry.objects.count() == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (30, "30 seconds"), (61, "2 minutes"), (900, "15 minutes")],
)
def test_a_wait_is_told_in_words(seconds: int, words: str) -> None:
    assert str(Wait(seconds)) == words
