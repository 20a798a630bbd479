"""The installation's gateway settings, read from Django's into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from providers.gateway.codes import SendCode, learnt_code
from providers.gateway.troubles import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Times in seconds. `keepalive` must stay below the gateway's own: a POST on a connection that
    the other side is closing can't be told from one that was read. `connect_timeout` includes the
    wait for a free connection. `extra_codes` are the codes that an operator has learnt."""

    send_url: str
    template_url: str
    total_timeout: float
    connect_timeout: float
    keepalive: float
    concurrency: int
    extra_codes: Mapping[str, SendCode] = field(default_factory=dict)


def gateway_settings() -> GatewaySettings:
    return GatewaySettings(
        send_url=settings.GATEWAY_SEND_URL,
        template_url=settings.GATEWAY_TEMPLATE_URL,
        total_timeout=settings.GATEWAY_TOTAL_TIMEOUT,
        connect_timeout=settings.GATEWAY_CONNECT_TIMEOUT,
        keepalive=settings.GATEWAY_KEEPALIVE,
        concurrency=settings.GATEWAY_CONCURRENCY,
        extra_codes=_extra_codes(settings.GATEWAY_EXTRA_CODES),
    )


def _extra_codes(learnt: Mapping[str, Any]) -> dict[str, SendCode]:
    """`{"313": "ip_refused"}`, or `{"313": {"trouble": "ip_refused", "meaning": "…"}}`."""
    return {str(code): _extra_code(str(code), entry) for code, entry in learnt.items()}


def _extra_code(code: str, entry: str | Mapping[str, str]) -> SendCode:
    fields = {"trouble": entry} if isinstance(entry, str) else entry
    try:
        trouble = Trouble(fields["trouble"])
    except (KeyError, ValueError):
        kinds = ", ".join(Trouble)
        raise ImproperlyConfigured(
            f"GATEWAY_EXTRA_CODES: the trouble of code {code} must be one of {kinds}"
        ) from None
    return learnt_code(
        code, trouble, meaning=fields.get("meaning", ""), way_out=fields.get("way_out", "")
    )
