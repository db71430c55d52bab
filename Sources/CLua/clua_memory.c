/* How the C library's allocator, which serves Lua, Swift, SQLite and OpenSSL alike, gives memory back. */
#include "clua_internal.h"

#include <malloc.h>

void clua_keep_freed_memory(void) {
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
}
