"""The shipped form, and small workbooks as other programs write them."""

import io
import zipfile

import pytest

from ctcase.model.forms import shipped_codelists, shipped_forms

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@pytest.fixture(scope="session")
def htcds_form():
    (form,) = shipped_forms()
    return form


@pytest.fixture(scope="session")
def htcds_lists():
    return shipped_codelists()


def workbook_parts(sheet, strings=None, styles=None, before="", workbook=""):
    relations = f'<Relationship Id="a" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    if strings is not None:
        relations += f'<Relationship Id="b" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    if styles is not None:
        relations += f'<Relationship Id="c" Type="{OFFICE}/styles" Target="styles.xml"/>'
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{OFFICE}/officeDocument" '
        f'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}<sheets>'
        f'<sheet name="One" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
    if styles is not None:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    return parts


@pytest.fixture(scope="session")
def make_workbook():
    """Builds the bytes of a workbook from the XML of its one sheet, and from parts that replace or add to it."""

    def build(sheet="", extra=(), **more):
        parts = workbook_parts(sheet, **more)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (*parts.items(), *extra):
                archive.writestr(name, content)
        return stream.getvalue()

    return build


@pytest.fixture(scope="session")
def make_sheet(make_workbook):
    """Builds a workbook from rows of plain texts; None leaves a cell out."""

    def build(*rows):
        lines = []
        for number, row in enumerate(rows, start=1):
            cells = (
                ""
                if cell is None
                else f'<c t="inlineStr" r="{chr(65 + place)}{number}"><is><t>{cell}</t></is></c>'
                for place, cell in enumerate(row)
            )
            lines.append(f'<row r="{number}">{"".join(cells)}</row>')
        return make_workbook("".join(lines))

    return build
