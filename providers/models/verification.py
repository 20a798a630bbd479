"""What is known of a provider's two accounts: does Gupshup let us in with these credentials?"""

from django.db import models
from django.utils import timezone

from providers.models.provider import Provider


class SendingAccount(models.TextChoices):
    """In the words of `providers.gateway.requests.Account`."""

    HSM = "hsm", "HSM account"
    TWO_WAY = "two_way", "Two-way account"


class VerificationResult(models.TextChoices):
    WORKS = "works", "Works"
    WRONG_CREDENTIALS = "wrong_credentials", "Wrong credentials"
    IP_REFUSED = "ip_refused", "This server's IP is refused"
    UNREACHABLE = "unreachable", "Unreachable"
    UNCLEAR = "unclear", "Can't tell"


class VerificationSource(models.TextChoices):
    VERIFY = "verify", "Verify"
    TEST = "test", "Send test"


class Verification(models.Model):
    """The last finding about an account. Gone as soon as its credentials change."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="verifications")
    account = models.CharField(max_length=10, choices=SendingAccount.choices)
    result = models.CharField(max_length=20, choices=VerificationResult.choices)
    source = models.CharField(
        max_length=10, choices=VerificationSource.choices, default=VerificationSource.VERIFY
    )
    code = models.CharField(max_length=40, blank=True, default="")
    http_status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "account"], name="one_verification")
        ]

    def __str__(self) -> str:
        return f"{self.get_account_display()}: {self.get_result_display()}"
