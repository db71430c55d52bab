/* libedit behind plain C: its own types and its variadic calls stay in this target.
 *
 * Main thread only. The signal handlers for resize and suspend are set while a line is read and
 * put back afterwards; SIGINT is the program's own. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct cedit cedit;

enum { CEDIT_LINE = 0, CEDIT_END = 1, CEDIT_INTERRUPTED = 2 };

/* `interrupted` says whether SIGINT came since it was asked last; NULL without a terminal. */
cedit *_Nullable cedit_open(bool (*_Nonnull interrupted)(void));
void cedit_close(cedit *_Nonnull edit);
/* The line is libedit's own, valid until the next call, its newline included. */
int cedit_read(cedit *_Nonnull edit, const char *_Nonnull prompt, const char *_Nullable *_Nonnull line,
               int *_Nonnull count);
/* Offers an entry to the up arrow and to the search. */
void cedit_remember(cedit *_Nonnull edit, const char *_Nonnull entry);
/* Version of libedit, such as 2.11. */
const char *_Nonnull cedit_version(void);
bool cedit_is_terminal(void);
/* Columns of the terminal, 80 when that is unknown. */
int cedit_columns(void);
