#pragma once
#include "clua.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t *bytes;
    size_t count, room;
} clua_buffer;

struct clua_vm {
    lua_State *L;        /* main thread */
    lua_State *volatile running; /* the coroutine that executes now */
    clua_host host;
    int depth;           /* nested runs from the host */
    clua_buffer output;  /* last tree read */
    clua_buffer staged;  /* error tree a bound function failed with */
    int staged_kept, error_kept;
    bool staged_memory;
    volatile sig_atomic_t reason; /* why the run must stop; 0 when it need not */
    char where[80];      /* where an interruption met the run first; empty before */
    size_t used, peak, limit;
    uint64_t fail_at;
    uint64_t instructions, instruction_limit;
    int access;          /* what the libraries reach */
    volatile sig_atomic_t is_out_of_time;
    bool shows_warnings, is_warning; /* the second: pieces of a warning are to come */
    bool has_met_hook;   /* for finding out whether hooks are on */
    bool is_closing;     /* finalisers run for the last time, and the host is not called */
    bool is_exiting;     /* os.exit was called, and everything is being unwound */
    int exit_status;
};

enum { REASON_INTERRUPT = 1, REASON_INSTRUCTIONS = 2, REASON_CUT = 3, REASON_TIME = 4 };
enum { COUNT_STEP = 1000, DEPTH_MAX = 64 };

/* Addresses used as registry keys and tags. */
extern const char clua_object_tag, clua_error_meta, clua_array_meta, clua_object_meta, clua_null;
extern const char clua_instructions_error, clua_cut_error, clua_time_error, clua_exit_error;

static inline clua_vm *vm_of(lua_State *L) { return *(clua_vm **)lua_getextraspace(L); }

typedef struct {
    const void *tag;
    uint32_t class_number;
    void *object;
} clua_userdata;

clua_userdata *clua_check_userdata(lua_State *L, int index);
void clua_arm(clua_vm *vm, lua_State *L);
void clua_hook(lua_State *L, lua_Debug *debug);
int clua_raise_stop(clua_vm *vm, lua_State *L);
bool clua_is_stopped(clua_vm *vm);
void clua_forget_signals(clua_vm *vm);
bool clua_append(clua_buffer *buffer, const void *bytes, size_t count);
/* Run under protection only: they raise. */
void clua_build(lua_State *L, const uint8_t *tree, size_t count);
void clua_flatten(lua_State *L, int index, clua_buffer *out);
int clua_dispatch(lua_State *L);
/* Upvalue 1 holds the getters of a module; upvalues 1 and 2 methods and getters of a class. */
int clua_module_index(lua_State *L);
int clua_object_index(lua_State *L);
int clua_handler(lua_State *L);
int clua_raise_exit(lua_State *L);
void clua_open_libraries(lua_State *L, int access);
void clua_open_coroutines(lua_State *L);
void clua_open_leaving(lua_State *L);
int clua_protect(clua_vm *vm, lua_State *L, lua_CFunction body, void *argument);
