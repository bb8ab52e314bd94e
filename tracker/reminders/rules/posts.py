"""What a robot posts into a chat group: the office's template around the lines of a day."""

import re
from collections.abc import Sequence
from datetime import date

DEFAULT_TEMPLATE = "**{创建}**（{日期}）\n\n{事项}"
PLACES = ("{创建}", "{日期}", "{事项}")
LONGEST_TEMPLATE = 500
_PLACE = re.compile(r"\{[^{}]*\}")


def template_fault(template: str) -> str | None:
    """Why a template cannot be used."""
    if "{事项}" not in template:
        return "模板里须有 {事项}"
    unknown = [place for place in _PLACE.findall(template) if place not in PLACES]
    if unknown:
        return f"模板里的 {unknown[0]} 不会换成什么，只能用 {'、'.join(PLACES)}"
    return "模板里的花括号要成对" if set("{}") & set(_PLACE.sub("", template)) else None


def post_text(
    template: str, title: str, today: date, lines: Sequence[tuple[str, str]], *, most_bytes: int
) -> str:
    """The whole text: each line, with its address, as long as the robot takes them; then how many more."""
    around = template.replace("{创建}", plain(title)).replace("{日期}", f"{today}")
    room = most_bytes - len(around.encode())
    shown: list[str] = []
    for place, (text, url) in enumerate(lines):
        line, rest = f"- [{plain(text)}]({url})", f"- 等共 {len(lines)} 项"
        is_last = place + 1 == len(lines)
        room -= len(line.encode()) + 1
        if room < (0 if is_last else len(rest.encode()) + 1):
            shown.append(rest)
            break
        shown.append(line)
    return around.replace("{事项}", "\n".join(shown))


def plain(text: str) -> str:
    """A text that Markdown takes for nothing else."""
    return text.translate(str.maketrans("[]<>*`_#", "［］＜＞＊｀＿＃"))
