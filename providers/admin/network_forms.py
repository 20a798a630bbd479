"""The forms behind the IP whitelist: an address of ours, a network of Gupshup's."""

from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from providers.models import CallbackSource, Project, SendingIP
from providers.network.public_addresses import Network
from providers.network.ranges import (
    NetworkError,
    covers,
    network_text,
    read_sending_network,
    read_source_network,
)
from providers.views.plain_errors import PlainModelForm


class NetworkForm(PlainModelForm):
    """`network` is read, spelt as it is kept, and compared with what is on the list already."""

    project: Project | None = None  # set by the page
    read: Callable[[str], Network]

    def others(self) -> Iterable[str]:
        raise NotImplementedError

    def clean_network(self) -> str:
        try:
            network = type(self).read(self.cleaned_data["network"])
        except NetworkError as error:
            raise forms.ValidationError(str(error)) from None
        for known in self.others():
            if covers(ip_network(known), network):
                raise forms.ValidationError(_covered(network_text(network), known))
        return network_text(network)


class SendingIPForm(NetworkForm):
    is_operator = False  # set by the page
    read = staticmethod(read_sending_network)

    everywhere = forms.BooleanField(
        label="For the whole installation",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="Every project sends from this address.",
    )
    field_order = ["everywhere", "network"]

    class Meta:
        model = SendingIP
        fields = ["network", "label", "note"]
        widgets = {"note": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_operator:
            self.fields["everywhere"].initial = (
                self.instance.pk is not None and self.instance.project_id is None
            )
        else:
            del self.fields["everywhere"]

    def clean_everywhere(self) -> bool:
        """Before the address, as it says with which ones that is compared."""
        everywhere = bool(self.cleaned_data["everywhere"])
        self.instance.project = None if everywhere else self.project
        return everywhere

    def others(self) -> Iterable[str]:
        rows = SendingIP.objects.exclude(pk=self.instance.pk)
        if self.cleaned_data.get("everywhere"):
            return rows.filter(project=None).values_list("network", flat=True)
        return rows.of(self.project).values_list("network", flat=True) if self.project else []


class CallbackSourceForm(NetworkForm):
    read = staticmethod(read_source_network)

    class Meta:
        model = CallbackSource
        fields = ["network", "label"]

    def others(self) -> Iterable[str]:
        rows = CallbackSource.objects.exclude(pk=self.instance.pk).filter(project=self.project)
        return rows.values_list("network", flat=True)


def _covered(network: str, known: str) -> str:
    if network == known:
        return f"{network} is on the list already."
    return f"{network} is on the list already, as a part of {known}."
