"""Nothing that was typed is lost: not by going elsewhere, not by locking, hiding or closing."""

import pytest

from ctcase.app import cases, consents, exchange, office, unfinished
from ctcase.errors import refusal
from ui.models.unfinished import Unfinished

SECRET = "five words that are long"


def edit(page, key, text):
    field = page.part().fields[key]
    field.editor.line().setText(text)
    field.editor.changed.emit()
    field.editor.finished.emit()


def saved(desk):
    return desk.window.shell.status.text("saved")


def half_a_consent(desk, case):
    form = desk.go("case", case, "consent").part().write()
    desk.click(form.status.button("refused"))
    desk.click(form.categories.pill("health"))
    return form


def consent_form(desk, case):
    """The form as it is there without being asked for, None if it is not."""
    return desk.go("case", case, "consent").part()._form


def test_answers_are_there_again_after_other_pages_and_cases(desktop, world):
    case, other = world.case(), world.case(alias="Cedar")
    desk = desktop()
    page = desk.go("case", case, "identity")
    edit(page, "person.salutation", "Ms")
    edit(page, "person.birth_date", "31 Nov 2026")
    assert saved(desk) == "1 form not saved"
    desk.go("case", other, "identity")
    desk.go("sync")
    assert desk.questions == []
    page = desk.go("case", case, "identity")
    assert page.part().fields["person.salutation"].editor.value() == "Ms"
    assert page.draft.edited() == {"person.salutation": "Ms", "person.birth_date": "31 Nov 2026"}
    desk.click(page.save)
    desk.go("sync")
    assert desk.go("case", case, "identity").draft.edited() == {"person.birth_date": "31 Nov 2026"}


def test_a_consent_is_there_again_until_it_is_recorded_or_discarded(desktop, world):
    case = world.case()
    desk = desktop()
    half_a_consent(desk, case)
    page = desk.go("case", case, "identity")
    assert "Not recorded yet" in desk.words(page.list)
    page.show_section("consent")
    form = page.part()._form
    assert form.status.value() == "refused"
    assert form.categories.value() == ("health",)
    desk.click(form.cancel)
    assert saved(desk) == "Everything saved"
    assert consent_form(desk, case) is None


def test_a_new_referral_is_there_again(desktop, world):
    case = world.case()
    desk = desktop()
    page = desk.go("new_referral", case)
    assert page.discard.isHidden()
    desk.click(page.groups[0].pills.pill("person.first_name"))
    desk.click(page.terms.basis.button("vital_interest"))
    page.terms.reason.control().setPlainText("Danger tonight.")
    desk.go("cases")
    page = desk.go("new_referral", case)
    assert page.groups[0].chosen() == ["person.first_name"]
    assert (page.terms.basis.value(), page.terms.reason.value()) == ("vital_interest", "Danger tonight.")
    desk.click(page.discard)
    assert desk.go("new_referral", case).state() == {}


def test_a_new_case_a_step_and_a_comment_are_there_again(desktop, world):
    case = world.case()
    world.consent(case)
    one = world.submitted(case)
    desk = desktop()
    page = desk.go("new_case")
    page.fields["person.first_name"].editor.set_value("Daw")
    page.fields["person.first_name"].editor.reveal()
    page.fields["person.first_name"].editor.changed.emit()
    page = desk.go("referral", one)
    desk.click(page.steps.buttons["withdraw"])
    page.form.editors["reason"].control().setPlainText("She found a place.")
    assert saved(desk) == "\u20682\u2069 forms not saved"
    assert desk.go("new_case").state() == {"person.first_name": "Daw"}
    page = desk.go("referral", one)
    assert page.form.editors["reason"].value() == "She found a place."
    desk.click(page.form.act)
    assert page.shown.state == "withdrawn"
    assert saved(desk) == "1 form not saved"


def test_a_comment_stays_with_its_referral(desktop, world):
    case = world.case()
    world.consent(case)
    world.submitted(case)
    world.carry("caseworker", "supervisor")
    desk = desktop("supervisor")
    desk.go("approvals").decision.comment.line().setText("Please leave out")
    desk.go("cases")
    assert desk.go("approvals").decision.comment.value() == "Please leave out"


@pytest.fixture
def stick(world, tmp_path):
    world.case()
    world.act("caseworker", lambda session: exchange.write_bundles(session, "Elif K.", tmp_path / "stick"))
    return sorted((tmp_path / "stick").iterdir())


def test_a_preview_is_there_again_until_it_is_taken_or_set_aside(desktop, stick):
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.look(stick)
    desk.settle()
    desk.go("cases")
    page = desk.go("sync")
    assert "Nothing is written before you take it." in desk.words(page.preview)
    desk.click(page.preview.take)
    assert desk.window.shell.desk.known.status.cases == 1
    desk.go("cases")
    assert desk.go("sync").preview is None


def test_a_preview_is_made_anew_if_something_changed_meanwhile(desktop, world, stick):
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.look(stick)
    desk.settle()
    desk.go("cases")
    world.act("supervisor", lambda session: exchange.read_bundles(session, stick))
    desk.worker.poll(desk.window.shell)
    desk.settle()
    page = desk.go("sync")
    assert "Nothing new in it" in desk.words(page.preview)
    assert not page.preview.take.isEnabled()
    desk.click(page.preview.aside)
    desk.go("cases")
    assert desk.go("sync").preview is None


def test_locking_asks_and_stays_saves_or_discards(desktop, world):
    case = world.case()
    desk = desktop()
    half_a_consent(desk, case)
    page = desk.go("case", case, "identity")
    edit(page, "person.salutation", "Ms")
    desk.answers.append("stay")
    desk.key("Ctrl+L")
    assert desk.questions == ["Save what you wrote before you lock?"]
    assert desk.page is page
    desk.key("Ctrl+L")
    assert desk.window.shell is None
    desk.unlock()
    page = desk.go("case", case, "identity")
    assert page.draft.edited() == {}, "the answer is saved"
    assert page.draft.value("person.salutation") == "Ms"
    assert consent_form(desk, case).status.value() == "refused", "what is not complete is kept"
    desk.answers.append("discard")
    desk.key("Ctrl+L")
    desk.unlock()
    assert saved(desk) == "Everything saved"
    assert consent_form(desk, case) is None


@pytest.mark.parametrize("way", ["quick_hide", "idle"])
def test_what_cannot_ask_keeps_everything(desktop, world, way):
    case = world.case()
    desk = desktop()
    half_a_consent(desk, case)
    if way == "idle":
        desk.window.idle.timer.timeout.emit()
    else:
        desk.window.quick_hide()
        desk.window.view().wanted.emit()
    assert desk.questions == []
    desk.settle()
    desk.unlock()
    assert saved(desk) == "1 form not saved"
    assert consent_form(desk, case).categories.value() == ("health",)


def test_closing_asks_and_keeps(desktop, world):
    case = world.case()
    desk = desktop()
    half_a_consent(desk, case)
    desk.answers.append("stay")
    desk.window.close()
    assert desk.window.isVisible()
    desk.window.close()
    desk.bot.waitUntil(lambda: not desk.window.isVisible())
    assert desk.questions == ["Save what you wrote before you close?"] * 2
    again = desktop()
    assert consent_form(again, case).status.value() == "refused"


def test_what_was_saved_does_not_come_back(desktop, world):
    """Even if the program ends without locking."""
    case = world.case()
    desk = desktop()
    half_a_consent(desk, case)
    desk.window.quick_hide()
    desk.settle()
    desk.window.view().wanted.emit()
    desk.unlock()
    desk.click(consent_form(desk, case).cancel)
    desk.settle()
    other = desktop()
    assert saved(other) == "Everything saved"


def test_what_the_disk_does_not_take_stays_on_the_screen(desktop, world, monkeypatch):
    case = world.case()
    desk = desktop()
    half_a_consent(desk, case)

    def full(_session, _text):
        raise refusal("disk_full")

    monkeypatch.setattr(unfinished, "keep", full)
    desk.key("Ctrl+L")
    assert desk.window.shell is not None
    assert "The disk or stick is full." in desk.words()
    assert desk.page.part()._form.status.value() == "refused"
    desk.answers.append("stay")


def test_quick_hide_works_in_a_question_too(desktop, world):
    case = world.case()
    desk = desktop()
    half_a_consent(desk, case)

    def press(dialog):
        dialog.show()
        dialog.activateWindow()
        desk.bot.waitUntil(dialog.isActiveWindow)
        desk.bot.keySequence(dialog, "Ctrl+Q")
        return dialog.result() == dialog.DialogCode.Accepted

    desk.window._asker = press
    desk.window.lock()
    assert desk.window.shell is None
    desk.settle()
    desk.window.view().wanted.emit()
    desk.unlock()
    assert consent_form(desk, case).status.value() == "refused"


def test_the_name_of_an_agency_is_there_again_until_it_is_added(desktop, world):
    desk = desktop("office")
    page = desk.go("office")
    desk.bot.keyClicks(page.agency.line(), "Half a na")
    desk.window.shell.desk.renewed.emit()
    assert page.agency.value() == "Half a na"
    assert saved(desk) == "1 form not saved"
    desk.go("cases")
    assert desk.go("office").agency.value() == "Half a na"
    hide(desk)
    page = desk.go("office")
    assert page.agency.value() == "Half a na"
    desk.click(page.add)
    assert page.agency.value() is None
    assert saved(desk) == "Everything saved"
    assert desk.go("office").agency.value() is None
    assert "Half a na" in [one.name for one in desk.window.shell.desk.known.agencies]


def test_the_name_of_an_agency_is_named_before_locking_and_stays_if_it_is_refused(desktop, monkeypatch):
    desk = desktop("office")
    page = desk.go("office")
    desk.bot.keyClicks(page.agency.line(), "Half a na")

    def full(*_asked):
        raise refusal("disk_full")

    with monkeypatch.context() as patched:
        patched.setattr(office, "add_agency", full)
        desk.click(page.add)
    assert desk.window.shell.notice.what.startswith("The disk or stick is full.")
    assert page.agency.value() == "Half a na"
    said = []
    desk.window._asker = lambda dialog: said.append(desk.words(dialog)) or False
    desk.window.lock()
    assert "1 new agency" in said[0]


@pytest.fixture
def request_file(world, tmp_path):
    office.join(tmp_path / "new", "Omar B.", ("caseworker",), tmp_path / "new.req", SECRET, world.env())
    return tmp_path / "new.req"


def test_a_device_to_enrol_is_there_again_without_the_passphrase(desktop, request_file, tmp_path):
    desk = desktop("office")
    page = desk.go("office")
    desk.files.next = [request_file, tmp_path / "omar.welcome"]
    desk.click(page.enrol)
    assert saved(desk) == "Everything saved", "nothing is typed yet"
    desk.bot.keyClicks(page.compare.words.line(), "six words")
    desk.bot.keyClicks(page.compare.team.line(), "North")
    desk.bot.keyClicks(page.compare.passphrase.edit.line, SECRET)
    desk.click(page.compare.welcome.choose)
    assert saved(desk) == "1 form not saved"
    desk.go("cases")
    desk.window.quick_hide()
    desk.settle()
    desk.window.view().wanted.emit()
    desk.unlock()
    desk.go("office")
    desk.settle()
    card = desk.page.compare
    assert (card.words.value(), card.team.value(), card.role.value()) == ("six words", "North", "caseworker")
    assert card.welcome.path == tmp_path / "omar.welcome"
    assert card.passphrase.edit.text() == ""
    desk.click(card.cancel)
    assert saved(desk) == "Everything saved"
    assert desk.go("office").compare is None


def test_a_device_whose_request_is_gone_is_told_and_kept(desktop, request_file):
    desk = desktop("office")
    page = desk.go("office")
    desk.files.next = [request_file]
    desk.click(page.enrol)
    desk.bot.keyClicks(page.compare.team.line(), "North")
    desk.go("cases")
    request_file.rename(request_file.with_suffix(".away"))
    assert desk.go("office").compare is None
    assert desk.window.shell.notice.tone == "danger"
    request_file.with_suffix(".away").rename(request_file)
    desk.go("cases")
    assert desk.go("office").compare.team.value() == "North"


def test_what_another_version_kept_does_not_shut_the_vault(desktops, world):
    strange = '[["assessment","",{"note":"half"}]]'
    world.act("caseworker", lambda session: unfinished.keep(session, strange))
    desk = desktops(world.vault("caseworker"), world.env()).unlock()
    assert saved(desk) == "Everything saved"
    desk.key("Ctrl+L")
    desk.settle()
    assert world.act("caseworker", unfinished.kept) == strange


def whole_consent(desk, case):
    form = desk.go("case", case, "consent").part().write()
    desk.consent(form, to=desk.window.shell.desk.known.agencies[0].id)
    return form


def hide(desk):
    """Hide, and come back."""
    desk.window.quick_hide()
    desk.settle()
    desk.window.view().wanted.emit()
    desk.unlock()


def recorded(world, case):
    return len(world.act("caseworker", lambda session: cases.show_case(session, case)).consents)


def kept_kinds(world):
    """What would be there again if the program ended now."""
    return [kind for kind, _ in Unfinished(world.act("caseworker", unfinished.kept)).begun()]


@pytest.mark.parametrize("way", ["quick_hide", "idle", "lock"])
@pytest.mark.parametrize("again", [False, True])
def test_what_is_being_saved_while_the_window_locks_does_not_come_back(desktop, world, way, again):
    case = world.case()
    desk = desktop()
    form = whole_consent(desk, case)
    if again:
        hide(desk)
        form = consent_form(desk, case)
    form.save.click()
    {"quick_hide": desk.window.quick_hide, "idle": desk.window._idle, "lock": desk.window.lock}[way]()
    desk.settle()
    assert desk.window.shell is None
    assert recorded(world, case) == 1
    assert kept_kinds(world) == []


@pytest.mark.parametrize("trouble", [refusal("disk_full"), RuntimeError()])
def test_what_could_not_be_saved_while_the_window_hides_is_there_again(desktop, world, monkeypatch, trouble):
    case = world.case()
    desk = desktop()
    form = whole_consent(desk, case)

    def fail(*_asked):
        raise trouble

    monkeypatch.setattr(consents, "add_consent", fail)
    form.save.click()
    hide(desk)
    assert recorded(world, case) == 0
    assert consent_form(desk, case).status.value() == "given"


def test_answers_that_are_being_saved_and_those_typed_since_are_both_kept_once(desktop, world):
    case = world.case()
    desk = desktop()
    page = desk.go("case", case, "identity")
    edit(page, "person.salutation", "Ms")
    edit(page, "person.birth_date", "31 Nov 2026")
    page.save.click()
    edit(page, "person.salutation", "Dr")
    hide(desk)
    page = desk.go("case", case, "identity")
    assert page.draft.value("person.salutation") == "Dr"
    assert page.draft.edited() == {"person.birth_date": "31 Nov 2026"}
    assert page.case.conflicts == []


@pytest.mark.parametrize("how", ["save", "discard"])
def test_what_is_done_of_several_forms_leaves_the_vault_at_once(desktop, world, how):
    """If the program ends now, without locking, only the others come back."""
    case = world.case()
    desk = desktop()
    whole_consent(desk, case)
    page = desk.go("new_case")
    page.alias.line().setText("Cedar")
    page.alias.changed.emit()
    hide(desk)
    assert kept_kinds(world) == ["consent", "case"]
    page = desk.go("new_case")
    desk.click(page.save if how == "save" else page.discard)
    assert kept_kinds(world) == ["consent"]
    desk.click(consent_form(desk, case).save)
    assert kept_kinds(world) == []


def test_a_form_leaves_the_vault_before_its_page_hears_of_it(desktop, world):
    case = world.case()
    desk = desktop()
    whole_consent(desk, case)
    hide(desk)
    consent_form(desk, case).save.click()
    desk.worker._pool.submit(lambda: None).result()
    assert recorded(world, case) == 1
    assert kept_kinds(world) == []
    desk.settle()


def test_answers_that_were_changed_and_saved_do_not_come_back_as_they_were(desktop, world):
    case = world.case()
    desk = desktop()
    page = desk.go("case", case, "identity")
    edit(page, "person.birth_date", "31 Nov 2026")
    hide(desk)
    page = desk.go("case", case, "identity")
    edit(page, "person.birth_date", "1990")
    desk.click(page.save)
    assert kept_kinds(world) == []


def test_a_preview_that_was_taken_leaves_the_vault(desktop, world, stick):
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.look(stick)
    desk.settle()
    hide(desk)
    page = desk.go("sync")
    desk.settle()
    desk.click(page.preview.aside)
    assert world.act("supervisor", unfinished.kept) == ""
