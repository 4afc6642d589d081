"""Reads Parquet files with DuckDB and tells, a line of JSON a file, what is in them."""

import json
import sys

import duckdb


def tell(db, path, rows):
    name = "'" + path.replace("'", "''") + "'"
    described = db.sql(f"DESCRIBE SELECT * FROM {name}").fetchall()
    types = {row[0]: row[1] for row in described}
    leaves = db.sql(f"SELECT path_in_schema, encodings, type FROM parquet_metadata({name})").fetchall()
    quoted = {c: '"' + c.replace('"', '""') + '"' for c in types}
    numbers = [c for c, kind in types.items() if kind.startswith("DECIMAL")]
    asked = ["count(*)"] + [f"count({quoted[c]})" for c in types] + [f"CAST(sum({quoted[c]}) AS VARCHAR)" for c in numbers]
    found = db.sql(f"SELECT {', '.join(asked)} FROM {name}").fetchall()[0]
    out = {
        "types": types,
        "encodings": {p: sorted({e for q, es, _ in leaves if q == p for e in es.split(", ")}) for p, _, _ in leaves},
        "row_groups": db.sql(f"SELECT count(DISTINCT row_group_id) FROM parquet_metadata({name})").fetchall()[0][0],
        "rows": found[0],
        "counts": dict(zip(types, found[1:])),
        "sums": dict(zip(numbers, found[1 + len(types):])),
    }
    if rows:
        texts = ", ".join(f"CAST({quoted[c]} AS VARCHAR)" for c in types)
        out["texts"] = [
            {c: v for c, v in zip(types, row) if v is not None} for row in db.sql(f"SELECT {texts} FROM {name}").fetchall()
        ]
    return out


def main():
    rows = sys.argv[1] == "rows"
    db = duckdb.connect()
    for path in sys.argv[2:]:
        try:
            print(json.dumps(tell(db, path, rows)))
        except duckdb.Error as e:
            print(json.dumps({"error": str(e)}))


main()
