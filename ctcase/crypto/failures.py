"""Why an age file could not be written or read. Callers turn the reason into a refusal of their own."""

HEADER = "header"
"""Not a well-formed age v1 header, or a stanza of a known kind that breaks the rules of its kind."""
VERSION = "version"
"""An age file of another version than v1."""
MAC = "hmac"
"""The file key was found, but the header is not the one that it was made for."""
NO_MATCH = "no_match"
"""None of the identities is addressed: the only reason that says nothing bad about the file."""
PAYLOAD = "payload"
"""The body is damaged, cut off, or followed by something."""
LIMIT = "limit"
"""More plaintext, header or stanzas than the caller allows."""
CLASSICAL = "classical"
"""A recipient without post-quantum protection where only hybrid ones are allowed, or both kinds mixed."""
NO_RECIPIENT = "no_recipient"
"""Asked to seal to nobody, or to more recipients than a header may have."""
KEY = "key"
"""The text or bytes are not a recipient or an identity that is fit for use."""


class AgeError(Exception):
    """An age file or key was refused; `reason` is one of the constants of this module."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
