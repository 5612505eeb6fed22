"""What is refused, or not answered at all, leaves a page that can be used."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from ctcase.app import cases, consents, office, referrals
from ctcase.errors import EnvironmentFailed


def test_a_case_that_could_not_be_read_is_there_again_with_what_was_typed(desktop, world, monkeypatch):
    case = world.case()
    desk = desktop()
    page = desk.go("case", case, "identity")
    editor = page.part().fields["person.salutation"].editor
    editor.line().setText("Ms")
    editor.changed.emit()

    def busy(*_asked):
        raise EnvironmentFailed("vault_busy")

    with monkeypatch.context() as patched:
        patched.setattr(cases, "show_to_edit", busy)
        page.read()
        desk.settle()
    assert "This case cannot be read now." in desk.words(page.middle)
    assert page.part() is None
    page.read()
    desk.settle()
    assert page.part().fields["person.salutation"].editor.value() == "Ms"
    assert "cannot be read" not in desk.words(page.middle)


def test_locking_while_a_file_is_chosen_is_no_fault(desktop, world, tmp_path):
    request = tmp_path / "new.req"
    office.join(tmp_path / "new", "Omar B.", ("caseworker",), request, "four plain words here", world.env())
    desk = desktop("office")
    page = desk.go("office")
    desk.files.next = [request]
    desk.click(page.enrol)
    card = page.compare

    def locked(*_asked):
        desk.window.quick_hide()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    desk.files.save = locked
    desk.click(card.welcome.choose)
    assert desk.window.shell is None


def test_a_choice_of_files_that_is_broken_off_keeps_the_one_before(desktop, world, tmp_path):
    request = tmp_path / "new.req"
    office.join(tmp_path / "new", "Omar B.", ("caseworker",), request, "four plain words here", world.env())
    desk = desktop("office")
    page = desk.go("office")
    desk.files.next = [request, tmp_path / "omar.welcome"]
    desk.click(page.enrol)
    desk.click(page.compare.welcome.choose)
    desk.click(page.compare.welcome.choose)
    assert page.compare.welcome.path == tmp_path / "omar.welcome"


def test_an_alias_that_cannot_be_kept_is_said_beside_it(desktop, world):
    desk = desktop()
    page = desk.go("new_case")
    page.alias.line().setText("a" * 20_000)
    page.alias.changed.emit()
    desk.click(page.save)
    assert page._alias.error() == "This is too long. Shorten it."
    assert "file" not in desk.words(desk.window.shell.notices)
    assert desk.window.focusWidget() is page.alias.line()
    page.alias.line().setText("Cedar")
    page.alias.changed.emit()
    assert page._alias.error() == ""
    desk.click(page.save)
    assert desk.page.case.alias == "Cedar"


def test_a_wrong_alias_does_not_take_the_focus_from_the_next_question(desktop, world):
    desk = desktop()
    page = desk.go("new_case")
    name = page.fields["person.first_name"].editor
    page.alias.line().setText("a" * 20_000)
    name.set_value("Daw")
    name.setFocus()
    focus = desk.window.focusWidget()
    page.alias.finished.emit()
    desk.settle()
    assert page._alias.error() == "This is too long. Shorten it."
    assert desk.window.focusWidget() is focus


def test_a_refusal_is_told_of_the_referral_it_belongs_to(desktop, world):
    case = world.case()
    world.consent(case)
    first, second = world.submitted(case, urgency="1h"), world.submitted(case)
    world.carry("caseworker", "supervisor")
    desk = desktop("supervisor")
    page = desk.go("approvals")
    world.act(
        "supervisor", lambda s: referrals.do(s, first, "reject", {"reason": "Another one fits better."})
    )
    assert page.decision.shown.id == first
    desk.bot.mouseClick(page.decision.buttons["approve"], Qt.MouseButton.LeftButton)
    page.choose(second)
    desk.settle()
    assert page.decision.shown.id == second
    assert page.decision.error.sentence() == ""
    assert desk.window.shell.notice.what == (
        "Referral to \u2068Harbour Shelter\u2069: \u2068This has changed since it was shown. Nothing was done.\u2069"
    )
    desk.click(desk.button("Open the referral"))
    assert desk.page.shown.id == first


def test_after_a_fault_it_can_be_tried_again(desktop, world, monkeypatch):
    case = world.case()
    world.consent(case)
    one = world.submitted(case)
    world.carry("caseworker", "supervisor")

    with monkeypatch.context() as patched:
        patched.setattr(referrals, "do", fault)
        patched.setattr(cases, "set_fields", fault)
        desk = desktop("supervisor")
        decision = desk.go("approvals").decision
        desk.click(decision.buttons["approve"])
        assert decision.buttons["approve"].isEnabled()
        assert not decision.buttons["return"].isEnabled(), "it waits for a comment as before"
        page = desk.go("referral", one)
        page.begin("approve")
        desk.click(page.form.act)
        assert page.form.act.isEnabled()
        page = desk.go("case", case, "identity")
        editor = page.part().fields["person.salutation"].editor
        editor.line().setText("Ms")
        editor.changed.emit()
        desk.click(page.save)
        assert page.save.isEnabled()
    desk.click(page.save)
    assert not page.is_unsaved


def fault(*_asked, **_more):
    raise RuntimeError


def test_a_consent_can_be_recorded_after_a_fault(desktop, world, monkeypatch):
    case = world.case()
    desk = desktop()
    form = desk.go("case", case, "consent").part().write()
    desk.consent(form, to=desk.window.shell.desk.known.agencies[0].id)
    with monkeypatch.context() as patched:
        patched.setattr(consents, "add_consent", fault)
        desk.click(form.save)
    desk.click(form.save)
    assert len(world.act("caseworker", lambda session: cases.show_case(session, case)).consents) == 1


def test_a_device_can_be_enrolled_after_a_fault(desktop, world, tmp_path, monkeypatch):
    request, secret = tmp_path / "new.req", "four plain words here"
    made = office.join(tmp_path / "new", "Omar B.", ("caseworker",), request, secret, world.env())
    desk = desktop("office")
    page = desk.go("office")
    desk.files.next = [request, tmp_path / "omar.welcome"]
    desk.click(page.enrol)
    card = page.compare
    card.words.set_value(made.fingerprint)
    card.team.set_value("North")
    card.passphrase.edit.line.setText(secret)
    desk.click(card.welcome.choose)
    with monkeypatch.context() as patched:
        patched.setattr(office, "enrol", fault)
        desk.click(card.act)
    desk.click(card.act)
    assert (tmp_path / "omar.welcome").exists()
