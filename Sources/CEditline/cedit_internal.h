#pragma once
#include "cedit.h"

#include <histedit.h>
#include <wchar.h>

typedef struct cedit_draft cedit_draft;

struct cedit {
    EditLine *el;
    History *history;
    bool (*interrupted)(void);
    cedit_complete *complete;
    void *context;
    cedit_draft *drafts; /* entries as they were changed, until a line is taken */
    int place;           /* which entry is shown, 1 for the newest; 0 for what is typed anew */
    const char *entry;   /* as it was when it was shown first */
    const char *prompt;
    const char *start;    /* what the line begins with */
    bool is_continuation; /* whether lines of the entry stand above */
    bool was_interrupted, was_recalled;
    bool is_vi; /* whether the user's file asks for vi's keys */
    size_t rows_above;    /* rows of the screen that those lines take */
    unsigned char input[4096]; /* read ahead of a pasted block's end */
    size_t input_at, input_end;
    int typed_ahead; /* bytes that came while the terminal gathered lines */
    unsigned long key_count, tab_key_count; /* characters read; as they were at the last tab */
    char *shown;      /* list to show once the cursor is at the end */
    int shown_offset; /* where the cursor goes back to, from the end */
};

cedit *cedit_of(EditLine *el);
bool cedit_is_dumb(void);
/* Writes past libedit, after what it wrote. */
void cedit_write(const char *text);
/* Rows that a text takes after a prompt. */
size_t cedit_rows(const char *prompt, const char *text, size_t count);
/* Notes how much was typed before the terminal gave up gathering lines. */
void cedit_take_typed_ahead(cedit *edit);
/* Waits for a byte; -1 at the end or when the program was interrupted. */
int cedit_next_byte(cedit *edit, unsigned char *byte, bool reads_ahead);
/* libedit's source of characters. */
int cedit_next_character(EditLine *el, wchar_t *character);
/* Handlers for resize, suspension and death, only while a line is read. */
void cedit_take_signals(bool brackets_pastes);
void cedit_return_signals(void);
void cedit_bracket_pastes(bool on);
/* Has libedit ask for earlier entries here, where changed ones are kept. */
void cedit_bind_history(cedit *edit);
/* Keeps what was changed in the entry that is shown. */
void cedit_keep_draft(cedit *edit);
void cedit_drop_drafts(cedit *edit);
/* Key: takes a pasted block in. */
unsigned char cedit_paste(EditLine *el, int key);
/* Ends a key: what cedit_show was given goes below the line, and the cursor comes back. */
unsigned char cedit_go_and_show(EditLine *el);
/* The keys that are kmsh's own. */
void cedit_bind(EditLine *el, bool is_vi);
