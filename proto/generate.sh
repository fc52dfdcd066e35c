#!/usr/bin/env bash
# Generates Sources/COTLP from proto/otlp.proto with protobuf-c's compiler (Debian: protobuf-c-compiler).
# With --check it writes nothing and fails when the committed code is not what the compiler makes of the .proto file.
set -euo pipefail
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
protoc-c --c_out="$out" otlp.proto
target=../Sources/COTLP
if [[ "${1:-}" == "--check" ]]; then
    diff -u "$target/include/otlp.pb-c.h" "$out/otlp.pb-c.h"
    diff -u "$target/otlp.pb-c.c" "$out/otlp.pb-c.c"
    echo "generated OTLP code is up to date"
else
    mkdir -p "$target/include"
    cp "$out/otlp.pb-c.h" "$target/include/otlp.pb-c.h"
    cp "$out/otlp.pb-c.c" "$target/otlp.pb-c.c"
fi
