"""What a file is, by its content; what it is called, by its owner."""

import zipfile
from contextlib import suppress
from io import BytesIO
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.files import samples
from tracker.files.rules import (
    ALLOWED_WORDS,
    LONGEST_NAME,
    MEDIA_TYPES,
    MOST_ENTRIES,
    FileKind,
    NotTaken,
    clean_name,
    fitting_name,
    kind_of,
    size_words,
)


def taken_for(content: bytes, name: str = "工作总结.pdf") -> str:
    """What a file that is not taken was taken for."""
    with pytest.raises(NotTaken) as refusal:
        kind_of(BytesIO(content), name)
    return refusal.value.taken_for


@pytest.mark.parametrize("kind", FileKind)
def test_every_kind_that_the_page_names_is_taken(kind: FileKind) -> None:
    content = BytesIO(samples.sample(kind))
    assert kind_of(content, f"工作总结.{kind.value}") is kind
    assert content.tell() == 0
    assert kind.value in ALLOWED_WORDS.split("、")
    assert kind in MEDIA_TYPES


def test_the_content_counts_and_not_the_name() -> None:
    assert kind_of(BytesIO(samples.PDF), "照片.jpg") is FileKind.PDF
    assert kind_of(BytesIO(samples.sample(FileKind.DOCX)), "总结.wps") is FileKind.DOCX
    assert kind_of(BytesIO(samples.sample(FileKind.DOC)), "总结.xls") is FileKind.DOC
    assert kind_of(BytesIO(samples.sample(FileKind.DOC)), "总结.WPS") is FileKind.WPS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (samples.EXE, "Windows 程序"),
        (b"\x7fELF" + b"\0" * 60, "Linux 程序"),
        (samples.RAR, "RAR 压缩包"),
        (samples.HTML, "网页"),
        (b" \n<html>", "网页"),
        (samples.SVG, "XML 或 SVG 文件"),
        (b'<?xml version="1.0"?><svg/>', "XML 或 SVG 文件"),
        (samples.TEXT, "纯文本"),
        (samples.TEXT.decode().encode("gb18030"), "纯文本"),
        (b"\0" * 100, "无法识别的文件"),
        (b"GIF89a" + b"\0" * 20, "GIF 图片"),
        (b"\0\0\0\x18ftypqt  ", "其他格式的音视频"),
        (samples.compound("__properties_version1.0"), "其他 OLE 复合文件"),
        (samples.packed("AndroidManifest.xml", "classes.dex"), "程序安装包"),
        (samples.packed("META-INF/MANIFEST.MF"), "程序安装包"),
        (samples.office("visio/document.xml"), "其他 Office 文件"),
        (samples.packed("台账.txt")[:40], "损坏的压缩包"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_anything_else_is_told_for_what_it_is(content: bytes, words: str) -> None:
    assert taken_for(content) == words


def test_a_zip_with_more_than_ten_thousand_files_is_not_taken() -> None:
    names = [f"{number}.txt" for number in range(MOST_ENTRIES + 1)]
    assert kind_of(BytesIO(samples.packed(*names[:-1])), "台账.zip") is FileKind.ZIP
    assert taken_for(samples.packed(*names)) == "含 10001 个文件的压缩包（最多 10000 个）"


def test_a_zip_bomb_is_not_taken() -> None:
    assert taken_for(samples.packed("台账.txt", content=bytes(60 * 1024**2))) == "解压后异常巨大的压缩包"
    table = b"".join(b"%d,%d\n" % (n, n * 7919 % 10007) for n in range(100_000))
    assert kind_of(BytesIO(samples.packed("台账.csv", content=table)), "台账.zip") is FileKind.ZIP


def test_a_directory_that_would_fill_the_memory_is_not_read() -> None:
    """A zip's list of contents is as long as its maker likes."""
    entry = zipfile.ZipInfo("x")
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(entry, b"")
        archive.filelist *= 200_000
    assert len(file.getvalue()) > 9_000_000
    assert taken_for(file.getvalue()) == f"含 {MOST_ENTRIES} 个以上文件的压缩包"


@given(st.sampled_from(FileKind), st.integers(0, 2**32))
def test_a_damaged_file_is_taken_or_refused_and_breaks_nothing(kind: FileKind, seed: int) -> None:
    chance, content = Random(seed), bytearray(samples.sample(kind))
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(8, len(content))] = chance.randrange(256)
    with suppress(NotTaken):
        kind_of(BytesIO(content[: chance.randint(8, len(content))]), f"文件.{kind.value}")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("2023年工作总结（定稿）.pdf", "2023年工作总结（定稿）.pdf"),
        ("C:\\Users\\扎西\\桌面\\耕地台账.xlsx", "耕地台账.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("台账\r\nSet-Cookie: x=1.pdf", "台账Set-Cookie_ x=1.pdf"),
        ("台账\0\x1b[31m.pdf", "台账[31m.pdf"),
        ("工作\u202efdp.exe", "工作fdp.exe"),
        ("工作\u200b\u2028总结.pdf", "工作总结.pdf"),
        ('<img src="x">|?*.png', "_img src=_x_____.png"),
        (" .台账.pdf. ", "台账.pdf"),
        ("..", "未命名"),
        ("", "未命名"),
        ("\u202e", "未命名"),
        ("扎西\u0301.pdf", "扎西\u0301.pdf"),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ("\ud800.pdf", "pdf"),
    ],
)
def test_a_name_keeps_its_chinese_and_nothing_that_harms(raw: str, name: str) -> None:
    assert clean_name(raw) == name


def test_a_name_of_300_characters_keeps_its_ending() -> None:
    name = clean_name("昌" * 300 + ".docx")
    assert len(name) == LONGEST_NAME
    assert name.endswith("昌.docx")
    assert clean_name("昌" * 300) == "昌" * LONGEST_NAME


@given(st.text())
def test_a_clean_name_is_clean(raw: str) -> None:
    name = clean_name(raw)
    assert name.isprintable()
    assert 0 < len(name) <= LONGEST_NAME
    assert not set(name) & set('/\\<>:"|?*')
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("工作总结.PDF", FileKind.PDF, "工作总结.PDF"),
        ("照片.jpeg", FileKind.JPG, "照片.jpeg"),
        ("台账.et", FileKind.XLSX, "台账.et"),
        ("通知.exe", FileKind.PDF, "通知.exe.pdf"),
        ("通知.html", FileKind.PDF, "通知.html.pdf"),
        ("2023.12 总结", FileKind.DOCX, "2023.12 总结.docx"),
        ("未命名", FileKind.PNG, "未命名.png"),
        ("昌" * LONGEST_NAME, FileKind.MP4, "昌" * (LONGEST_NAME - 4) + ".mp4"),
    ],
)
def test_a_name_ends_as_its_content_is_opened(name: str, kind: FileKind, kept: str) -> None:
    assert fitting_name(name, kind) == kept


def test_sizes_are_told_in_kb_and_mb() -> None:
    assert [size_words(size) for size in (1, 12_345, 3_500_000)] == ["1 KB", "12 KB", "3.3 MB"]
