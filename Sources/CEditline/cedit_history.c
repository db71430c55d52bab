/* Earlier entries: what libedit is told of them, and what was changed in one that was left again. */
#include "cedit_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct cedit_draft {
    cedit_draft *next;
    int place;
    char text[];
};

static cedit_draft *draft_at(cedit *edit, int place) {
    cedit_draft *draft = edit->drafts;
    while (draft && draft->place != place) draft = draft->next;
    return draft;
}

/* libedit counts from the newest entry, 1, whenever it goes to one: so the place is known. A draft
 * stands in for its entry. */
static int answer(void *context, HistEvent *event, int operation, ...) {
    cedit *edit = context;
    va_list more;
    int status;
    va_start(more, operation);
    if (operation == H_SETSIZE || operation == H_SETUNIQUE)
        status = history(edit->history, event, operation, va_arg(more, int));
    else if (operation == H_LOAD || operation == H_SAVE)
        status = history(edit->history, event, operation, va_arg(more, const char *));
    else
        status = history(edit->history, event, operation);
    va_end(more);
    if (status < 0 || (operation != H_FIRST && operation != H_NEXT)) return status;
    edit->place = operation == H_FIRST ? 1 : edit->place + 1;
    cedit_draft *draft = draft_at(edit, edit->place);
    if (draft) event->str = draft->text;
    edit->entry = event->str;
    return status;
}

void cedit_bind_history(cedit *edit) { el_set(edit->el, EL_HIST, answer, edit); }

void cedit_keep_draft(cedit *edit) {
    const LineInfo *line = el_line(edit->el);
    size_t count = (size_t)(line->lastchar - line->buffer);
    if (edit->place == 0 || !edit->entry) return; /* the newest line is kept by libedit */
    if (strlen(edit->entry) == count && memcmp(edit->entry, line->buffer, count) == 0) return;
    cedit_draft *draft = malloc(sizeof *draft + count + 1);
    if (!draft) return;
    memcpy(draft->text, line->buffer, count);
    draft->text[count] = '\0';
    draft->place = edit->place;
    draft->next = edit->drafts; /* hides an older one of the same place */
    edit->drafts = draft;
}

void cedit_drop_drafts(cedit *edit) {
    edit->place = 0;
    edit->entry = NULL;
    while (edit->drafts) {
        cedit_draft *next = edit->drafts->next;
        free(edit->drafts);
        edit->drafts = next;
    }
}

void cedit_remember(cedit *edit, const char *entry) {
    HistEvent event;
    history(edit->history, &event, H_ENTER, entry);
}

void cedit_forget(cedit *edit) {
    HistEvent event;
    if (history(edit->history, &event, H_FIRST) >= 0)
        history(edit->history, &event, H_DEL, event.num);
}
