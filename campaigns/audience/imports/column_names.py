"""What columns are called, here and in the files of others: Google's contacts, Shopify's customers,
Meta's leads.
"""

from collections.abc import Mapping, Sequence
from unicodedata import category, name, normalize

from django.db import models


class Target(models.TextChoices):
    IGNORED = "", "Leave out"
    IDENTITY = "identity", "Identity"
    PHONE = "phone", "Phone"
    NAME = "name", "Name"
    EMAIL = "email", "E-mail"
    LANGUAGE = "language", "Language"
    TIME_ZONE = "time_zone", "Time zone"
    SUBSCRIBED = "subscribed", "MSG-whatsapp"
    BLOCKED = "blocked", "MSG-dndWhatsApp"
    PROPERTY = "property", "A property of your own"
    EVENT = "event", "Name of the event"
    AT = "at", "Time of the event"


KEYS = (Target.IDENTITY, Target.PHONE)

# Letters alone, small: “Phone 1 - Value” is phonevalue.
_KNOWN = {
    "identity": Target.IDENTITY,
    "objectid": Target.IDENTITY,
    "phone": Target.PHONE,
    "phonenumber": Target.PHONE,
    "mobile": Target.PHONE,
    "mobilenumber": Target.PHONE,
    "whatsapp": Target.PHONE,
    "whatsappnumber": Target.PHONE,
    "name": Target.NAME,
    "fullname": Target.NAME,
    "email": Target.EMAIL,
    "emailaddress": Target.EMAIL,
    "language": Target.LANGUAGE,
    "lang": Target.LANGUAGE,
    "locale": Target.LANGUAGE,
    "timezone": Target.TIME_ZONE,
    "tz": Target.TIME_ZONE,
    "msgwhatsapp": Target.SUBSCRIBED,
    "msgdndwhatsapp": Target.BLOCKED,
}
# Where no column is called as above. The earlier the likelier.
_ALSO: Mapping[Target, Sequence[str]] = {
    Target.IDENTITY: (
        "customerid",
        "userid",
        "clientid",
        "memberid",
        "contactid",
        "personid",
        "uid",
        "id",
        "leadid",
        *("kundennummer", "kundennr", "kundenid", "numéroclient", "idclient"),
        *("idcliente", "númerodecliente", "códigocliente", "codicecliente"),
    ),
    Target.PHONE: (
        "phonevalue",
        "phoneno",
        "mobileno",
        "mobilephone",
        "whatsappno",
        "contactnumber",
        "contactno",
        "cellphone",
        "telephone",
        "defaultaddressphone",
        *("telefon", "telefonnummer", "handynummer", "handy", "mobilnummer", "rufnummer"),
        *("téléphone", "numérodetéléphone", "téléphonemobile", "téléphoneportable", "portable"),
        *("teléfono", "teléfonomóvil", "móvil", "celular", "telefone", "telefono", "cellulare"),
        *("फ़ोन", "फोन", "फ़ोननंबर", "फोननंबर", "मोबाइल", "मोबाइलनंबर", "व्हाट्सएप"),
    ),
    Target.NAME: (
        *("customername", "displayname", "firstname", "givenname"),
        *("vorname", "prénom", "nombre", "नाम"),
    ),
    Target.EMAIL: ("emailvalue", "emailid", "mail"),
}


# Of what people did; the earlier the likelier.
_OF_EVENTS: Mapping[Target, Sequence[str]] = {
    Target.EVENT: ("event", "eventname", "evtname", "action", "activity"),
    Target.AT: (
        *("time", "timestamp", "at", "eventtime", "happenedat", "occurredat", "ts", "datetime"),
        *("date", "eventdate", "createdat", "orderdate", "orderedat", "purchasedate"),
    ),
}


def event_fields_called(labels: Sequence[str]) -> list[Target | None]:
    """Of the columns of a file of events."""
    called = [_letters(label) for label in labels]
    fields = [field if field in KEYS else None for field in fields_called(labels)]
    for target, words in _OF_EVENTS.items():
        place = next((called.index(word) for word in words if word in called), None)
        if place is not None and fields[place] is None:
            fields[place] = target
    return fields


def field_called(label: str) -> Target | None:
    """What a column of this name is for everybody; None for what only its owner knows."""
    return _KNOWN.get(_letters(label))


def fields_called(labels: Sequence[str]) -> list[Target | None]:
    """Of columns side by side: each field once, the best name first."""
    fields: list[Target | None] = []
    for label in labels:
        known = field_called(label)
        fields.append(None if known in fields else known)
    called = [_letters(label) for label in labels]
    for target, words in _ALSO.items():
        place = next((called.index(word) for word in map(_letters, words) if word in called), None)
        if target not in fields and place is not None and fields[place] is None:
            fields[place] = target
    return fields


def _letters(label: str) -> str:
    """With the marks that belong to them: they are half of an Indian word."""
    spelled = normalize("NFC", label.lower())
    return "".join(sign for sign in spelled if category(sign)[0] == "L" or _is_vowel_sign(sign))


def _is_vowel_sign(sign: str) -> bool:
    return category(sign) in {"Mn", "Mc"} and not name(sign, "").startswith("VARIATION SELECTOR")
