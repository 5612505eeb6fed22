"""Consents (rule 15): given once under an id, withdrawn for good; a withdrawal needs no right but being enrolled."""

import msgspec

from ctcase.log.payload import ConsentData, ConsentTerms
from ctcase.log.stage import Stage
from ctcase.workflow.consent import Terms

_NO_WITHDRAWAL = frozenset({"revoked", "closed", "unknown_device", "payload_missing", "malformed"})


class Consent(msgspec.Struct):
    """A consent under its id (the record): terms, what was recorded, its entry, and the entries that ended it.

    `repeated` are later entries that record a consent under the same id again: only a changed program writes them.
    """

    terms: ConsentTerms
    data: ConsentData
    entry: str
    member: str
    time: int
    withdrawals: list[str]
    replacements: list[str]
    repeated: list[tuple[str, ConsentTerms]] = msgspec.field(default_factory=list)

    @property
    def in_force(self) -> bool:
        """Whether it was given and nothing known here has ended it; expiry is a matter of the day asked for."""
        return self.status == "given"

    @property
    def status(self) -> str:
        """What is known here of it: given, refused, withdrawn or replaced; a withdrawal is told first."""
        return "withdrawn" if self.withdrawals else "replaced" if self.replacements else self.terms.status


def fold_consents(stage: Stage) -> dict[str, Consent]:
    """The consents of a stream by their id."""
    consents: dict[str, Consent] = {}
    withdrawn: list[tuple[str, str]] = []
    replaced: list[tuple[str, str]] = []
    for entry in stage.ordered:
        said = stage.readings[entry.id]
        terms = said.control
        if not isinstance(terms, ConsentTerms):
            continue
        reason = stage.void.get(entry.id, "")
        if terms.status == "withdrawn":
            if reason not in _NO_WITHDRAWAL and not said.lacking:
                withdrawn.append((said.subject, entry.id))
        elif not reason:
            _record(stage, consents, entry.id, terms)
            if terms.status == "given" and terms.replaces:
                replaced.append((terms.replaces, entry.id))
    for subject, one in withdrawn:
        if subject in consents:
            consents[subject].withdrawals.append(one)
    for subject, one in replaced:
        if subject in consents:
            consents[subject].replacements.append(one)
    return consents


def _record(stage: Stage, consents: dict[str, Consent], one: str, terms: ConsentTerms) -> None:
    said = stage.readings[one]
    known = consents.get(said.subject)
    if known is not None:
        known.repeated.append((one, terms))
        return
    data = next((part.says for part in said.data if isinstance(part.says, ConsentData)), ConsentData())
    time = stage.graph.entries[one].header.time
    consents[said.subject] = Consent(terms, data, one, stage.member(one), time, [], [])


def known_in_force(consent: Consent, stage: Stage, at: str) -> ConsentTerms | None:
    """The terms of this consent if the author of entry `at` had it in his past, and nothing that ended it.

    Of several entries that record the same id the first in his past counts: one written beside changes nothing.
    """
    known = ((consent.entry, consent.terms), *consent.repeated)
    terms = next((terms for one, terms in known if stage.graph.precedes(one, at)), None)
    if terms is None or terms.status != "given":
        return None
    ended = any(stage.graph.precedes(end, at) for end in (*consent.withdrawals, *consent.replacements))
    return None if ended else terms


def withdrawn_beside(consent: Consent, stage: Stage, at: str) -> tuple[str, ...]:
    """The withdrawals that entry `at` neither knew of nor was known to."""
    precedes = stage.graph.precedes
    return tuple(one for one in consent.withdrawals if not precedes(one, at) and not precedes(at, one))


def terms_of(terms: ConsentTerms) -> Terms:
    """The terms as the workflow judges them."""
    return Terms(terms.status, terms.purposes, terms.recipients, terms.categories, terms.expires or None)
