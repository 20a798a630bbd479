from datetime import UTC, datetime
from typing import Any

from config.embedded.auditing import by_age, verdict


def looked_up(package: str, **vulns: list[str]) -> dict[str, Any]:
    """As pip-audit tells it: the weaknesses by name, each with the versions that mend it."""
    found = [{"id": name.replace("_", "-"), "fix_versions": fixes} for name, fixes in vulns.items()]
    return {"name": package, "version": "1.0", "vulns": found}


def test_a_weakness_that_another_version_mends_ends_the_audit() -> None:
    packages = [looked_up("tea"), looked_up("pot", CVE_1=["1.1", "2.0"], CVE_2=[])]

    text, code = verdict(packages)
    assert (text.splitlines(), code) == (
        [
            "pot 1.0: CVE-1, mended in 1.1, 2.0",
            "pot 1.0: CVE-2, mended in no version yet",
            "2 packages were looked up, 2 weaknesses found.",
        ],
        1,
    )


def test_one_that_nothing_mends_is_only_told() -> None:
    text, code = verdict([looked_up("pot", CVE_2=[])])
    assert (text.splitlines()[0], code) == ("pot 1.0: CVE-2, mended in no version yet", 0)


def test_pins_are_listed_by_their_first_file_oldest_first() -> None:
    def of(year: int) -> dict[str, datetime]:
        return {"upload-time": datetime(year, 1, 2, tzinfo=UTC)}

    assert (
        by_age(
            [
                {"name": "pot", "version": "2", "wheels": [of(2026), of(2025)], "sdist": of(2026)},
                {"name": "tea", "version": "1", "sdist": of(2024)},
            ]
        )
        == "  2024-01-02  tea 1\n  2025-01-02  pot 2\n"
    )
