"""Checks what commands print in each format, and one format against another, with programs that are not ours."""

import csv
import glob
import html.parser
import json
import math
import os
import subprocess
import sys

import jsonschema
import markdown_it
import openpyxl
import pandas
import prometheus_client.openmetrics.parser

PUBLISHED = ["batch_size", "input length", "output length", "首token耗时（ms）", "非首token平均耗时（ms）", "E2E吞吐（token/s）"]
DOCUMENTS = (
    "batch_size,input_seq_len(Encoding),output_seq_len(Decoding),ResponseTime(s),forward_first_token_time(ms),"
    "forward_next_token_time(ms),pre_next_token_time(ms),post_next_token_time_post(ms)"
).split(",")
BESIDE_TEXT = {"beside", "differs", "setting", "status_ours", "status_theirs", "reason_ours", "reason_theirs"}

problems = []


def expect(holds, what):
    if not holds:
        problems.append(what)
        print(f"WRONG: {what}")


def text(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


# JSON


def validator(name):
    schema = json.loads(text(f"docs/schemas/{name}.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def check_json(path):
    report = json.loads(text(path))
    for error in validator("report").iter_errors(report):
        expect(False, f"{os.path.basename(path)}: {error.json_path}: {error.message[:300]}")
    print(f"{os.path.basename(path)}: {len(report['rows'])} rows, {len(report['beside'])} tables beside, as its schema says")
    return report


def check_samples(path):
    check = validator("sample")
    lines = text(path).splitlines()
    for number, line in enumerate(lines, 1):
        for error in check.iter_errors(json.loads(line)):
            expect(False, f"samples.jsonl, line {number}: {error.message[:300]}")
    print(f"samples.jsonl: {len(lines)} lines, each as its schema says")


# CSV


def check_csv(path, types):
    """`types`: of each column, in order: integer, number or text. Returns the rows that Python's csv reads."""
    name = os.path.basename(path)
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    header, body = rows[0], rows[1:]
    expect(header == list(types), f"{name}: columns {header}")
    for number, row in enumerate(body, 2):
        expect(len(row) == len(header), f"{name}, line {number}: {len(row)} fields under {len(header)} titles")
    frame = pandas.read_csv(path)
    expect(list(frame.columns) == header and len(frame) == len(body), f"{name}: pandas reads {frame.shape}")
    for column, kind in types.items():
        found = frame[column]
        if found.isna().all():
            continue
        numeric = pandas.api.types.is_numeric_dtype(found)
        expect(numeric == (kind != "text"), f"{name}: pandas reads {column} as {found.dtype}, it is {kind}")
        if kind == "integer":
            expect((found.dropna() % 1 == 0).all(), f"{name}: {column} has fractions")
    print(f"{name}: {len(body)} rows × {len(header)} columns in csv and pandas")
    return body


def check_calc(path, types, rows, folder):
    """LibreOffice Calc reads it, writes it as a workbook, and every cell is of its type and value."""
    name = os.path.basename(path)
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore",
            # Comma, quote, UTF-8, from line 1, English (USA) numbers.
            "--infilter=CSV:44,34,76,1,,1033", "--convert-to", "xlsx", "--outdir", folder, path,
        ],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180,
    )  # fmt: skip
    book = openpyxl.load_workbook(f"{folder}/{os.path.splitext(name)[0]}.xlsx")
    sheet = [list(row) for row in book.active.iter_rows(values_only=True)]
    expect(sheet[0] == list(types), f"{name}: Calc has the columns {sheet[0]}")
    expect(len(sheet) == len(rows) + 1, f"{name}: Calc has {len(sheet)} lines")
    for number, (cells, fields) in enumerate(zip(sheet[1:], rows), 2):
        for column, cell, field in zip(types, cells, fields):
            place = f"{name}, line {number}, {column}: Calc has {cell!r} for {field!r}"
            if field == "":
                expect(cell is None, place)
            elif types[column] == "text":
                # 16 hexadecimal digits may look like a number: 1234e56789012345.
                expect(cell == field or column == "output_hash", place)
            else:
                # A workbook has 15 to 17 significant digits.
                expect(isinstance(cell, (int, float)) and math.isclose(cell, float(field), rel_tol=1e-14), place)
    print(f"{name}: the same {len(rows)} rows in LibreOffice Calc")


# Markdown


def tables(path):
    """The tables of a text as a renderer of Markdown sees them: lists of rows of cells, the header first."""
    parser = markdown_it.MarkdownIt("commonmark").enable("table")
    found, row = [], None
    tokens = parser.parse(text(path))
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("th_open", "td_open"):
            found[-1][-1].append("".join(child.content for child in tokens[index + 1].children))
    html = parser.render(text(path))
    expect(html.count("<table>") == len(found), f"{os.path.basename(path)}: not every table is rendered")
    # Every line of a table must be in one.
    lines = sum(line.startswith("|") for line in text(path).splitlines())
    expect(lines == sum(len(table) + 1 for table in found), f"{os.path.basename(path)}: lines with | outside a table")
    for table in found:
        expect(len({len(row) for row in table}) == 1, f"{os.path.basename(path)}: rows of {[len(row) for row in table]} cells")
    print(f"{os.path.basename(path)}: {len(found)} tables of {[len(table) - 1 for table in found]} rows")
    return found


# HTML


class Page(html.parser.HTMLParser):
    """Tags that end as they began, and nothing that is fetched."""

    VOID = {"meta", "br", "hr", "img", "input", "link"}

    def __init__(self, name):
        super().__init__()
        self.name, self.open, self.titles, self.tables = name, [], 0, 0

    def handle_starttag(self, tag, attributes):
        self.titles += tag == "title" and "svg" not in self.open
        self.tables += tag == "table"
        for key, value in attributes:
            fetched = key == "src" or key.endswith("href") and not (value or "").startswith("#")
            expect(not fetched, f"{self.name}: <{tag} {key}={value!r}>")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        expect(self.open[-1:] == [tag], f"{self.name}: </{tag}> within {self.open[-3:]}")
        if self.open[-1:] == [tag]:
            self.open.pop()


def check_html(path):
    name = os.path.basename(path)
    page = Page(name)
    page.feed(text(path))
    page.close()
    expect(text(path).startswith("<!DOCTYPE html>") and page.titles == 1, f"{name}: no page with one title")
    expect(not page.open, f"{name}: {page.open} do not end")
    expect(page.tables > 0, f"{name}: no table")
    print(f"{name}: a page of {page.tables} tables")


# Every command

SCHEMAS = {
    "report": "report", "report-beside": "report", "history-show": "report", "compare": "comparison", "history-compare": "comparison",
    "history-list": "history", "history-plot": "plot", "max-batch": "max-batch", "profile": "profile", "doctor": "doctor", "models": "models",
}  # fmt: skip


def is_number(field):
    try:
        float(field)
    except ValueError:
        return False
    return True


def check_policy(path):
    """A CSV as a spreadsheet wants it; returns header and rows."""
    name = os.path.basename(path)
    with open(path, "rb") as file:
        start = file.read(3)
    with open(path, encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    expect((start == b"\xef\xbb\xbf") == any(not title.isascii() for title in header), f"{name}: begins with {start}")
    for number, row in enumerate(rows, 2):
        expect(len(row) == len(header), f"{name}, line {number}: {len(row)} fields under {len(header)} titles")
        for field in row:
            expect(field[:1] not in ("=", "+", "-", "@", "\t", "\r") or is_number(field), f"{name}, line {number}: {field!r} is a formula")
    print(f"{name}: {len(rows)} rows × {len(header)} columns")
    return header, rows


def check_lines(path, header, rows):
    """JSON Lines that say what the CSV of the same table says."""
    name = os.path.basename(path)
    # Not splitlines: a string may have other ends of lines in it.
    lines = [json.loads(line) for line in text(path).split("\n")[:-1]]
    expect(len(lines) == len(rows), f"{name}: {len(lines)} lines, {len(rows)} in CSV")
    for number, (line, row) in enumerate(zip(lines, rows), 1):
        expect(set(line) == set(header), f"{name}, line {number}: keys {sorted(line)}")
        for title, field in zip(header, row):
            value = line.get(title)
            if isinstance(value, str):
                same = field.removeprefix("'") == value.removeprefix("'")
            else:
                same = field == "" if value is None else float(field) == value
            # What was measured anew is another number.
            expect(same or name.startswith(("profile", "max-batch", "models")), f"{name}, line {number}, {title}: {value!r}, {field!r} in CSV")


def check_every(folder):
    for path in sorted(glob.glob(f"{folder}/*.*")):
        name, kind = os.path.splitext(os.path.basename(path))
        if kind == ".d":
            continue
        expect(os.path.getsize(path) > 0 or name.endswith(("differences", "not_compared")), f"{name}{kind} is empty")
        if kind == ".json":
            for error in validator(SCHEMAS[name]).iter_errors(json.loads(text(path))):
                expect(False, f"{name}.json: {error.json_path}: {error.message[:300]}")
            print(f"{name}.json: as {SCHEMAS[name]}.schema.json says")
        elif kind == ".csv":
            check_lines(f"{path[:-4]}.jsonl", *check_policy(path))
        elif kind == ".tsv":
            widths = {line.count("\t") for line in text(path).splitlines()}
            expect(len(widths) <= 1, f"{name}.tsv: lines of {sorted(widths)} tabs")
        elif kind == ".openmetrics":
            families = list(prometheus_client.openmetrics.parser.text_string_to_metric_families(text(path)))
            expect(all(family.type == "gauge" for family in families), f"{name}.openmetrics: not all are gauges")
            print(f"{name}.openmetrics: {len(families)} gauges")
        elif kind == ".html":
            check_html(path)
        elif kind == ".markdown":
            tables(path)
    exported = check_policy(f"{folder}/history-export-points.csv")
    column = exported[0].index("label.branch")
    expect({row[column] for row in exported[1]} == {"", "'=main"}, "the label of a run is not a text in CSV")


def main():
    work, directory = sys.argv[1:3]
    report = check_json(f"{work}/plain.json")
    beside = check_json(f"{work}/beside.json")["beside"]
    check_samples(f"{directory}/samples.jsonl")

    row = json.loads(text("docs/schemas/report.schema.json"))["$defs"]["row"]["properties"]
    kinds = {}
    for name in csv.reader([text(f"{work}/summary.csv").splitlines()[0]]).__next__():
        rule = row.get(name, {})
        kind = rule.get("type", {"size": "integer", "count": "integer"}.get(rule.get("$ref", "").split("/")[-1], "text"))
        kinds[name] = "text" if "string" in kind else kind if isinstance(kind, str) else kind[0]
    sheets = [(f"{work}/summary.csv", kinds)]
    sheets.append((f"{work}/documents.csv", {name: "integer" if index < 3 else "number" for index, name in enumerate(DOCUMENTS)}))
    header = text(f"{work}/beside.csv").splitlines()[0].split(",")
    integers = {"batch", "input_tokens", "output_tokens"}
    sheets.append((f"{work}/beside.csv", {name: "text" if name in BESIDE_TEXT else "integer" if name in integers else "number" for name in header}))
    for path in sorted(glob.glob("reports/reference/*.csv")):
        columns = json.loads(text(path[:-4] + ".json"))["columns"]
        sheets.append((path, {column["name"]: column["type"] for column in columns}))
    bodies = {path: check_csv(path, types) for path, types in sheets}

    # The same numbers in every format.
    summary = bodies[f"{work}/summary.csv"]
    expect(len(summary) == len(report["rows"]), "summary and JSON have not the same rows")
    for fields, values in zip(summary, report["rows"]):
        for (name, kind), field in zip(kinds.items(), fields):
            value = values[name]
            same = field == "" if value is None else field == value if kind == "text" else float(field) == value
            expect(same, f"{values['id']}, {name}: {field!r} in summary.csv, {value!r} in JSON")
    lines = bodies[f"{work}/beside.csv"]
    expect(len(lines) == sum(len(one["cells"]) for one in beside), "CSV and JSON of --beside have not the same cells")

    plain = tables(f"{work}/plain.md")
    expect(plain[0][0][-6:] == PUBLISHED, f"the guides' columns are {plain[0][0]}")
    documents = bodies[f"{work}/documents.csv"]
    for cells, fields in zip(plain[0][1:], documents, strict=True):
        expect(cells[-6:-1] == fields[:3] + fields[4:6], f"{cells} in Markdown, {fields} in the guides' CSV")
    for language in ("zh", "en"):
        found = tables(f"{work}/{language}.md")
        expect(len(found) == len(plain) + 2 * len(beside), f"{language}.md has {len(found)} tables")
        for one, table in zip(beside, found[len(plain) + 1 :: 2]):
            expect(len(table) - 1 == len(one["cells"]), f"{language}.md: {one['title']} has {len(table) - 1} rows")

    if "--libreoffice" in sys.argv:
        folder = os.path.abspath(f"{work}/calc")
        os.makedirs(folder)
        for path, types in sheets:
            check_calc(path, types, bodies[path], folder)

    check_every(f"{work}/every")

    if problems:
        sys.exit(f"error: {len(problems)} things do not hold")
    print("all is well")


main()
