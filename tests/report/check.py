"""Reads exports with other people's libraries, and says what they found.

check.py same CSV XLSX LIBREOFFICE-CSV JSON   the same rows in all of them
check.py no-formula XLSX                      no cell is a formula
check.py describes JSONLD                     what DCAT-AP_IT wants is there
check.py accessible PDF                       the rules of PDF/UA-1
"""

import csv
import datetime
import json
import sys

import openpyxl
import page
import rdflib


def read_csv(path, defused):
    """Fields of a strict reader, without the apostrophe that keeps a text from being a formula."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    if defused:
        rows = [[field[1:] if field[:2] in ("'=", "'+", "'-", "'@") else field for field in row] for row in rows]
    return rows


def read_xlsx(path):
    sheet = openpyxl.load_workbook(path, read_only=False).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def plain(value):
    """One form for what the formats write differently."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, bool) or value in ("true", "false", "TRUE", "FALSE"):
        return str(value).lower() == "true"
    if isinstance(value, (int, float)):
        return round(float(value), 6)
    text = str(value)
    # An identifier with a zero in front is a text.
    if text[:1] == "0" and text[1:2].isdigit():
        return text
    try:
        return round(float(text), 6)
    except ValueError:
        return text


def same(csv_path, xlsx_path, office_path, json_path):
    table = read_csv(csv_path, True)
    names, rows = table[0], [[plain(field) for field in row] for row in table[1:]]
    document = json.load(open(json_path, encoding="utf-8"))
    readings = {
        "openpyxl": [[plain(value) for value in row] for row in read_xlsx(xlsx_path)[1:]],
        "LibreOffice": [[plain(value) for value in row] for row in read_csv(office_path, False)[1:]],
        "json": [[plain(row[name]) for name in names] for row in document["rows"]],
    }
    for reader, found in readings.items():
        if len(found) != len(rows):
            sys.exit(f"{reader}: {len(found)} rows, not {len(rows)}")
        for number, (wanted, row) in enumerate(zip(rows, found)):
            if wanted != row:
                sys.exit(f"{reader}, row {number}: {row}, not {wanted}")
    print(f"{len(rows)} rows of {len(names)} columns")


def no_formula(path):
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    if formulas:
        sys.exit(f"formulas: {formulas}")
    print(f"{len(cells)} cells")


WANTED = {
    "dataset": ["dct:identifier", "dct:title", "dct:description", "dct:modified", "dct:publisher", "dct:rightsHolder",
                "dct:accrualPeriodicity", "dcat:theme", "dcat:distribution"],
    "distribution": ["dcat:accessURL", "dct:format", "dct:license"],
    "agent": ["dct:identifier", "foaf:name"],
    "catalogue": ["dct:title", "dct:description", "dct:publisher", "dct:modified", "dcat:dataset"],
}
PREFIXES = """
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcatapit: <http://dati.gov.it/onto/dcatapit#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
"""


def describes(path):
    graph = rdflib.Graph().parse(path, format="json-ld")
    paths = {"dataset": "", "distribution": "dcat:distribution", "agent": "dct:publisher", "catalogue": "^dcat:dataset"}
    kinds = {"dataset": "dcatapit:Dataset", "distribution": "dcatapit:Distribution", "agent": "dcatapit:Agent",
             "catalogue": "dcatapit:Catalog"}
    for part, properties in WANTED.items():
        step = paths[part]
        reach = f"?set a dcatapit:Dataset . ?set {step} ?part ." if step else "?part a dcatapit:Dataset ."
        for wanted in properties:
            question = f"{PREFIXES} ASK {{ {reach} ?part a {kinds[part]} ; {wanted} ?value }}"
            if not graph.query(question).askAnswer:
                sys.exit(f"{part} has no {wanted}")
    licences = {str(value) for value in graph.objects(None, rdflib.DCTERMS.license)}
    if licences != {"https://creativecommons.org/licenses/by/4.0/"}:
        sys.exit(f"licence: {licences}")
    print(f"{len(graph)} triples")


def accessible(path):
    report = page.validate_pdf(path, profile=page.ValidationProfile.PDF_UA_1)
    for failure in report.failures:
        print(f"{failure.rule_id}: {failure.message}")
    if not report.is_compliant:
        sys.exit("not PDF/UA-1")
    print(f"{report.rules.passed} rules of PDF/UA-1, {report.document.page_count} pages")


if __name__ == "__main__":
    checks = {"same": same, "no-formula": no_formula, "describes": describes, "accessible": accessible}
    checks[sys.argv[1]](*sys.argv[2:])
