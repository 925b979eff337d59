"""Text in the encoding that the user names, and the likely encoding of text that is not UTF-8."""

from __future__ import annotations

import codecs

_USUAL = ["cp1252", "cp1250", "cp1251", "koi8_r", "mac_roman", "cp932", "gb18030", "big5", "euc_kr"]
"""What tables and notes that are not UTF-8 are usually written in; out of all encodings, rare ones win by chance."""

_WESTERN, _CENTRAL = "cp1252", "cp1250"


def text_of(content: bytes, encoding: str = "") -> str:
    """Decode a small file.

    Args:
        content: The file's bytes.
        encoding: The encoding; "" for UTF-8. A byte order mark counts more.

    Raises:
        ValueError: The bytes are not in that encoding; the message names the likely one.
    """
    try:
        return content.decode(encoding_of(content, encoding))
    except UnicodeDecodeError as error:
        raise ValueError(f"it is {not_in(encoding, content)}") from error


def encoding_of(start: bytes, encoding: str = "") -> str:
    """The encoding of a file: what its byte order mark says, else the one that is named, else UTF-8.

    Args:
        start: The first three bytes of the file, or more.
        encoding: The encoding that the user names; "" where none is named.
    """
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) or not encoding else encoding


def not_in(encoding: str, content: bytes) -> str:
    """A clause: the text is not in an encoding, but likely in another one.

    Args:
        encoding: The encoding that was tried, as in ``text_of``.
        content: Bytes with characters beyond ASCII; the more, the better the guess.
    """
    likely = likely_encoding(content)
    hint = f", but likely {likely}: give --encoding {likely}" if likely and likely != encoding else ""
    return f"not {encoding or 'UTF-8'}{hint}"


def likely_encoding(content: bytes) -> str:
    """The name of the encoding that text is likely in; "" where none fits."""
    from charset_normalizer import from_bytes

    found = list(from_bytes(content, cp_isolation=_USUAL))
    if not found:
        return ""
    best = found[0]
    alike = {one.encoding for one in found if (one.chaos, one.coherence) == (best.chaos, best.coherence)}
    # Of two encodings that give the same text, only one is told.
    if _CENTRAL in alike and content.decode(_WESTERN, "replace") == content.decode(_CENTRAL, "replace"):
        alike.add(_WESTERN)
    return _WESTERN if _WESTERN in alike else best.encoding
