/* libedit behind plain C: its own types and its variadic calls stay in this target.
 *
 * Main thread only. The signal handlers for resize, suspension and death are set while a line is
 * read and put back afterwards; SIGINT is the program's own. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct cedit cedit;

enum { CEDIT_LINE = 0, CEDIT_END = 1, CEDIT_INTERRUPTED = 2, CEDIT_RECALLED = 3 };

/* Answers a tab with cedit_insert and cedit_show; `text` is what stands before the cursor, and
 * `again` says that the key before was a tab too. */
typedef void cedit_complete(void *_Nullable context, const char *_Nonnull text, size_t count,
                            bool again);

/* `interrupted` says whether SIGINT came since it was asked last; NULL without a terminal. */
cedit *_Nullable cedit_open(bool (*_Nonnull interrupted)(void));
void cedit_close(cedit *_Nonnull edit);
void cedit_on_tab(cedit *_Nonnull edit, cedit_complete *_Nullable complete, void *_Nullable context);
/* The line is libedit's own, valid until the next call, its newline included. It begins with
 * `start`; a continuation is recalled when the up arrow leaves its first row. */
int cedit_read(cedit *_Nonnull edit, const char *_Nonnull prompt, const char *_Nonnull start,
               bool is_continuation, const char *_Nullable *_Nonnull line, int *_Nonnull count);
/* While a tab is answered: puts text at the cursor; shows lines below what is typed. */
void cedit_insert(cedit *_Nonnull edit, const char *_Nonnull text);
void cedit_show(cedit *_Nonnull edit, const char *_Nonnull lines);
/* Offers an entry to the up arrow and to the search; takes the last one back. */
void cedit_remember(cedit *_Nonnull edit, const char *_Nonnull entry);
void cedit_forget(cedit *_Nonnull edit);
/* Version of libedit, such as 2.11. */
const char *_Nonnull cedit_version(void);
bool cedit_is_terminal(void);
/* Columns of the terminal, 80 when that is unknown. */
int cedit_columns(void);
