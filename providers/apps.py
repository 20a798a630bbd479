from django.apps import AppConfig

from providers.erasure import registry


class ProvidersConfig(AppConfig):
    name = "providers"
    verbose_name = "Providers"

    def ready(self) -> None:
        registry.register("providers.erasure.kept.KEPT")
