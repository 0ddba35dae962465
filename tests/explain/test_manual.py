"""The table of tools in `docs/explain.md` is that of the code."""

from pathlib import Path

from aquarium_tui.explain.rules import TOOLS, Claim, Crowds, MatchRule, Precision, Tool

DOCUMENT = Path(__file__).parents[2] / "docs" / "explain.md"

CROWDS = {
    Crowds.DROPPED: "never seen",
    Crowds.ORDINARY: "ordinary labels",
    Crowds.ABSORBING: "absorb their class",
    Crowds.COUNTED: "correct",
}
PRECISIONS = {
    Precision.SINGLE_PLUS: "single",
    Precision.SINGLE: "single",
    Precision.ROUNDED: "rounded to single",
    Precision.SIZES: "double",
    Precision.PARTS: "double, of parts",
}


def rows(tool: Tool) -> list[str]:
    """The lines of the document about a tool: a row of the table per release, and its remarks."""
    found = [
        f"| {' | '.join((tool.name if one is tool.releases[0] else '', one.versions, *rule(one.rule)))} |"
        for one in tool.releases
    ]
    layout = "–" if not tool.matrix else "labels" if tool.rows_are_labels else "inferences"
    parts = "–" if not tool.matrix else "label class" if tool.per_label_class else "inferred class"
    printed = ", ".join(f"`{name}`" for name in tool.figures.values())
    found.append(f"| {tool.name} | {tool.where} | {layout} | {parts} | {printed} |")
    return [*found, *(f"- {tool.name}: {remark}" for remark in tool.remarks)]


def rule(one: MatchRule) -> list[str]:
    confidence = f"{'>' if one.above else '≥'} {one.confidence:g}" if one.confidence else "any"
    order = one.order_words + ("; each inference claims one label" if one.claim is Claim.BEST else "")
    cap = f"{one.cap} per frame{' and class' if one.cap_per_class else ''}" if one.cap else "–"
    return [
        confidence,
        f"{'>' if one.beyond else '≥'} {one.iou:g}",
        PRECISIONS[one.precision],
        order,
        "separate" if one.apart else "together",
        CROWDS[one.crowds],
        cap,
    ]


def test_the_document_says_of_each_tool_what_the_table_says() -> None:
    lines = DOCUMENT.read_text("utf-8").splitlines()
    for tool in TOOLS.values():
        for row in rows(tool):
            assert row in lines
