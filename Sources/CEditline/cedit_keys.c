/* The keys that are kmsh's own: tab, and moving in an entry of many lines. */
#include "cedit_internal.h"

#include <stdlib.h>
#include <string.h>

/* MARK: Lists */

void cedit_insert(cedit *edit, const char *text) {
    if (*text) el_insertstr(edit->el, text);
}

void cedit_show(cedit *edit, const char *lines) {
    free(edit->shown);
    edit->shown = *lines ? strdup(lines) : NULL;
}

static int character_count(const char *from, const char *to) {
    int count = 0;
    for (; from < to; from++) count += ((unsigned char)*from & 0xC0) != 0x80;
    return count;
}

/* What is to be shown goes below the last row: first the cursor does. */
unsigned char cedit_go_and_show(EditLine *el) {
    const LineInfo *line = el_line(el);
    cedit *edit = cedit_of(el);
    edit->shown_offset = character_count(line->cursor, line->lastchar);
    el_cursor(el, edit->shown_offset);
    el_push(el, "\036l");
    return CC_CURSOR;
}

static unsigned char show(EditLine *el, int key) {
    cedit *edit = cedit_of(el);
    (void)key;
    if (edit->shown) {
        cedit_write("\r\n");
        for (char *line = edit->shown, *end; *line; line = end) {
            end = line + strcspn(line, "\n");
            if (*end) *end++ = '\0';
            cedit_write(line);
            cedit_write("\r\n");
        }
        cedit_show(edit, "");
    }
    el_cursor(el, -edit->shown_offset);
    el_set(el, EL_REFRESH);
    return CC_NORM;
}

/* MARK: Tab */

/* Tab at the start of a line indents, elsewhere it completes; a second one lists. */
static unsigned char tab(EditLine *el, int key) {
    cedit *edit = cedit_of(el);
    const LineInfo *line = el_line(el);
    const char *start = line->cursor, *end = line->lastchar;
    (void)key;
    bool again = edit->key_count == edit->tab_key_count + 1;
    edit->tab_key_count = edit->key_count;
    while (start > line->buffer && start[-1] == ' ') start--;
    if (start == line->buffer || start[-1] == '\n') {
        el_insertstr(el, "  ");
        return CC_REFRESH;
    }
    if (!edit->complete) return CC_REFRESH_BEEP;
    const size_t before = (size_t)(line->cursor - line->buffer), all = (size_t)(end - line->buffer);
    cedit_show(edit, "");
    edit->complete(edit->context, line->buffer, before, again);
    line = el_line(el);
    if ((size_t)(line->lastchar - line->buffer) != all) return CC_REFRESH;
    if (!edit->shown) return CC_REFRESH_BEEP;
    return cedit_go_and_show(el);
}

/* MARK: Many lines */

static unsigned char begin(EditLine *el, int key) {
    (void)key;
    el_insertstr(el, cedit_of(el)->start);
    return CC_REFRESH;
}

static unsigned char newline(EditLine *el, int key) {
    (void)key;
    el_insertstr(el, "\n");
    return CC_REFRESH;
}

static const char *line_start(const LineInfo *line, const char *at) {
    while (at > line->buffer && at[-1] != '\n') at--;
    return at;
}

static const char *line_end(const LineInfo *line, const char *at) {
    while (at < line->lastchar && *at != '\n') at++;
    return at;
}

static unsigned char move(EditLine *el, const LineInfo *line, const char *at) {
    el_cursor(el, at < line->cursor ? -character_count(at, line->cursor)
                                    : character_count(line->cursor, at));
    return CC_CURSOR;
}

static unsigned char first(EditLine *el, int key) {
    const LineInfo *line = el_line(el);
    (void)key;
    return move(el, line, line_start(line, line->cursor));
}

static unsigned char last(EditLine *el, int key) {
    const LineInfo *line = el_line(el);
    (void)key;
    return move(el, line, line_end(line, line->cursor));
}

/* Cuts to the line's end; there, the line end. Region and mark make libedit keep what is cut. */
static unsigned char cut(EditLine *el, int key) {
    const LineInfo *line = el_line(el);
    (void)key;
    if (line->cursor == line->lastchar) return CC_REFRESH_BEEP;
    el_push(el, *line->cursor == '\n' ? "\036m\036f\036k" : "\036m\036e\036k");
    return CC_NORM;
}

/* Goes to the same column of the line that lies between two places. */
static unsigned char go(EditLine *el, const LineInfo *line, const char *from, const char *to) {
    int column = character_count(line_start(line, line->cursor), line->cursor);
    const char *at = from;
    while (at < to && column > 0) {
        at++;
        while (at < to && ((unsigned char)*at & 0xC0) == 0x80) at++;
        column--;
    }
    return move(el, line, at);
}

/* Up: the line above in the entry; above the first, the entry as one text, or an earlier one. */
static unsigned char up(EditLine *el, int key) {
    cedit *edit = cedit_of(el);
    const LineInfo *line = el_line(el);
    const char *start = line_start(line, line->cursor);
    (void)key;
    if (start > line->buffer) return go(el, line, line_start(line, start - 1), start - 1);
    if (edit->is_continuation) {
        edit->was_recalled = true;
        return CC_NEWLINE;
    }
    cedit_keep_draft(edit);
    el_push(el, "\036p");
    return CC_NORM;
}

static unsigned char down(EditLine *el, int key) {
    cedit *edit = cedit_of(el);
    const LineInfo *line = el_line(el);
    const char *end = line_end(line, line->cursor);
    (void)key;
    if (end < line->lastchar) return go(el, line, end + 1, line_end(line, end + 1));
    /* Below the newest, libedit would put an older text in place of what is typed. */
    if (edit->place == 0) return CC_REFRESH_BEEP;
    cedit_keep_draft(edit);
    edit->place--;
    el_push(el, "\036n");
    return CC_NORM;
}

void cedit_bind(EditLine *el, bool is_vi) {
    static const struct {
        const char *name, *help;
        unsigned char (*run)(EditLine *, int);
    } functions[] = {
        {"kmsh-paste", "insert a pasted block", cedit_paste},
        {"kmsh-tab", "indent or complete", tab},
        {"kmsh-show", "list what a tab found", show},
        {"kmsh-begin", "insert what the line begins with", begin},
        {"kmsh-newline", "insert a line end", newline},
        {"kmsh-up", "line above, or earlier entry", up},
        {"kmsh-down", "line below, or later entry", down},
        {"kmsh-first", "go to the line's start", first},
        {"kmsh-last", "go to the line's end", last},
        {"kmsh-cut", "cut to the line's end", cut},
    };
    /* Those that begin with 036 are pushed by functions that need another one. In vi's way an
     * escape is a key of its own: what begins with one is left as it is. */
    static const char *const keys[][2] = {
        {"\t", "kmsh-tab"},           {"^R", "em-inc-search-prev"}, {"\036b", "kmsh-begin"},
        {"\036l", "kmsh-show"},       {"\036p", "ed-prev-history"}, {"\036n", "ed-next-history"},
        {"^P", "kmsh-up"},            {"^N", "kmsh-down"},          {"\033[200~", "kmsh-paste"},
        {"\033\r", "kmsh-newline"},   {"\033\n", "kmsh-newline"},   {"\033[A", "kmsh-up"},
        {"\033OA", "kmsh-up"},        {"\033[B", "kmsh-down"},      {"\033OB", "kmsh-down"},
        {"^A", "kmsh-first"},         {"^E", "kmsh-last"},          {"^K", "kmsh-cut"},
        {"\033[H", "kmsh-first"},     {"\033OH", "kmsh-first"},     {"\033[1~", "kmsh-first"},
        {"\033[F", "kmsh-last"},      {"\033OF", "kmsh-last"},      {"\033[4~", "kmsh-last"},
        {"\036m", "em-set-mark"},     {"\036k", "em-kill-region"},  {"\036e", "kmsh-last"},
        {"\036f", "ed-next-char"},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        el_set(el, EL_ADDFN, functions[i].name, functions[i].help, functions[i].run);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!is_vi || keys[i][0][0] != '\033')
            el_set(el, EL_BIND, keys[i][0], keys[i][1], NULL);
}
