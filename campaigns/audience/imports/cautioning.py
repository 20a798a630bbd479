"""What to say about a file as a whole, before anything happens: the choice of a person's key, and
columns of which most are of a type and some are not."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.likely_keys import look_like_names
from campaigns.audience.imports.mapping import ColumnMapping
from campaigns.audience.imports.values import ValueType, fitting, likely_type
from campaigns.models import PropertyType

PHONE_IS_KEY = (
    "No column is the identity, so the phone will be it: each number is one person, and rows "
    "without a phone are refused. If you have a key of your own for people, choose its column as "
    "Identity."
)
LIKE_NAMES = (
    "The identities in “{label}” look like names. Two people of one name would become one. Choose "
    "a column that is different for everybody{or_phone}."
)
OR_PHONE = ", or leave it out and let the phone be the identity"
REPEATED = (
    "Identities in “{label}” come more than once ({n} of the first {rows}). Each person is saved "
    "once, as the last of their rows says."
)
NO_PHONE = "No column is “Phone”: new people will have none, and get no messages."
MOSTLY = (
    "In “{label}” {most} of the first {given} values are {kind} and {others} not ({where}), so it "
    "is read as text. To keep the {kind}, choose {type} there; the others are left out then."
)
_KINDS = {
    PropertyType.DATE: "dates",
    PropertyType.NUMBER: "numbers",
    PropertyType.BOOLEAN: "yes or no",
}
SHOWN_ROWS = 3


def warnings_of(mapping: ColumnMapping, rows: Sequence[Sequence[str]]) -> list[str]:
    """About the file as a whole, before anything happens."""
    warnings = []
    key = mapping.index_of(Target.IDENTITY)
    has_phone = mapping.index_of(Target.PHONE) is not None
    if key is None and has_phone:
        warnings.append(PHONE_IS_KEY)
    if key is not None:
        cells = [row[key].strip() for row in rows]
        warnings += _doubts(mapping.columns[key].label, cells, has_phone=has_phone)
    if not has_phone:
        warnings.append(NO_PHONE)
    return warnings


def _doubts(label: str, cells: Sequence[str], *, has_phone: bool) -> list[str]:
    given = [cell for cell in cells if cell]
    like_names = LIKE_NAMES.format(label=label, or_phone=OR_PHONE if has_phone else "")
    doubts = [like_names] if look_like_names(given) else []
    if repeated := len(given) - len(set(given)):
        doubts.append(REPEATED.format(label=label, n=repeated, rows=len(given)))
    return doubts


def mixed_columns(
    mapping: ColumnMapping,
    rows: Sequence[Sequence[str]],
    *,
    numbers: Sequence[int],
    known: Collection[str] = (),
) -> Iterator[str]:
    """About each column that is read as text although most of it is something narrower. `numbers`
    are those of the rows in the file; who is `known` has a type that can't be changed."""
    for index, column in mapping.properties():
        if column.value_type is ValueType.TEXT and column.property_name not in known:
            cells = {
                n: cell
                for n, row in zip(numbers, rows, strict=True)
                if (cell := row[index].strip())
            }
            if words := _mixed(column.label, cells):
                yield words


def _mixed(label: str, cells: Mapping[int, str]) -> str:
    """`cells` by the numbers of their rows."""
    likely = likely_type([*cells.values()])
    if likely is None:
        return ""
    do_fit = fitting([*cells.values()], likely)
    others = [number for number, fits in zip(cells, do_fit, strict=True) if not fits]
    return MOSTLY.format(
        label=label,
        most=sum(do_fit),
        given=len(cells),
        kind=_KINDS[likely.property_type],
        others=f"{len(others)} {'is' if len(others) == 1 else 'are'}",
        where=rows_in_words(others),
        type=f"“{likely.label}”",
    )


def rows_in_words(numbers: Sequence[int]) -> str:
    """Like "row 7" or "rows 7, 12, 30 and 6 more"."""
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    shown = ", ".join(map(str, numbers[:SHOWN_ROWS]))
    more = len(numbers) - SHOWN_ROWS
    return f"rows {shown} and {more:,} more" if more > 0 else f"rows {shown}"
