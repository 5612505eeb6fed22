"""What is measured on: an office with a caseworker, and spreadsheets of fictitious people made from a seed."""

import csv
import random
from dataclasses import replace
from pathlib import Path

from ctcase.app import office
from ctcase.app.session import Environment, Session, open_vault
from ctcase.crypto.passphrases import BOUNDS
from ctcase.model import forms
from ctcase.model.forms import Field

PASSPHRASE = "benchmark"
TEAM = "field"
FILLED = 0.6
"""The share of the fields that a row answers."""

FIRST_NAMES = (
    "Ara",
    "Bel",
    "Cem",
    "Dua",
    "Eli",
    "Gul",
    "Han",
    "Ida",
    "Kim",
    "Lea",
    "Mia",
    "Noa",
    "Oya",
    "Rua",
    "Sol",
)
_LAST = ("Testova", "Exampleau", "Muster", "Ejemplo", "Sampleton", "Ornekoglu", "Placeholder", "Fictiva")
WORDS = (
    "arrived",
    "called",
    "clinic",
    "shelter",
    "lawyer",
    "week",
    "again",
    "asked",
    "sister",
    "safe",
    "phone",
)


def environment() -> Environment:
    """The real clock and randomness; passphrases at the lowest cost, which is not what is measured."""
    return replace(Environment.system(), cost=BOUNDS.floor)


def make_office(folder: Path) -> tuple[Session, Session]:
    """An office and a caseworker in it, both unlocked."""
    env = environment()
    office.create_office(folder / "office", "Benchmark office", "Odile", PASSPHRASE, env)
    leader = open_vault(folder / "office", PASSPHRASE, env)
    office.join(folder / "worker", "Cora", ("caseworker",), folder / "request", PASSPHRASE, env)
    office.enrol(
        leader, folder / "request", team=TEAM, role=None, member=None, welcome=folder / "welcome",
        passphrase=PASSPHRASE,
    )  # fmt: skip
    worker = open_vault(folder / "worker", PASSPHRASE, env)
    office.accept(worker, folder / "welcome")
    return leader, worker


def unlocked(folder: Path) -> Session:
    """A vault of such an office."""
    return open_vault(folder, PASSPHRASE, environment())


def write_spreadsheet(target: Path, rows: int, seed: int = 7) -> None:
    """A CSV file in the standard's own columns, every row another person."""
    form = next(form for form in forms.shipped_forms() if form.id == "htcds")
    lists = forms.shipped_codelists()
    fields = [field for field in form.fields() if field.htcds]
    dice = random.Random(seed)
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow([field.htcds for field in fields])
        for number in range(rows):
            out.writerow([_cell(field, lists, dice, number) for field in fields])


def _cell(field: Field, lists: dict[str, forms.CodeList], dice: random.Random, number: int) -> str:
    if field.name == "second_name":
        return f"{dice.choice(_LAST)} {_letters(number)}"
    if field.name == "first_name":
        return dice.choice(FIRST_NAMES)
    if dice.random() > FILLED:
        return ""
    if field.type == "email":
        return f"{dice.choice(FIRST_NAMES).lower()}{number}@example.org"
    if field.type == "phone":
        return f"+999 {dice.randint(10**6, 10**7)}"
    if field.list_id:
        return dice.choice(lists[field.list_id].entries).code
    if field.type == "boolean":
        return dice.choice(("yes", "no"))
    if field.type == "date":
        return f"{dice.randint(1950, 2015)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
    return " ".join(dice.choices(WORDS, k=dice.randint(1, 4)))


def _letters(number: int) -> str:
    """A word for a number, so that every name is another one."""
    word = ""
    while True:
        word = chr(97 + number % 26) + word
        number //= 26
        if not number:
            return word.capitalize()
