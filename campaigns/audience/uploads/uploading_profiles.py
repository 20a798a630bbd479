"""The act behind every door that takes people in: records come, each gets its verdict.

A record is an object: `identity` or `phone` or both, and if wanted `name`, `email`, `language`,
`time_zone`, `MSG-whatsapp`, `MSG-dndWhatsApp` and `properties`. Several about one person are taken
as one, in their order. All of an upload is stored in one transaction, or nothing is; whoever tries
again changes nothing.
"""

from collections.abc import Mapping, Sequence

from django.db import connection

from campaigns.audience.collisions import again_after_a_collision
from campaigns.audience.consent import check_consent
from campaigns.audience.uploads.profile_properties import PropertyReader
from campaigns.audience.uploads.reading_profiles import ToldProfile, read_profile
from campaigns.audience.uploads.storing_profiles import PersonRow, store
from campaigns.audience.uploads.uploading_events import NOBODY
from campaigns.audience.uploads.verdicts import Outcome, RecordRefused, Verdict
from campaigns.ledger.array_texts import numbers
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor

# Why `+ 0` stands there: audience/upserting.py.
IDENTITIES = """
SELECT DISTINCT ON (match_key) match_key, identity FROM campaigns_profile
WHERE match_key = ANY(%s::bigint[]) AND project_id + 0 = %s ORDER BY match_key, id
"""

Told = dict[int, ToldProfile]


def upload(
    project: Project,
    records: Sequence[object],
    *,
    by: Actor,
    create: bool = True,
    consent: str = "",
) -> list[Verdict]:
    """In the order of the records. `create`: who is unknown becomes a profile. `consent`: how those
    agreed whose MSG-whatsapp is set, or the form where they did. Raises ConsentError.
    """
    check_consent(consent)
    reader = PropertyReader.of(project)
    verdicts: dict[int, Verdict] = {}
    told: Told = {}
    for number, record in enumerate(records):
        try:
            told[number] = read_profile(record, reader=reader)
        except RecordRefused as problem:
            verdicts[number] = problem.verdict
    if told:
        verdicts |= _store(reader, told, by=by, create=create, consent=consent)
    return [verdicts[number] for number in range(len(records))]


@again_after_a_collision
def _store(
    reader: PropertyReader, told: Told, *, by: Actor, create: bool, consent: str
) -> dict[int, Verdict]:
    _leave_out(told, reader.learn())
    identities = _identities(reader.project, told)
    outcomes = store(reader.project, _merged(told, identities), create=create, consent=consent)
    changed = sum(outcome != Outcome.UNCHANGED for outcome in outcomes.values())
    if changed:
        note = f"{changed} people"
        auditing.record("profile.uploaded", by=by, project=reader.project, note=note)
    return {
        number: _verdict(outcomes.get(identities[number]), one.properties.left_out)
        for number, one in told.items()
    }


def _leave_out(told: Told, unfit: Mapping[str, str]) -> None:
    for one in told.values():
        for name in unfit.keys() & one.properties.names:
            one.properties.drop(name, unfit[name])


def _identities(project: Project, told: Told) -> dict[int, str]:
    """Who is told of by a phone alone has the identity of the first who has that phone, here or in
    the upload; for want of one, the phone itself is it."""
    by_phone: dict[object, str] = {}
    if any(one.person.match_key for one in told.values()):
        keys = numbers({one.person.match_key or 0 for one in told.values()})
        with connection.cursor() as cursor:
            cursor.execute(IDENTITIES, [keys, project.pk])
            by_phone = dict(cursor.fetchall())
        for one in told.values():
            if not one.person.match_key and (key := one.fields.get("match_key")):
                by_phone.setdefault(key, one.person.identity)
    return {
        number: by_phone.get(one.person.match_key, one.person.identity)
        for number, one in told.items()
    }


def _merged(told: Told, identities: Mapping[int, str]) -> dict[str, PersonRow]:
    rows: dict[str, PersonRow] = {}
    for number, one in told.items():
        row = rows.setdefault(identities[number], PersonRow())
        row.fields |= one.fields
        row.take(one.properties)
    return rows


def _verdict(outcome: Outcome | None, left_out: Mapping[str, str]) -> Verdict:
    return Verdict(outcome, left_out=left_out) if outcome else NOBODY
