"""The baseline's one task."""

import requests
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone

from campaigns.models import Message, State
from providers.models import Provider
from tests.benchmarks.naive.app import app

session = requests.Session()


@app.task(queue="naive")
def send_message(message_id: int) -> None:
    message = Message.objects.select_related("profile", "variant").get(pk=message_id)
    provider = Provider.objects.get(project_id=message.project_id)
    profile = message.profile
    assert profile is not None
    assert message.variant is not None
    context = Context({"profile": {"name": profile.name, **profile.properties}})
    values = {
        key: Template(slot["text"]).render(context) for key, slot in message.variant.values.items()
    }
    response = session.post(
        settings.GATEWAY_SEND_URL,
        data={
            "userid": provider.hsm_user_id,
            "password": provider.hsm_password,
            "method": "SENDMESSAGE",
            "auth_scheme": "plain",
            "v": "1.1",
            "format": "json",
            "send_to": message.phone.lstrip("+"),
            "msg_type": "HSM",
            "isHSM": "true",
            "isTemplate": "true",
            "whatsAppTemplateId": "4711001",
            "var1": values["body.1"],
            "var2": values["body.2"],
            "var3": values["body.3"],
            "buttonUrlParam": values["button.0"],
            "msg_id": f"{message.pk}-1",
            "extra": f"{message.campaign_id}|0|20220720|{message.pk}|0",
        },
        timeout=30,
    )
    answer = response.json()["response"]
    message.state = State.SENT if answer["status"] == "success" else State.FAILED
    message.external_id = answer["id"]
    message.sent_at = timezone.now()
    message.save()
