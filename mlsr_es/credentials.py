"""Credentials: what makes one identity, how a header carries it, and how they are kept out of what people read."""

from __future__ import annotations

import re
from base64 import b64encode

from mlsr_es.errors import InputError

_KEY = re.compile(r"[!-~]*")
_IN_URL = re.compile(r"(?<=://)[^\s/@?#]*@")
_CONTROL_OR_SURROGATE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def check_credentials(api_key: str, username: str, password: str, *, asked: str) -> None:
    """Check that credentials name one identity, and that a header can carry them.

    The libraries beneath would print a secret with other characters in their errors.

    Args:
        api_key: An API key in its encoded form; or "".
        username: The user's name, in place of the key; or "".
        password: The user's password; "" without a user name.
        asked: What they are for, for the message: "cluster" or "Kibana".

    Raises:
        InputError: They are of two identities, of half of one, or have a character that none has.
    """
    if api_key and username:
        raise InputError(
            f"an API key and a user name are given for the same {asked}.",
            advice="Leave one out: ES_API_KEY, or ES_USERNAME with ES_PASSWORD.",
        )
    if bool(username) != bool(password):
        raise InputError("a user name and a password go together.", advice="Set ES_USERNAME and ES_PASSWORD.")
    if not _KEY.fullmatch(api_key):
        raise InputError(
            "the API key has a character that no key has, such as a space or a line end.",
            advice="Give the encoded form that Elasticsearch shows: letters, digits and = + / - _.",
        )
    if _CONTROL_OR_SURROGATE.search(username + password):
        raise InputError(
            "the user name or the password has a control character, or is not UTF-8.",
            advice="Look for a tab or a line end in ES_USERNAME and ES_PASSWORD.",
        )


def without_credentials(text: str) -> str:
    """A text without the user names and passwords of the URLs in it (``https://user:password@host``)."""
    return _IN_URL.sub("", text)


def basic_auth(username: str, password: str) -> str:
    """The two as the ``Basic`` scheme has them (RFC 7617), in UTF-8, which both servers read; the libraries do not."""
    return b64encode(f"{username}:{password}".encode()).decode()
