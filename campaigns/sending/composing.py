"""From a claim to the request that the gateway gets, or to the reason why there is none."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from time import monotonic, time
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from campaigns.ledger.correlation import extra_of, msg_id_of
from campaigns.models import MessageKind, OwnCode, Reason, Variant
from campaigns.sending.claiming import Claim
from campaigns.sending.recording import Ending, Result
from providers.gateway.requests import Account, Credentials, GatewayRequest, SessionText
from providers.models import OptInBy, Provider
from providers.secrets.encryption import UnreadableSecretError
from templates_app.models import TemplateVersion
from templates_app.rendering.variants import (
    MissingValueError,
    OfferExpiredError,
    Prepared,
    ValueTooLongError,
    prepare,
)
from templates_app.values.personalization import PersonalizationError

logger = logging.getLogger(__name__)

PROVIDER_SECONDS = 2.0
UNTIL_HALTED = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Letter:
    """One attempt, ready to go.

    `opt_in` holds the HSM credentials where the phone has to be opted in first. What belongs to a
    campaign waits where Gupshup refuses the whole account; anything else fails. Of a `test` the
    first answer counts, since somebody waits for it. `tries` says how many attempts before this one
    count for giving up, `own` what was filled in for this person alone, by the slots' keys.
    """

    project_id: int
    message_id: int
    attempt: int
    match_key: int
    phone: str
    campaign_id: int | None
    request: GatewayRequest
    credentials: Credentials
    opt_in: Credentials | None
    test: bool = False
    tries: int = 0
    own: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class OpenProvider:
    """What sending needs of a provider, with the credentials opened once."""

    hsm: Credentials
    two_way: Credentials
    opts_in: bool

    def credentials(self, account: Account) -> Credentials:
        return self.hsm if account is Account.HSM else self.two_way


class UnreadableVariantError(Exception):
    """Of a campaign that was published while its values could be read."""


@dataclass(frozen=True, slots=True)
class PreparedVariant:
    position: int
    prepared: Prepared
    own: tuple[tuple[int, str], ...]


class OpenProviders:
    """Opening credentials costs more than a message, so they are kept for two seconds."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[float, OpenProvider | None]] = {}

    def of(self, provider_id: int) -> OpenProvider | None:
        """None: the provider was deleted just now, or its secrets can't be opened."""
        kept = self._kept.get(provider_id)
        if kept is None or monotonic() - kept[0] >= PROVIDER_SECONDS:
            kept = self._kept[provider_id] = (monotonic(), _opened(provider_id))
        return kept[1]


def compose(
    project_id: int, provider: OpenProvider, claims: Iterable[Claim]
) -> tuple[list[Letter], list[Result]]:
    """Letters to send, and results of those that can't be sent at all."""
    letters, unsendable = [], []
    for claim in claims:
        try:
            letters.append(_letter(project_id, provider, claim))
        except MissingValueError as error:
            unsendable.append(_unsendable(claim, Ending.SUPPRESSED, Reason.MISSING_VALUE, error))
        except ValueTooLongError as error:
            unsendable.append(_unsendable(claim, Ending.SUPPRESSED, Reason.VALUE_TOO_LONG, error))
        except OfferExpiredError as error:
            unsendable.append(_unsendable(claim, Ending.SUPPRESSED, Reason.OFFER_EXPIRED, error))
        except (OperationalError, InterfaceError) as error:
            # Its variant could not be read: nothing is wrong with the message.
            unsendable.append(_unsendable(claim, Ending.RETRY, "", error))
        except UnreadableVariantError as error:
            # Nothing is wrong with the message here either; reconciling halts its campaign within
            # seconds.
            result = _unsendable(claim, Ending.RETRY, "", error)
            unsendable.append(replace(result, delay=UNTIL_HALTED))
        except Exception as error:
            # One broken message must not keep the others of its turn from leaving.
            logger.exception("Message %s can't be composed", claim.message_id)
            unsendable.append(_unsendable(claim, Ending.FAILED, Reason.REFUSED, error))
    return letters, unsendable


def _opened(provider_id: int) -> OpenProvider | None:
    try:
        provider = Provider.objects.get(pk=provider_id)
        return OpenProvider(
            hsm=provider.hsm,
            two_way=provider.two_way,
            opts_in=provider.opt_in_by == OptInBy.KABOOTAR,
        )
    except (Provider.DoesNotExist, UnreadableSecretError) as error:
        logger.error("Provider %s can't send: %s", provider_id, error)
        return None


@lru_cache(maxsize=256)
def _prepared(variant_id: int) -> PreparedVariant | None:
    """None: its values can't be read, which is remembered too, as reading is slow."""
    variant = Variant.objects.select_related("version__template__project").get(pk=variant_id)
    try:
        prepared = prepare(variant.version, variant.values)
    except PersonalizationError:
        return None
    return PreparedVariant(variant.position, prepared, prepared.own_values())


def _letter(project_id: int, provider: OpenProvider, claim: Claim) -> Letter:
    request, own = _request(claim)
    asks_first = request.account is Account.HSM and provider.opts_in and not claim.opted_in
    return Letter(
        project_id=project_id,
        message_id=claim.message_id,
        attempt=claim.attempt,
        tries=claim.tries,
        match_key=claim.match_key,
        phone=claim.phone.removeprefix("+"),
        campaign_id=claim.campaign_id,
        request=request,
        credentials=provider.credentials(request.account),
        opt_in=provider.hsm if asks_first else None,
        test=claim.kind == MessageKind.TEST,
        own=own,
    )


def _request(claim: Claim) -> tuple[GatewayRequest, Mapping[str, str] | None]:
    """The second: what has to be kept beside the message to show it later."""
    variant = _prepared(claim.variant_id) if claim.variant_id is not None else None
    if variant is None and claim.variant_id is not None:
        raise UnreadableVariantError
    msg_id = msg_id_of(claim.message_id, claim.attempt)
    extra = extra_of(
        message_id=claim.message_id,
        campaign_id=claim.campaign_id,
        variant=variant.position if variant else 0,
        at=claim.created_at,
    )
    phone = claim.phone.removeprefix("+")
    if variant is not None:
        values = variant.prepared.fill(claim.person, now=time())
        request = variant.prepared.request_with(values, phone=phone, msg_id=msg_id, extra=extra)
        return request, {key: values[position] for position, key in variant.own}
    if "version" in claim.content:
        alone = _prepared_alone(claim.content).request(
            person=claim.content["person"], phone=phone, msg_id=msg_id, extra=extra, now=time()
        )
        return alone, None
    return SessionText(phone=phone, text=claim.content["text"], msg_id=msg_id, extra=extra), None


def _prepared_alone(content: Mapping[str, Any]) -> Prepared:
    """Of one message with a template of its own, not worth remembering."""
    version = TemplateVersion.objects.select_related("template__project").get(pk=content["version"])
    return prepare(version, content["values"])


def _unsendable(claim: Claim, ending: Ending, reason: Reason | str, error: Exception) -> Result:
    return Result(
        message_id=claim.message_id,
        attempt=claim.attempt,
        ending=ending,
        at=timezone.now(),
        reason=reason,
        code="" if ending is Ending.SUPPRESSED else OwnCode.NOT_COMPOSED,
        detail=str(error)[:300] if ending is Ending.SUPPRESSED else type(error).__name__,
        counts=False,
    )
