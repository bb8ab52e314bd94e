"""The tags in the paragraphs of a template: {{ 文号 }}, {%p for 段 in 要求 %}, {%tr endfor %}."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

TAG = re.compile(r"\{\{(?:(?!\{\{|\}\}).)*\}\}|\{%(?:(?!\{%|%\}).)*%\}")
"""No tag holds another: however many are opened, the text is read once."""
PREFIX = re.compile(r"^(\{[{%])(-?)(p|tr|tc|r)(?=\s)")
LEFT_OVER = ("{{", "}}", "{%", "%}", "{#", "#}")
"""What a paragraph holds of a tag that is not whole."""
WIDE = re.compile(r"｛｛|｛%|｛％|\{％|％\}|％｝|%｝|｝｝|\{｛|｝\}")
QUOTES = str.maketrans("“”‘’", "\"\"''")
HOLDERS = {"p": "w:p", "tr": "w:tr", "tc": "w:tc"}
HOLDER_WORDS = {"p": "单独占一段", "tr": "单独占表格的一行", "tc": "单独占一个单元格"}
BLOCKS = {"endfor": ("for",), "endif": ("if",), "else": ("if",), "elif": ("if",)}
VERBS = ("for", "endfor", "if", "elif", "else", "endif")
Problem = tuple[int, str]


@dataclass(frozen=True)
class Tag:
    """One tag: the paragraph (its number from 1, its text, its element) and what it says."""

    number: int
    text: str
    paragraph: Any
    written: str

    @property
    def prefix(self) -> str:
        """What the tag takes the place of: p, tr, tc, or nothing."""
        match = PREFIX.match(self.written)
        return match[3] if match else ""

    @property
    def bare(self) -> str:
        """The tag without its prefix."""
        return PREFIX.sub(r"\1 ", self.written).translate(QUOTES)

    @property
    def verb(self) -> str:
        """for, endif ...; empty for what is printed."""
        words = self.bare[2:-2].split()
        return words[0] if self.written.startswith("{%") and words else ""

    @property
    def holder(self) -> Any:
        """The element that the tag takes the place of; its own paragraph without a prefix, None where
        there is none."""
        name = qn(HOLDERS.get(self.prefix, "w:p"))
        return next(
            (one for one in (self.paragraph, *self.paragraph.iterancestors()) if one.tag == name), None
        )


def tags_of(paragraph: Any, number: int) -> list[Tag]:
    """The tags of one paragraph."""
    text = text_of(paragraph)
    return [Tag(number, text, paragraph, match[0]) for match in TAG.finditer(text)]


def text_of(paragraph: Any) -> str:
    """The words of a paragraph, without those of a text box in it."""
    texts = (one for one in paragraph.iter(qn("w:t")) if next(one.iterancestors(qn("w:p"))) is paragraph)
    return "".join(one.text or "" for one in texts).replace("\n", " ")


def tag_faults(paragraphs: Sequence[Any], tags: Sequence[Tag]) -> Iterator[Problem]:
    """Tags that are not whole, not alone where they must be, or without their counterpart."""
    for number, paragraph in enumerate(paragraphs, 1):
        rest = TAG.sub("", text_of(paragraph))
        if any(mark in rest for mark in LEFT_OVER):
            yield number, "占位符没有写完整：{{ 要配 }}，{% 要配 %}"
        elif WIDE.search(rest):
            yield number, "花括号和百分号要用半角的 {{ }} 和 {% %}"
    problems = [(tag.number, problem) for tag in tags if (problem := _form_problem(tag))]
    yield from problems or _unpaired(tags)


def _form_problem(tag: Tag) -> str | None:
    is_print = tag.written.startswith("{{")
    if tag.written[2:3] == "-" or tag.written[-3:-2] == "-" or tag.prefix == "r" or (is_print and tag.prefix):
        return f"“{tag.written}”里只能用 {{%p、{{%tr、{{%tc 这三种开头"
    if not is_print and tag.verb not in VERBS:
        return f"不认识“{tag.verb}”，只能用 {'、'.join(VERBS)}"
    if not tag.prefix:
        return None
    if tag.holder is None:
        return f"“{tag.written}”不在表格里，请改用 {{%p"
    around = "".join(text_of(one) for one in tag.holder.iter(qn("w:p"))).strip()
    if around != tag.written.strip():
        return f"“{tag.written}”要{HOLDER_WORDS[tag.prefix]}，里面不能有别的文字"
    return None


def _unpaired(tags: Sequence[Tag]) -> Iterator[Problem]:
    """Loops and conditions that do not end where they began."""
    opened: list[Tag] = []
    for tag in tags:
        if tag.verb in ("for", "if"):
            opened.append(tag)
        elif tag.verb in BLOCKS:
            if not opened or opened[-1].verb not in BLOCKS[tag.verb]:
                yield tag.number, f"“{tag.written}”前面没有对应的 {BLOCKS[tag.verb][0]}"
                return
            if not _is_pair(opened[-1], tag):
                yield (
                    tag.number,
                    f"“{tag.written}”要和“{opened[-1].written}”用同样的开头，写在同一个表格或者同一处正文里",
                )
            if tag.verb.startswith("end"):
                opened.pop()
    for tag in opened:
        yield tag.number, f"“{tag.written}”没有结尾 {{%{tag.prefix} end{tag.verb} %}}"


def _is_pair(first: Tag, last: Tag) -> bool:
    if first.prefix != last.prefix or first.holder is None or last.holder is None:
        return False
    if not first.prefix:
        return first.paragraph is last.paragraph
    return first.holder.getparent() is last.holder.getparent()
