"""The short answer of calls that write one thing."""

from collections.abc import Iterator

import msgspec

from ctcase.app.results import Written
from ctcase.cli.lines import safe
from ctcase.cli.text import Translate


def written_lines(done: Written, _: Translate) -> Iterator[str]:
    """Done, and the key that names what was written."""
    names = {
        "entry": _("entry"),
        "roster": _("roster"),
        "id": _("id"),
        "file": _("file"),
        "device": _("device"),
        "slot": _("slot"),
    }
    kept = [(key, value) for key, value in msgspec.structs.asdict(done).items() if value is not None]
    yield _("Done ({what}).").format(
        what=", ".join(f"{names[key]} {safe(str(value))}" for key, value in kept)
    )
