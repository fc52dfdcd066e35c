#!/usr/bin/env bash
# Writes the files of Page/ into a Swift file, so that the program needs no files beside it.
# With --check nothing is written: it fails if the Swift file isn't what would be written.
set -euo pipefail
cd "$(dirname "$0")"
output=Sources/QueuertCollector/Page/EmbeddedPage.swift
made=$(mktemp)
trap 'rm -f "$made"' EXIT
{
    echo "// Made by embed-page.sh from the files in Page/. Change those."
    echo "// swift-format-ignore-file"
    echo
    echo "/// The files of the page."
    echo "enum EmbeddedPage {"
    echo "    /// The content of each file, by its name."
    echo "    static let files: [String: String] = ["
    for file in Page/*; do
        if grep -q '"""##' "$file"; then
            echo "$file holds the end of a raw Swift string" >&2
            exit 1
        fi
        printf '        "%s": ##"""\n' "$(basename "$file")"
        cat "$file"
        printf '"""##,\n'
    done
    echo "    ]"
    echo "}"
} >"$made"
if [ "${1:-}" = --check ]; then
    if ! diff -q "$made" "$output" >/dev/null; then
        echo "$output is out of date: run collector/embed-page.sh" >&2
        exit 1
    fi
else
    cp "$made" "$output"
fi
