"""Projects that are connected with one account at Gupshup: it calls one address for them all."""

from providers.models import Provider


def shares_an_account(provider: Provider) -> bool:
    """Only who knows an account's password learns that another project has it."""
    own = (provider.hsm, provider.two_way)
    others = Provider.objects.exclude(pk=provider.pk)
    return any(login in own for other in others for login in (other.hsm, other.two_way))
