#pragma once
#include <stddef.h>
#include <stdint.h>

// Of libFuzzer, which the compiler's -sanitize=fuzzer links; it has no header.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*callback)(const uint8_t *data, size_t size));
