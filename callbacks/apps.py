from django.apps import AppConfig

from campaigns.results.exports import elsewhere
from providers.connection import last_calls
from providers.erasure import registry


class CallbacksConfig(AppConfig):
    name = "callbacks"
    verbose_name = "Callbacks"

    def ready(self) -> None:
        last_calls.register(self.get_model("LastCall").objects.when)  # type: ignore[attr-defined]
        registry.register("callbacks.inbox.kept.KEPT")
        elsewhere.register("inbound", "callbacks.inbox.inbound_file.inbound_content")
