"""The factor graph as boxes and lines in layers: modalities see factors, factors act on targets, tests give targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loop.goals import Target
from services.records.plan import Edge, Node, TaskGraph, TaskPlan
from services.report.lettering import cut
from services.report.tables import Cell, Head, Table, words

__all__ = ["Box", "Drawing", "Line", "draw_graph", "plan_matrix"]

_LAYERS = ("modality", "factor", "target", "test")
_TITLES = {"modality": "analyses see", "factor": "factors act on", "target": "targets", "test": "given by tests"}
_WIDTH, _HEIGHT, _ROW, _GAP, _TOP = 200, 40, 52, 105, 34
_NAME_COLUMNS, _NOTE_COLUMNS = 26, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One node: where it stands, what it says, and the whole of it for who points at it."""

    x: float
    y: float
    width: float
    height: float
    name: str
    note: str
    whole: str
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One edge as an SVG path, and what it means."""

    path: str
    look: str
    whole: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The graph laid out: size, titles over the layers, boxes, lines."""

    width: float
    height: float
    titles: tuple[tuple[float, str], ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw_graph(plan: TaskPlan, targets: Mapping[str, Target]) -> Drawing | None:
    """Lay the plan's graph out in layers, each ordered so that lines cross little; None where no factor is named."""
    if not plan.factors:
        return None
    graph = plan.graph(targets)
    layers = {kind: [node for node in graph.nodes if node.kind == kind] for kind in _LAYERS}
    for kind, beside in (("modality", "factor"), ("target", "factor"), ("test", "target")):
        layers[kind] = _ordered(layers[kind], layers[beside], graph)
    used = [kind for kind in _LAYERS if layers[kind]]
    tallest = max(len(layers[kind]) for kind in used)
    boxes: dict[str, Box] = {}
    for column, kind in enumerate(used):
        top = _TOP + (tallest - len(layers[kind])) * _ROW / 2
        for i, node in enumerate(layers[kind]):
            boxes[node.id] = _box(node, plan, graph, column * (_WIDTH + _GAP), top + i * _ROW)
    return Drawing(
        width=len(used) * (_WIDTH + _GAP) - _GAP,
        height=_TOP + tallest * _ROW,
        titles=tuple((column * (_WIDTH + _GAP), _TITLES[kind]) for column, kind in enumerate(used)),
        boxes=tuple(boxes.values()),
        lines=tuple(_line(edge, boxes) for edge in graph.edges if edge.start in boxes and edge.end in boxes),
    )


def _ordered(nodes: Sequence[Node], beside: Sequence[Node], graph: TaskGraph) -> list[Node]:
    """Order nodes by the mean place of their neighbours in the layer beside."""
    place = {node.id: i for i, node in enumerate(beside)}

    def middle(node: Node) -> float:
        ends = [place[e.end] for e in graph.edges if e.start == node.id and e.end in place]
        ends += [place[e.start] for e in graph.edges if e.end == node.id and e.start in place]
        return sum(ends) / len(ends) if ends else float(len(beside))

    return sorted(nodes, key=middle)


def _box(node: Node, plan: TaskPlan, graph: TaskGraph, x: float, y: float) -> Box:
    note = node.note
    look: str = node.kind
    description = ""
    if node.kind == "factor":
        factor = plan.factors[node.name]
        description = factor.description
        note = f"moved by {', '.join(factor.moved_by)}" if factor.moved_by else ""
        is_seen = any(edge.end == node.id and edge.kind == "sees" for edge in graph.edges)
        if factor.origin == "computed":
            note = note or "computed from the formulation"
        elif not is_seen:
            note, look = "no analysis sees it", "factor unseen"
    elif node.kind == "modality":
        description = plan.modalities[node.name].description
    elif node.kind == "test":
        description = plan.tests[node.name].description
    whole = ": ".join(filter(None, (node.name, description or note)))
    return Box(
        x=x,
        y=y,
        width=_WIDTH,
        height=_HEIGHT,
        name=cut(node.name, _NAME_COLUMNS),
        note=cut(note, _NOTE_COLUMNS),
        whole=whole,
        look=look,
    )


def _line(edge: Edge, boxes: Mapping[str, Box]) -> Line:
    start, end = boxes[edge.start], boxes[edge.end]
    left, right = (start, end) if start.x < end.x else (end, start)
    x1, y1, x2, y2 = left.x + left.width, left.y + left.height / 2, right.x, right.y + right.height / 2
    middle = (x1 + x2) / 2
    look = {"+": "raises", "-": "lowers", "±": "either", "direct": "direct", "indirect": "indirect"}.get(
        edge.mark, "gives"
    )
    words_for = {
        "raises": "raises",
        "lowers": "lowers",
        "either": "raises or lowers",
        "direct": "sees directly",
        "indirect": "sees indirectly",
    }
    first, second = edge.start.partition(":")[2], edge.end.partition(":")[2]
    return Line(
        path=f"M{x1:g},{y1:g} C{middle:g},{y1:g} {middle:g},{y2:g} {x2:g},{y2:g}",
        look=look,
        whole=f"{first} {words_for.get(look, 'gives')} {second}",
    )


def plan_matrix(plan: TaskPlan, targets: Mapping[str, Target]) -> Table | None:
    """Set factors against analyses (seen directly or not) and against targets (expected sign)."""
    if not plan.factors:
        return None
    acted_on = [name for name in targets if any(name in factor.acts_on for factor in plan.factors.values())]
    heads = [Head("factor"), *(Head(n, m.probe, "centred") for n, m in plan.modalities.items())]
    heads += [Head(name, "effect", "centred effect") for name in acted_on]
    seen = {"direct": "●", "indirect": "○", "": ""}
    rows: list[list[Cell]] = []
    for name, factor in plan.factors.items():
        row = [words(name)]
        row += [words(seen[modality.sees.get(name, "")], "centred") for modality in plan.modalities.values()]
        row += [words(factor.acts_on.get(target, "").replace("-", "−"), "centred effect") for target in acted_on]
        rows.append(row)
    efforts = [*plan.modalities.values()]
    if any(modality.cost or modality.hours for modality in efforts):
        for label, values in (
            ("cost per specimen", [m.cost for m in efforts]),
            ("hours per specimen", [m.hours for m in efforts]),
            ("mass per specimen (g)", [m.mass_g for m in efforts]),
        ):
            rows.append(
                [
                    words(label, "quiet"),
                    *(words(f"{v:g}" if v else "", "centred quiet") for v in values),
                    *(words("") for _ in acted_on),
                ]
            )
    return Table.of(heads, rows, ruled=[len(plan.factors)], look="matrix")
