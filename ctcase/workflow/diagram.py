"""The referral's table drawn for the documentation: a Mermaid diagram and a table in Markdown."""

from ctcase.workflow.referral import FINAL_STATES, STATES, TABLE, Row


def diagram() -> str:
    """The states and transitions as a Mermaid state diagram. Events without a state of their own stand in the table."""
    lines = ["stateDiagram-v2"]
    for row in TABLE.values():
        if row.target is not None:
            sources = [state for state in STATES if state in row.sources] or ["[*]"]
            lines += [f"    {source} --> {row.target}: {row.event}" for source in sources]
    lines += [f"    {state} --> [*]" for state in FINAL_STATES]
    return "\n".join(lines)


def _marks(row: Row) -> str:
    named = {
        "second member": row.four_eyes,
        "stops": row.stops,
        "discloses": row.discloses,
        "flag": row.flag,
        "carries content": row.content,
    }
    return ", ".join(name for name, holds in named.items() if holds)


def overview() -> str:
    """Each event with its states, roles and needs as a Markdown table."""
    lines = ["| event | from | to | who | needs | marks |", "| --- | --- | --- | --- | --- | --- |"]
    for row in TABLE.values():
        sources = ", ".join(state for state in STATES if state in row.sources)
        cells = (
            row.event,
            sources,
            row.target or "",
            ", ".join(sorted(row.roles)),
            ", ".join(row.needs),
            _marks(row),
        )
        lines.append("| " + " | ".join(cell or "-" for cell in cells) + " |")
    return "\n".join(lines)
