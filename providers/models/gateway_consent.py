"""Which phones Gupshup has been told about: OPT_IN is called once per phone, then remembered."""

from django.db import models

from providers.models.project import Project


class GatewayConsent(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    match_key = models.BigIntegerField()
    opted_in = models.BooleanField()
    code = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "match_key"], name="one_gateway_consent")
        ]

    def __str__(self) -> str:
        return f"{'in' if self.opted_in else 'out'} {self.answered_at:%Y-%m-%d}"
