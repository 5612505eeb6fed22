"""What bundles hold, before and after they are taken; what was written; what a check of the vault found."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ctcase.app.results import BundleSeen, BundlesSeen, BundlesWritten, Verified
from ui import words
from ui.desk import Desk
from ui.errors import sentences
from ui.views.parts import column, facts, row
from ui.widgets.buttons import Button
from ui.widgets.frames import Card, Line
from ui.widgets.marks import Chip
from ui.widgets.text import IconLabel, Label, isolate
from ui.words import translate

MOST_PROBLEMS = 12


def size(count: int) -> str:
    """Bytes in words."""
    if count < 1024 * 1024:
        return words.fill(translate("sync", "{n} KB"), n=max(1, round(count / 1024)))
    return words.fill(translate("sync", "{n} MB"), n=f"{count / 1024 / 1024:.1f}")


def trouble(code: str, count: int) -> str:
    """What is counted in a vault as a whole and is to be known."""
    table = {
        "conflicts": (
            translate("sync", "1 conflict is to be decided."),
            translate("sync", "{n} conflicts are to be decided."),
        ),
        "waiting": (
            translate("sync", "1 entry waits for an earlier bundle."),
            translate("sync", "{n} entries wait for an earlier bundle."),
        ),
        "quarantined": (
            translate("sync", "1 entry is kept aside: it cannot be verified."),
            translate("sync", "{n} entries are kept aside: they cannot be verified."),
        ),
        "void": (
            translate("sync", "1 entry took no effect."),
            translate("sync", "{n} entries took no effect."),
        ),
        "proposals": (
            translate("sync", "1 proposal waits for an officer."),
            translate("sync", "{n} proposals wait for an officer."),
        ),
        "gap": (
            translate("sync", "There is 1 gap in what has arrived."),
            translate("sync", "There are {n} gaps in what has arrived."),
        ),
    }
    return words.counted(count, *table.get(code, (code, code)))


def to_know(desk: Desk, warnings: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a check of the vault found that is no fault, in sentences; the gaps of a device are told in one."""
    gaps = Counter(str(one["device"]) for one in warnings if one["code"] == "gap")
    found = [words.fill(_gaps(count), who=_owner(desk, device)) for device, count in gaps.items()]
    for one in warnings:
        match str(one["code"]):
            case "gap":
                pass
            case "fork":
                said = translate("sync", "A device of {who} was copied. An officer looks into it.")
                found.append(words.fill(said, who=_owner(desk, str(one["device"]))))
            case "set_back":
                said = translate("sync", "This vault was set back to an older state.")
                found.append(f"{said} {translate('sync', 'It goes on as a new device with its next entry.')}")
            case "rival_roster":
                said = translate(
                    "sync", "There are two lists of members with the number {n}. Ask the office."
                )
                found.append(words.fill(said, n=one["version"]))
            case code:
                found.append(trouble(code, int(one.get("count", 0))))
    return found


def _gaps(count: int) -> str:
    one = translate("sync", "A device of {who}: 1 gap in what has arrived.")
    return words.counted(count, one, translate("sync", "A device of {who}: {n} gaps in what has arrived."))


def _owner(desk: Desk, device: str) -> str:
    """Whose device it is, where the roster has it."""
    owners = {it.device: one.id for one in desk.known.members.values() for it in one.devices}
    return desk.known.name(owners[device]) if device in owners else device[:8]


class BundleCard(Card):
    """One file: who signed it, what it changes, and what of it may not act."""

    def __init__(self, desk: Desk, seen: BundleSeen, *, taken: bool) -> None:
        super().__init__(desk.theme, _title(desk, seen))
        theme = desk.theme
        self.head.addWidget(_chip(desk, seen, taken=taken))
        if seen.error is not None:
            said = sentences(seen.error.code, seen.error.details)
            self.body.addWidget(Label(theme, said.what, "label", "danger", wrap=True))
            self.body.addWidget(Label(theme, said.next, wrap=True))
            self.body.addWidget(Label(theme, isolate(seen.file), "caption", "text2", wrap=True))
            return
        self.body.addLayout(facts(theme, _facts(seen)))
        for text in _notes(seen):
            self.body.addLayout(
                row(
                    IconLabel(theme, "triangle-alert", "warn"),
                    Label(theme, text, "body", "warn", wrap=True),
                    gap=8,
                )
            )
        for problem in seen.problems[:MOST_PROBLEMS]:
            state = {
                "void": self.tr("Took no effect"),
                "waiting": self.tr("Waits"),
                "proposal": self.tr("Proposal"),
                "quarantined": self.tr("Kept aside"),
            }.get(problem.status, problem.status)
            why = (
                words.void_reason(problem.code)
                if problem.status != "quarantined"
                else self.tr("It cannot be verified.")
            )
            text = f"{state} ({isolate(problem.entry[:8])}): {why}"
            self.body.addWidget(Label(theme, text, "caption", "text2", wrap=True))


def _title(desk: Desk, seen: BundleSeen) -> str:
    if seen.from_ is None:
        return translate("sync", "A file that was not taken")
    name = desk.known.party(seen.from_.member)
    return words.fill(translate("sync", "Bundle {n} from {name}"), n=seen.number, name=name)


def _chip(desk: Desk, seen: BundleSeen, *, taken: bool) -> Chip:
    table = {
        "new": (
            "ok",
            "circle-check",
            translate("sync", "Taken") if taken else translate("sync", "Signed, and meant for you"),
        ),
        "known": ("idle", "copy-check", translate("sync", "Nothing new in it")),
        "refused": ("danger", "ban", translate("sync", "Refused")),
        "damaged": ("danger", "file-x", translate("sync", "Damaged")),
    }
    return Chip(desk.theme, *table[seen.status])


def _facts(seen: BundleSeen) -> list[tuple[str, str]]:
    counts, fresh = seen.entries, seen.cases
    cases = words.fill(
        translate("sync", "{new} new, {changed} changed"), new=fresh.new, changed=fresh.changed
    )
    entries = words.fill(
        translate("sync", "{new} new, {known} here already"), new=counts.new, known=counts.known
    )
    roster = (
        words.fill(translate("sync", "A newer list of members, version {n}"), n=seen.new_roster)
        if seen.new_roster
        else ""
    )
    return [
        (translate("sync", "Cases"), cases if fresh.new or fresh.changed else translate("sync", "None")),
        (translate("sync", "Entries"), entries),
        (translate("sync", "Receipts"), str(seen.receipts) if seen.receipts else ""),
        (translate("sync", "Members"), roster),
    ]


def _notes(seen: BundleSeen) -> list[str]:
    counts = seen.entries
    table = (
        (  # a case is counted with what was to be decided in it before
            seen.conflicts,
            translate(
                "sync", "1 conflict, new or from before, is to be decided in these cases. All is kept."
            ),
            translate(
                "sync", "{n} conflicts, new or from before, are to be decided in these cases. All is kept."
            ),
        ),
        (
            counts.waiting,
            translate("sync", "1 entry waits for an earlier bundle. It is kept."),
            translate("sync", "{n} entries wait for an earlier bundle. They are kept."),
        ),
        (
            counts.void,
            translate("sync", "1 entry takes no effect. It is kept and shown with the reason."),
            translate("sync", "{n} entries take no effect. They are kept and shown with the reason."),
        ),
        (
            counts.proposals,
            translate("sync", "1 entry is a proposal for an officer."),
            translate("sync", "{n} entries are proposals for an officer."),
        ),
        (
            counts.quarantined,
            translate("sync", "1 entry cannot be verified and is kept aside."),
            translate("sync", "{n} entries cannot be verified and are kept aside."),
        ),
    )
    return [words.counted(count, one, many) for count, one, many in table if count]


class Preview(QWidget):
    """The files one by one, and the one decision: take them or not."""

    def __init__(self, desk: Desk, seen: BundlesSeen, *, taken: bool) -> None:
        super().__init__()
        others = [one for one in seen.files if len(seen.files) > 1 and _is_for_others(one)]
        self.cards = [BundleCard(desk, one, taken=taken) for one in seen.files if one not in others]
        fresh = sum(one.status == "new" for one in seen.files)
        many = self.tr("Take {n} bundles") if fresh else self.tr("Take the bundles")
        count, one = fresh or len(seen.files), self.tr("Take this bundle")
        self.take = Button(desk.theme, words.counted(count, one, many), "primary", "download")
        self.take.setEnabled(bool(fresh))
        one, many = self.tr("Set it aside"), self.tr("Set them aside")
        self.aside = Button(desk.theme, words.counted(len(seen.files), one, many))
        note = (
            self.tr("Nothing is written before you take it.")
            if fresh
            else self.tr("There is nothing to take. Nothing was changed.")
        )
        said = Label(desk.theme, note, "caption", "text2", wrap=True)
        said.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        foot = row(self.aside, said, self.take, gap=12)
        foot.setStretch(1, 1)
        box = column(*self.cards, gap=10)
        if others:
            box.addWidget(_for_others(desk, others))
        if not taken:
            box.addLayout(foot)
        self.setLayout(box)

    def way_on(self) -> Button:
        """Where one goes on from here: to take them, else to set them aside."""
        return self.take if self.take.isEnabled() else self.aside


def _is_for_others(seen: BundleSeen) -> bool:
    """Whether a file is simply another member's: a stick holds bundles for everybody."""
    return seen.error is not None and seen.error.code == "not_addressed"


def _for_others(desk: Desk, found: Sequence[BundleSeen]) -> Card:
    """Files that are no concern of ours, without alarm."""
    title = words.counted(
        len(found), translate("sync", "1 file for somebody else"), translate("sync", "{n} files for others")
    )
    card = Card(desk.theme, title)
    card.head.addWidget(Chip(desk.theme, "idle", "lock", translate("sync", "Sealed to other devices")))
    said = translate("sync", "Nothing of it was opened or changed. It waits for those it is sealed to.")
    card.body.addWidget(Label(desk.theme, said, "body", "text2", wrap=True))
    names = words.join_words(isolate(Path(one.file).name) for one in found[:MOST_PROBLEMS])
    card.body.addWidget(Label(desk.theme, names, "caption", "text2", wrap=True))
    return card


class WrittenReport(Card):
    """The files that were written, for the courier."""

    def __init__(self, desk: Desk, done: BundlesWritten) -> None:
        count = len(done.files)
        many = translate("sync", "{n} files were written")
        super().__init__(desk.theme, words.counted(count, translate("sync", "1 file was written"), many))
        self.head.addWidget(Chip(desk.theme, "ok", "circle-check", self.tr("Sealed")))
        owners = {
            it.device: desk.known.party(one.id) for one in desk.known.members.values() for it in one.devices
        }
        for file in done.files:
            names = words.join_words(dict.fromkeys(owners.get(device, device[:8]) for device in file.to))
            about = words.fill(
                self.tr("for {names} · {entries} · {size}"),
                names=names,
                entries=words.counted(file.entries, self.tr("1 entry"), self.tr("{n} entries")),
                size=size(file.bytes),
            )
            line = row(
                Label(desk.theme, isolate(Path(file.file).name), "label"),
                Label(desk.theme, about, "body", "text2", wrap=True),
                gap=12,
            )
            line.setStretch(1, 1)
            self.body.addWidget(Line())
            self.body.addLayout(line)
        self.body.addWidget(
            Label(
                desk.theme,
                self.tr("Carry them in any way you like. Only the addressee can open them."),
                "caption",
                "text2",
                wrap=True,
            )
        )


class VerifyReport(Card):
    """Whether everything in the vault follows from its log."""

    def __init__(self, desk: Desk, done: Verified) -> None:
        super().__init__(
            desk.theme,
            translate("sync", "This vault is whole")
            if done.ok
            else translate("sync", "Something does not agree"),
        )
        tone, icon = ("ok", "circle-check") if done.ok else ("danger", "circle-alert")
        self.head.addWidget(
            Chip(desk.theme, tone, icon, self.tr("No fault found") if done.ok else self.tr("Faults found"))
        )
        faults = (
            done.signatures.bad + len(done.chains.broken) + len(done.tables.differ) + len(done.documents.bad)
        )
        pairs = [
            (self.tr("Entries"), str(done.entries)),
            (
                self.tr("Signatures"),
                words.fill(
                    self.tr("{n} checked, {bad} bad"), n=done.signatures.checked, bad=done.signatures.bad
                ),
            ),
            (
                self.tr("Chains"),
                words.fill(
                    self.tr("{n} checked, {bad} broken"), n=done.chains.checked, bad=len(done.chains.broken)
                ),
            ),
            (
                self.tr("Tables"),
                words.fill(
                    self.tr("{n} compared, {bad} differ"), n=done.tables.compared, bad=len(done.tables.differ)
                ),
            ),
        ]
        self.body.addLayout(facts(desk.theme, pairs))
        for text in to_know(desk, done.warnings):
            self.body.addLayout(
                row(IconLabel(desk.theme, "info", "text2"), Label(desk.theme, text, wrap=True), gap=8)
            )
        if faults or not done.ok:
            said = sentences("log_damaged", {})
            self.body.addWidget(Label(desk.theme, said.next, "body", "danger", wrap=True))
