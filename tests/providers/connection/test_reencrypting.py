"""Rotating CREDENTIAL_KEYS: everything ends under the newest key, whatever else happens."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from providers.connection import reencrypting
from providers.connection.reencrypting import columns
from providers.models import Provider
from tests.factories import CallbackKeyFactory, ProviderFactory

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def reencrypted() -> str:
    out = StringIO()
    call_command("reencrypt_credentials", stdout=out, stderr=out)
    return out.getvalue()


def secrets_of(provider: Provider) -> list[str]:
    provider = Provider.objects.get(pk=provider.pk)
    return [provider.hsm_user_id, provider.hsm_password, provider.two_way_password]


def test_encrypted_columns_are_found_by_themselves() -> None:
    known = {str(column) for column in columns()}
    assert {
        "providers_callbackkey.secret",
        "providers_provider.hsm_user_id",
        "providers_provider.hsm_password",
        "providers_provider.two_way_user_id",
        "providers_provider.two_way_password",
    } <= known


def test_after_it_the_old_key_can_go(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reencrypting, "AT_ONCE", 2)
    settings.CREDENTIAL_KEYS = [OLD]
    providers = [ProviderFactory.create() for _ in range(5)]
    key = CallbackKeyFactory.create()
    settings.CREDENTIAL_KEYS = [NEW, OLD]

    said = reencrypted()

    settings.CREDENTIAL_KEYS = [NEW]
    key.refresh_from_db()
    assert "providers_provider.hsm_password: 5 under the newest key" in said
    assert [secrets_of(each) for each in providers] == [
        ["2000000001", "one-way-secret", "two-way-secret"]
    ] * 5
    assert key.secret


def test_a_second_run_changes_nothing_that_is_read(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = [NEW]
    provider = ProviderFactory.create()
    for _ in range(2):
        reencrypted()
    assert secrets_of(provider)[1] == "one-way-secret"


def test_what_no_key_opens_is_named_and_the_rest_is_done(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = [OLD]
    lost = ProviderFactory.create()
    settings.CREDENTIAL_KEYS = [NEW]
    kept = ProviderFactory.create()
    out = StringIO()
    with pytest.raises(CommandError, match="4 secrets could not be read"):
        call_command("reencrypt_credentials", stdout=out, stderr=out)
    assert f"providers_provider.hsm_password: no key of CREDENTIAL_KEYS opens row {lost.pk}" in (
        out.getvalue()
    )
    assert secrets_of(kept)[1] == "one-way-secret"


def test_no_secret_is_plain_in_what_it_says(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = [NEW]
    ProviderFactory.create()
    said = reencrypted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT hsm_password FROM providers_provider")
        (sealed,) = cursor.fetchone()
    assert [text in said for text in ("one-way-secret", "2000000001", sealed)] == [False] * 3
