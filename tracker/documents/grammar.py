"""What a template may say: names that are known, loops over known lists, conditions. Nothing else is let
through: no call, no arithmetic, no attribute that is not a placeholder's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, StrictUndefined, nodes
from jinja2.sandbox import SandboxedEnvironment

from tracker.documents.placeholders import Entry, Listing, Placeholder, named, nearest

DEEPEST = 2
"""Loops within loops."""
USAGE = (
    "占位符写成 {{ 文号 }}，循环写成 {%p for 段 in 要求 %} … {%p endfor %}，"
    "条件写成 {%p if 抄送机关 %} … {%p endif %}"
)


@dataclass(frozen=True)
class Row:
    """What the variable of a loop stands for: a row of a list."""

    listing: Listing


Scope = Mapping[str, Entry | Row]
Problem = tuple[int, str]
"""The line of the template and what is wrong there, in Chinese."""


class NotAllowed(Exception):
    """A template says what none may say."""


class TemplateEnvironment(SandboxedEnvironment):
    """Compiles what the grammar allows; the sandbox stands behind it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals, self.filters, self.tests = {}, {}, {}
        self._entries = entries

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for _, problem in problems(tree, self._entries):
            raise NotAllowed(problem)
        return tree


def parse(source: str) -> nodes.Template:
    """The tree of a source; jinja2.TemplateSyntaxError where it has none."""
    return Environment(autoescape=True).parse(source)


def problems(tree: nodes.Template, entries: Sequence[Entry]) -> Iterator[Problem]:
    """Everything that a template says and may not say."""
    yield from _body(tree.body, named(entries), 0)


def _body(statements: Sequence[nodes.Node], scope: Scope, depth: int) -> Iterator[Problem]:
    for node in statements:
        if isinstance(node, nodes.Output):
            for child in node.nodes:
                if not isinstance(child, nodes.TemplateData):
                    yield from _printed(child, scope)
        elif isinstance(node, nodes.If):
            yield from _condition(node.test, scope)
            for part in (node.body, node.elif_, node.else_):
                yield from _body(part, scope, depth)
        elif isinstance(node, nodes.For):
            yield from _loop(node, scope, depth)
        else:
            yield node.lineno, f"不能这样写；{USAGE}"


def _loop(node: nodes.For, scope: Scope, depth: int) -> Iterator[Problem]:
    if not isinstance(node.target, nodes.Name) or node.test or node.recursive or node.else_:
        yield node.lineno, "循环只能写成“for 一行的名字 in 清单的名字”"
        return
    if depth >= DEEPEST:
        yield node.lineno, f"循环里最多再套 {DEEPEST - 1} 层循环"
        return
    found = _resolved(node.iter, scope)
    if isinstance(found, str):
        yield node.lineno, found
    elif isinstance(found, Listing):
        yield from _body(node.body, {**scope, node.target.name: Row(found)}, depth + 1)
    else:
        yield node.lineno, "in 后面不是清单，不能循环"


def _printed(node: nodes.Node, scope: Scope) -> Iterator[Problem]:
    found = _resolved(node, scope)
    if isinstance(found, str):
        yield node.lineno, found
    elif isinstance(found, Listing):
        yield node.lineno, f"“{found.name}”是清单，要用 {found.begun()} 逐条写出"
    elif isinstance(found, Row):
        field = next(one.name for one in found.listing.fields)
        yield (
            node.lineno,
            f"这是“{found.listing.name}”的一行，要写明写哪一项，例如 {{{{ {found.listing.item}.{field} }}}}",
        )


def _condition(node: nodes.Node, scope: Scope) -> Iterator[Problem]:
    if isinstance(node, nodes.Not):
        yield from _condition(node.node, scope)
    elif isinstance(node, nodes.And | nodes.Or):
        yield from _condition(node.left, scope)
        yield from _condition(node.right, scope)
    elif isinstance(node, nodes.Compare):
        yield from _condition(node.expr, scope)
        for operand in node.ops:
            yield from _condition(operand.expr, scope)
    elif not isinstance(node, nodes.Const):
        found = _resolved(node, scope)
        if isinstance(found, str):
            yield node.lineno, found


def _resolved(node: nodes.Node, scope: Scope) -> Entry | Row | str:
    """What a name stands for, or why it stands for nothing."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name) or f"没有“{node.name}”这个占位符{nearest(node.name, [*scope])}"
    if isinstance(node, nodes.Getattr):
        owner = _resolved(node.node, scope)
        if isinstance(owner, str):
            return owner
        if isinstance(owner, Placeholder):
            return f"“{owner.name}”后面不能再写“.{node.attr}”"
        if isinstance(owner, Listing):
            return f"“{owner.name}”是清单，要用 {owner.begun()} 逐条写出"
        fields = named(owner.listing.fields)
        lacking = f"“{owner.listing.name}”的一行里没有“{node.attr}”{nearest(node.attr, [*fields])}"
        return fields.get(node.attr) or lacking
    return f"只能写占位符的名字，不能计算或者调用；{USAGE}"
