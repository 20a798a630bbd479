"""What becomes of a value when its property gets another type."""

import pytest

from campaigns.audience.imports.values import ValueRefusedError, ValueType
from campaigns.audience.property_changes.fitting import Fit, as_type, what_fits
from campaigns.models import ProfileProperty
from providers.models import Project
from tests.factories import ProfileFactory, ProfilePropertyFactory

LOST = object()


@pytest.mark.parametrize(
    ("value", "read_as", "becomes"),
    [
        (5, ValueType.TEXT, "5"),
        (5.5, ValueType.TEXT, "5.5"),
        (True, ValueType.TEXT, "yes"),
        (["a", "b"], ValueType.TEXT, "a; b"),
        ("Pune", ValueType.TEXT, "Pune"),
        ({"a": 1}, ValueType.TEXT, LOST),
        (None, ValueType.TEXT, LOST),
        (" 1250 ", ValueType.NUMBER, 1250),
        ("12.5", ValueType.NUMBER, 12.5),
        ("1,250", ValueType.NUMBER, LOST),
        (True, ValueType.NUMBER, LOST),
        ("", ValueType.NUMBER, LOST),
        ("NaN", ValueType.NUMBER, LOST),
        (7, ValueType.NUMBER, 7),
        ("Yes", ValueType.BOOLEAN, True),
        (0, ValueType.BOOLEAN, False),
        (2, ValueType.BOOLEAN, LOST),
        ("31/01/2026", ValueType.DATE_DAY_FIRST, "2026-01-31"),
        ("2026-01-31", ValueType.DATE_DAY_FIRST, "2026-01-31"),
        ("01/31/2026", ValueType.DATE_DAY_FIRST, LOST),
        ("2026-01-31 18:30", ValueType.DATE, "2026-01-31T13:00:00Z"),
        ("soon", ValueType.DATE, LOST),
        ("new; VIP", ValueType.TEXTS, ["new", "VIP"]),
        (["new"], ValueType.TEXTS, ["new"]),
        (5, ValueType.TEXTS, ["5"]),
    ],
)
def test_a_value_is_read_as_another_type(
    value: object, read_as: ValueType, becomes: object
) -> None:
    if becomes is LOST:
        with pytest.raises(ValueRefusedError):
            as_type(value, read_as, time_zone="Asia/Kolkata")
    else:
        found = as_type(value, read_as, time_zone="Asia/Kolkata")
        assert (found, type(found)) == (becomes, type(becomes))


@pytest.mark.django_db
def test_how_many_would_keep_their_value_and_how_many_lose_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: ProfileProperty = ProfilePropertyFactory.create(project=project, name="Age")
    for properties in ({"Age": "5"}, {"Age": "5"}, {"Age": "old"}, {"Age": None}, {}):
        ProfileFactory.create(project=project, properties=properties)
    ProfileFactory.create(properties={"Age": "old"})  # of another project
    assert what_fits(known, ValueType.NUMBER) == Fit(2, 1, of_everybody=True)
    monkeypatch.setattr("campaigns.audience.property_changes.fitting.MOST_DISTINCT", 1)
    assert what_fits(known, ValueType.NUMBER) == Fit(2, 1, of_everybody=False)
