"""A document becomes text: table, json, jsonl, csv, tsv, ids."""
