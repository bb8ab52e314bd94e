"""The layout of an official document, as GB/T 9704-2012 wants it, read from the file."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from tracker.documents.letter import Grid, Letter, Text, day_words, title_lines, width_of
from tracker.documents.writing import write

AT = datetime(2024, 3, 22, 2, tzinfo=UTC)
LETTER = Letter(
    head="昌都市食品药品安全委员会办公室文件",
    number="昌食安办督〔2024〕3号",
    title="关于督办芒康县\n逾期事项的通知",
    addressee="芒康县",
    body=[
        Text("一、督办事项", 1),
        Text("（一）逾期节点", 2),
        Text("你单位下列事项已超过期限。\x00"),
        Grid(("序号", "事项"), [("1", "11-1 <台账>")], (1, 9)),
        Grid((), [("承办单位", "芒康县")], (2, 8)),
    ],
    organ="昌都市食品药品安全委员会办公室",
    day=date(2024, 3, 2),
    urgency="特急",
    copies=("市委督查室", "市政府督查室"),
)


@pytest.fixture(scope="module")
def document() -> Any:
    stream = io.BytesIO()
    write(stream, LETTER, at=AT)
    return Document(stream)


def paragraph(document: Any, words: str) -> Any:
    return next(one for one in document.paragraphs if one.text.startswith(words))


def fonts(found: Any) -> tuple[str, float]:
    run = found.runs[0]
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_text_is_156_by_225_mm_on_a4_in_22_lines(document: Any) -> None:
    section = document.sections[0]
    millimetres = [
        round(length.mm)
        for length in (
            section.page_width, section.page_height, section.top_margin, section.left_margin,
            section.right_margin, section.bottom_margin,
        )
    ]  # fmt: skip
    assert millimetres == [210, 297, 37, 28, 26, 35]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "lines"
    assert 22 * int(grid.get(qn("w:linePitch"))) <= section.page_height.twips - 72 / 25.4 * 20 * 72
    layout = document.styles["Normal"].paragraph_format
    assert layout.line_spacing.pt == pytest.approx(28.95)


def test_28_signs_have_room_in_a_line(document: Any) -> None:
    properties = document.styles["Normal"].element.rPr
    narrower = int(properties.find(qn("w:spacing")).get(qn("w:val")))
    assert 27.9 <= 156 / 25.4 * 1440 / (16 * 20 + narrower) <= 28.9


@pytest.mark.parametrize(
    ("words", "font", "size"),
    [
        ("特急", "黑体", 16),
        ("昌都市食品药品安全委员会办公室文件", "方正小标宋简体", 26),
        ("昌食安办督", "仿宋_GB2312", 16),
        ("关于督办", "方正小标宋简体", 22),
        ("芒康县：", "仿宋_GB2312", 16),
        ("一、", "黑体", 16),
        ("（一）", "楷体_GB2312", 16),
        ("你单位", "仿宋_GB2312", 16),
    ],
)
def test_each_part_has_its_font_and_size(document: Any, words: str, font: str, size: float) -> None:
    assert fonts(paragraph(document, words)) == (font, size)


def test_the_head_is_red_with_a_red_line_below_the_number(document: Any) -> None:
    assert str(paragraph(document, "昌都市").runs[0].font.color.rgb) == "FF0000"
    line = paragraph(document, "昌食安办督")._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert line.get(qn("w:color")) == "FF0000"


def test_text_is_two_signs_in_and_the_addressee_is_not(document: Any) -> None:
    indent = paragraph(document, "你单位")._p.pPr.ind
    assert indent.get(qn("w:firstLineChars")) == "200"
    assert paragraph(document, "芒康县：").paragraph_format.first_line_indent is None


def test_the_date_is_four_signs_in_and_the_organ_centred_above_it(document: Any) -> None:
    organ = next(one for one in document.paragraphs if one.text == LETTER.organ)
    day = paragraph(document, "2024年3月2日")
    sign = 156 / 25.4 * 72 / 28
    assert day.paragraph_format.right_indent.pt == pytest.approx(4 * sign, abs=0.1)
    assert organ.paragraph_format.right_indent.pt == 0, (
        "it is wider than the date, and as far right as can be"
    )


def test_page_numbers_stand_outside_between_dashes(document: Any) -> None:
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        (line,) = footer.paragraphs
        assert line.alignment.name == side
        assert "".join(element.text or "" for element in line._p.iter(qn("w:t"))) == "—  —"
        assert [element.text for element in line._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert line.runs[0].font.size.pt == 14


def test_tables_hold_what_they_are_given_and_the_imprint_is_one(document: Any) -> None:
    listed, plain, imprint = document.tables
    assert [[cell.text for cell in row.cells] for row in listed.rows] == [
        ["序号", "事项"],
        ["1", "11-1 <台账>"],
    ]
    assert [cell.text for cell in plain.rows[0].cells] == ["承办单位", "芒康县"]
    assert [row.cells[0].text for row in imprint.rows] == [
        "抄送：市委督查室，市政府督查室。",
        "昌都市食品药品安全委员会办公室\t2024年3月2日印发",
    ]
    assert fonts(imprint.rows[0].cells[0].paragraphs[0]) == ("仿宋_GB2312", 14)


def test_the_imprint_stands_at_the_foot_of_the_last_page(document: Any) -> None:
    imprint = document.tables[-1]
    place = imprint._tbl.tblPr.find(qn("w:tblpPr"))
    assert {key.partition("}")[2]: value for key, value in place.attrib.items()} == {
        "vertAnchor": "margin", "horzAnchor": "page", "tblpX": "1587", "tblpYSpec": "bottom",
    }  # fmt: skip
    borders = imprint._tbl.tblPr.find(qn("w:tblBorders"))
    lines = {side.tag.partition("}")[2]: int(side.get(qn("w:sz"))) for side in borders}
    assert lines == {"top": 8, "bottom": 8, "insideH": 6}, "粗线、细线、粗线"
    hanging = imprint.rows[0].cells[0].paragraphs[0].paragraph_format
    assert (hanging.left_indent.pt, hanging.first_line_indent.pt) == (4 * 14, -3 * 14)


def test_the_signature_is_never_alone_on_its_page() -> None:
    stream, grid = io.BytesIO(), Grid(("序号", "事项"), [("1", "甲"), ("2", "乙")], (1, 9))
    write(stream, replace(LETTER, body=[Text("数据如下。"), grid]), at=AT)
    document = Document(stream)
    rows = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in document.tables[0].rows]
    assert rows == [None, None, True]


def test_every_font_has_another_to_stand_in_for_it(document: Any) -> None:
    table = next(part for part in document.part.package.iter_parts() if "fontTable" in part.partname)
    words = table.blob.decode()
    assert 'w:name="仿宋_GB2312"><w:altName w:val="FangSong' in words
    assert 'w:name="方正小标宋简体"><w:altName w:val="SimSun' in words


def test_the_properties_tell_who_wrote_it(document: Any) -> None:
    about = document.core_properties
    assert (about.title, about.author, about.comments) == ("关于督办芒康县逾期事项的通知", LETTER.organ, "")


def test_a_date_has_no_leading_zeros() -> None:
    assert day_words(date(2024, 3, 2)) == "2024年3月2日"
    assert width_of("2024年") == 3


def test_a_long_title_is_broken_into_even_lines() -> None:
    assert title_lines("关于督办的\n通知", 20) == ["关于督办的", "通知"]
    assert [width_of(line) for line in title_lines("汉" * 31, 20)] == [16, 15]
