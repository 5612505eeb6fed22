"""What the list of sections says: how far a form is, what the other parts of a case hold, and what is being written."""

from collections.abc import Iterable

from ctcase.app.results import CaseShown
from ctcase.model import forms
from ctcase.model.forms import Section
from ui import words
from ui.desk import Desk
from ui.models.draft import CaseDraft
from ui.views.case_sections import Entry
from ui.words import translate


def of_form(desk: Desk, draft: CaseDraft, sections: Iterable[Section]) -> list[Entry]:
    """The sections of the forms, with how much of each is answered or has to be corrected."""
    return [_section(desk, draft, section) for section in sections]


def _section(desk: Desk, draft: CaseDraft, section: Section) -> Entry:
    answered, asked, wrong = draft.progress(section)
    title = forms.say(section.title, desk.texts.language)
    if wrong:
        many = translate("sections", "{n} to correct")
        note = words.counted(wrong, translate("sections", "1 to correct"), many)
        return Entry(section.id, "circle-alert", "danger", title, note)
    if not answered:
        return Entry(section.id, "circle", "text2", title, translate("sections", "Not begun"))
    if answered == asked:
        return Entry(section.id, "circle-check", "ok", title, translate("sections", "Complete"))
    return Entry(section.id, "circle-dot", "accent", title, words.how_much(answered, asked))


def of_case(desk: Desk, case: CaseShown, current: str) -> list[Entry]:
    """The parts of a case that are no part of a form; conflicts while there are any, or while they are looked at."""
    entries = [_consent(desk, case), _referrals(desk, case), _copies(case)]
    title = translate("sections", "Conflicts")
    if case.conflicts:
        many = translate("sections", "{n} to decide")
        to_decide = words.counted(len(case.conflicts), translate("sections", "1 to decide"), many)
        entries.append(Entry("conflicts", "git-merge", "warn", title, to_decide))
    elif current == "conflicts":
        entries.append(Entry("conflicts", "circle-check", "ok", title, translate("sections", "Decided")))
    return entries


def _consent(desk: Desk, case: CaseShown) -> Entry:
    title = translate("sections", "Consent")
    if desk.unfinished.get("consent", case.id):
        return Entry("consent", "pencil", "warn", title, translate("sections", "Not recorded yet"))
    tone, icon, word = words.consent_mark(_consent_word(case))
    return Entry("consent", icon, tone if case.consents else "text2", title, word)


def _referrals(desk: Desk, case: CaseShown) -> Entry:
    title, many = translate("sections", "Referrals"), translate("sections", "{n} referrals")
    if desk.unfinished.get("referral", case.id):
        return Entry("referrals", "pencil", "warn", title, translate("sections", "One not saved yet"))
    count = words.counted(len(case.referrals), translate("sections", "1 referral"), many)
    none = translate("sections", "None yet")
    return Entry("referrals", "share-2", "text2", title, count if case.referrals else none)


def _copies(case: CaseShown) -> Entry:
    many = translate("sections", "{n} disclosures")
    count = words.counted(len(case.disclosures), translate("sections", "1 disclosure"), many)
    title, nobody = translate("sections", "Who holds a copy"), translate("sections", "Nobody")
    return Entry("disclosures", "upload", "text2", title, count if case.disclosures else nobody)


def _consent_word(case: CaseShown) -> str | None:
    if any(one.in_force for one in case.consents):
        return "given"
    return case.consents[0].status if case.consents else None
