"""Numbers of erased people in raw callbacks: overwritten at equal length, nobody else's touched."""

from datetime import timedelta

import pytest
from django.utils import timezone

from callbacks.models import Receipt, ReceiptState
from callbacks.receipts import overwriting
from callbacks.receipts.overwriting import LATE, ONCE_A, overwrite_erased
from campaigns.audience.erasing.stops import remember_phones
from campaigns.models import ErasedPhone
from providers.models import Project
from tests.factories import ProjectFactory, ReceiptFactory

pytestmark = pytest.mark.django_db

ERASED = 919000011122


def receipt(project: Project, body: str, **more: object) -> Receipt:
    state = more.pop("state", ReceiptState.APPLIED)
    return ReceiptFactory.create(project=project, body=body.encode(), state=state, **more)


def bodies() -> list[str]:
    return [
        bytes(body).decode()
        for body in Receipt.objects.order_by("pk").values_list("body", flat=True)
    ]


def test_digits_go_in_every_spelling_and_everything_else_stays(project: Project) -> None:
    receipt(project, '[{"phoneNo":"919000011122","ts":1658261071000,"externalId":"44-71"}]')
    receipt(project, "phoneNo=%2B919000011122&x=%20919000011122&other=919000011123")
    receipt(project, '{"a":"\\u0020919000011122","b":919000011122,"c":"9000011122"}')
    receipt(project, '{"mobile":"919000011122","name":"Asha"}', kind="inbound", facts=1)
    two = '[{"mobile":"919000011122"},{"mobile":"919000011123"}]'
    receipt(project, two, kind="inbound", facts=2)
    receipt(project, "", query="phoneNo=919000011122&status=SUCCESS")
    before = [len(body) for body in bodies()]
    remember_phones(project.pk, [ERASED], at=timezone.now())

    assert overwrite_erased() == 6

    assert bodies() == [
        '[{"phoneNo":"999999999999","ts":1658261071000,"externalId":"44-71"}]',
        "phoneNo=%2B999999999999&x=%20999999999999&other=919000011123",
        '{"a":"\\u0020999999999999","b":999999999999,"c":"9999999999"}',
        "*" * 39,
        '[{"mobile":"999999999999"},{"mobile":"919000011123"}]',
        "",
    ]
    assert [len(body) for body in bodies()] == before
    assert Receipt.objects.last().query == "phoneNo=999999999999&status=SUCCESS"  # type: ignore[union-attr]


def test_the_walk_is_resumed_stops_before_what_waits_and_ends_after_a_week(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overwriting, "BATCH", 2)
    text = '{"phoneNo":"919000011122"}'
    for _ in range(3):
        receipt(project, text)
    receipt(ProjectFactory.create(), text)
    waiting = receipt(project, text, state=ReceiptState.WAITING)
    receipt(project, text)
    remember_phones(project.pk, [ERASED], at=timezone.now())

    assert overwrite_erased(seconds=0) == 0  # no time: nothing is done, nothing forgotten
    assert overwrite_erased() == 3
    assert overwrite_erased() == 0  # once a day
    Receipt.objects.filter(pk=waiting.pk).update(state=ReceiptState.APPLIED)
    ErasedPhone.objects.update(walked_at=timezone.now() - ONCE_A - timedelta(minutes=1))
    assert overwrite_erased() == 2

    late = timezone.now() - LATE - timedelta(minutes=1)
    ErasedPhone.objects.update(erased_at=late, walked_at=late)
    receipt(project, text)  # somebody with this number writes again
    assert overwrite_erased() == 0
    assert not ErasedPhone.objects.exists()
