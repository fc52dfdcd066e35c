#!/usr/bin/env bash
# Generates Sources/COTLP from the .proto files here with protobuf-c's compiler (Debian: protobuf-c-compiler).
# With --check it writes nothing and fails when the committed code is not what the compiler makes of them.
set -euo pipefail
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
protoc-c --c_out="$out" ./*.proto
target=../Sources/COTLP
if [[ "${1:-}" == "--check" ]]; then
    for header in "$out"/*.h; do diff -u "$target/include/${header##*/}" "$header"; done
    for code in "$out"/*.c; do diff -u "$target/${code##*/}" "$code"; done
    echo "generated OTLP code is up to date"
else
    mkdir -p "$target/include"
    cp "$out"/*.h "$target/include/"
    cp "$out"/*.c "$target/"
fi
