"""Templates by their names, as they stand in the database at this moment.

Programs ask for the same few all day. Which version of its rows a template has, PostgreSQL says for
a fraction of what it takes to read them and make objects of them; so the versions are asked for
each time, and only what has another one is read again.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection

from providers.models import Project
from templates_app.models import Template

MOST_KEPT = 1_000
# Each change of a row makes a new one, in another place or by another transaction.
VERSIONS = """
SELECT t.name, t.language, (t.ctid, t.xmin, v.ctid, v.xmin, p.ctid, p.xmin)::text
FROM templates_app_template t JOIN providers_project p ON p.id = t.project_id
LEFT JOIN templates_app_templateversion v ON v.id = t.current_id
WHERE t.project_id = %s AND t.name = ANY(%s::varchar[]) AND t.language = ANY(%s::varchar[])
"""

Name = tuple[str, str]  # and language


class KeptTemplates:
    """What is kept is read by many threads and changed by none."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, Name], tuple[str, Template]] = {}

    def read(self, project: Project, names: Collection[Name]) -> dict[Name, Template]:
        """Those that there are, and maybe others of these names or languages, each with its current
        version and the project."""
        if connection.in_atomic_block:  # what is changed in it may be taken back
            return _read(project, names)
        versions = _versions(project, names)
        found = {
            name: kept[1]
            for name, version in versions.items()
            if (kept := self._kept.get((project.pk, name))) and kept[0] == version
        }
        changed = versions.keys() - found.keys()
        return found | self._read_again(project, changed, versions) if changed else found

    def _read_again(
        self, project: Project, names: Collection[Name], versions: Mapping[Name, str]
    ) -> dict[Name, Template]:
        """What changes in between has another version at the next call."""
        read = _read(project, names)
        if len(self._kept) + len(read) > MOST_KEPT:
            self._kept.clear()
        for name in names:
            if name in read:
                self._kept[project.pk, name] = versions[name], read[name]
        return read


kept_templates = KeptTemplates()


def _read(project: Project, names: Iterable[Name]) -> dict[Name, Template]:
    called, languages = _apart(names)
    found = Template.objects.filter(project=project, name__in=called, language__in=languages)
    found = found.select_related("current__template__project")
    return {(template.name, template.language): template for template in found}


def _versions(project: Project, names: Iterable[Name]) -> dict[Name, str]:
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [project.pk, *_apart(names)])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return {(name, language): version for name, language, version in rows}


def _apart(names: Iterable[Name]) -> tuple[list[str], list[str]]:
    pairs = set(names)
    return sorted({name for name, _ in pairs}), sorted({language for _, language in pairs})
