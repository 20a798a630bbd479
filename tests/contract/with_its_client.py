"""The client that CleverTap publishes for Node, pointed here: it sends people and events in, and
reads our answers as CleverTap's.

Not a part of `make test`: `make contract` brings the client along.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from campaigns.models import ErasedProfile, Occurrence, PhoneBlock, Profile
from providers.models import Project, Scope
from tests.factories import ProjectFactory
from tests.providers.api.keys import key_of

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests/contract/clevertap/calls.js"
CLIENT = ROOT / ".venv/clevertap/node_modules"
SECONDS = 60

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here"),
]


@pytest.fixture
def project() -> Project:
    made: Project = ProjectFactory.create()
    return made


def call_all(server: Any, project: Project) -> dict[str, Any]:
    """What the client tells the program of each call."""
    key, text = key_of(project, *Scope)
    ours = {"ACCOUNT": key.public_id, "PASSCODE": text, "ENDPOINT": f"{server.url}/1"}
    ran = subprocess.run(
        ["node", str(SCRIPT)],
        env=os.environ | ours | {"NODE_PATH": str(CLIENT)},
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def test_its_own_client_finds_what_it_expects(live_server: Any, project: Project) -> None:
    told = call_all(live_server, project)
    assert [(one["status"], one["processed"]) for one in told["people"]] == [
        ("success", 100),
        ("success", 20),
    ]
    assert (told["events"]["status"], told["events"]["processed"]) == ("partial", 2)
    (refused,) = told["events"]["unprocessed"]
    assert (refused["code"], refused["record"]["identity"]) == (515, "c-2")
    assert Profile.objects.filter(project=project).count() == 121
    asha = Profile.objects.get(project=project, identity="c-1")
    assert (asha.phone, asha.properties) == ("+919000010001", {"Cities": ["Pune"]})
    (charged,) = Occurrence.objects.filter(profile_id=asha.pk)
    assert charged.properties["Amount"] == 300
    assert told["profile"]["record"]["events"]["Charged"]["count"] == 1
    assert (told["nobody"]["status"], told["nobody"]["code"]) == ("fail", 404)
    assert told["optedOut"] == {"status": "success", "processed": 1, "unprocessed": []}
    assert PhoneBlock.objects.get(project=project).blocked
    assert told["count"] == {"status": "success", "count": 1}
    assert told["times"] == {"status": "success", "count": 1}
    assert (told["trend"]["status"], list(told["trend"]["foo"].values())) == ("success", [1])
    assert told["top"] == {"status": "success", "foo": {"STR": {"INR": 1}}}
    assert [one["identity"] for one in told["who"]] == ["c-1"]
    assert told["targets"] == {"status": "success", "targets": []}
    assert told["erased"] == {"status": "success"}
    assert Profile.objects.get(pk=ErasedProfile.objects.get().profile_id).identity == "c-3"
    assert (told["merged"]["status"], told["merged"]["code"]) == ("fail", 404)
