/* Counts how often a program asks for memory, to be loaded before glibc: see .ci/bench. */
#include <stdatomic.h>
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_ulong count;

static void tell(void) { atomic_fetch_add_explicit(&count, 1, memory_order_relaxed); }

unsigned long queuert_allocation_count(void) { return atomic_load_explicit(&count, memory_order_relaxed); }

void *malloc(size_t size) {
    tell();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    tell();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    tell();
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    tell();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    tell();
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : 12; /* ENOMEM */
}
