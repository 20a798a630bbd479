"""The simulator serves what the working copy has connected."""

import pytest

from config.demo.project import make_project, make_user, register_others, register_with_simulator
from config.demo.surroundings import Surroundings
from tests.factories import ProviderFactory
from tests.gateway_simulator import CREDENTIALS, running_simulator


@pytest.mark.django_db
def test_every_project_is_served_and_of_one_account_the_first() -> None:
    with running_simulator() as simulator:
        surroundings = Surroundings(
            simulator_url=simulator.base_url,
            callback_url="http://127.0.0.1:9",
            web_url="http://127.0.0.1:9",
            user="demo",
            password="kept to myself",
        )
        shop = make_project(make_user(surroundings))
        register_with_simulator(shop, surroundings)
        mine = ProviderFactory.create(hsm_user_id="77", two_way_user_id="78", project__name="Mine")
        ProviderFactory.create(project__name="The demo's account again", **CREDENTIALS)
        register_others(shop, surroundings)
        served = {row["name"]: row["hsm_user"] for row in simulator.get("/_sim/accounts")}
    assert served == {"demo": CREDENTIALS["hsm_user_id"], "Mine": mine.hsm_user_id}
