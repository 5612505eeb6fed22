"""The documentation's picture and table are those of the code."""

from pathlib import Path

from ctcase.workflow.diagram import diagram, overview

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "referral.md"


def test_the_document_shows_the_table_of_the_code():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram()}\n```" in text
    assert overview() in text


def test_the_diagram_has_one_arrow_for_each_transition():
    lines = diagram().splitlines()
    assert "    [*] --> draft: draft" in lines
    assert "    submitted --> approved: approve" in lines
    assert "    withdrawn --> [*]" in lines
    # 26 ordinary transitions, the draft, five ends, and the heading
    assert len(lines) == len(set(lines)) == 26 + 1 + 5 + 1
