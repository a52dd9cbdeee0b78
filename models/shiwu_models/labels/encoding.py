"""Bytes of a Chinese text file to text, whatever encoding it was saved in.

General detectors are made for pages of prose. On five names of ImageNet's classes in GBK,
charset-normalizer 3.5 was right in 25 of 60 lists (it mostly answered Korean), on ten in 49. So
this asks a smaller question: which of the few encodings that Chinese text is saved in makes
everyday characters of these bytes? In order: a byte order mark; NUL bytes, which only UTF-16 and
UTF-32 have; strict UTF-8, which other encodings' Chinese almost never is (a list of 猫 alone in
GBK is); and then the reading with the best score.
"""

import codecs
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
SAMPLE = 24


@dataclass(frozen=True)
class Decoded:
    """A file's text, without a byte order mark, and the encoding that it was in."""

    text: str
    encoding: str  # as people write it: "UTF-8", "GB18030"


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
            return Decoded(data.decode("utf-8"), NAMES["utf-8"])
        except UnicodeDecodeError:
            pass
    readings = []
    for candidate in WITH_NULS if nuls else WITHOUT_NULS:
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        readings.append((score(text), candidate, text))
    readings.sort(key=lambda reading: -reading[0])
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
