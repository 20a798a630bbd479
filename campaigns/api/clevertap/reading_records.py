"""One record as CleverTap takes it → one as our own uploads take it. What has no place here is left
out and named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from campaigns.api.clevertap.codes import RecordNotTaken
from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.people_rows import WORDS
from campaigns.audience.imports.values import ValueRefusedError
from campaigns.audience.uploads.event_properties import MOST_PROPERTIES
from campaigns.audience.uploads.typed_values import Properties

OTHER_CHANNELS = "It is about another channel: Kabootar sends WhatsApp alone."
ONE_IDENTITY = "A person has one identity here, and this record has another."
NO_FIELD = "There is no such field here."
NO_DEVICES = "Kabootar knows no devices: send an identity, beside objectId or instead of it"

_OF_RECORDS = {"type", "identity", "objectId", "FBID", "GPID", "ts"}
_IDENTITIES = ("identity", "FBID", "GPID")
_FIELDS = {"name": "name", "email": "email", "phone": "phone", "tz": "time_zone"}
_FLAGS = ("MSG-whatsapp", "MSG-dndWhatsApp")
_OTHERS = {
    *("MSG-email", "MSG-push", "MSG-sms", "MSG-push-all", "MSG-dndEmail", "MSG-dndPhone"),
    *("MSG-dndSMS", "category-unsubscribe", "category-resubscribe"),
}
# Never taken from a server there either.
_RESTRICTED = {
    *("notificationsent", "notificationviewed", "notificationclicked", "notificationdelivered"),
    *("notificationreplied", "replysent", "applaunched", "appuninstalled", "appversionchanged"),
    *("utmvisited", "stayed", "experimentrendered", "reachableby", "identityset"),
    *("identityreset", "identityerror"),
}


@dataclass(slots=True)
class Taken:
    """`record` is for `uploading_events` where it `is_event`, else for `uploading_profiles`."""

    is_event: bool
    record: dict[str, Any]
    read: Properties = field(default_factory=Properties)

    def leave_out(self, name: str, reason: str) -> None:
        self.read.leave_out(name, reason)


def read_record(given: object) -> Taken:
    """Raises RecordNotTaken."""
    if not isinstance(given, dict):
        raise RecordNotTaken(512, "The record is no object", kind="event")
    match given.get("type"):
        case "profile":
            return _profile(given)
        case "event":
            return _event(given)
        case "token":
            raise RecordNotTaken(530, "Push tokens are not kept: Kabootar sends WhatsApp alone")
    raise RecordNotTaken(524, "The type is neither event nor profile")


def _profile(given: Mapping[str, Any]) -> Taken:
    data = _data(given, "profileData", kind="profile")
    _read_time(given, kind="profile")
    identity = _identity(given, data.get("identity"))
    taken = Taken(is_event=False, record={"identity": identity, "properties": {}})
    _leave_out_unknown(taken, given, "profileData")
    for name, value in data.items():
        _take(taken, name, value)
    return taken


def _take(taken: Taken, name: str, value: Any) -> None:
    if name == "identity":
        if str(value) != str(taken.record["identity"]):
            taken.leave_out(name, ONE_IDENTITY)
    elif name in _OTHERS:
        taken.leave_out(name, OTHER_CHANNELS)
    elif name in _FLAGS:
        taken.record[name] = value
    elif (ours := _FIELDS.get(name.lower())) is not None:
        _take_field(taken, name, ours, value)
    else:
        check = None if value in (None, "") or isinstance(value, dict) else _CHECKED.get(name)
        taken.record["properties"][name] = check(value) if check else value


def _take_field(taken: Taken, name: str, ours: str, value: Any) -> None:
    """Only an e-mail address or a phone that is none holds a record up."""
    if ours == "phone" and (isinstance(value, bool) or not isinstance(value, str | int | None)):
        raise RecordNotTaken(516, kind="profile")
    if ours in ("email", "phone") or value in (None, ""):
        taken.record[ours] = value
        return
    try:
        if not isinstance(value, str):
            raise ValueRefusedError("is not a text.")
        taken.record[ours] = WORDS[Target(ours)](value.strip())
    except ValueRefusedError as problem:
        taken.leave_out(name, f"It {str(problem).removeprefix('It ')}")


def _event(given: Mapping[str, Any]) -> Taken:
    name, data = given.get("evtName"), _data(given, "evtData", kind="event")
    if isinstance(name, str) and "".join(name.lower().split()) in _RESTRICTED:
        raise RecordNotTaken(513, f"“{name[:100]}” is an event of the system", kind="event")
    if len(data) > MOST_PROPERTIES:
        words = f"An event has at most {MOST_PROPERTIES} properties"
        raise RecordNotTaken(522, words, kind="event")
    at = _read_time(given, kind="event")
    record = {"identity": _identity(given), "name": name, "at": at, "properties": data}
    taken = Taken(is_event=True, record=record)
    _leave_out_unknown(taken, given, "evtName", "evtData")
    return taken


def _data(given: Mapping[str, Any], name: str, *, kind: str) -> Mapping[str, Any]:
    data = given.get(name)
    if data is not None and not isinstance(data, dict):
        raise RecordNotTaken(512, f"{name} is no object", kind=kind)
    return data or {}


def _leave_out_unknown(taken: Taken, given: Mapping[str, Any], *known: str) -> None:
    for name in given:
        if name not in _OF_RECORDS and name not in known:
            taken.leave_out(name, NO_FIELD)


def _identity(given: Mapping[str, Any], inner: Any = None) -> Any:
    """A record that joins a device to a person is about that person."""
    own = (given[name] for name in _IDENTITIES if given.get(name) not in (None, ""))
    if (identity := next(own, inner)) not in (None, ""):
        return identity
    if given.get("objectId") not in (None, ""):
        raise RecordNotTaken(526, NO_DEVICES)
    raise RecordNotTaken(523, "There is no identity")


def _read_time(given: Mapping[str, Any], *, kind: str) -> int | float | None:
    at = given.get("ts")
    if at is None:
        return None
    if isinstance(at, bool) or not isinstance(at, int | float) or not 0 < at < 10**10:
        raise RecordNotTaken(525, kind=kind)
    return at


def _one_among(code: int, *known: str) -> Callable[[Any], str]:
    spelled = {each.lower(): each for each in known}

    def check(value: Any) -> str:
        found = spelled.get(value.strip().lower()) if isinstance(value, str) else None
        if found is None:
            raise RecordNotTaken(code, kind="profile")
        return found

    return check


def _age(value: Any) -> int | float:
    try:
        age = float(value) if isinstance(value, int | float | str) else -1.0
    except (ValueError, OverflowError):
        age = -1.0
    if isinstance(value, bool) or not 0 < age < 150:
        raise RecordNotTaken(520, kind="profile")
    return int(age) if age.is_integer() else age


_CHECKED: Mapping[str, Callable[[Any], object]] = {
    "Gender": _one_among(514, "M", "F"),
    "Employed": _one_among(517, "Y", "N"),
    "Education": _one_among(518, "School", "College", "Graduate"),
    "Married": _one_among(519, "Y", "N"),
    "Age": _age,
}
