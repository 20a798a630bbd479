"""Part of `make demo`: the demo's project, filled at its first start."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import campaign, doings, people, project, proving, segments, standing
from config.demo.surroundings import NotInDemoError, Surroundings
from config.demo.templates import TREATS, make_templates
from providers.models import Project, User
from providers.simulator.client import SimulatorClient
from providers.watch.actors import Actor
from templates_app.models import Template


class Command(BaseCommand):
    help = "Loads the demo project and publishes its first campaign (make demo calls this)"

    def handle(self, **_: object) -> None:
        try:
            self._load(Surroundings.read())
        except (NotInDemoError, campaign.DemoError) as error:
            raise CommandError(str(error)) from None

    def _load(self, surroundings: Surroundings) -> None:
        user = project.make_user(surroundings)
        shop = project.make_project(user)
        known = make_templates(shop)
        till = project.open_shop(shop, surroundings, by=Actor(user))
        simulator = project.register_with_simulator(shop, surroundings, shop=till)
        if not shop.campaigns.exists():
            self._play(user, shop, known, simulator)
        project.register_others(shop, surroundings)

    def _play(
        self, user: User, shop: Project, known: dict[str, Template], simulator: SimulatorClient
    ) -> None:
        self.stdout.write("Testing the connection …")
        proving.prove_connection(shop, known, simulator, by=Actor(user))
        self.stdout.write("Importing people and publishing a first campaign …")
        campaign.import_people(shop, people.SHOWN, by=Actor(user))
        now = timezone.now()
        for told in (doings.orders_of, doings.tastings_of, doings.carts_before):
            doings.send(shop, told(people.SHOWN, now=now), by=Actor(user))
        segments.make_segments(shop, by=Actor(user))
        treats = campaign.publish_campaign(shop, known[TREATS.name], by=Actor(user))
        campaign.publish_test(shop, known[TREATS.name], by=Actor(user))
        campaign.publish_weekly(shop, known[TREATS.name], by=Actor(user))
        standing.publish_birthday(shop, known[TREATS.name], by=Actor(user))
        standing.publish_cart(shop, known[TREATS.name], by=Actor(user))
        standing.publish_reminder(treats, known[TREATS.name], by=Actor(user))
        doings.send(shop, doings.carts_after(people.SHOWN, now=timezone.now()), by=Actor(user))
        with_goal = campaign.publish_with_goal(shop, known[TREATS.name], by=Actor(user))
        doings.send(shop, doings.orders_after(with_goal, now=timezone.now()), by=Actor(user))
        # Behind these orders: so many who become regulars at once would pause it.
        standing.publish_welcome(shop, known[TREATS.name], by=Actor(user))
