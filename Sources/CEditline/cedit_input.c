/* Where characters come from: the terminal, and the signals that come between them. */
#define _GNU_SOURCE
#include "cedit_internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t resized, suspended;
static struct sigaction old_resize, old_suspend;

static void on_resize(int number) {
    (void)number;
    resized = 1;
}

static void on_suspend(int number) {
    (void)number;
    suspended = 1;
}

/* MARK: Death */

static const int deadly[] = {SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE,
                             SIGTRAP};
enum { DEADLY_COUNT = sizeof deadly / sizeof *deadly };
static struct sigaction old_deadly[DEADLY_COUNT];
static struct termios modes; /* as they were before the line */
static volatile sig_atomic_t has_modes, brackets;

/* Puts the terminal's modes back, then lets the signal do what it would have done. */
static void on_death(int number) {
    static const char off[] = "\033[?2004l";
    if (has_modes) tcsetattr(STDIN_FILENO, TCSANOW, &modes);
    if (brackets) {
        ssize_t ignored = write(STDOUT_FILENO, off, sizeof off - 1);
        (void)ignored;
    }
    for (int i = 0; i < DEADLY_COUNT; i++)
        if (deadly[i] == number) sigaction(number, &old_deadly[i], NULL);
    /* A key asks for it: nothing has crashed that a backtrace could explain. */
    if (number == SIGQUIT) signal(number, SIG_DFL);
    raise(number);
}

void cedit_bracket_pastes(bool on) {
    if (brackets) cedit_write(on ? "\033[?2004h" : "\033[?2004l");
}

void cedit_take_signals(bool brackets_pastes) {
    /* What is being written goes on; ppoll is ended all the same. */
    struct sigaction action = {.sa_handler = on_resize, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGWINCH, &action, &old_resize);
    action.sa_handler = on_suspend;
    sigaction(SIGTSTP, &action, &old_suspend);
    has_modes = tcgetattr(STDIN_FILENO, &modes) == 0;
    brackets = brackets_pastes;
    action.sa_handler = on_death;
    for (int i = 0; i < DEADLY_COUNT; i++) {
        sigaction(deadly[i], &action, &old_deadly[i]);
        /* What was ignored, as under nohup, goes on being so. */
        if (old_deadly[i].sa_handler == SIG_IGN) sigaction(deadly[i], &old_deadly[i], NULL);
    }
}

void cedit_return_signals(void) {
    for (int i = 0; i < DEADLY_COUNT; i++) sigaction(deadly[i], &old_deadly[i], NULL);
    sigaction(SIGTSTP, &old_suspend, NULL);
    sigaction(SIGWINCH, &old_resize, NULL);
}

/* MARK: Reading */

static void suspend(EditLine *el) {
    cedit_bracket_pastes(false);
    el_set(el, EL_PREP_TERM, 0);
    raise(SIGSTOP);
    el_set(el, EL_PREP_TERM, 1);
    cedit_bracket_pastes(true);
    resized = 1; /* the window may be another, and the line is gone from it */
}

static bool is_held(void) { return resized || suspended; }

/* SIGINT and its like are let in only inside ppoll, so that none is lost between the question and
 * the wait. Gives 1 for a byte that can be read, 0 for a signal, -1 for an interruption. A resize
 * or a stop that came before ends the wait at once, unless it is to wait anyway. */
static int wait_for_input(cedit *edit, bool waits_anyway) {
    sigset_t block, old;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigaddset(&block, SIGWINCH);
    sigaddset(&block, SIGTSTP);
    sigprocmask(SIG_BLOCK, &block, &old);
    bool stop = edit->interrupted();
    int ready = !stop && (waits_anyway || !is_held()) ? ppoll(&input, 1, NULL, &old) : 0;
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (stop || edit->interrupted()) {
        edit->was_interrupted = true;
        return -1;
    }
    return ready > 0;
}

void cedit_take_typed_ahead(cedit *edit) {
    if (ioctl(STDIN_FILENO, FIONREAD, &edit->typed_ahead) != 0) edit->typed_ahead = 0;
}

int cedit_next_byte(cedit *edit, unsigned char *byte, bool reads_ahead) {
    if (edit->input_at < edit->input_end) {
        *byte = edit->input[edit->input_at++];
        return 1;
    }
    for (;;) {
        /* Within a pasted block nothing is shown anew, so both have to wait for its end. */
        int ready = wait_for_input(edit, reads_ahead);
        if (ready < 0) return -1;
        if (ready == 0 && is_held() && !reads_ahead) return 0;
        if (ready == 0) continue;
        /* Only a pasted block is read ahead: what follows may be for another program. */
        ssize_t count = read(STDIN_FILENO, edit->input, reads_ahead ? sizeof edit->input : 1);
        if (count > 0) {
            edit->input_at = 1;
            edit->input_end = (size_t)count;
            *byte = edit->input[0];
            /* A terminal that gathers lines keeps a control-D as a zero. */
            if (edit->typed_ahead > 0 && edit->typed_ahead-- > 0 && *byte == 0) *byte = 4;
            return 1;
        }
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        return -1;
    }
}

/* Shows the line again after a stop or in another width; true when the whole screen must be. */
static bool repaint(EditLine *el) {
    cedit *edit = cedit_of(el);
    if (suspended) {
        suspended = 0;
        suspend(el);
    }
    if (!resized) return false;
    resized = 0;
    el_resize(el);
    const LineInfo *line = el_line(el);
    if (cedit_rows(edit->prompt, line->buffer, (size_t)(line->lastchar - line->buffer)) > 1)
        return true;
    if (!cedit_is_dumb()) cedit_write("\r\033[J");
    el_set(el, EL_REFRESH);
    return false;
}

/* Assembles one character of UTF-8; bytes that belong to none are dropped. */
int cedit_next_character(EditLine *el, wchar_t *character) {
    cedit *edit = cedit_of(el);
    mbstate_t state = {0};
    for (;;) {
        unsigned char byte;
        int got = cedit_next_byte(edit, &byte, false);
        if (got < 0) return -1;
        if (got == 0) {
            if (!repaint(el)) continue;
            *character = L'\f'; /* libedit clears the screen and shows all of the line */
            return 1;
        }
        size_t used = mbrtowc(character, (const char *)&byte, 1, &state);
        if (used == (size_t)-1) {
            memset(&state, 0, sizeof state);
        } else if (used != (size_t)-2) {
            edit->key_count++;
            return 1;
        }
    }
}
