"""Cases that may be of the same person: names compared across scripts and spellings."""

from collections.abc import Iterable
from typing import Any

import msgspec
from rapidfuzz import fuzz
from sqlalchemy import Connection, text

from ctcase.app.fields import Change
from ctcase.app.results import Similar
from ctcase.model.ids import show_case_code
from ctcase.store import queries, search
from ctcase.store.search import fold_text

NAMES = ("first_name", "middle_name", "second_name")
ALIKE = 80.0
"""The least likeness of two folded names, out of 100, that is worth a look."""
MOST_LOOKED_AT = 400
MOST_SHOWN = 5


def full_name(fields: dict[str, object]) -> str:
    """The name as typed, its parts in order."""
    return " ".join(str(fields[name]) for name in NAMES if isinstance(fields.get(name), str) and fields[name])


def find(connection: Connection, changes: Iterable[Change]) -> list[Similar]:
    """Cases whose person has a name like the one given, the most alike first."""
    given = {change.known.field.name: change.value for change in changes if change.record == "person"}
    name = fold_text(full_name(dict(given)))
    if len(name) < 3:
        return []
    rows = _candidates(connection, name)
    found = []
    people = queries.person_fields(connection, [row.stream for row in rows])
    for row in rows:
        theirs = msgspec.json.decode(people.get(row.stream, "{}"))
        likeness = fuzz.token_sort_ratio(name, fold_text(full_name(theirs)))
        if likeness >= ALIKE:
            why = ["name_same" if likeness == 100 else "name_sounds_alike"]
            if given.get("birth_date") and theirs.get("birth_date") == given["birth_date"]:
                why.append("birth_date_same")
            found.append((likeness + 10 * len(why), Similar(show_case_code(row.code), why)))
    return [one for _, one in sorted(found, key=lambda pair: -pair[0])[:MOST_SHOWN]]


def _candidates(connection: Connection, name: str) -> list[Any]:
    beginnings = " OR ".join(f'"{word[:3]}"*' for word in name.split()[: search.MOST_WORDS])
    rows = connection.execute(
        text(search.MATCHING + " LIMIT :most"), {"words": beginnings, "most": MOST_LOOKED_AT}
    )
    return queries.case_window(connection, list(rows.scalars()))
