from django.apps import AppConfig

from campaigns.ledger import happenings
from providers.connection.dependents import register
from providers.erasure import registry


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Campaigns"

    def ready(self) -> None:
        register("template", "campaigns.running.dependents.campaigns_of_template")
        register("provider", "campaigns.running.dependents.campaigns_of_provider")
        happenings.register("campaigns.running.entering.enter")
        happenings.register("campaigns.ledger.goal_events.note")
        registry.register("campaigns.audience.erasing.kept.KEPT")
