"""Founding an office, joining it, enrolling and accepting, in windows only."""

import shutil

from ctcase.app import office as offices
from ctcase.app.session import open_vault

SECRET = "five words that are long"


def passphrase(page):
    page.passphrase.first.edit.line.setText(SECRET)
    page.passphrase.second.edit.line.setText(SECRET)


def test_an_office_is_founded_joined_and_accepted(desktops, tmp_path):
    admin = desktops()
    admin.click(admin.window.view().found)
    page = admin.window.view()
    page.office.editor.set_value("Harbour office")
    page.name.editor.set_value("Rana O.")
    admin.files.next = [tmp_path / "office"]
    admin.click(page.folder.choose)
    passphrase(page)
    admin.click(page.act)
    office_words = admin.window.view().words.text()
    admin.click(admin.window.view().go_on)
    admin.unlock(SECRET)

    field = desktops()
    field.click(field.window.view().join)
    page = field.window.view()
    page.name.editor.set_value("Deniz A.")
    field.files.next = [tmp_path / "field", tmp_path / "device.req"]
    field.click(page.folder.choose)
    field.click(page.request.choose)
    passphrase(page)
    field.click(page.act)
    my_words = field.window.view().words.text()
    field.click(field.window.view().go_on)
    field.unlock(SECRET)
    assert field.window.shell.desk.known.status.enrolled == "requested"

    # the office compares the words: wrong ones are refused, the right ones enrol
    office = admin.go("office")
    admin.files.next = [tmp_path / "device.req", tmp_path / "member.welcome"]
    admin.click(office.enrol)
    card = office.compare
    assert office.enrol.isHidden(), "the act of the card is the one thing to do"
    admin.click(card.act)
    assert [part.error() != "" for part in card.asked()] == [True] * 4
    card.team.set_value("North")
    admin.click(card.welcome.choose)
    card.passphrase.edit.line.setText(SECRET)
    card.words.set_value(office_words)
    admin.click(card.act)
    assert "These are not the words of this file." in card.spoken.error()
    assert not (tmp_path / "member.welcome").exists()
    assert my_words not in admin.words()
    card.words.set_value(my_words.upper())
    card.passphrase.edit.line.setText("not the passphrase")
    admin.click(card.act)
    assert card.passphrase.error().startswith("This passphrase does not open the vault.")
    card.passphrase.edit.line.setText(SECRET)
    admin.click(card.act)
    assert (tmp_path / "member.welcome").exists()
    assert [one.name for one in admin.window.shell.desk.known.members.values()] == ["Rana O.", "Deniz A."]

    # the member compares the words of the office
    page = field.go("office")
    field.files.next = [tmp_path / "member.welcome"]
    field.click(page.welcome)
    card = page.compare
    assert field.window.focusWidget() is card.words.control()
    card.words.set_value("one two three four five six")
    field.click(card.act)
    assert field.window.shell.desk.known.status.enrolled == "requested"
    card.words.set_value(office_words)
    field.click(card.act)
    known = field.window.shell.desk.known.status
    assert "You belong to \u2068Harbour office\u2069 now." in field.words()
    assert [place.key for place in field.window.shell.places] == ["cases", "referrals", "sync"]
    field.key("F6")
    assert (known.enrolled, known.member.team, known.office.name) == ("yes", "North", "Harbour office")


def test_what_is_missing_is_said_and_nothing_is_made(desktops, tmp_path):
    desk = desktops()
    desk.click(desk.window.view().found)
    page = desk.window.view()
    desk.click(page.act)
    assert page.office.error() == "Write the name of the office first."
    assert page.name.error() == "Write your name first."
    assert page.folder.error() == "Choose a folder for the vault first."
    assert desk.window.focusWidget() is page.office.editor.control()
    page.office.editor.set_value("Harbour office")
    page.name.editor.set_value("Rana O.")
    desk.files.next = [tmp_path / "office"]
    desk.click(page.folder.choose)
    page.passphrase.first.edit.line.setText("short")
    desk.click(page.act)
    assert page.passphrase.first.error().startswith("The passphrase is short.")
    page.passphrase.first.edit.line.setText(SECRET)
    desk.click(page.act)
    assert page.passphrase.second.error().startswith("The two passphrases are not the same.")
    assert not (tmp_path / "office").exists()
    desk.click(page.back)
    assert desk.window.view().open.isVisible()


def test_a_folder_with_something_in_it_gets_a_vault_beside_it(desktops, tmp_path):
    (tmp_path / "note.txt").write_text("here already")
    desk = desktops()
    desk.click(desk.window.view().found)
    page = desk.window.view()
    desk.files.next = [tmp_path]
    desk.click(page.folder.choose)
    assert page.folder.path == tmp_path / "vault"


def test_a_caseworker_writes_down_a_case_before_the_office_answers(desktops, tmp_path):
    desk = desktops()
    desk.click(desk.window.view().join)
    page = desk.window.view()
    page.name.editor.set_value("Deniz A.")
    desk.files.next = [tmp_path / "field", tmp_path / "device.req"]
    desk.click(page.folder.choose)
    desk.click(page.request.choose)
    passphrase(page)
    desk.click(page.act)
    desk.click(desk.window.view().go_on)
    desk.unlock(SECRET)
    desk.click(desk.page.new_case)
    desk.page.alias.set_value("Linden")
    desk.click(desk.page.save)
    assert desk.page.case.alias == "Linden"


def test_a_request_exchanged_after_its_words_were_compared_enrols_nobody(desktop, world, tmp_path):
    good, other = tmp_path / "good.req", tmp_path / "other.req"
    asked = offices.join(tmp_path / "a", "Ara B.", ("caseworker",), good, SECRET, world.env())
    offices.join(tmp_path / "b", "Mallory M.", ("supervisor",), other, SECRET, world.env())
    desk = desktop("office")
    page = desk.go("office")
    desk.files.next = [good]
    desk.click(page.enrol)
    card = page.compare
    card.words.set_value(asked.fingerprint)
    card.team.set_value("North")
    card.welcome.set_path(tmp_path / "a.welcome")
    card.passphrase.edit.line.setText(world.passphrase)
    shutil.copy(other, good)
    desk.click(card.act)
    assert card.error.isVisible()
    assert not (tmp_path / "a.welcome").exists()
    assert len(desk.window.shell.desk.known.members) == 3


def test_a_welcome_exchanged_after_its_words_were_compared_is_not_accepted(desktops, world, tmp_path):
    request, welcomes = tmp_path / "new.req", []
    offices.join(tmp_path / "new", "Ara B.", ("caseworker",), request, SECRET, world.env())
    for number, name in enumerate(("Harbour office", "Other office")):
        env, welcome = world.env(), tmp_path / f"{number}.welcome"
        offices.create_office(tmp_path / name, name, "Rana O.", SECRET, env)
        session = open_vault(tmp_path / name, SECRET, env)
        how = {"team": "North", "role": None, "member": None, "passphrase": SECRET}
        offices.enrol(session, request, welcome=welcome, **how)
        welcomes.append((welcome, offices.office_words(session.roster)))
        session.close()
    (right, said), (other, _) = welcomes
    desk = desktops(tmp_path / "new", world.env()).unlock(SECRET)
    page = desk.go("office")
    desk.files.next = [right]
    desk.click(page.welcome)
    page.compare.words.set_value(said)
    shutil.copy(other, right)
    desk.click(page.compare.act)
    assert page.compare.error.isVisible()
    assert desk.window.shell.desk.known.status.office is None


def test_an_agency_that_is_not_added_stays_in_its_line(desktop):
    desk = desktop("office")
    page = desk.go("office")
    for name, left in (("Clinic B", None), ("far too long" * 100, "far too long" * 100)):
        page.agency.set_value(name)
        desk.click(desk.button("Add the agency"))
        assert page.agency.value() == left
