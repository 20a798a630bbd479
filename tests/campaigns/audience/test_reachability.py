"""Who may get a message: the table of the two flags, in both of its forms."""

import pytest
from django.db import connection

from campaigns.audience.reachability import BLOCK_JOIN, with_reason
from campaigns.gates.registry import reason_at_claim
from campaigns.models import Profile, Reason
from providers.models import Project
from tests.factories import PhoneBlockFactory, ProfileFactory, ProjectFactory


def by_sql(profile: Profile) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {reason_at_claim()} FROM campaigns_profile p {BLOCK_JOIN} "
            "CROSS JOIN (SELECT NULL::timestamptz AS expires_at) AS picked "
            "CROSS JOIN (SELECT NULL::bigint AS variant_id, 0 AS entry) AS m WHERE p.id = %(id)s",
            {"id": profile.pk, "project": profile.project_id},
        )
        return cursor.fetchone()[0] or ""


def by_query(profile: Profile) -> str:
    return with_reason(Profile.objects.filter(pk=profile.pk)).values_list("unreachable")[0][0]


def check(profile: Profile, reason: str) -> None:
    assert (by_sql(profile), by_query(profile)) == (reason, reason)


@pytest.mark.parametrize(
    ("subscribed", "blocked", "reason"),
    [
        (None, None, Reason.NOT_SUBSCRIBED),
        (None, True, Reason.NOT_SUBSCRIBED),
        (None, False, Reason.NOT_SUBSCRIBED),
        (True, None, ""),
        (True, True, Reason.NUMBER_BLOCKED),
        (True, False, ""),
        (False, None, Reason.NOT_SUBSCRIBED),
        (False, True, Reason.NOT_SUBSCRIBED),
        (False, False, Reason.NOT_SUBSCRIBED),
    ],
)
def test_the_two_flags_say_who_is_reachable(
    project: Project, subscribed: bool | None, blocked: bool | None, reason: str
) -> None:
    profile = ProfileFactory.create(project=project, subscribed=subscribed)
    if blocked is not None:
        PhoneBlockFactory.create(project=project, match_key=profile.match_key, blocked=blocked)
    check(profile, reason)


def test_nobody_is_reachable_without_a_phone(project: Project) -> None:
    check(ProfileFactory.create(project=project, phone=""), Reason.NO_PHONE)


def test_nobody_is_reachable_by_an_invalid_phone(project: Project) -> None:
    profile = ProfileFactory.create(project=project, phone="+9112", phone_is_invalid=True)
    check(profile, Reason.INVALID_PHONE)


def test_another_projects_block_is_no_block(project: Project) -> None:
    profile = ProfileFactory.create(project=project)
    PhoneBlockFactory.create(project=ProjectFactory.create(), match_key=profile.match_key)
    check(profile, "")
