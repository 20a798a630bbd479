from django.apps import AppConfig

from providers.connection.dependents import register


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Campaigns"

    def ready(self) -> None:
        register("template", "campaigns.depending.campaigns_of_template")
        register("provider", "campaigns.depending.campaigns_of_provider")
