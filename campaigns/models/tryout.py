"""One test by hand: who sent what to whom, and the whole answer that Gupshup gave."""

from django.db import models
from django.utils import timezone

from campaigns.models.message import Message
from providers.models import Project, SendingAccount, User


class TestSend(models.Model):
    """The text, the phone and what became of it stand in its message; here is what only a test
    keeps. `verdict` is empty until an answer is there, or a clear sign that none will come."""

    __test__ = False  # for pytest, which would take the class for tests

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, related_name="test_send", db_constraint=False
    )
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    account = models.CharField(max_length=10, choices=SendingAccount.choices)
    # False: with what was typed into a form and is stored nowhere.
    with_stored_credentials = models.BooleanField(default=True)
    opt_in_refused = models.BooleanField(default=False)
    verdict = models.CharField(max_length=10, blank=True, default="")
    code = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    http_status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    # As it came, credentials blotted out (providers/gateway/redaction.py).
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "test send"
        indexes = [models.Index(fields=["project", "-id"], name="test_send_walk")]

    def __str__(self) -> str:
        return f"Test {self.pk}"
