"""Bytes of a Chinese text file to text, whatever encoding it was saved in.

General detectors are made for pages of prose. On five names of ImageNet's classes in GBK,
charset-normalizer 3.5 was right in 25 of 60 lists (it mostly answered Korean), on ten in 49. So
this asks a smaller question: which of the few encodings that Chinese text is saved in makes
everyday characters of these bytes? Mainland programs write GB18030 and nothing else, so a short
list that could be Big5 as well is taken for that, with a note. In order: a byte order mark; NUL
bytes, which only UTF-16 and UTF-32 have; strict UTF-8, which other encodings' Chinese almost never
is (a list of 猫 alone in GBK is); and then the reading with the best score.
"""

import codecs
import re
from dataclasses import dataclass

from shiwu_models.errors import ModelError
from shiwu_models.labels.mojibake import refuse_mojibake
from shiwu_models.labels.plausible import score

# Longest first: UTF-32-LE's mark begins with UTF-16-LE's.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WITH_NULS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# GB18030 holds GBK and GB2312. At equal scores the earlier wins.
WITHOUT_NULS = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be", "cp1252")
NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030", "big5hkscs": "Big5", "cp1252": "Windows-1252"}
# Of a reading that is right, nearly every character is an everyday one: ImageNet's 1,000 Chinese
# names score 0.97 as GBK, and 0.50 when the same bytes are read as Big5.
LEAST_SCORE = 0.6
# Two readings closer than this cannot be told apart.
LEAST_LEAD = 0.1
# Names of rare characters alone, 灯草鹀, have this score in GB18030. With it, and readings that are
# not told apart taken for GB18030, 986 of ImageNet's 1,000 names are right when a file has one of
# them in GBK (861 before), and 599 of 600 pairs. Of random pairs in Big5 3 in 100 are mistaken, of
# fives none.
LEAST_SHORT_SCORE = 0.3
SAMPLE = 24


@dataclass(frozen=True)
class Decoded:
    """A file's text, without a byte order mark, and the encoding that it was in."""

    text: str
    encoding: str  # as people write it: "UTF-8", "GB18030"
    doubtful: bool = False  # too short to be sure: what mainland programs write was taken


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """The text of a file called ``name``.

    With ``encoding`` (any name that Python knows) nothing is guessed. Raises ModelError
    ``unreadable-text`` when no reading makes sense, when two do, or when the text was already
    read in a wrong encoding and saved so.
    """
    if encoding is not None:
        return _decode_as(data, name, encoding)
    for mark, marked in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            found = _decode_as(data[len(mark) :], name, marked)
            break
    else:
        found = _guess(data, name)
    refuse_mojibake(found.text, name)
    return found


def _guess(data: bytes, name: str) -> Decoded:
    nuls = b"\0" in data
    if not nuls:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if not _is_stray(text):
                return Decoded(text, NAMES["utf-8"])
            return Decoded(data.decode("gb18030"), NAMES["gb18030"], doubtful=True)
    readings = []
    for candidate in WITH_NULS if nuls else WITHOUT_NULS:
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        readings.append((score(text), candidate, text))
    readings.sort(key=lambda reading: -reading[0])
    if short := _short_gb18030(readings):
        return short
    if not readings or readings[0][0] < LEAST_SCORE:
        raise ModelError(
            "unreadable-text",
            zh=f"看不出 {name} 是什么编码：按 UTF-8、GB18030、Big5、UTF-16 读都不成中文。"
            "请另存为 UTF-8，或用 --encoding 指明编码。",
            en=f"Cannot tell the encoding of {name}: no sense as UTF-8, GB18030, Big5 or UTF-16. "
            "Save it as UTF-8, or name its encoding with --encoding.",
        )
    best, *others = readings
    if others and best[0] - others[0][0] < LEAST_LEAD:
        either = " / ".join(f"{_named(c)}「{_sample(text)}」" for _, c, text in readings[:2])
        raise ModelError(
            "unreadable-text",
            zh=f"{name} 太短，有两种读法都像中文：{either}。请用 --encoding 指明编码。",
            en=f"{name} is short and reads as Chinese in two ways: {either}. "
            "Name its encoding with --encoding.",
        )
    return Decoded(best[2], _named(best[1]))


def _short_gb18030(readings: list[tuple[float, str, str]]) -> Decoded | None:
    """The GB18030 reading, where no other is clearly better and it is not clear by itself."""
    found = next((reading for reading in readings if reading[1] == "gb18030"), None)
    if found is None or found[0] < LEAST_SHORT_SCORE:
        return None
    others = [value for value, encoding, _ in readings if encoding != "gb18030"]
    rival = max(others, default=-1.0)
    if rival - found[0] >= LEAST_LEAD:
        return None
    clear = found[0] >= LEAST_SCORE and found[0] - rival >= LEAST_LEAD
    return Decoded(found[2], NAMES["gb18030"], doubtful=not clear)


def _is_stray(text: str) -> bool:
    """猫 in GB18030 is è in UTF-8, and 水母 is ˮĸ: accented letters and phonetic signs that have
    no letter beside them, and nothing else of UTF-8, are no labels; é and è may be, of more."""
    foreign = [character for character in text if not character.isascii()]
    return (
        len(foreign) > 0
        and all("À" <= character <= "Ͽ" for character in foreign)
        and not re.search(r"[A-Za-z][^\0-\x7f]|[^\0-\x7f][A-Za-z]", text)
        and (
            any(re.match("[\u0180-\u036f\u03d0-\u03ff]", character) for character in foreign)
            or (len(foreign) <= 2 and all(character <= "ſ" for character in foreign))
        )
    )


def _decode_as(data: bytes, name: str, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeError) as error:
        raise ModelError(
            "unreadable-text",
            zh=f"{name} 不能按 {encoding} 读：{error}。请换一个 --encoding，或不写让程序来判断。",
            en=f"{name} is not {encoding}: {error}. Try another --encoding, or leave it out.",
        ) from error
    return Decoded(text.removeprefix("\ufeff"), _named(encoding))


def _named(encoding: str) -> str:
    return NAMES.get(encoding.lower(), encoding.upper())


def _sample(text: str) -> str:
    return " ".join(text.split())[:SAMPLE]
