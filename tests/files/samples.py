"""Small real files of every kind that is taken, and of some that are not, made on the spot."""

import struct
import zipfile
from io import BytesIO

from openpyxl import Workbook

from tracker.files.rules import FileKind

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
JPG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + b"\x08" * 64 + b"\xff\xd9"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 32
MP4 = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2" + b"\0" * 32
EXE = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 64
RAR = b"Rar!\x1a\x07\x01\0" + b"\0" * 32
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TEXT = "昌都市食品安全委员会办公室\n".encode()

_OLE_FREE, _OLE_END, _OLE_FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def packed(*names: str, content: bytes = b"<x/>") -> bytes:
    """A zip with these names in it."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # always of 1980
    return file.getvalue()


def office(main_part: str) -> bytes:
    """The least that Office writes: its content types and one part."""
    return packed("[Content_Types].xml", "_rels/.rels", main_part, content=_TYPES)


def workbook() -> bytes:
    """A real XLSX with one row."""
    book, file = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["序号", "耕地面积"])
    book.save(file)
    return file.getvalue()


def compound(*streams: str) -> bytes:
    """An OLE compound file with empty streams of these names: a header, a FAT, a directory ([MS-CFB])."""
    header = struct.pack(
        "<8s16x5H6xIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, 4096, _OLE_END, 0, _OLE_END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", 0, *([_OLE_FREE] * 108))
    fat = struct.pack("<128I", _OLE_FAT, _OLE_END, *([_OLE_FREE] * 126))
    entries = [_entry("Root Entry", 5), *(_entry(name, 2) for name in streams)]
    directory = b"".join(entries).ljust(512, b"\0")
    assert len(header) == len(fat) == len(directory) == 512
    return header + fat + directory


def _entry(name: str, kind: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBIII", kind, 1, _OLE_FREE, _OLE_FREE, _OLE_FREE)
    return (encoded.ljust(64, b"\0") + struct.pack("<H", len(encoded)) + links).ljust(128, b"\0")


def sample(kind: FileKind) -> bytes:
    """A file of the kind; WPS's own formats are told from old Office's by their name."""
    return {
        FileKind.PDF: PDF, FileKind.PNG: PNG, FileKind.JPG: JPG, FileKind.HEIC: HEIC, FileKind.MP4: MP4,
        FileKind.DOCX: office("word/document.xml"), FileKind.PPTX: office("ppt/presentation.xml"),
        FileKind.XLSX: workbook(), FileKind.OFD: packed("OFD.xml", "Doc_0/Document.xml"),
        FileKind.ZIP: packed("台账/一季度.txt", content=TEXT),
        FileKind.DOC: compound("1Table", "WordDocument"), FileKind.WPS: compound("WordDocument"),
        FileKind.XLS: compound("Workbook"), FileKind.ET: compound("Workbook"),
        FileKind.PPT: compound("Current User", "PowerPoint Document"),
        FileKind.DPS: compound("PowerPoint Document"),
    }[kind]  # fmt: skip


def pdf(words: str) -> bytes:
    """A PDF unlike any with other words."""
    return PDF + f"% {words}\n".encode()
