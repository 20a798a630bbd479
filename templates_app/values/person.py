"""The person that a text sees: a field of every profile, or one of the project's own."""

from collections.abc import Mapping

# Every profile has these, whatever a project imports; in the words of the pages.
STANDARD_FIELDS: Mapping[str, str] = {
    "name": "Name",
    "identity": "Identity",
    "phone": "Phone",
    "email": "E-mail",
    "language": "Language",
    "time_zone": "Time zone",
}


def person_seen(fields: object, properties: Mapping[str, object]) -> Mapping[str, object]:
    """`fields` has an attribute for each standard field; a row without a profile has None there. A
    property of the same name is hidden by it."""
    own = {name: getattr(fields, name) or "" for name in STANDARD_FIELDS}
    return {"profile": {**properties, **own}}
