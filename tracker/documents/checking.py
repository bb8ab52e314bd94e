"""Whether a file is a template that can be filled, and where it is not."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.opc.oxml import serialize_part_xml
from docx.oxml.ns import qn
from jinja2 import TemplateSyntaxError

from tracker.documents.filling import fill
from tracker.documents.grammar import USAGE, parse, problems
from tracker.documents.placeholders import Entry, examples
from tracker.documents.tags import LEFT_OVER, Tag, tag_faults, tags_of

MOST_PARTS, MOST_UNPACKED, MOST_XML = 500, 20 * 1024**2, 2 * 1024**2
"""Of a template: files inside it, their bytes, and the bytes of one that holds text."""
MOST_WRITTEN, MANY_ROWS = 40 * 1024**2, 100
"""Bytes that a template may become when each of its loops is run so often."""
FORBIDDEN_PARTS = (
    ("vbaProject", "含有宏"), ("activeX", "含有 ActiveX 控件"), ("embeddings/", "含有嵌入的文件"),
    ("attachedToolbars", "含有自定义工具栏"),
)  # fmt: skip
FORBIDDEN_FIELDS = re.compile(r"\b(DDE|DDEAUTO|LINK|INCLUDETEXT|INCLUDEPICTURE|IMPORT|DATABASE)\b")
"""Fields that fetch something when the document is opened."""
FILLED = re.compile(r"word/(document|header|footer)\d*\.xml")
HIDDEN = re.compile(rb"\{(<[^>]*>)*[{%#]")
NAMESPACE = re.compile(r' xmlns:\w+="[^"]*"')
"""What each paragraph declares again when it is read alone."""
SHOWN = 40
"""Characters of a paragraph that a fault repeats."""
PROBE = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a template: where, in which words, why."""

    problem: str
    where: str = ""
    words: str = ""

    def __str__(self) -> str:
        """正文第 5 段“文号：{{ 文好 }}”：没有“文好”这个占位符，是不是“文号”？"""
        shown = self.words if len(self.words) <= SHOWN else f"{self.words[:SHOWN]}…"
        place = f"{self.where}“{shown}”" if shown else self.where
        return f"{place}：{self.problem}" if place else self.problem


def faults(content: bytes, entries: Sequence[Entry]) -> list[Fault]:
    """Everything that keeps a file from being a template that names `entries`; empty when it is one."""
    found = [*_package_faults(content)]
    if found:
        return found
    try:
        document = docx.Document(BytesIO(content))
    except (KeyError, ValueError, AttributeError, SyntaxError):
        return [Fault("打不开，请用 Word 或 WPS 另存为 .docx 后再上传")]
    found = [fault for where, root in _parts(document) for fault in _part_faults(where, root, entries)]
    return found or [*_trial_faults(content, entries)]


def _package_faults(content: bytes) -> Iterator[Fault]:
    """What is wrong with the file as a package: macros, remote parts, sizes."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
            too_large = len(entries) > MOST_PARTS or sum(one.file_size for one in entries) > MOST_UNPACKED
            texts = [one for one in entries if one.filename.endswith((".xml", ".rels"))]
            if too_large or any(one.file_size > MOST_XML for one in texts):
                yield Fault("解压以后太大，不像一份公文模板")
                return
            for part, why in FORBIDDEN_PARTS:
                if any(part in one.filename for one in entries):
                    yield Fault(f"{why}，请去掉后另存为 .docx 再上传")
            for one in texts:
                yield from _text_faults(one.filename, package.read(one))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        yield Fault("不是 .docx 文件，或者已经损坏")


def _text_faults(name: str, content: bytes) -> Iterator[Fault]:
    if b"\0" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        yield Fault("内部结构异常，请用 Word 或 WPS 另存为 .docx 后再上传")
    elif name == "[Content_Types].xml" and b"macroEnabled" in content:
        yield Fault("是启用宏的文档，请另存为不带宏的 .docx 再上传")
    elif name.startswith("word/") and not FILLED.fullmatch(name) and HIDDEN.search(content):
        yield Fault("占位符只能写在正文、页眉、页脚里，不能写在脚注、批注等地方")
    elif name.endswith(".rels"):
        links = re.findall(rb"<Relationship\b[^>]*>", content)
        if any(b"External" in link and b"/hyperlink" not in link for link in links):
            yield Fault("引用了文件以外的图片、模板或者数据，请改为嵌入后再上传")


def _parts(document: Document) -> Iterator[tuple[str, Any]]:
    """The parts that are filled: the body, headers and footers."""
    yield "正文", document.element.body
    kinds = (("header", "页眉"), ("footer", "页脚"))
    for relation in document.part.rels.values():
        for ending, where in kinds:
            if relation.reltype.endswith(f"/{ending}"):
                yield where, relation.target_part._element


def _part_faults(where: str, root: Any, entries: Sequence[Entry]) -> list[Fault]:
    """What is wrong with the words of a part: first the tags, then what they say."""
    paragraphs = [*root.iter(qn("w:p"))]
    tags = [tag for number, one in enumerate(paragraphs, 1) for tag in tags_of(one, number)]
    texts = {tag.number: tag.text for tag in tags}

    def at(number: int, problem: str) -> Fault:
        words = texts.get(number) or "".join(one.text or "" for one in paragraphs[number - 1].iter(qn("w:t")))
        return Fault(problem, f"{where}第 {number} 段", words)

    found = [at(number, problem) for number, problem in tag_faults(paragraphs, tags)]
    found = found or [*_hidden_faults(where, root, tags)]
    found = found or [at(number, problem) for number, problem in _grammar_faults(paragraphs, tags, entries)]
    return found or [*_size_faults(where, paragraphs, tags)]


def _hidden_faults(where: str, root: Any, tags: Sequence[Tag]) -> Iterator[Fault]:
    """Placeholders where nobody sees them, and fields that fetch something."""
    text = re.sub(r"<[^>]*>", "", serialize_part_xml(root).decode())
    attributes = [value for one in root.iter() for value in one.attrib.values()]
    if any(mark in value for value in attributes for mark in LEFT_OVER):
        yield Fault("占位符只能写在文字里，不能写在图片说明、链接等属性里", where)
    if sum(text.count(mark) for mark in ("{{", "{%", "{#")) > len(tags):
        yield Fault("占位符写在了修订、域代码等地方；请接受全部修订，并把占位符写成普通文字", where)
    for code in root.iter(qn("w:instrText"), qn("w:fldSimple")):
        words = f"{code.text or ''} {code.get(qn('w:instr')) or ''}"
        if match := FORBIDDEN_FIELDS.search(words.upper()):
            yield Fault(f"含有域 {match[0]}，打开文件时会读取别处的内容，请删去", where)


def _grammar_faults(
    paragraphs: Sequence[Any], tags: Sequence[Tag], entries: Sequence[Entry]
) -> Iterator[tuple[int, str]]:
    """The tags alone, a line a paragraph: the lines that the grammar complains of are paragraphs."""
    lines = [""] * len(paragraphs)
    for tag in tags:
        lines[tag.number - 1] += tag.bare
    try:
        tree = parse("\n".join(lines))
    except TemplateSyntaxError as error:
        yield error.lineno, f"写法不对；{USAGE}"
        return
    yield from problems(tree, entries)


def _size_faults(where: str, paragraphs: Sequence[Any], tags: Sequence[Tag]) -> Iterator[Fault]:
    """Whether the loops would write without end."""
    steps: dict[int, list[int]] = defaultdict(list)
    for tag in tags:
        steps[tag.number].append({"for": 1, "endfor": -1}.get(tag.verb, 0))
    depth = written = 0
    for number, paragraph in enumerate(paragraphs, 1):
        deepest = depth
        for step in steps[number]:
            depth += step
            deepest = max(deepest, depth)
        written += len(NAMESPACE.sub("", paragraph.xml)) * MANY_ROWS**deepest
    if written > MOST_WRITTEN:
        yield Fault("循环里的内容太多，生成的文件会过大，请精简", where)


def _trial_faults(content: bytes, entries: Sequence[Entry]) -> Iterator[Fault]:
    """Fill it once: what the checks did not foresee is told as well."""
    try:
        docx.Document(fill(BytesIO(content), entries, examples(entries), at=PROBE))
    except Exception as error:  # whatever a foreign file makes a foreign library raise
        kind = type(error).__name__
        yield Fault(f"按示例数据试生成失败（{kind}）；循环和条件的开头、结尾要成对，并且不能跨表格、跨单元格")
