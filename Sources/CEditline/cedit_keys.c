/* The keys that are kmsh's own: paste, tab, and moving in an entry of many lines. */
#include "cedit_internal.h"

#include <stdlib.h>
#include <string.h>

enum { PASTE_MAX = 1 << 20 };

/* MARK: Paste */

/* Drops bytes that are no UTF-8 and control characters but line ends; tabs become two blanks.
 * `clean` has room for twice the count. */
static size_t clean_text(const char *text, size_t count, char *clean) {
    mbstate_t state = {0};
    size_t length = 0;
    for (size_t at = 0; at < count;) {
        wchar_t character;
        size_t used = mbrtowc(&character, text + at, count - at, &state);
        if (used == 0 || used > count - at) {
            memset(&state, 0, sizeof state);
            used = 1;
        } else if (character == L'\t') {
            clean[length++] = ' ';
            clean[length++] = ' ';
        } else if (character == L'\n' || (character >= 32 && character != 127)) {
            memcpy(clean + length, text + at, used);
            length += used;
        }
        at += used;
    }
    while (length > 0 && clean[length - 1] == '\n') length--;
    clean[length] = '\0';
    return length;
}

/* Reads up to the mark that ends a bracketed paste; NULL without memory. */
static char *pasted(cedit *edit, size_t *count) {
    static const char mark[] = "\033[201~";
    const size_t mark_count = sizeof mark - 1;
    size_t room = 4096;
    unsigned char byte;
    char *text = malloc(room);
    *count = 0;
    while (text && *count < PASTE_MAX && cedit_next_byte(edit, &byte, true) == 1) {
        if (*count + 1 > room) {
            char *grown = realloc(text, room *= 2);
            if (!grown) {
                free(text);
                return NULL;
            }
            text = grown;
        }
        text[(*count)++] = byte == '\r' ? '\n' : (char)byte;
        if (*count >= mark_count && memcmp(text + *count - mark_count, mark, mark_count) == 0) {
            *count -= mark_count;
            break;
        }
    }
    return text;
}

/* What stands between the marks of a bracketed paste goes in as it is, its line ends kept but the
 * last: a pasted block is one entry. */
static unsigned char paste(EditLine *el, int key) {
    size_t count;
    (void)key;
    char *text = pasted(cedit_of(el), &count);
    char *clean = text ? malloc(2 * count + 1) : NULL;
    int status = clean && clean_text(text, count, clean) > 0 ? el_insertstr(el, clean) : 0;
    free(clean);
    free(text);
    return status < 0 ? CC_REFRESH_BEEP : CC_REFRESH;
}

/* MARK: Tab */

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
    const int after = character_count(line->cursor, end);
    const size_t before = (size_t)(line->cursor - line->buffer), all = (size_t)(end - line->buffer);
    cedit_show(edit, "");
    edit->complete(edit->context, line->buffer, before, again);
    line = el_line(el);
    if ((size_t)(line->lastchar - line->buffer) != all) return CC_REFRESH;
    if (!edit->shown) return CC_REFRESH_BEEP;
    /* The list goes below the last row: first the cursor does. */
    edit->shown_offset = after;
    el_cursor(el, after);
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

/* Goes to the same column of the line that lies between two places. */
static unsigned char go(EditLine *el, const LineInfo *line, const char *from, const char *to) {
    int column = character_count(line_start(line, line->cursor), line->cursor);
    const char *at = from;
    while (at < to && column > 0) {
        at++;
        while (at < to && ((unsigned char)*at & 0xC0) == 0x80) at++;
        column--;
    }
    int distance = at < line->cursor ? -character_count(at, line->cursor)
                                     : character_count(line->cursor, at);
    el_cursor(el, distance);
    return CC_CURSOR;
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
    el_push(el, "\036p");
    return CC_NORM;
}

static unsigned char down(EditLine *el, int key) {
    const LineInfo *line = el_line(el);
    const char *end = line_end(line, line->cursor);
    (void)key;
    if (end < line->lastchar) return go(el, line, end + 1, line_end(line, end + 1));
    el_push(el, "\036n");
    return CC_NORM;
}

void cedit_bind(EditLine *el, bool is_vi) {
    static const struct {
        const char *name, *help;
        unsigned char (*run)(EditLine *, int);
    } functions[] = {
        {"kmsh-paste", "insert a pasted block", paste},
        {"kmsh-tab", "indent or complete", tab},
        {"kmsh-show", "list what a tab found", show},
        {"kmsh-begin", "insert what the line begins with", begin},
        {"kmsh-newline", "insert a line end", newline},
        {"kmsh-up", "line above, or earlier entry", up},
        {"kmsh-down", "line below, or later entry", down},
    };
    /* Those that begin with 036 are pushed by functions that need another one. In vi's way an
     * escape is a key of its own: what begins with one is left as it is. */
    static const char *const keys[][2] = {
        {"\t", "kmsh-tab"},           {"^R", "em-inc-search-prev"}, {"\036b", "kmsh-begin"},
        {"\036l", "kmsh-show"},       {"\036p", "ed-prev-history"}, {"\036n", "ed-next-history"},
        {"^P", "kmsh-up"},            {"^N", "kmsh-down"},          {"\033[200~", "kmsh-paste"},
        {"\033\r", "kmsh-newline"},   {"\033\n", "kmsh-newline"},   {"\033[A", "kmsh-up"},
        {"\033OA", "kmsh-up"},        {"\033[B", "kmsh-down"},      {"\033OB", "kmsh-down"},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        el_set(el, EL_ADDFN, functions[i].name, functions[i].help, functions[i].run);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!is_vi || keys[i][0][0] != '\033')
            el_set(el, EL_BIND, keys[i][0], keys[i][1], NULL);
}
