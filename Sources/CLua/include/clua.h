/* Lua 5.4 behind calls that cannot raise.
 *
 * No Lua type leaves this target but an opaque state pointer. Every function below either cannot
 * raise by the reference manual, or runs its work under lua_pcall and returns a status. Host code
 * reports failure by returning -1; only C raises, after the host's frame is gone. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lua_State clua_state;
typedef struct clua_vm clua_vm;

/* How a value tree lies in bytes: one tag, then its payload, little-endian as the machine.
 * Strings: u64 count, bytes. Arrays: u64 count, values. Tables: u64 count, key and value each. */
enum {
    CLUA_NIL = 'n', CLUA_NULL = 'z', CLUA_FALSE = 'f', CLUA_TRUE = 't',
    CLUA_INTEGER = 'i', CLUA_NUMBER = 'd', CLUA_STRING = 's', CLUA_ARRAY = 'A', CLUA_TABLE = 'T',
    CLUA_OBJECT = 'O',    /* u32 class, u64 host pointer */
    CLUA_REFERENCE = 'r', /* i32 registry reference: functions out, any value in */
    CLUA_BODY = 'C',      /* u64 host pointer of a function's body; in only */
    CLUA_MODULE = 'M',    /* u64 count of members, then of getters; each name and body; in only */
    CLUA_ERROR = 'E',     /* a table follows: an error object; in only */
};

/* What clua_set_global sets. */
enum { CLUA_GLOBAL = 0, CLUA_GLOBAL_MODULE = 1, CLUA_MODULE_ONLY = 2 };

enum { CLUA_OK = 0, CLUA_FAILED = 1, CLUA_MEMORY = 2, CLUA_SYNTAX = 3, CLUA_INCOMPLETE = 4 };

/* Runs a bound function; returns the count of results it pushed, or -1 with an error staged. */
typedef int clua_call(void *_Nonnull context, void *_Nonnull body, clua_state *_Nonnull L, int argc);

typedef struct {
    void *_Nullable context;
    clua_call *_Nonnull call;
    void (*_Nonnull retain)(void *_Nonnull object);
    void (*_Nonnull release)(void *_Nonnull object);
} clua_host;

/* What the libraries of a machine reach: in a sandbox nothing outside of it, and no byte code. */
enum { CLUA_STANDARD = 0, CLUA_SANDBOX = 1, CLUA_C_MODULES = 2 };

clua_vm *_Nullable clua_open(const clua_host *_Nonnull host, int access);
/* Whether a finaliser that ran in the end called os.exit, and with what status. */
bool clua_close(clua_vm *_Nonnull vm, int *_Nonnull status);
const char *_Nonnull clua_version(void);

/* Limits: 0 for none. Memory counts bytes that Lua's allocator holds. */
void clua_limit(clua_vm *_Nonnull vm, size_t memory, uint64_t instructions);
size_t clua_memory(clua_vm *_Nonnull vm, bool peak);
/* Fails the n-th growth from now on and all after it, for tests; 0 ends that. */
void clua_fail_allocation(clua_vm *_Nonnull vm, uint64_t n);
void clua_collect(clua_vm *_Nonnull vm);

/* Interruption: safe in a signal handler. Sticky until the outermost call has returned. */
void clua_interrupt(clua_vm *_Nonnull vm);
bool clua_is_interrupted(clua_vm *_Nonnull vm);
/* Stops what runs as an interruption does, until it is ended by whoever began the run. */
void clua_cut(clua_vm *_Nonnull vm);
void clua_end_cut(clua_vm *_Nonnull vm);
/* Sends calls of bound functions another way from now on. */
void clua_route(clua_vm *_Nonnull vm, clua_call *_Nonnull call);
/* Takes SIGINT for this VM: first interrupts, second warns, third leaves with 130. */
void clua_take_sigint(clua_vm *_Nonnull vm);
/* Stops this VM after some seconds as an interruption does; what does not heed that within two more
 * ends the process with 124. Takes SIGALRM; 0 seconds end the wait. */
void clua_set_deadline(clua_vm *_Nonnull vm, double seconds);
/* Whether the deadline has come. */
bool clua_is_out_of_time(clua_vm *_Nonnull vm);
/* Whether os.exit was called since the last call, and with what status. */
bool clua_take_exit(clua_vm *_Nonnull vm, int *_Nonnull status);
/* Whether os.exit was called and nobody has taken that yet. */
bool clua_is_exiting(clua_vm *_Nonnull vm);
/* Whether a SIGINT came since the last call; for a prompt that waits. */
bool clua_poll_sigint(void);

/* Lets the process keep what it frees, up to 16 MiB at the top of its heap. */
void clua_keep_freed_memory(void);
/* Whether standard output refused something that Lua printed. */
bool clua_output_failed(void);

/* Trees. What a failing call leaves in `clua_output` is the error as a table. */
const uint8_t *_Nullable clua_output(clua_vm *_Nonnull vm, size_t *_Nonnull count);
/* Registry reference of the error object behind the last failure, for passing it on; or 0. */
int clua_take_error(clua_vm *_Nonnull vm);
int clua_run(clua_vm *_Nonnull vm, int function, const uint8_t *_Nullable arguments, size_t count,
             bool by_reference);
int clua_load(clua_vm *_Nonnull vm, const void *_Nullable text, size_t count,
              const char *_Nonnull name, int *_Nonnull function);
int clua_set_global(clua_vm *_Nonnull vm, const char *_Nonnull name, const uint8_t *_Nullable tree,
                    size_t count, int kind);
int clua_get_global(clua_vm *_Nonnull vm, const char *_Nonnull name, int *_Nonnull reference);
/* `cpath` goes before the places for modules in C, where these are let in. */
int clua_set_module_path(clua_vm *_Nonnull vm, const char *_Nonnull path, const char *_Nonnull cpath);
/* Members and getters as CLUA_MODULE has them; extras: "tostring", "eq" bodies among members. */
int clua_define_class(clua_vm *_Nonnull vm, uint32_t class_number, const char *_Nonnull name,
                      const uint8_t *_Nullable tree, size_t count);
void clua_unref(clua_vm *_Nonnull vm, int reference);
int clua_copy_reference(clua_vm *_Nonnull vm, int reference, int *_Nonnull copy);
int clua_read_reference(clua_vm *_Nonnull vm, int reference);

/* Looks at what a tree of keys leads to from the globals, without running anything: raw reads and
 * `__index` tables only. The output has nothing when there is nothing; else its type, itself when
 * it is a string or an object (else nil), the body behind it (0: none), then for each member whose
 * key is a string that key, its type and its body; type -1 is not known. */
int clua_look(clua_vm *_Nonnull vm, const uint8_t *_Nullable path, size_t count, size_t member_max);

/* Inside a bound function: quiet looks at the stack. */
int clua_kind(clua_state *_Nonnull L, int index); /* one of the tags, 0 for another type, -1 none */
/* In registers: a pointer to a local would cost the caller a guarded frame. */
typedef struct {
    int64_t value;
    bool is_integer;
} clua_integer_result;
clua_integer_result clua_integer(clua_state *_Nonnull L, int index);
bool clua_number(clua_state *_Nonnull L, int index, double *_Nonnull value);
const char *_Nullable clua_string(clua_state *_Nonnull L, int index, size_t *_Nonnull count);
void *_Nullable clua_object(clua_state *_Nonnull L, int index, uint32_t class_number);
/* The host's pointer behind a bound function; NULL behind any other value. */
void *_Nullable clua_body(clua_state *_Nonnull L, int index);
const char *_Nonnull clua_type_name(clua_state *_Nonnull L, int index);
/* Reads a value into `clua_output`. */
int clua_read(clua_vm *_Nonnull vm, clua_state *_Nonnull L, int index);
/* Pushes; scalars cannot fail, a function has room for 20. */
void clua_push_integer(clua_state *_Nonnull L, int64_t value);
void clua_push_number(clua_state *_Nonnull L, double value);
void clua_push_boolean(clua_state *_Nonnull L, bool value);
void clua_push_nil(clua_state *_Nonnull L);
int clua_push_bytes(clua_vm *_Nonnull vm, clua_state *_Nonnull L, const void *_Nullable bytes, size_t count);
int clua_push_tree(clua_vm *_Nonnull vm, clua_state *_Nonnull L, const uint8_t *_Nullable tree, size_t count);
/* Takes the host pointer out of an object, as its finaliser does. */
void clua_close_object(clua_state *_Nonnull L, int index);

/* Stages what the host's function fails with: a tree, an object kept earlier, or memory. */
int clua_stage_error(clua_vm *_Nonnull vm, const uint8_t *_Nullable tree, size_t count);
void clua_stage_kept(clua_vm *_Nonnull vm, int reference);
void clua_stage_memory(clua_vm *_Nonnull vm);
