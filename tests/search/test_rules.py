"""What was typed becomes words, and the words are found again in the texts."""

import pytest

from tracker.search.rules import (
    LONGEST,
    MOST_WORDS,
    Piece,
    asked_words,
    excerpt,
    has_any,
    likeliest,
    marked,
)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", ()),
        (" \u3000\t", ()),
        ("耕地", ("耕地",)),
        ("11-1\u3000耕地 台账", ("11-1", "耕地", "台账")),
        ("PDF pdf 耕地 耕地", ("PDF", "耕地")),
        ("% _ /", ("%", "_", "/")),
    ],
)
def test_spaces_of_both_widths_part_the_words_and_each_counts_once(
    typed: str, words: tuple[str, ...]
) -> None:
    assert asked_words(typed) == words


def test_of_a_pasted_page_only_the_beginning_is_searched() -> None:
    assert asked_words("字" * 5000) == ("字" * LONGEST,)
    assert len(asked_words(" ".join(map(str, range(500))))) == MOST_WORDS


@pytest.mark.parametrize(
    ("text", "words", "hits"),
    [
        ("2023年耕地台账.PDF", ("耕地", "pdf"), ["耕地", "PDF"]),
        ("耕地台账", ("台账", "耕地台账"), ["耕地台账"]),
        ("台账和台账", ("台账",), ["台账", "台账"]),
        ("100%（a+b）", ("100%", "a+b"), ["100%", "a+b"]),
        ("耕地台账", ("蜜蜂",), []),
        ("", ("蜜蜂",), []),
        ("耕地台账", (), []),
    ],
)
def test_matched_words_are_marked_and_nothing_is_lost(
    text: str, words: tuple[str, ...], hits: list[str]
) -> None:
    pieces = marked(text, words)
    assert [piece.text for piece in pieces if piece.is_hit] == hits
    assert "".join(piece.text for piece in pieces) == text
    assert has_any(text, words) == bool(hits)


def test_the_pieces_stand_in_their_order() -> None:
    assert marked("建立耕地台账", ("耕地",)) == [
        Piece("建立", False),
        Piece("耕地", True),
        Piece("台账", False),
    ]


def test_an_excerpt_of_a_long_sentence_shows_the_match() -> None:
    text = "甲" * 200 + "耕地台账" + "乙" * 200 + "。"
    cut = excerpt(text, ("耕地",), most=40)
    assert cut.startswith("…甲")
    assert cut.endswith("乙…")
    assert "耕地台账" in cut
    assert len(cut) == 42
    assert excerpt(text, ("蜜蜂",), most=40) == "甲" * 40 + "…"
    assert excerpt(text, ("乙乙",), most=300).endswith("乙")
    assert excerpt("建立台账；", ("台账",)) == "建立台账"


def test_what_holds_a_word_is_named_first() -> None:
    texts = ("名册", "会议纪要", "耕地台账", "图片")
    assert likeliest(texts, ("耕地",), 2) == ["耕地台账", "名册"]
    assert likeliest(texts, (), 3) == ["名册", "会议纪要", "耕地台账"]
