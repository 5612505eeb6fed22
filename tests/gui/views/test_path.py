"""The whole path in windows: import, consent, referral, approval, letter, sending, receipt."""

from pathlib import Path

import pytest
from pypdf import PdfReader

SHEET = Path(__file__).resolve().parents[3] / ".." / "shared" / "samples" / "htcds-300.xlsx"
ROWS = [
    ("Daw", "Khinmala", "1995", "Feminine", "555 0101", "Yes"),
    ("Omar", "Fictional", "1999-03-08", "Masculine", "555 0102", "No"),
    ("Ayşe", "Örnek", "2001", "Feminine", "", ""),
]


def bundles(folder):
    return sorted(folder.glob("*.age"))


def write_all(desk, folder):
    page = desk.go("sync")
    desk.files.next = [folder]
    desk.click(page.unsent.write)
    assert bundles(folder)


def read_all(desk, folder):
    """Preview what came and take it; the titles and words of the preview."""
    page = desk.go("sync")
    desk.files.next = [bundles(folder)]
    desk.click(page.choose)
    preview = page.preview
    titles, words = [card.accessibleName() for card in preview.cards], desk.words(preview)
    desk.click(preview.take)
    return titles, words


def all_arrived(total):
    return f"\u2068{total}\u2069 of \u2068{total}\u2069 arrived"


def fill_referral(desk, page):
    terms = page.terms
    terms.agency.set_value(desk.window.shell.desk.known.agencies[0].id)
    terms.agency.changed.emit()
    terms.service.set_value("shelter")
    for group in page.groups:
        if group.category == "identity":
            desk.click(group.pills.pill("person.first_name"))
            desk.click(group.pills.pill("person.birth_date"))


def test_a_case_goes_from_the_field_to_the_office_and_back(desktop, sheet, tmp_path):
    field = desktop("caseworker")
    # the caseworker imports a spreadsheet
    field.click(field.page.importing)
    field.files.next = [sheet(ROWS)]
    field.click(field.page.choose)
    assert "\u20683\u2069 cases added" in field.words(field.page)
    cases = field.go("cases")
    assert cases.model.rowCount() == 3
    cases.search.setText("Khinmala")
    field.bot.waitUntil(lambda: cases.model.rowCount() == 1)
    field.settle()
    case_id = cases.selected()

    # consent, written down in the case file
    page = field.go("case", case_id, "consent")
    form = page.part().write()
    field.consent(form, to=field.window.shell.desk.known.agencies[0].id)
    field.click(form.save)
    assert [one.status for one in page.case.consents] == ["given"]
    assert page.header.chips["consent"].text().startswith("Consent in force")

    # a referral, submitted
    field.click(page.header.refer)
    fill_referral(field, field.page)
    covered = [group.chip.text() for group in field.page.groups if group.category == "identity"]
    assert covered == ["Covered by consent"]
    field.click(field.page.submit)
    referral = field.page.shown
    assert referral.state == "submitted"
    assert [line.value for line in referral.shared] == ["1995", "Daw"]
    write_all(field, tmp_path / "stick1")

    # the supervisor reads, looks at what the agency will read, approves
    lead = desktop("supervisor")
    titles, words = read_all(lead, tmp_path / "stick1")
    assert "from \u2068Deniz A.\u2069" in "".join(titles)
    assert "Signed, and meant for you" in words
    approvals = lead.go("approvals")
    assert approvals.decision is not None
    assert "Daw" in lead.words(approvals)
    lead.click(approvals.decision.buttons["approve"])
    assert approvals.decision is None
    write_all(lead, tmp_path / "stick2")

    # the caseworker reads the approval, prints the letter, marks the referral as sent
    read_all(field, tmp_path / "stick2")
    page = field.go("referral", referral.id)
    assert page.shown.state == "approved"
    assert page.shown.content == referral.content
    letter = tmp_path / "letter.pdf"
    field.files.next = [letter]
    field.click(page.letter)
    assert "Daw" in PdfReader(letter).pages[0].extract_text()
    field.click(page.steps.buttons["send"])
    field.click(page.form.act)
    assert field.questions == ["Mark this as sent to \u2068Harbour Shelter\u2069?"]
    assert page.shown.state == "sent"
    assert field.window.shell.notice.what == "", "what the notice asked for is done"
    case = field.go("case", case_id, "disclosures")
    assert {one.what for one in case.case.disclosures} >= {"letter", "send"}
    write_all(field, tmp_path / "stick3")

    # the office reads everything
    office = desktop("office")
    read_all(office, tmp_path / "stick3")
    assert office.go("cases").model.rowCount() == 3
    assert [one.state for one in office.go("referrals")._all] == ["sent"]

    # the office answers; the caseworker takes the answer, and sees that all of it has arrived
    total = field.window.shell.desk.known.status.entries
    assert all_arrived(total) not in field.words(field.go("sync").receipts)
    write_all(office, tmp_path / "stick4")
    titles, words = read_all(field, tmp_path / "stick4")
    assert "from \u2068Central office" in "".join(titles)
    assert "Receipts\n1\n" in "\n".join(dict.fromkeys(words.split("\n")))
    assert all_arrived(total) in field.words(field.go("sync").receipts)
    assert "office" not in {one.to for one in field.window.shell.desk.known.status.unsent}

    # and every vault is whole
    for desk in (field, lead, office):
        page = desk.go("sync")
        desk.click(page.receipts.verify)
        assert "This vault is whole" in desk.words(page)


def test_the_standards_own_spreadsheet_as_organisations_fill_it(desktop):
    if not SHEET.exists():
        pytest.skip("The sample spreadsheet does not lie beside this checkout.")
    field = desktop("caseworker")
    field.click(field.page.importing)
    field.files.next = [SHEET]
    field.click(field.page.choose)
    said = field.words(field.page)
    assert "\u2068300\u2069 cases added" in said
    cases = field.go("cases")
    assert cases.model.rowCount() == 300
    field.key("Return", cases.table)
    assert field.page.case.may_write is None
    field.go("import")
    field.files.next = [SHEET]
    field.click(field.page.choose)
    assert "\u2068300\u2069 cases added" not in field.words(field.page)
    assert field.go("cases").model.rowCount() == 300, "rows of before are found again"
