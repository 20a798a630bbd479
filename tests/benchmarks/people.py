"""Projects and people in quantities, written by the database itself."""

from django.db import connection
from django.utils import timezone

from campaigns.models import Audience, Campaign, CampaignStatus, Variant
from providers.models import OptInBy, Project, Provider
from templates_app.models import Kind, Status, Template, TemplateVersion
from tests.gateway_simulator import HSM_PASSWORD, HSM_USER, TWO_WAY_PASSWORD, TWO_WAY_USER

PEOPLE = """
INSERT INTO campaigns_profile (project_id, identity, name, phone, match_key, phone_is_invalid,
    email, language, time_zone, properties, subscribed, is_test, first_seen_at, last_seen_at)
SELECT %(project)s, 'customer-' || n, 'Asha ' || n, '+91' || key, ('91' || key)::bigint, false, '',
    'en', '', jsonb_build_object('city', 'Pune', 'points', n %% 500, 'shop', 's' || n %% 90),
    true, false, now(), now()
FROM (SELECT n, 7000000000 + n * 7919 %% 2999999929 AS key  -- a prime: no number comes twice
    FROM generate_series(1, %(count)s::bigint) AS n) AS numbered
"""

BODY = (
    "Hello {{1}}, our summer sale starts today in {{2}}: you have {{3}} points to spend, and "
    "every order above 500 comes with free delivery this week."
)
VALUES = {
    "body.1": {"text": "{{ profile.name }}", "fallback": "there"},
    "body.2": {"text": '{{ profile.city|default:"town" }}', "fallback": ""},
    "body.3": {"text": "{{ profile.points }}", "fallback": "0"},
    "button.0": {"text": "{{ profile.shop }}", "fallback": "home"},
}
CONTENT = {
    "components": [
        {"type": "BODY", "text": BODY, "example": {"body_text": [["Asha", "Pune", "120"]]}},
        {
            "type": "BUTTONS",
            "buttons": [
                {
                    "type": "URL",
                    "text": "Shop now",
                    "url": "https://shop.example.com/{{1}}",
                    "example": ["s1"],
                }
            ],
        },
    ]
}


def make_project(*, people: int, rate: int) -> Project:
    """With a provider that opts nobody in, since an account of real use has them opted in once."""
    project = Project.objects.create(name=f"Benchmark of {people}")
    Provider.objects.create(
        project=project,
        nickname="Simulator",
        hsm_user_id=HSM_USER,
        hsm_password=HSM_PASSWORD,
        two_way_user_id=TWO_WAY_USER,
        two_way_password=TWO_WAY_PASSWORD,
        number="+919000000001",
        rate=rate,
        opt_in_by=OptInBy.ELSEWHERE,
        trial_ended_at=timezone.now(),
    )
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"project": project.pk, "count": people})
        cursor.execute("ANALYZE campaigns_profile")
    return project


def make_campaign(project: Project) -> Campaign:
    """Everybody, a basic template with three personalized values and a link's tail."""
    template = Template.objects.create(
        project=project,
        name=f"sale_{project.templates.count()}",
        kind=Kind.BASIC,
        status=Status.APPROVED,
        vendor_id="4711001",
    )
    version = TemplateVersion.objects.create(template=template, number=1, content=CONTENT)
    Template.objects.filter(pk=template.pk).update(current=version)
    campaign = Campaign.objects.create(
        project=project,
        name="Benchmark",
        audience=Audience.EVERYBODY,
        status=CampaignStatus.DRAFT,
    )
    Variant.objects.create(campaign=campaign, version=version, values=VALUES)
    return campaign
