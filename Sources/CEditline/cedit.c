/* One editor: its making, reading a line. */
#define _GNU_SOURCE
#include "cedit_internal.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { HISTORY_MAX = 10000 };

#define TEXT(x) #x
#define VERSION(major, minor) TEXT(major) "." TEXT(minor)
const char *cedit_version(void) { return VERSION(LIBEDIT_MAJOR, LIBEDIT_MINOR); }

cedit *cedit_of(EditLine *el) {
    void *edit = NULL;
    el_get(el, EL_CLIENTDATA, &edit);
    return edit;
}

static char *prompt_of(EditLine *el) { return (char *)cedit_of(el)->prompt; }

bool cedit_is_terminal(void) { return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO); }

bool cedit_is_dumb(void) {
    const char *term = getenv("TERM");
    return !term || !*term || strcmp(term, "dumb") == 0;
}

int cedit_columns(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void cedit_write(const char *text) {
    fflush(stdout);
    ssize_t ignored = write(STDOUT_FILENO, text, strlen(text));
    (void)ignored;
}

/* Counts what a text adds to a column; what stands between two bytes 1 is not shown. */
static void measure(const char *text, size_t count, size_t columns, size_t *row, size_t *column) {
    mbstate_t state = {0};
    bool is_hidden = false;
    for (size_t at = 0; at < count;) {
        wchar_t character;
        size_t used = mbrtowc(&character, text + at, count - at, &state);
        if (used == 0 || used > count - at) return;
        at += used;
        if (character == 1) is_hidden = !is_hidden;
        if (is_hidden || character == 1) continue;
        int width = wcwidth(character);
        bool is_break = character == L'\n';
        if (is_break || *column + (width > 0 ? width : 0) > columns) {
            *row += 1;
            *column = 0;
        }
        if (!is_break && width > 0) *column += width;
    }
}

size_t cedit_rows(const char *prompt, const char *text, size_t count) {
    size_t row = 0, column = 0, columns = (size_t)cedit_columns();
    measure(prompt, strlen(prompt), columns, &row, &column);
    measure(text, count, columns, &row, &column);
    /* A full row leaves the cursor on the next one. */
    return row + 1 + (column == columns);
}

cedit *cedit_open(bool (*interrupted)(void)) {
    HistEvent event;
    cedit *edit = cedit_is_terminal() ? calloc(1, sizeof *edit) : NULL;
    if (!edit) return NULL;
    /* Whoever started the program may have left signals blocked; then nothing could stop it. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* Never LC_ALL: a decimal comma would break Lua's numbers. */
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
    edit->interrupted = interrupted;
    edit->prompt = edit->start = "";
    edit->history = history_init();
    edit->el = el_init("kmsh", stdin, stdout, stderr);
    if (!edit->el || !edit->history) {
        cedit_close(edit);
        return NULL;
    }
    history(edit->history, &event, H_SETSIZE, HISTORY_MAX);
    history(edit->history, &event, H_SETUNIQUE, 1);
    el_set(edit->el, EL_CLIENTDATA, edit);
    el_set(edit->el, EL_SIGNAL, 0);
    el_set(edit->el, EL_EDITOR, "emacs");
    el_set(edit->el, EL_PROMPT_ESC, prompt_of, '\1');
    cedit_bind_history(edit);
    el_set(edit->el, EL_GETCFN, cedit_next_character);
    cedit_bind(edit->el, false);
    el_source(edit->el, NULL); /* the user's own bindings win */
    const char *keys = "emacs";
    el_get(edit->el, EL_EDITOR, &keys);
    edit->is_vi = strcmp(keys, "vi") == 0;
    if (edit->is_vi) cedit_bind(edit->el, true);
    return edit;
}

void cedit_close(cedit *edit) {
    if (edit->el) el_end(edit->el);
    if (edit->history) history_end(edit->history);
    cedit_drop_drafts(edit);
    free(edit->shown);
    free(edit);
}

void cedit_on_tab(cedit *edit, cedit_complete *complete, void *context) {
    edit->complete = complete;
    edit->context = context;
}

/* Takes the rows of an entry off the screen, so that it can be shown anew as one text. */
static void erase_rows(size_t above) {
    char text[32];
    if (cedit_is_dumb()) return cedit_write("\n");
    cedit_write("\r");
    if (above > 0) {
        snprintf(text, sizeof text, "\033[%zuA", above);
        cedit_write(text);
    }
    cedit_write("\033[J");
}

/* Goes below all rows of what was typed and is not taken. */
static void leave_line(cedit *edit) {
    const LineInfo *line = el_line(edit->el);
    size_t all = (size_t)(line->lastchar - line->buffer);
    size_t before = (size_t)(line->cursor - line->buffer);
    size_t below = cedit_rows(edit->prompt, line->buffer, all)
                   - cedit_rows(edit->prompt, line->buffer, before);
    for (size_t row = 0; row <= below; row++) cedit_write("\n");
}

int cedit_read(cedit *edit, const char *prompt, const char *start, bool is_continuation,
               const char **line, int *count) {
    edit->prompt = prompt;
    edit->start = start;
    edit->is_continuation = is_continuation;
    edit->was_interrupted = edit->was_recalled = false;
    if (!is_continuation) edit->rows_above = 0;
    if (*start) el_push(edit->el, "\036b");
    cedit_take_signals(!cedit_is_dumb() && !edit->is_vi);
    cedit_bracket_pastes(true);
    /* Left alone, libedit prints the prompt first, and a control-D typed between is lost. */
    el_set(edit->el, EL_PREP_TERM, 1);
    cedit_take_typed_ahead(edit);
    *line = el_gets(edit->el, count);
    /* A signal that cut a write short is no failure of a terminal, and would be told at the end. */
    clearerr(stdout);
    cedit_drop_drafts(edit);
    cedit_bracket_pastes(false);
    cedit_return_signals();
    if (edit->was_recalled) {
        erase_rows(edit->rows_above);
        if (!*line) *line = "";
        return CEDIT_RECALLED;
    }
    if (*line && *count > 0) {
        size_t length = (size_t)*count - ((*line)[*count - 1] == '\n');
        edit->rows_above += cedit_rows(prompt, *line, length);
        return CEDIT_LINE;
    }
    leave_line(edit);
    if (edit->was_interrupted) el_reset(edit->el);
    return edit->was_interrupted ? CEDIT_INTERRUPTED : CEDIT_END;
}
