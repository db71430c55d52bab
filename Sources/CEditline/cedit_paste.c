/* A pasted block: one entry, whatever its lines hold. */
#include "cedit_internal.h"

#include <stdlib.h>
#include <string.h>

enum { PASTE_MAX = 1 << 20 };

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

/* Reads up to the mark that ends a bracketed paste and keeps what there is room for: the rest, left
 * unread, would be taken for keys. Gives the count of all. */
static size_t pasted(cedit *edit, char *text, size_t room) {
    static const char mark[] = "\033[201~";
    const size_t mark_count = sizeof mark - 1;
    size_t count = 0, matched = 0;
    unsigned char byte;
    while (matched < mark_count && cedit_next_byte(edit, &byte, true) == 1) {
        if (count < room) text[count] = byte == '\r' ? '\n' : (char)byte;
        count++;
        matched = (char)byte == mark[matched] ? matched + 1 : (char)byte == mark[0];
    }
    return matched == mark_count ? count - mark_count : count;
}

/* What stands between the marks of a bracketed paste goes in as it is, its line ends kept but the
 * last: a pasted block is one entry. */
unsigned char cedit_paste(EditLine *el, int key) {
    cedit *edit = cedit_of(el);
    (void)key;
    char *text = malloc(PASTE_MAX);
    const size_t count = pasted(edit, text, text ? PASTE_MAX : 0);
    const bool is_too_long = count > PASTE_MAX;
    char *clean = text && !is_too_long ? malloc(2 * count + 1) : NULL;
    int status = -1;
    if (clean && !edit->was_interrupted)
        status = clean_text(text, count, clean) > 0 ? el_insertstr(el, clean) : 0;
    free(clean);
    free(text);
    if (edit->was_interrupted) return CC_EOF;
    if (is_too_long) {
        cedit_write("\a");
        cedit_show(edit, "a pasted block may have 1 MiB at most");
        return cedit_go_and_show(el);
    }
    return status < 0 ? CC_REFRESH_BEEP : CC_REFRESH;
}
