"""What production answers with: redirects to https, headers, cookies. In a process of its own, as
those settings refuse to be loaded without their environment.
"""

import json
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from callbacks.models import Receipt
from providers.connection.callback_urls import current_key, whole_key
from tests.config.settings.test_production_settings import COMPLETE, manage
from tests.factories import MembershipFactory
from tests.factories.providers import PASSWORD
from tests.workers import database_url

CSP = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
ASK = """
import json
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
settings.STORAGES["staticfiles"] = {{
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
client = Client(SERVER_NAME="kabootar.example.com")
def told(answer):
    cookies = {{name: [bool(morsel["secure"]), bool(morsel["httponly"]), morsel["samesite"]]
               for name, morsel in answer.cookies.items()}}
    return [answer.status_code, dict(answer.headers), cookies]
over_http = {{path: told(client.get(path))[0] for path in
    ("/", "/login/", "/healthz", "/readyz", "/metrics", "/static/x.css", "/t/x")}}
callback = told(client.post("/gupshup/status?a={key}", "[]", content_type="application/json"))
page = told(client.get("/login/", secure=True))
signed_in = told(client.post(
    "/login/", {{"username": "meera", "password": "{password}"}}, secure=True))
forged = told(client.get("/login/", headers={{"X-Forwarded-Proto": "http"}}))
print("ANSWERS" + json.dumps([over_http, callback, page, signed_in, forged]))
"""


@pytest.fixture
def answers(transactional_db: None) -> list[Any]:
    member = MembershipFactory.create(user__username="meera")
    member.user.password = Argon2PasswordHasher().encode(
        PASSWORD, "a-salt-for-one-test"
    )  # tests hash with another
    member.user.save()
    key = whole_key(current_key(member.project))
    environment = COMPLETE | {"DATABASE_URL": database_url(), "REDIS_URL": "redis://127.0.0.1:1/0"}
    environment["CREDENTIAL_KEYS"] = ",".join(settings.CREDENTIAL_KEYS)
    run = manage("shell", "-c", ASK.format(key=key, password=PASSWORD), **environment)
    assert "ANSWERS" in run.stdout, run.stderr
    found: list[Any] = json.loads(run.stdout.partition("ANSWERS")[2])
    return found


def test_production_redirects_sets_headers_and_flags_and_stores_a_callback_over_http(
    answers: list[Any],
) -> None:
    over_http, callback, page, signed_in, forged = answers
    assert over_http.pop("/metrics") != 301
    assert over_http == {
        "/": 301,
        "/login/": 301,
        "/healthz": 200,
        "/readyz": 503,  # this Redis is nowhere
        "/static/x.css": 301,
        "/t/x": 301,
    }
    assert (callback[0], Receipt.objects.count()) == (200, 1)
    assert forged[0] == 301
    status, headers, cookies = page
    kept = {name: headers[name] for name in EXPECTED}
    assert (status, kept) == (200, EXPECTED)
    assert set(headers["Content-Security-Policy"].split("; ")) == CSP
    assert headers["Permissions-Policy"].startswith("accelerometer=(), ")
    assert cookies == {"csrftoken": [True, False, "Lax"]}
    assert signed_in[0] == 302
    assert signed_in[2] == {
        "csrftoken": [True, False, "Lax"],
        "kabootar_known": [True, True, "Lax"],
        "sessionid": [True, True, "Lax"],
    }


EXPECTED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
