"""What to say about a file as a whole, before anything happens: the choice of a person's key."""

from collections.abc import Sequence

from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.likely_keys import look_like_names
from campaigns.audience.imports.mapping import ColumnMapping

PHONE_IS_KEY = (
    "No column is the identity, so the phone will be it: each number is one person, and rows "
    "without a phone are refused. If you have a key of your own for people, choose its column as "
    "Identity."
)
LIKE_NAMES = (
    "The identities in “{label}” look like names. Two people of one name would become one. Choose "
    "a column that is different for everybody, or leave it out and let the phone be the identity."
)
REPEATED = (
    "Identities in “{label}” come more than once ({n} of the first {rows}). Each person is saved "
    "once, as the last of their rows says."
)
NO_PHONE = "No column is “Phone”: new people will have none, and get no messages."


def warnings_of(mapping: ColumnMapping, rows: Sequence[Sequence[str]]) -> list[str]:
    """About the file as a whole, before anything happens."""
    warnings = []
    key = mapping.index_of(Target.IDENTITY)
    if key is None and mapping.index_of(Target.PHONE) is not None:
        warnings.append(PHONE_IS_KEY)
    if key is not None:
        warnings += _doubts(mapping.columns[key].label, [row[key].strip() for row in rows])
    if mapping.index_of(Target.PHONE) is None:
        warnings.append(NO_PHONE)
    return warnings


def _doubts(label: str, cells: Sequence[str]) -> list[str]:
    given = [cell for cell in cells if cell]
    doubts = [LIKE_NAMES.format(label=label)] if look_like_names(given) else []
    if repeated := len(given) - len(set(given)):
        doubts.append(REPEATED.format(label=label, n=repeated, rows=len(given)))
    return doubts
