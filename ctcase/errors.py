"""The typed refusals of the core. They carry codes, counts and ids; never words for people and never case data."""

from collections.abc import Mapping

FAILED, USAGE, REFUSED, DAMAGED = 1, 2, 3, 4

EXITS: Mapping[str, int] = {
    "disk_full": FAILED,
    "read_only": FAILED,
    "permission": FAILED,
    "file_missing": FAILED,
    "vault_busy": FAILED,
    "font_missing": FAILED,
    "usage": USAGE,
    "passphrase_wrong": REFUSED,
    "not_found": REFUSED,
    "ambiguous": REFUSED,
    "not_enrolled": REFUSED,
    "confirmation_needed": REFUSED,
    "fingerprint_differs": REFUSED,
    "role_missing": REFUSED,
    "not_your_case": REFUSED,
    "four_eyes": REFUSED,
    "state_forbids": REFUSED,
    "needs_missing": REFUSED,
    "conflict_stale": REFUSED,
    "consent_missing": REFUSED,
    "not_addressed": REFUSED,
    "sender_unknown": REFUSED,
    "sender_revoked": REFUSED,
    "signature_wrong": REFUSED,
    "other_office": REFUSED,
    "roster_old": REFUSED,
    "training_mixed": REFUSED,
    "newer_version": REFUSED,
    "limit_exceeded": REFUSED,
    "file_not_understood": REFUSED,
    "vault_damaged": DAMAGED,
    "log_damaged": DAMAGED,
    "bundle_damaged": DAMAGED,
}
"""Every code a refusal can have, with the exit status of the command line that goes with it."""


class CtcaseError(Exception):
    """A refusal: `code` is one of EXITS, `details` holds codes, counts and ids only."""

    def __init__(self, code: str, **details: object) -> None:
        if code not in EXITS:
            raise ValueError(code)
        super().__init__(code)
        self.code = code
        self.details = details

    @property
    def exit_status(self) -> int:
        """The exit status of the command line for this refusal."""
        return EXITS[self.code]


class EnvironmentFailed(CtcaseError):  # noqa: N818  # named by what happened
    """The machine did not let us: disk, permission, a missing file, another process (exit 1)."""


class Refused(CtcaseError):  # noqa: N818  # named by what happened
    """Not allowed, not addressed to me, not understood (exit 3)."""


class Damaged(CtcaseError):  # noqa: N818  # named by what happened
    """Integrity is broken (exit 4)."""


class Cancelled(Exception):  # noqa: N818  # not an error: the person asked for it, and nothing was changed
    """The person cancelled a long piece of work; the transaction was rolled back."""


def refusal(code: str, **details: object) -> CtcaseError:
    """The typed refusal that belongs to a code."""
    kinds = {FAILED: EnvironmentFailed, REFUSED: Refused, DAMAGED: Damaged}
    return kinds.get(EXITS[code], CtcaseError)(code, **details)
