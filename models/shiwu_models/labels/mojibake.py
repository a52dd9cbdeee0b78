"""Text that was once read in a wrong encoding and saved so: 鐚, Ã§, ���."""

from shiwu_models.errors import ModelError
from shiwu_models.labels.plausible import score

# (read as, really was): how Chinese is most often spoiled.
WAYS = (
    ("gb18030", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("latin-1", "gb18030"),
    ("cp1252", "gb18030"),
)
REPLACEMENT = "\ufffd"
# What two replacement characters, saved as UTF-8, look like when they are read as GBK.
REPLACED_TWICE = "锟斤拷"
SAMPLE = 24
# Of what stands beside ASCII; accents in French, read as GBK, are Han too, but no everyday ones.
EVERYDAY = 0.6


def refuse_mojibake(text: str, name: str) -> None:
    """Raises ModelError ``unreadable-text`` when ``text`` is spoiled, with what it was where the
    bytes still say so."""
    lost = REPLACEMENT in text or REPLACED_TWICE in text
    original = recovered(text)
    if original is None and not lost:
        return
    seen = _sample(text, around=REPLACEMENT if REPLACEMENT in text else REPLACED_TWICE)
    if original is not None:
        was, really, good = original
        raise ModelError(
            "unreadable-text",
            zh=f"{name} 已经是乱码：「{seen}」本来是「{_sample(good)}」"
            f"（{really} 的字节被当作 {was} 读过又存了一次）。请回到原来的文件，另存为 UTF-8。",
            en=f'{name} is already mojibake: "{seen}" was "{_sample(good)}" ({really} bytes, read '
            f"as {was} and saved again). Go back to the original file and save it as UTF-8.",
        )
    raise ModelError(
        "unreadable-text",
        zh=f"{name} 里有已经丢失的字：「{seen}」。它被按错误的编码读过又存了一次，原字无法还原；"
        "请回到原来的文件，另存为 UTF-8。",
        en=f'{name} holds characters that are lost: "{seen}". It was read in a wrong encoding and '
        "saved so; go back to the original file and save it as UTF-8.",
    )


def recovered(text: str) -> tuple[str, str, str] | None:
    """(read as, really was, the text as it was), or None when ``text`` is not spoiled.

    Lost characters (U+FFFD) are stepped over: the rest is enough to know. Real Chinese is not
    taken for mojibake: Latin encodings do not hold it, and its bytes in GBK are not UTF-8.
    """
    for was, really in WAYS:
        good = _undo(text, was, really)
        if good is not None and score(_beyond_ascii(good)) >= EVERYDAY:
            return was, really, good
    return None


def _undo(text: str, was: str, really: str) -> str | None:
    # A file that was spoiled exactly gives its bytes back; one with losses gives most of them.
    exact = REPLACEMENT not in text
    try:
        data = _bytes(text if exact else text.replace(REPLACEMENT, ""), was)
        good = data.decode(really, "strict" if exact else "ignore")
    except UnicodeError:
        return None
    return None if good == text else good


def _bytes(text: str, was: str) -> bytes:
    if was != "cp1252":
        return text.encode(was)
    # Five bytes mean nothing in Windows-1252; browsers and editors keep them as controls.
    return b"".join(
        bytes([ord(c)]) if c in "\x81\x8d\x8f\x90\x9d" else c.encode("cp1252") for c in text
    )


def _beyond_ascii(text: str) -> str:
    return "".join(c for c in text if not c.isascii())


def _sample(text: str, around: str = "") -> str:
    start = max(text.find(around) - 6, 0) if around else 0
    return " ".join(text[start:].split())[:SAMPLE]
