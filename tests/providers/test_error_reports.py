"""What a report of an error would hold of the pages that take passwords."""

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client
from django.views.debug import SafeExceptionReporterFilter
from pytest_django import Settings

from providers.models import Project
from tests.factories import ProviderFactory

TYPED = {"hsm_user_id": "2000000001", "hsm_password": "typed-secret", "two_way_password": "other"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/providers/provider/{pk}/change/",
        "/providers/provider/verify/hsm/",
        "/campaigns/testsend/panel/",
        "/campaigns/testsend/submit/",
    ],
)
def test_no_password_stands_in_the_report_of_an_error(
    address: str, project: Project, marketer: Client, settings: Settings
) -> None:
    settings.GATEWAY_VERIFY_CALLS = {}
    provider = ProviderFactory.create(project=project)
    answer = marketer.post(address.format(pk=provider.pk), TYPED)
    request: WSGIRequest = answer.wsgi_request
    reported = SafeExceptionReporterFilter().get_post_parameters(request)
    assert {reported["hsm_password"], reported["two_way_password"]} == {"********************"}
