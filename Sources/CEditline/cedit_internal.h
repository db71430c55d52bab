#pragma once
#include "cedit.h"

#include <histedit.h>
#include <wchar.h>

struct cedit {
    EditLine *el;
    History *history;
    bool (*interrupted)(void);
    cedit_complete *complete;
    void *context;
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
/* The keys that are kmsh's own. */
void cedit_bind(EditLine *el, bool is_vi);
