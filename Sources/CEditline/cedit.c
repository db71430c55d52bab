#define _GNU_SOURCE
#include "cedit.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum { HISTORY_MAX = 10000, PASTE_MAX = 1 << 20 };

struct cedit {
    EditLine *el;
    History *history;
    bool (*interrupted)(void);
    bool was_interrupted;
    const char *prompt;
    struct sigaction old_resize, old_suspend;
};

#define TEXT(x) #x
#define VERSION(major, minor) TEXT(major) "." TEXT(minor)
const char *cedit_version(void) { return VERSION(LIBEDIT_MAJOR, LIBEDIT_MINOR); }

static volatile sig_atomic_t resized, suspended;

static void on_resize(int number) {
    (void)number;
    resized = 1;
}

static void on_suspend(int number) {
    (void)number;
    suspended = 1;
}

static cedit *edit_of(EditLine *el) {
    void *edit = NULL;
    el_get(el, EL_CLIENTDATA, &edit);
    return edit;
}

static char *prompt_of(EditLine *el) { return (char *)edit_of(el)->prompt; }

static void redraw(EditLine *el) {
    static const char clear[] = "\r\033[J";
    ssize_t ignored = write(STDOUT_FILENO, clear, sizeof clear - 1);
    (void)ignored;
    el_set(el, EL_REFRESH);
}

static void suspend(EditLine *el) {
    el_set(el, EL_PREP_TERM, 0);
    raise(SIGSTOP);
    el_set(el, EL_PREP_TERM, 1);
    redraw(el);
}

/* Waits for a byte; -1 at the end or when the program was interrupted. SIGINT is let in only
 * inside ppoll, so that none is lost between the question and the wait. */
static int next_byte(EditLine *el, unsigned char *byte) {
    cedit *edit = edit_of(el);
    sigset_t block, old;
    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigaddset(&block, SIGWINCH);
    sigaddset(&block, SIGTSTP);
    for (;;) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        sigprocmask(SIG_BLOCK, &block, &old);
        bool stop = edit->interrupted();
        bool waits = !stop && !resized && !suspended;
        int ready = waits ? ppoll(&input, 1, NULL, &old) : 0;
        sigprocmask(SIG_SETMASK, &old, NULL);
        if (stop || edit->interrupted()) {
            edit->was_interrupted = true;
            return -1;
        }
        if (suspended) {
            suspended = 0;
            suspend(el);
        }
        if (resized) {
            resized = 0;
            el_resize(el);
            redraw(el);
        }
        if (ready <= 0) continue;
        ssize_t count = read(STDIN_FILENO, byte, 1);
        if (count == 1) return 1;
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        return -1;
    }
}

/* Assembles one character of UTF-8; bytes that belong to none are dropped. */
static int next_character(EditLine *el, wchar_t *character) {
    mbstate_t state = {0};
    for (;;) {
        unsigned char byte;
        if (next_byte(el, &byte) != 1) return -1;
        size_t used = mbrtowc(character, (const char *)&byte, 1, &state);
        if (used == (size_t)-1)
            memset(&state, 0, sizeof state);
        else if (used != (size_t)-2)
            return 1;
    }
}

/* What stands between the marks of a bracketed paste goes in as it is, tabs as spaces, its
 * newlines kept: a pasted block is one entry. */
static unsigned char paste(EditLine *el, int key) {
    static const char mark[] = "\033[201~";
    const size_t mark_count = sizeof mark - 1;
    size_t count = 0, room = 4096;
    char *text = malloc(room);
    (void)key;
    while (text && count < PASTE_MAX) {
        unsigned char byte;
        if (next_byte(el, &byte) != 1) break;
        if (count + 3 > room) {
            char *grown = realloc(text, room *= 2);
            if (!grown) break;
            text = grown;
        }
        if (byte == '\t') {
            text[count++] = ' ';
            byte = ' ';
        }
        text[count++] = byte == '\r' ? '\n' : (char)byte;
        if (count >= mark_count && memcmp(text + count - mark_count, mark, mark_count) == 0) {
            count -= mark_count;
            break;
        }
    }
    if (text) {
        text[count] = '\0';
        el_insertstr(el, text);
        free(text);
    }
    return CC_REFRESH;
}

/* Tab at the start of a line indents. */
static unsigned char tab(EditLine *el, int key) {
    const LineInfo *line = el_line(el);
    (void)key;
    for (const char *at = line->buffer; at < line->cursor; at++)
        if (*at != ' ' && *at != '\n') return CC_REFRESH_BEEP;
    el_insertstr(el, "  ");
    return CC_REFRESH;
}

bool cedit_is_terminal(void) { return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO); }

int cedit_columns(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

cedit *cedit_open(bool (*interrupted)(void)) {
    HistEvent event;
    cedit *edit = cedit_is_terminal() ? calloc(1, sizeof *edit) : NULL;
    if (!edit) return NULL;
    /* Never LC_ALL: a decimal comma would break Lua's numbers. */
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
    edit->interrupted = interrupted;
    edit->prompt = "";
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
    el_set(edit->el, EL_HIST, history, edit->history);
    el_set(edit->el, EL_GETCFN, next_character);
    el_set(edit->el, EL_ADDFN, "kmsh-paste", "insert a pasted block", paste);
    el_set(edit->el, EL_ADDFN, "kmsh-tab", "indent", tab);
    el_set(edit->el, EL_BIND, "\033[200~", "kmsh-paste", NULL);
    el_set(edit->el, EL_BIND, "\t", "kmsh-tab", NULL);
    el_set(edit->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(edit->el, NULL); /* the user's own bindings win */
    return edit;
}

void cedit_close(cedit *edit) {
    if (edit->el) el_end(edit->el);
    if (edit->history) history_end(edit->history);
    free(edit);
}

static void bracketed_paste(bool on) {
    const char *text = on ? "\033[?2004h" : "\033[?2004l";
    const char *term = getenv("TERM");
    if (!term || strcmp(term, "dumb") == 0) return;
    ssize_t ignored = write(STDOUT_FILENO, text, strlen(text));
    (void)ignored;
}

int cedit_read(cedit *edit, const char *prompt, const char **line, int *count) {
    struct sigaction resize = {.sa_handler = on_resize}, stop = {.sa_handler = on_suspend};
    sigemptyset(&resize.sa_mask);
    sigemptyset(&stop.sa_mask);
    sigaction(SIGWINCH, &resize, &edit->old_resize);
    sigaction(SIGTSTP, &stop, &edit->old_suspend);
    edit->prompt = prompt;
    edit->was_interrupted = false;
    bracketed_paste(true);
    /* Left alone, libedit prints the prompt first, and a control-D typed between is lost. */
    el_set(edit->el, EL_PREP_TERM, 1);
    *line = el_gets(edit->el, count);
    bracketed_paste(false);
    sigaction(SIGWINCH, &edit->old_resize, NULL);
    sigaction(SIGTSTP, &edit->old_suspend, NULL);
    if (*line && *count > 0) return CEDIT_LINE;
    if (edit->was_interrupted) el_reset(edit->el);
    ssize_t ignored = write(STDOUT_FILENO, "\n", 1);
    (void)ignored;
    return edit->was_interrupted ? CEDIT_INTERRUPTED : CEDIT_END;
}

void cedit_remember(cedit *edit, const char *entry) {
    HistEvent event;
    history(edit->history, &event, H_ENTER, entry);
}
