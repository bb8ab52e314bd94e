"""Templates of the office's own: what they may say, where they are wrong, and that none reaches further."""

import io
import time
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml

from tracker.documents.checking import faults
from tracker.documents.filling import Unfilled, fill
from tracker.documents.placeholders import Listing, Placeholder, blanks, examples, nearest

AT = datetime(2024, 3, 22, 2, tzinfo=UTC)
ENTRIES = (
    Placeholder("文号", "", "昌食安办督〔2024〕3号"),
    Placeholder("发文机关", "", "昌都市食安办"),
    Placeholder("抄送机关", "", ""),
    Listing(
        "事项", "", "项",
        (Placeholder("序号", "", "1"), Listing("段落", "", "段", (Placeholder("文字", "", "请办结"),))),
        mark="tr",
    ),
    Listing("要求", "", "段", (Placeholder("文字", "", "请办结"),)),
)  # fmt: skip
NESTED = "{% for 段 in 项.段落 %}{{ 段.文字 }}{% endfor %}"
WORDS = {
    "文号": "昌食安办督〔2024〕3号",
    "发文机关": "<昌都市> & 食安办",
    "抄送机关": "",
    "事项": [{"序号": "1", "段落": []}, {"序号": "2", "段落": [{"文字": "其二"}]}],
    "要求": [{"文字": "第一段\x00"}, {"文字": "第二段\n另起一行"}],
}


def template(*paragraphs: str, table: tuple[tuple[str, ...], ...] = (), footer: str = "") -> bytes:
    document = Document()
    for words in paragraphs:
        document.add_paragraph(words)
    if table:
        grid = document.add_table(0, len(table[0]))
        for row in table:
            for cell, words in zip(grid.add_row().cells, row, strict=True):
                cell.text = words
    document.sections[0].footer.paragraphs[0].text = footer
    return saved(document)


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def told(content: bytes) -> list[str]:
    return [str(fault) for fault in faults(content, ENTRIES)]


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The package with one more part, or another one in its place."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, part)
    return stream.getvalue()


def test_a_template_is_filled_with_words() -> None:
    content = template(
        "{{ 发文机关 }}", "{%p for 段 in 要求 %}", "{{ 段.文字 }}", "{%p endfor %}",
        "{%p if 抄送机关 %}", "抄送：{{ 抄送机关 }}", "{%p endif %}",
        table=(("{%tr for 项 in 事项 %}", ""), ("{{ 项.序号 }}", NESTED),
               ("{%tr endfor %}", "")),
        footer="{{ 文号 }}",
    )  # fmt: skip
    assert told(content) == []
    document = Document(fill(io.BytesIO(content), ENTRIES, WORDS, at=AT))
    assert [one.text for one in document.paragraphs] == [
        "<昌都市> & 食安办", "第一段", "第二段\n另起一行",
    ]  # fmt: skip
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["1", ""], ["2", "其二"],
    ]  # fmt: skip
    assert document.sections[0].footer.paragraphs[0].text == "昌食安办督〔2024〕3号"


def test_a_placeholder_that_an_editor_cut_into_runs_is_one() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for words in ("{", "{ 文", "号 }", "}"):
        paragraph.add_run(words).bold = True
    content = saved(document)
    assert told(content) == []
    assert Document(fill(io.BytesIO(content), ENTRIES, WORDS, at=AT)).paragraphs[0].text == WORDS["文号"]


@pytest.mark.parametrize(
    ("paragraph", "problem"),
    [
        ("编号：{{ 文好 }}", "没有“文好”这个占位符，是不是“文号”？"),
        ("{{ 文号 }", "占位符没有写完整"),
        ("｛｛文号｝｝", "要用半角的"),
        ("{{ 要求 }}", "“要求”是清单，要用 {%p for 段 in 要求 %} 逐条写出"),
        ("{{ 文号.upper }}", "“文号”后面不能再写“.upper”"),
        ("{% for 段 in 要求 %}{{ 段 }}{% endfor %}", "这是“要求”的一行，要写明写哪一项，例如 {{ 段.文字 }}"),
        ("{% for 段 in 要求 %}{{ 段.文子 }}{% endfor %}", "“要求”的一行里没有“文子”，是不是“文字”？"),
        ("{% for 段 in 文号 %}{% endfor %}", "in 后面不是清单，不能循环"),
        ("{% if 文号 %}有", "“{% if 文号 %}”没有结尾 {% endif %}"),
        ("{% endfor %}", "“{% endfor %}”前面没有对应的 for"),
        ("{% 循环 %}", "不认识“循环”"),
        ("{% raw %}", "不认识“raw”"),
        ("{{ 文号 文号 }}", "写法不对"),
        ("前文 {%p if 文号 %}", "要单独占一段，里面不能有别的文字"),
        ("{%tr if 文号 %}", "不在表格里，请改用 {%p"),
        ("{%- if 文号 %}{% endif %}", "里只能用 {%p、{%tr、{%tc 这三种开头"),
        ("{{r 文号 }}", "里只能用 {%p、{%tr、{%tc 这三种开头"),
    ],
)
def test_a_fault_is_told_with_its_paragraph_and_words(paragraph: str, problem: str) -> None:
    (fault,) = told(template("正文", paragraph))
    assert fault.startswith(f"正文第 2 段“{paragraph}”：")
    assert problem in fault


def test_a_fault_in_the_footer_says_so_and_all_unknown_names_are_told() -> None:
    assert told(template("好", footer="{{ 页码数 }}"))[0].startswith(
        "页脚第 1 段“{{ 页码数 }}”：没有“页码数”"
    )
    assert len(told(template("{{ 甲 }}", "{{ 乙 }}{{ 丙 }}"))) == 3


def test_a_loop_ends_where_it_began() -> None:
    table = (("{%tr for 项 in 事项 %}", ""), ("{{ 项.序号 }}", ""))
    (fault,) = told(template("{%p endfor %}", table=table)[:])[:1]
    assert "前面没有对应的 for" in fault
    crossed = template("{%p for 段 in 要求 %}", table=(("{%p endfor %}", ""),))
    assert "写在同一个表格或者同一处正文里" in told(crossed)[0]
    mixed = template("{%p if 文号 %}", "{% endif %}")
    assert "用同样的开头" in told(mixed)[0]


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ 文号.__class__ }}",
        "{{ self }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ 文号|attr('__class__') }}",
        "{{ 'A' * 10000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{% set x = 文号 %}{{ x }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% filter upper %}x{% endfilter %}",
        "{{ 文号 if 文号 else 文号 }}",
        "{{ 要求[0].文字 }}",
        "{% for 段 in 要求 recursive %}{{ loop(要求) }}{% endfor %}",
        "{% vm %}{{ loop.first }}",
        "{{ [文号]*99999999 }}",
        "{{ 文号 ~ 文号 }}",
    ],
)
def test_a_hostile_template_is_told_and_does_not_compile(hostile: str) -> None:
    content, began = template(hostile), time.monotonic()
    assert told(content)
    with pytest.raises(Unfilled):
        fill(io.BytesIO(content), ENTRIES, WORDS, at=AT)
    assert time.monotonic() - began < 5


def test_loops_in_loops_do_not_grow_without_end() -> None:
    deep = "{% for 甲 in 事项 %}" * 3 + "x" + "{% endfor %}" * 3
    assert "循环里最多再套 1 层循环" in told(template(deep))[0]
    long = ["{%p for 甲 in 事项 %}", "{%p for 乙 in 事项 %}", "字" * 20_000, "{%p endfor %}", "{%p endfor %}"]
    assert told(template(*long)) == ["正文：循环里的内容太多，生成的文件会过大，请精简"]


def test_a_loop_within_a_paragraph_does_not_count_for_those_behind_it() -> None:
    assert told(template("{% for 甲 in 事项 %}{{ 甲.序号 }}{% endfor %}", *["字" * 1000] * 500)) == []


def test_a_template_saved_by_libreoffice_keeps_one_part_of_properties() -> None:
    content = template("{{ 文号 }}")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        relations = package.read("_rels/.rels")
    usual, other = b"package/2006/relationships/metadata", b"officedocument/2006/relationships/metadata"
    saved_elsewhere = with_part(content, "_rels/.rels", relations.replace(usual, other))
    assert told(saved_elsewhere) == []
    filled = fill(io.BytesIO(saved_elsewhere), ENTRIES, WORDS, at=AT)
    names = zipfile.ZipFile(filled).namelist()
    assert names.count("docProps/core.xml") == 1
    assert Document(filled).core_properties.created == AT


def test_what_is_no_plain_document_is_refused() -> None:
    good = template("{{ 文号 }}")
    assert told(good) == []
    assert told(b"PK\x03\x04 broken") == ["不是 .docx 文件，或者已经损坏"]
    assert "含有宏" in told(with_part(good, "word/vbaProject.bin", b"x"))[0]
    assert "嵌入的文件" in told(with_part(good, "word/embeddings/a.bin", b"x"))[0]
    rels = b'<Relationships><Relationship Type="x/attachedTemplate" TargetMode="External"/></Relationships>'
    assert "文件以外" in told(with_part(good, "word/_rels/settings.xml.rels", rels))[0]
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert "内部结构异常" in told(with_part(good, "word/document.xml", bomb))[0]
    assert "太大" in told(with_part(good, "word/document.xml", b" " * 3 * 1024**2))[0]
    notes = b"<w:footnotes><w:t>{</w:t><w:t>{ 9*9 }}</w:t></w:footnotes>"
    assert "不能写在脚注" in told(with_part(good, "word/footnotes.xml", notes))[0]


def test_placeholders_nobody_sees_are_refused() -> None:
    document = Document()
    document.add_paragraph()._p.append(
        parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>{{{{ 文号 }}}}</w:delText></w:r></w:del>")
    )
    assert "请接受全部修订" in told(saved(document))[0]
    document = Document()
    run = document.add_paragraph()._p
    run.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="DDEAUTO c:\\\\x"/>'))
    assert "含有域 DDEAUTO" in told(saved(document))[0]


def test_many_open_braces_do_not_keep_the_checker_busy() -> None:
    began = time.monotonic()
    assert told(template(*["{{r " * 2000] * 20))
    assert time.monotonic() - began < 3


def test_a_document_written_with_blanks_is_a_template() -> None:
    made = blanks(ENTRIES)
    assert made["文号"] == "{{ 文号 }}"
    assert [row["文字"] for row in made["要求"]] == [
        "{%p for 段 in 要求 %}",
        "{{ 段.文字 }}",
        "{%p endfor %}",
    ]
    assert made["事项"][1]["段落"][0] == {"文字": "{%p for 段 in 项.段落 %}"}
    assert examples(ENTRIES)["要求"] == [{"文字": "请办结"}] * 2


def test_the_nearest_names_are_offered() -> None:
    assert nearest("文好", ["文号", "标题"]) == "，是不是“文号”？"
    assert nearest("甲", ["文号", "标题"]) == ""
