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
        entering, goals = "campaigns.running.entering", "campaigns.ledger.goal_events"
        happenings.register(f"{entering}.enter", awaits=f"{entering}.IS_AWAITED")
        happenings.register(f"{goals}.note", awaits=f"{goals}.IS_GOAL")
        registry.register("campaigns.audience.erasing.kept.KEPT")
