"""The JSON documents that calls answer with, word for word as scripts rely on them; only keys and kinds count.

Keys may be added, never renamed or left out.
"""

AVAILABLE = '[{"event": "submit", "allowed": true, "why_not": null, "needs": []}]'
BUNDLES = """{"files": [{"file": "…", "status": "new", "error": null, "from": {"member": "id", "device": "id"},
    "number": 4, "roster": 3, "entries": {"new": 304, "known": 0, "waiting": 0, "void": 0, "quarantined": 0,
    "proposals": 0}, "cases": {"new": 300, "changed": 1}, "conflicts": 0,
    "problems": [{"entry": "d/3", "status": "quarantined", "code": "…"}], "receipts": 0, "new_roster": null,
    "gaps": [{"device": "id", "from": 4, "to": 6}]}]}"""

SHAPES = {
    "demo": """{"folder": "DIR", "passphrase": "training", "vaults": [{"vault": "DIR/office", "member": "…",
        "roles": ["officer", "administrator"]}], "cases": 40}""",
    "office create": '{"office": "id", "member": "id", "device": "id", "fingerprint": "words"}',
    "join": '{"request": "FILE", "member": "id", "device": "id", "fingerprint": "…"}',
    "enrol": """{"welcome": "FILE", "member": "id", "device": "id", "fingerprint": "…",
        "office_fingerprint": "…", "roster": 3}""",
    "accept": """{"office": "id", "name": "…", "fingerprint": "…", "roster": 3, "roles": ["caseworker"],
        "team": "IST"}""",
    "member list": """{"members": [{"id": "…", "name": "…", "roles": ["caseworker"], "team": "IST",
        "devices": [{"device": "id", "revoked": null}]}]}""",
    "member set": '{"roster": 4}',
    "member revoke": '{"roster": 4}',
    "agency list": '{"agencies": [{"id": "…", "name": "Shelter A", "kind": "shelter", "proposed": false}]}',
    "agency add": '{"id": "…"}',
    "status": """{"vault": "id", "training": false,
        "member": {"id": "…", "name": "…", "roles": ["caseworker"], "team": "IST"}, "device": "id",
        "enrolled": "yes", "office": {"id": "…", "name": "…", "fingerprint": "…"}, "roster": 3, "cases": 300,
        "entries": 304, "unsent": [{"to": "office", "entries": 304, "documents": 0}],
        "peers": [{"device": "id", "member": "id", "last": 12, "acknowledged": 300}],
        "gaps": [{"device": "id", "from": 4, "to": 6}], "waiting": 0, "quarantined": 0, "void": 0,
        "proposals": 0, "conflicts": 0, "forks": []}""",
    "case add": """{"code": "7KQ4-M2XR", "entry": "d/9",
        "similar": [{"code": "…", "why": ["name_sounds_alike"]}]}""",
    "case list": """{"total": 300, "cases": [{"code": "7KQ4-M2XR", "alias": null, "state": "open", "team": "IST",
        "owner": "id", "updated": "2026-11-21T09:30:00Z", "consent": "given", "conflicts": 0, "unsent": true}]}""",
    "case show": """{"code": "…", "alias": null, "state": "open", "team": "IST", "owner": "id", "head": ["d/9"],
        "records": [{"id": "…", "kind": "person", "form": "htcds", "version": 1, "fields": {}, "withheld": [],
        "erased": []}], "consents": [], "referrals": [],
        "disclosures": [{"to": "…", "entry": "d/31", "fields": ["person.first_name"], "basis": "consent"}],
        "conflicts": [], "history": [{"entry": "d/9", "time": "…", "member": "id", "kind": "set",
        "status": "effective", "reason": null}]}""",
    "case set": '{"code": "…", "entry": "d/10", "changed": ["person.first_name"]}',
    "case import": """{"format": "xlsx", "rows": 300, "added": 299, "same": [{"row": 7, "code": "…"}],
        "refused": [{"row": 9, "column": "G", "code": "date_invalid"}], "columns": [{"column": "N",
        "name": "prs_MailingCity", "label": "Mailing Street", "taken_as": "person.street", "differs": true}]}""",
    "case export": """{"file": "FILE", "format": "xlsx", "rows": 300,
        "left_out": [{"code": "…", "reason": "not_your_case"}]}""",
    "consent add": '{"id": "…", "code": "…", "entry": "d/11"}',
    "referral add": '{"id": "…", "code": "…", "entry": "d/12", "state": "draft", "available": '
    + AVAILABLE
    + "}",
    "referral list": """{"total": 1, "referrals": [{"id": "…", "code": "…", "agency": "…", "service": "shelter",
        "urgency": "24h", "state": "approved", "due": "…", "late": false, "ratification": null, "rivals": [],
        "content": "sha256:…", "available": """
    + AVAILABLE
    + "}]}",
    "referral do": '{"id": "…", "entry": "d/14", "event": "approve", "from": "submitted", "to": "approved"}',
    "case transfer": '{"entry": "d/12"}',
    "referral standing": '{"entry": "d/16"}',
    "referral letter": '{"id": "…", "entry": "d/15", "file": "FILE", "pages": 1, "content": "sha256:…"}',
    "bundle write": """{"files": [{"file": "…", "to": ["device"], "number": 4, "bytes": 65536, "entries": 304,
        "documents": 0}]}""",
    "bundle preview": BUNDLES,
    "bundle read": BUNDLES,
    "conflict list": """{"conflicts": [{"id": "…", "code": "…", "field": "person.first_name",
        "ours": {"value": "…", "entry": "d/9"}, "theirs": [{"value": "…", "entry": "e/4"}]}]}""",
    "conflict resolve": '{"entry": "d/20"}',
    "proposal list": """{"proposals": [{"entry": "e/7", "code": "…", "member": "id", "device": "id",
        "reason": "revoked", "fields": ["person.first_name"]}]}""",
    "proposal adopt": '{"entry": "d/21"}',
    "fork list": '{"forks": [{"device": "id", "code": "…", "entries": ["a1", "b2"]}]}',
    "fork close": '{"entry": "d/22"}',
    "verify": """{"ok": true, "entries": 304, "signatures": {"checked": 304, "bad": 0},
        "chains": {"checked": 301, "broken": []}, "tables": {"compared": 18, "differ": []}, "database": "ok",
        "documents": {"checked": 0, "bad": []}, "warnings": []}""",
    "backup": '{"file": "FILE"}',
    "restore": '{"device": "id"}',
    "recover": '{"device": "id"}',
    "passphrase": '{"slot": "passphrase"}',
}
"""By command, in the order of the design's list."""


def lacks(expected, found, path=""):
    """The first place where a document does not have what the contract promises; None if it has all of it."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return path
        missing = [f"{path}.{key}" for key in expected if key not in found]
        deeper = (lacks(value, found.get(key), f"{path}.{key}") for key, value in expected.items())
        return missing[0] if missing else next((one for one in deeper if one), None)
    if isinstance(expected, list):
        if not isinstance(found, list):
            return path
        return lacks(expected[0], found[0], f"{path}[]") if expected and found else None
    return None if expected is None or found is None or type(expected) is type(found) else path
