"""Consents (rule 15): given once under an id, withdrawn for good; a withdrawal needs no right but being enrolled."""

import msgspec

from ctcase.log.payload import ConsentData, ConsentTerms
from ctcase.log.stage import Stage
from ctcase.workflow.consent import Terms

_NO_WITHDRAWAL = frozenset({"revoked", "closed", "unknown_device", "payload_missing", "malformed"})


class Consent(msgspec.Struct):
    """A consent under its id (the record): terms, what was recorded, its entry, and the entries that ended it."""

    terms: ConsentTerms
    data: ConsentData
    entry: str
    member: str
    time: int
    withdrawals: list[str]
    replacements: list[str]

    @property
    def in_force(self) -> bool:
        """Whether it was given and nothing known here has ended it; expiry is a matter of the day asked for."""
        return self.terms.status == "given" and not self.withdrawals and not self.replacements


def fold_consents(stage: Stage) -> dict[str, Consent]:
    """The consents of a stream by their id."""
    consents: dict[str, Consent] = {}
    endings: list[tuple[str, str]] = []
    for entry in stage.ordered:
        said = stage.readings[entry.id]
        terms = said.control
        if not isinstance(terms, ConsentTerms):
            continue
        reason = stage.void.get(entry.id, "")
        if terms.status == "withdrawn":
            if reason not in _NO_WITHDRAWAL:
                endings.append((said.subject, entry.id))
        elif not reason and said.subject not in consents:
            data = next(
                (part.says for part in said.data if isinstance(part.says, ConsentData)), ConsentData()
            )
            member = stage.member(entry.id)
            consents[said.subject] = Consent(terms, data, entry.id, member, entry.header.time, [], [])
    for subject, entry_id in endings:
        if subject in consents:
            consents[subject].withdrawals.append(entry_id)
    for consent in consents.values():
        if consent.terms.status == "given" and consent.terms.replaces in consents:
            consents[consent.terms.replaces].replacements.append(consent.entry)
    return consents


def known_in_force(consent: Consent, stage: Stage, at: str) -> bool:
    """Whether the author of entry `at` had this consent in his past, and nothing that ended it."""
    if consent.terms.status != "given" or not stage.graph.precedes(consent.entry, at):
        return False
    return not any(stage.graph.precedes(end, at) for end in (*consent.withdrawals, *consent.replacements))


def terms_of(terms: ConsentTerms) -> Terms:
    """The terms as the workflow judges them."""
    return Terms(terms.status, terms.purposes, terms.recipients, terms.categories, terms.expires or None)
