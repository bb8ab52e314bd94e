"""What kinds of files are taken, told by their content and never by their name."""

import re
import unicodedata
import zipfile
from typing import IO, cast

from tracker.labels import LabelledEnum

LONGEST_NAME = 200
MOST_ENTRIES = 10_000
"""Files inside a packed one; an office document has some hundreds at most."""
MOST_UNPACKED = 2 * 1024**3
MOST_RATIO = 200
"""Unpacked bytes a packed byte: what swells more than this is a bomb."""
SMALLEST_BOMB = 50 * 1024**2
LONGEST_DIRECTORY = 4 * 1024**2
"""Bytes of a packed file's list of contents: each entry of it takes ten times as many in memory."""
HEAD = 4096


class FileKind(LabelledEnum):
    """文件类型."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "Word 文档"
    XLSX = "xlsx", "Excel 表格"
    PPTX = "pptx", "PPT 演示"
    DOC = "doc", "Word 97 文档"
    XLS = "xls", "Excel 97 表格"
    PPT = "ppt", "PPT 97 演示"
    WPS = "wps", "WPS 文字"
    ET = "et", "WPS 表格"
    DPS = "dps", "WPS 演示"
    OFD = "ofd", "OFD 版式文件"
    JPG = "jpg", "图片"
    PNG = "png", "图片"
    HEIC = "heic", "HEIC 图片"
    ZIP = "zip", "压缩包"
    MP4 = "mp4", "视频"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]

    @property
    def is_shown(self) -> bool:
        """Whether every browser shows it in the page."""
        return self in SHOWN


MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileKind.DOC: "application/msword",
    FileKind.XLS: "application/vnd.ms-excel",
    FileKind.PPT: "application/vnd.ms-powerpoint",
    FileKind.WPS: "application/vnd.ms-works",
    FileKind.ET: "application/vnd.ms-excel",
    FileKind.DPS: "application/vnd.ms-powerpoint",
    FileKind.OFD: "application/ofd",
    FileKind.JPG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.HEIC: "image/heic",
    FileKind.ZIP: "application/zip",
    FileKind.MP4: "video/mp4",
}
OTHER_ENDINGS = {
    FileKind.DOC: ("wps", "dot"),
    FileKind.XLS: ("et", "xlt"),
    FileKind.PPT: ("dps", "pps"),
    FileKind.DOCX: ("docm", "wps"),
    FileKind.XLSX: ("xlsm", "et"),
    FileKind.PPTX: ("pptm", "ppsx", "dps"),
    FileKind.JPG: ("jpeg", "jpe", "jfif"),
    FileKind.HEIC: ("heif",),
    FileKind.MP4: ("m4v",),
}
"""Endings besides its own under which a kind is opened."""
SHOWN = frozenset({FileKind.PDF, FileKind.JPG, FileKind.PNG})
ALLOWED_WORDS = "pdf、docx、xlsx、pptx、doc、xls、ppt、wps、et、dps、ofd、jpg、png、heic、zip、mp4"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
_OLE_OF_WPS = {"doc": "wps", "xls": "et", "ppt": "dps"}
"""WPS writes the same container as old Office: the name tells them apart, and only within it."""
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_MP4_BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
}
_KNOWN_OTHERS = (
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"RIFF", "WebP 图片或音视频"),
    (b"{\\rtf", "RTF 文档"),
    (b"#!", "脚本"),
)


class NotTaken(Exception):
    """The content is none of the kinds that are taken; `taken_for` is what it looks like."""

    def __init__(self, taken_for: str) -> None:
        super().__init__(taken_for)
        self.taken_for = taken_for


def kind_of(content: IO[bytes], name: str) -> FileKind:
    """The kind of a content, by its magic number and, for packed ones, by what is inside.

    Args:
        content: an open file; it is left at its start.
        name: its clean name; only WPS's own formats are told from old Office's by it.

    Raises:
        NotTaken: it is none of those that are taken.
    """
    content.seek(0)
    head = content.read(HEAD)
    content.seek(0)
    if head.startswith(b"%PDF-"):
        return FileKind.PDF
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if head[4:8] == b"ftyp":
        return _kind_of_boxes(head)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    if head.startswith(_OLE):
        return _kind_of_ole(content, name)
    raise NotTaken(_looks_like(head))


def clean_name(raw: str) -> str:
    """A file's name as it is kept: without folders, control characters and what no system takes;
    Chinese stays. A long one loses the middle, never its ending."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", raw))[-1]
    spaced = (" " if unicodedata.category(sign) == "Zs" else sign for sign in last)
    kept = "".join(sign for sign in spaced if sign.isprintable())
    kept = re.sub(r'[<>:"|?*]', "_", kept).strip(" .")
    if len(kept) > LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        ending = dot + ending if dot and len(ending) <= 5 else ""
        kept = (stem if ending else kept)[: LONGEST_NAME - len(ending)].rstrip(" .") + ending
    return kept or "未命名"


def fitting_name(name: str, kind: FileKind) -> str:
    """The name with an ending under which its content is opened: what calls itself 通知.exe or 通知.html
    and is a PDF is saved as 通知.exe.pdf, and a double click runs nothing."""
    if name.rpartition(".")[2].lower() in (kind.value, *OTHER_ENDINGS.get(kind, ())):
        return name
    return f"{name[: LONGEST_NAME - len(kind.value) - 1]}.{kind.value}"


def size_words(size: int) -> str:
    """12 KB, 3.4 MB."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def _kind_of_boxes(head: bytes) -> FileKind:
    brand = head[8:12]
    if brand in _HEIC_BRANDS:
        return FileKind.HEIC
    if brand in _MP4_BRANDS:
        return FileKind.MP4
    raise NotTaken("其他格式的音视频")


class _Sparing:
    """A packed file as `zipfile` reads it, but for a list of contents that would fill the memory."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.seek, self.tell = content.seek, content.tell

    def read(self, size: int = -1) -> bytes:
        if size > LONGEST_DIRECTORY:
            raise NotTaken(f"含 {MOST_ENTRIES} 个以上文件的压缩包")
        return self._content.read(size)


def _kind_of_zip(content: IO[bytes]) -> FileKind:
    try:
        with zipfile.ZipFile(cast(IO[bytes], _Sparing(content))) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise NotTaken("损坏的压缩包") from None
    finally:
        content.seek(0)
    _refuse_bomb(entries)
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", FileKind.DOCX), ("xl/", FileKind.XLSX), ("ppt/", FileKind.PPTX)):
            if any(name.startswith(folder) for name in names):
                return kind
        raise NotTaken("其他 Office 文件")
    if "OFD.xml" in names:
        return FileKind.OFD
    if "AndroidManifest.xml" in names or "META-INF/MANIFEST.MF" in names:
        raise NotTaken("程序安装包")
    return FileKind.ZIP


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise NotTaken(f"含 {len(entries)} 个文件的压缩包（最多 {MOST_ENTRIES} 个）")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MOST_UNPACKED or (unpacked > SMALLEST_BOMB and unpacked > MOST_RATIO * max(1, packed)):
        raise NotTaken("解压后异常巨大的压缩包")


def _kind_of_ole(content: IO[bytes], name: str) -> FileKind:
    streams = _ole_names(content)
    old = next((kind for stream, kind in _OLE_STREAMS.items() if stream in streams), None)
    if old is None:
        raise NotTaken("其他 OLE 复合文件")
    ending = name.rpartition(".")[2].lower()
    return FileKind(ending if ending == _OLE_OF_WPS[old] else old)


def _ole_names(content: IO[bytes]) -> set[str]:
    """Names in the first directory sectors of an OLE compound file ([MS-CFB] 2.6): a chain is not
    followed, the streams that say what it is stand in front."""
    content.seek(0)
    header = content.read(512)
    size = 1 << int.from_bytes(header[30:32], "little")
    first = int.from_bytes(header[48:52], "little")
    if size not in (512, 4096) or len(header) < 512:
        content.seek(0)
        return set()
    content.seek((first + 1) * size)
    sector = content.read(max(size, 4096))
    content.seek(0)
    names = set()
    for start in range(0, len(sector) - 127, 128):
        length = int.from_bytes(sector[start + 64 : start + 66], "little")
        if 2 <= length <= 64:
            names.add(sector[start : start + length - 2].decode("utf-16-le", "replace"))
    return names


def _looks_like(head: bytes) -> str:
    for magic, words in _KNOWN_OTHERS:
        if head.startswith(magic):
            return words
    start = head.lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<script")):
        return "网页"
    if start.startswith((b"<?xml", b"<svg")):
        return "XML 或 SVG 文件"
    return "纯文本" if b"\0" not in head and _is_text(head) else "无法识别的文件"


def _is_text(head: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            head[: HEAD - 4].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
