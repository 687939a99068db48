"""Just enough of a document to apply a patch and to compare: elements, attributes and words, white space aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "line", "rect", "circle", "path"}


@dataclass
class Element:
    """One element; `children` are elements and words."""

    name: str
    attributes: dict[str, str | None]
    children: list[Element | str] = field(default_factory=list)

    @property
    def id(self) -> str | None:
        return self.attributes.get("id")

    def text(self, depth: int = 0) -> str:
        """Spelled out, one part a line, for comparing and for reading differences."""
        shown = " ".join(f'{name}="{value}"' for name, value in sorted(self.attributes.items()))
        lines = ["  " * depth + f"<{self.name} {shown}>"]
        inner = "  " * (depth + 1)
        lines += [child.text(depth + 1) if isinstance(child, Element) else inner + child for child in self.children]
        return "\n".join(lines)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words:
            self.open[-1].children.append(words)


def parse(html: str) -> Element:
    """The one element of a fragment. Asserts that it has exactly one root, and that all are closed."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.open == [builder.root], f"not closed: {builder.open[-1].name}"
    (element,) = builder.root.children
    assert isinstance(element, Element)
    return element


def replace(root: Element, id: str, by: Element | None) -> bool:
    """Put an element in the place of the one with that id, or remove it; whether it was there."""
    for place, child in enumerate(root.children):
        if not isinstance(child, Element):
            continue
        if child.id == id:
            root.children[place : place + 1] = [] if by is None else [by]
            return True
        if replace(child, id, by):
            return True
    return False
