"""What the search finds: names across scripts and spellings, whatever is typed, and only what is in the index now."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlcipher3 import dbapi2

from ctcase.store import search


@pytest.fixture(scope="module")
def engine():
    return create_engine("sqlite://", module=dbapi2)


@pytest.fixture
def index(engine):
    with engine.connect() as connection:
        search.create(connection)
        yield connection
        connection.rollback()
        connection.exec_driver_sql("DROP TABLE IF EXISTS search")


def found(connection, typed):
    return sorted(connection.scalars(text(search.MATCHING), {"words": search.query(typed)}))


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Ayşe Örnek", "ayse ornek"),
        ("IŞIL", "\u0131s\u0131l"),
        ("İnci", "inci"),
        ("Straße", "STRASSE"),
        ("Иван", "ivan"),
        ("José", "Jose\u0301"),
        ("\uff21\uff4e\uff4e\uff41", "Anna"),
        ("7KQ4M2XR 7KQ4-M2XR", "7kq4-m2"),
        ("O'Neil", "o neil"),
        ("Zeynep Örnek", "örn zey"),
    ],
)
def test_a_name_is_found_as_people_write_it(index, written, typed):
    search.put(index, [(1, search.fold_text(written)), (2, search.fold_text("Somebody Else"))])
    assert found(index, typed) == [1]


def test_names_in_other_scripts_are_found_in_latin_letters_and_as_they_are(index):
    names = {1: "عمر", 2: "فاطمة", 3: "小明"}
    search.put(index, [(row, search.fold_text(name)) for row, name in names.items()])
    for row, name in names.items():
        assert row in found(index, name)
        assert row in found(index, search.fold_text(name))


def test_each_word_has_to_be_there(index):
    search.put(index, [(1, "zeynep ornek"), (2, "zeynep demir")])
    assert (found(index, "zeynep"), found(index, "zeynep demir"), found(index, "demir or")) == (
        [1, 2],
        [2],
        [],
    )


def test_a_word_is_found_by_its_beginning_and_not_by_its_middle(index):
    search.put(index, [(1, "zerafina")])
    assert (found(index, "z"), found(index, "zera"), found(index, "fina")) == ([1], [1], [])


@pytest.mark.parametrize("typed", ["", "  ", "-", '"*()', "\u0301", "\u200f"])
def test_what_has_no_word_asks_for_nothing(typed):
    assert search.query(typed) is None


def test_long_questions_are_cut():
    assert search.query("a " * 100).count("*") == search.MOST_WORDS
    assert len(search.query("x" * 10_000)) == search.LONGEST_QUERY + 3


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=40)
    | st.sampled_from(["a OR b", 'a" b', "NEAR(a b)", "words:a", "a*", "^a", "NOT", "a AND"])
)
def test_nothing_that_is_typed_is_taken_for_an_operator(engine, typed):
    with engine.connect() as connection:
        search.create(connection)
        try:
            search.add(connection, [(1, search.fold_text(typed)), (2, "")])
            if search.query(typed) is not None:
                assert found(connection, typed) == [1]
        finally:
            connection.rollback()
            connection.exec_driver_sql("DROP TABLE IF EXISTS search")


@given(st.text(max_size=40))
def test_words_are_plain_and_stay_as_they_are_when_folded_again(typed):
    words = search.words_of(typed)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
    assert search.words_of(search.fold_text(typed)) == words


def test_new_words_take_the_place_of_the_old_ones(index):
    search.add(index, [(1, "zeynep"), (2, "omar")])
    search.put(index, [(1, "zehra")])
    assert (found(index, "zeynep"), found(index, "zehra"), found(index, "omar")) == ([], [1], [2])
    assert sorted(search.words(index)) == [(1, "zehra"), (2, "omar")]


def test_an_emptied_index_finds_nothing_and_can_be_filled_again(index):
    search.add(index, [(1, "zeynep")])
    search.remove_all(index)
    assert (found(index, "zeynep"), list(search.words(index))) == ([], [])
    search.add(index, [(1, "omar")])
    assert found(index, "om") == [1]
