"""Plain documents for the demonstration: a page of PDF, a small workbook."""

from io import BytesIO

from tracker.workbook.writing import write

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 595, 842, 80
TITLE_SIZE, TEXT_SIZE, LINE_HEIGHT = 18, 14, 26
LINE_LENGTH = 30
"""Characters of the text size between the margins."""


def page(title: str, lines: list[str]) -> bytes:
    """A PDF of one A4 page. The font is one of the standard Chinese ones, which viewers bring along."""
    words = ["BT", f"/F1 {TITLE_SIZE} Tf", f"{MARGIN} {PAGE_HEIGHT - 100} Td", f"<{_hex(title)}> Tj"]
    words += [f"/F1 {TEXT_SIZE} Tf", f"0 -{2 * LINE_HEIGHT} Td"]
    for line in lines:
        for start in range(0, len(line) or 1, LINE_LENGTH):
            words += [f"<{_hex(line[start : start + LINE_LENGTH])}> Tj", f"0 -{LINE_HEIGHT} Td"]
    stream = "\n".join([*words, "ET"])
    return _pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        " /DescendantFonts [6 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 >>",
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        " /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    )


def sheet(title: str, headers: list[str], rows: list[list[str]]) -> bytes:
    """A workbook of one sheet."""
    file = BytesIO()
    write(file, title[:20], headers, rows)
    return file.getvalue()


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


def _pdf(*objects: str) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    ending = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return body + f"{ending}startxref\n{len(body)}\n%%EOF\n".encode("ascii")
