"""Code words of the application in the words of the field, and values and times as people read them."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

from ctcase.model import forms
from ctcase.model.forms import CodeList, Field
from ctcase.model.values import CATEGORIES, Missing, Value, is_partial_date
from ui.widgets.dates import show_date
from ui.widgets.editors import missing_words
from ui.widgets.text import isolate

translate = QCoreApplication.translate
Options = list[tuple[str, str]]


def fill(sentence: str, **values: object) -> str:
    """A translated sentence with its `{name}`s filled in, each isolated from the direction of the words around."""
    for name, value in values.items():
        sentence = sentence.replace("{" + name + "}", isolate(str(value)))
    return sentence


def counted(count: int, one: str, many: str) -> str:
    """`one` or `many` by the count, with `{n}` filled in."""
    return one if count == 1 else fill(many, n=count)


def join_words(words: Iterable[str]) -> str:
    """A list inside a line."""
    return translate("words", ", ").join(words)


def _of(table: Mapping[str, str], code: str) -> str:
    return table.get(code, code)


def roles() -> Mapping[str, str]:
    """The roles of members."""
    return {
        "caseworker": translate("words", "Caseworker"),
        "supervisor": translate("words", "Supervisor"),
        "officer": translate("words", "Officer"),
        "administrator": translate("words", "Administrator"),
    }


def role_words(codes: Iterable[str]) -> str:
    """Several roles in a line."""
    return join_words(_of(roles(), code) for code in codes)


def case_states() -> Mapping[str, str]:
    """The states of a case."""
    return {"open": translate("words", "Open"), "closed": translate("words", "Closed")}


def case_state(code: str) -> str:
    """The state of a case."""
    return _of(case_states(), code)


def states() -> Mapping[str, str]:
    """The states of a referral."""
    return {
        "draft": translate("words", "Draft"),
        "submitted": translate("words", "Submitted"),
        "returned": translate("words", "Returned"),
        "approved": translate("words", "Approved"),
        "sent": translate("words", "Sent"),
        "acknowledged": translate("words", "Acknowledged"),
        "accepted": translate("words", "Accepted"),
        "in_service": translate("words", "In service"),
        "completed": translate("words", "Completed"),
        "rejected": translate("words", "Rejected"),
        "declined": translate("words", "Declined"),
        "discontinued": translate("words", "Discontinued"),
        "withdrawn": translate("words", "Withdrawn"),
    }


def state(code: str) -> str:
    """The state of a referral."""
    return _of(states(), code)


def event(code: str) -> str:
    """The act that a button of a referral does, verb first."""
    return _of(
        {
            "submit": translate("words", "Submit for approval"),
            "return": translate("words", "Return it"),
            "reject": translate("words", "Reject it"),
            "approve": translate("words", "Approve this content"),
            "send": translate("words", "Mark as sent"),
            "send_ahead": translate("words", "Send ahead of approval"),
            "ratify": translate("words", "Ratify the sending"),
            "contest": translate("words", "Contest the sending"),
            "acknowledge": translate("words", "Record the receipt"),
            "accept": translate("words", "Record acceptance"),
            "decline": translate("words", "Record a refusal"),
            "start": translate("words", "Record the start"),
            "complete": translate("words", "Complete the service"),
            "discontinue": translate("words", "Discontinue"),
            "withdraw": translate("words", "Withdraw the referral"),
            "retract": translate("words", "Take back my last step"),
            "decide": translate("words", "Decide between steps"),
        },
        code,
    )


def happened(code: str) -> str:
    """A step of a referral, or a consent, as it stands in a history."""
    return _of(
        {
            "draft": translate("words", "Referral drafted"),
            "submit": translate("words", "Referral submitted"),
            "return": translate("words", "Referral returned"),
            "reject": translate("words", "Referral rejected"),
            "approve": translate("words", "Referral approved"),
            "send": translate("words", "Referral sent"),
            "send_ahead": translate("words", "Referral sent ahead of approval"),
            "ratify": translate("words", "Sending ratified"),
            "contest": translate("words", "Sending contested"),
            "acknowledge": translate("words", "Receipt recorded"),
            "accept": translate("words", "Referral accepted"),
            "decline": translate("words", "Referral declined"),
            "start": translate("words", "Service started"),
            "complete": translate("words", "Service completed"),
            "discontinue": translate("words", "Service discontinued"),
            "withdraw": translate("words", "Referral withdrawn"),
            "retract": translate("words", "Step taken back"),
            "decide": translate("words", "Step decided"),
            "given": translate("words", "Consent given"),
            "refused": translate("words", "Consent refused"),
            "withdrawn": translate("words", "Consent withdrawn"),
            "letter": translate("words", "Letter made"),
            "export": translate("words", "Exported"),
            "transfer": translate("words", "Handed to another team"),
        },
        code,
    )


def kind(code: str) -> str:
    """What kind of entry a line of the history is."""
    return _of(
        {
            "open": translate("words", "Case opened"),
            "set": translate("words", "Answers changed"),
            "consent": translate("words", "Consent"),
            "step": translate("words", "Referral"),
            "disclose": translate("words", "Data left the vault"),
            "transfer": translate("words", "Handed to another team"),
            "close": translate("words", "Fork closed"),
            "adopt": translate("words", "Proposal adopted"),
            "standing": translate("words", "Standing approval"),
        },
        code,
    )


def need(code: str) -> str:
    """The label of what a step asks for."""
    return _of(
        {
            "comment": translate("words", "Comment"),
            "reason": translate("words", "Reason"),
            "date": translate("words", "Date"),
            "channel": translate("words", "Channel"),
            "contact": translate("words", "Contact at the agency"),
            "outcome": translate("words", "Outcome"),
            "received": translate("words", "What was received"),
            "feedback": translate("words", "What the client says of it"),
            "keep": translate("words", "Step to keep"),
        },
        code,
    )


def void_reason(code: str | None) -> str:
    """Why an entry took no effect, or waits."""
    table = {
        "no_basis": translate("words", "It follows a step that took no effect."),
        "state": translate("words", "It did not follow from the state then."),
        "role": translate("words", "The author's role does not include it."),
        "not_this_team": translate("words", "The case was with another team then."),
        "four_eyes": translate("words", "Nobody approves or decides their own content."),
        "not_author": translate("words", "Only the author of a step takes it back."),
        "disclosed": translate("words", "What has left cannot be undone."),
        "built_on": translate("words", "Another step already followed."),
        "overtaken": translate("words", "Another step came first."),
        "consent": translate("words", "No consent in force covered it then."),
        "needs": translate("words", "Something that it needs was missing."),
        "basis": translate("words", "It names no legal basis."),
        "unknown_device": translate("words", "The office does not know the device that wrote it."),
        "revoked": translate("words", "The device that wrote it had been revoked."),
        "newer_roster": translate("words", "It waits for a newer list of members."),
        "fork": translate("words", "The device that wrote it was copied. An officer looks into it."),
        "closed": translate("words", "An officer set it aside."),
        "waiting": translate("words", "It waits for an earlier bundle."),
    }
    return table.get(code or "", translate("words", "It may not take effect."))


def urgencies() -> Options:
    """How soon an answer is due."""
    return [
        ("1h", translate("words", "1 hour")),
        ("24h", translate("words", "24 hours")),
        ("72h", translate("words", "72 hours")),
        ("2w", translate("words", "2 weeks")),
    ]


def urgency(code: str) -> str:
    """How soon an answer is due."""
    return _of(dict(urgencies()), code)


def bases() -> Options:
    """The legal basis of a disclosure."""
    return [
        ("consent", translate("words", "Consent")),
        ("vital_interest", translate("words", "Vital interest")),
        ("legal_duty", translate("words", "Legal duty")),
    ]


def basis(code: str) -> str:
    """The legal basis of a disclosure."""
    return _of(dict(bases()), code)


def purposes() -> Options:
    """What a consent is given for."""
    return [
        ("referral", translate("words", "Referral")),
        ("services", translate("words", "Services")),
        ("authorities", translate("words", "Authorities")),
        ("statistics", translate("words", "Statistics")),
    ]


def purpose(code: str) -> str:
    """What a consent is given for."""
    return _of(dict(purposes()), code)


def givers() -> Options:
    """Who gives a consent."""
    return [
        ("client", translate("words", "The client")),
        ("guardian", translate("words", "A guardian")),
        ("court", translate("words", "A court")),
    ]


def methods() -> Options:
    """How a consent was given."""
    return [
        ("oral", translate("words", "By word")),
        ("written", translate("words", "In writing")),
        ("thumbprint", translate("words", "Thumbprint")),
    ]


def services() -> Options:
    """The services asked for most; others are typed."""
    return [
        ("shelter", translate("words", "A safe place to stay")),
        ("medical", translate("words", "Medical care")),
        ("psychosocial", translate("words", "Psychosocial support")),
        ("legal", translate("words", "Legal advice")),
        ("education", translate("words", "Education or training")),
        ("livelihood", translate("words", "Support in finding work")),
        ("financial", translate("words", "Financial support")),
        ("interpretation", translate("words", "An interpreter")),
        ("transport", translate("words", "Transport")),
        ("documents", translate("words", "Help with documents")),
    ]


def service(code: str) -> str:
    """A service, in words where it is one of ours."""
    table = dict(services())
    return _of({**table, "clinic": table["medical"], "health": table["medical"]}, code)


def agency_kind(code: str) -> str:
    """A kind of agency; kinds of an office's own are shown as it wrote them."""
    table = {
        "shelter": translate("words", "shelter"),
        "clinic": translate("words", "clinic"),
        "legal": translate("words", "legal aid"),
        "education": translate("words", "school or training"),
    }
    return _of(table, code)


def categories() -> Options:
    """The kinds of data, in their order."""
    table = {
        "identity": translate("words", "Who the person is"),
        "contact": translate("words", "Contact"),
        "location": translate("words", "Places"),
        "case": translate("words", "The case"),
        "health": translate("words", "Health"),
        "legal": translate("words", "Legal"),
        "documents": translate("words", "Documents"),
        "family": translate("words", "Family"),
    }
    return [(code, table[code]) for code in CATEGORIES]


def category(code: str) -> str:
    """A kind of data."""
    return _of(dict(categories()), code)


def gap(code: str) -> str:
    """What a consent lacks."""
    return _of(
        {
            "none": translate("words", "There is no consent in force."),
            "withdrawn": translate("words", "The consent was withdrawn."),
            "replaced": translate("words", "A newer consent replaces it."),
            "refused": translate("words", "Consent was refused."),
            "purposes": translate("words", "It does not name this purpose."),
            "recipients": translate("words", "It does not name this agency."),
            "categories": translate("words", "It does not cover every kind of data."),
            "expired": translate("words", "It has expired."),
        },
        code,
    )


def consent_mark(code: str | None) -> tuple[str, str, str]:
    """Tone, icon and word of a case's consent."""
    table = {
        "given": ("ok", "circle-check", translate("words", "In force")),
        "refused": ("danger", "ban", translate("words", "Refused")),
        "withdrawn": ("danger", "ban", translate("words", "Withdrawn")),
        "expired": ("warn", "calendar-x", translate("words", "Ended")),
        "replaced": ("idle", "rotate-ccw-clock", translate("words", "Replaced")),
    }
    return table.get(code or "", ("idle", "circle-dashed", translate("words", "Not asked")))


def likeness(codes: Iterable[str]) -> str:
    """Why another case may be of the same person."""
    table = {
        "name_same": translate("words", "the same name"),
        "name_sounds_alike": translate("words", "a name that sounds alike"),
        "birth_date_same": translate("words", "the same date of birth"),
    }
    return join_words(_of(table, code) for code in codes)


def problem(code: str) -> str:
    """What is wrong with an answer, with the likely fix."""
    return _of(
        {
            "wrong_type": translate("words", "This is not an answer to this question."),
            "too_long": translate("words", "This is too long. Shorten it."),
            "bad_character": translate(
                "words", "There is a character in it that cannot be kept. Type it anew."
            ),
            "not_a_number": translate("words", "Write a number, in digits."),
            "out_of_range": translate("words", "This number is not possible here."),
            "date_invalid": translate("words", "Write a date, a month or a year, such as 8.3.1999."),
            "not_in_list": translate("words", "This is not in the list. Choose one of the answers."),
            "too_many": translate("words", "These are too many. Take some away."),
            "twice": translate("words", "One of them is there twice."),
            "empty": translate("words", "Choose at least one."),
        },
        code,
    )


def stage(code: str) -> str:
    """What long work is doing."""
    return _of(
        {
            "reading": translate("words", "Reading"),
            "writing": translate("words", "Writing"),
            "importing": translate("words", "Taking rows"),
            "exporting": translate("words", "Writing rows"),
            "verifying": translate("words", "Checking entries"),
            "sealing": translate("words", "Writing entries"),
            "taking": translate("words", "Taking cases"),
            "copying": translate("words", "Copying"),
        },
        code,
    )


def how_much(done: int, total: int) -> str:
    """Progress in words."""
    if not total:
        return ""
    return fill(translate("words", "{done} of {total}"), done=done, total=total)


def months(language: str) -> list[str]:
    """The twelve months in a language."""
    locale = QLocale(language)
    return [locale.monthName(number) for number in range(1, 13)]


def moment(iso: str | None, language: str) -> str:
    """A time (UTC, ISO 8601) on this computer's clock, such as `21 Nov 2026, 09:30`; digits stay Western."""
    when = QDateTime.fromString(iso or "", Qt.DateFormat.ISODate).toLocalTime()
    if not when.isValid():
        return iso or ""
    locale = QLocale(language)
    month = locale.monthName(when.date().month(), QLocale.FormatType.ShortFormat)
    clock = f"{when.time().hour():02d}:{when.time().minute():02d}"
    return f"{when.date().day()} {month} {when.date().year()}, {clock}"


def day(value: str | None, language: str) -> str:
    """A partial date as people read it."""
    return show_date(value, months(language)) if value else ""


def code_words(codelist: CodeList | None, code: str, language: str) -> str:
    """The label of a code, by its own or another name of it; the code itself where the list does not have it."""
    entries = codelist.entries if codelist else ()
    return next(
        (forms.say(entry.label, language) for entry in entries if code in (entry.code, *entry.also)), code
    )


def value(field: Field | None, answer: Value, codelists: Mapping[str, CodeList], language: str) -> str:
    """An answer as people read it."""
    if answer is None:
        return ""
    if isinstance(answer, Missing):
        return missing_words(answer)
    if isinstance(answer, bool):
        return translate("words", "Yes") if answer else translate("words", "No")
    known = codelists.get(field.list_id or "") if field else None
    if isinstance(answer, tuple):
        return join_words(code_words(known, one, language) for one in answer)
    if isinstance(answer, str) and known is not None:
        return code_words(known, answer, language)
    if field is not None and field.type == "date" and isinstance(answer, str) and is_partial_date(answer):
        return day(answer, language)
    return str(answer)


def options_of(codelist: CodeList | None, language: str) -> Options:
    """The choices of a list that are offered; retired ones are read but not offered."""
    entries: Sequence[forms.Entry] = codelist.entries if codelist else ()
    return [(entry.code, forms.say(entry.label, language)) for entry in entries if not entry.retired]
