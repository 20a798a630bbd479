"""What a Django project does first with delivery reports: a serializer, get() and save() in the
view, Django's middleware and a database connection for each request.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from campaigns.models import Event, EventName, Message, State


class ReportSerializer(serializers.Serializer[Any]):
    externalId = serializers.CharField()  # noqa: N815
    eventType = serializers.ChoiceField(["SENT", "DELIVERED", "READ", "FAILED"])  # noqa: N815
    eventTs = serializers.IntegerField()  # noqa: N815
    destAddr = serializers.CharField()  # noqa: N815
    srcAddr = serializers.CharField(required=False)  # noqa: N815
    cause = serializers.CharField(required=False)
    errorCode = serializers.CharField(required=False)  # noqa: N815
    channel = serializers.CharField(required=False)
    extra = serializers.CharField()


class ReceiverView(APIView):
    permission_classes: list[Any] = []

    def post(self, request: Request) -> Response:
        reports = ReportSerializer(data=json.loads(request.data["response"]), many=True)
        reports.is_valid(raise_exception=True)
        for report in reports.validated_data:
            apply(report)
        return Response({})


def apply(report: dict[str, Any]) -> None:
    message = Message.objects.get(pk=report["extra"].split("|")[3])
    at = datetime.fromtimestamp(report["eventTs"] / 1000, UTC)
    if report["eventType"] == "DELIVERED" and not message.delivered_at:
        message.delivered_at = at
        message.state = max(message.state, State.DELIVERED)
        note(message, EventName.DELIVERED, at)
    if report["eventType"] == "READ" and not message.read_at:
        message.read_at = at
        message.state = max(message.state, State.READ)
        note(message, EventName.VIEWED, at)
    message.save()


def note(message: Message, name: EventName, at: datetime) -> None:
    Event.objects.create(
        project_id=message.project_id,
        profile_id=message.profile_id,
        message=message,
        name=name,
        at=at or timezone.now(),
    )


urlpatterns = [path("gupshup/status", ReceiverView.as_view())]
