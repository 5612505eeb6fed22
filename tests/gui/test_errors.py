"""Every refusal has what happened and a next step, in calm words."""

import pytest

from ctcase.errors import EXITS, refusal
from ui.errors import all_sentences, explain, sentences, why_not


def test_every_code_has_its_sentences_and_no_other_has():
    assert set(all_sentences()) == set(EXITS)


@pytest.mark.parametrize("code", sorted(EXITS))
def test_sentences_are_whole_calm_and_short(qapp, code):
    what, following = all_sentences()[code]
    for text in (what, following):
        assert text.endswith(".")
        assert "!" not in text
        assert len(text) < 120
    assert what != following
    assert why_not(code).endswith(".")


def test_the_passphrase_sentence_is_that_of_the_design(qapp):
    said = explain(refusal("passphrase_wrong"))
    assert " ".join(said) == (
        "This passphrase does not open the vault. Check the keyboard language and Caps Lock, then try again."
    )


def test_details_choose_the_more_exact_sentence(qapp):
    general, exact = sentences("file_missing", {}), sentences("file_missing", {"what": "vault"})
    assert exact.what == "There is no vault in this folder. Nothing was changed."
    assert general != exact
    assert sentences("file_missing", {"what": "anything else"}) == general


def test_a_missing_font_is_named_where_one_is_known(qapp):
    known = explain(refusal("font_missing", scripts=["khmer"], fonts=["NotoSansKhmer-Regular.ttf"]))
    assert (
        known.next == "Install the font with the file \u2068NotoSansKhmer-Regular.ttf\u2069, then try again."
    )
    unknown = explain(refusal("font_missing", scripts=["symbol"], fonts=[]))
    assert unknown.next == "Leave these letters out, or write them in another script."
