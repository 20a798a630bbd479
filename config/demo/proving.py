"""Showing that the demo's connection works, as everybody does it: with a real test of each template
and through each account, whose reports come back. The doctor is green then, and trial mode over."""

from collections.abc import Mapping

from campaigns.models import Message
from campaigns.tryouts.sending_tests import send_template, send_text
from config.demo.campaign import wait_for
from config.demo.templates import SHOWN
from config.doctor.examining import examine, is_green
from providers.models import Conversation, Project
from providers.phones.numbers import read_phone
from providers.simulator.client import SimulatorClient
from providers.watch.actors import Actor
from templates_app.models import Template

TESTER = "919000000002"  # one of the team's own phones


def prove_connection(
    project: Project, templates: Mapping[str, Template], simulator: SimulatorClient, *, by: Actor
) -> None:
    """The tester writes first, as free texts need an open conversation. Nothing where it was
    proved before."""
    if not project.provider.is_on_trial:
        return
    phone = read_phone(f"+{TESTER}", default_country=project.default_country)
    simulator.inbound(TESTER, text="Hello, it's me")
    conversation = Conversation.objects.filter(project=project, match_key=phone.match_key)
    wait_for(conversation.exists, "what the tester wrote")
    send_text(project, by=by, phone=phone, text="Does it work?")
    for shown in SHOWN:
        version = templates[shown.name].current
        if version is not None:
            send_template(project, by=by, phone=phone, version=version, values=shown.values)
    unreported = Message.objects.filter(project=project, delivered_at=None)
    wait_for(lambda: not unreported.exists(), "the reports of the tests")
    wait_for(lambda: is_green(examine(project)), "the doctor to be green")
