"""How much a text looks like Chinese names that people would write."""

import unicodedata


def score(text: str) -> float:
    """How much a reading looks like a list of Chinese names: the mean over its characters, at
    most 1, blanks left out; -1 where nothing is left, or a control or private character is in."""
    total, count = 0.0, 0
    for previous, character in zip(" " + text, text, strict=False):
        value = _score(character, previous)
        if value is None:
            return -1.0
        if not character.isspace():
            total += value
            count += 1
    return total / count if count else -1.0


def _score(character: str, previous: str) -> float | None:
    """Of one character, in -1..1; None where it rules the whole reading out."""
    if "À" <= character <= "ÿ":
        # crème, but not ÃèÄ¾: an accent stands after a plain letter.
        return 0.5 if previous.isascii() and previous.isalpha() else -1.0
    if character.isascii():
        # A little below Han: bytes of Chinese UTF-16 that are read as GBK look half like ASCII.
        return 0.8 if character.isprintable() or character in "\t\r\n" else None
    category = unicodedata.category(character)
    if category in ("Cc", "Co", "Cn", "Cs"):
        return None
    if _in(character, "gb2312"):
        return _gb2312_score(character)
    if _in(character, "big5"):
        # A5..C6: the 5,401 frequent characters; the second level starts at C9.
        return 0.85 if character.encode("big5")[0] <= 0xC6 else 0.1
    return -1.0


def _gb2312_score(character: str) -> float:
    lead = character.encode("gb2312")[0]
    if lead >= 0xD8:
        return 0.4  # the second level: names of birds and plants, but rare in every text
    if lead >= 0xB0:
        return 1.0  # the 3,755 everyday characters
    # Rows 1 to 9: full-width punctuation belongs in names, Cyrillic and table lines do not.
    return 0.8 if lead in (0xA1, 0xA3) else -1.0


def _in(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
