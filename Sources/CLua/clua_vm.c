/* One interpreter: its memory, its libraries, its end. */
#include "clua_internal.h"

#include <stdio.h>

const char clua_object_tag, clua_error_meta, clua_array_meta, clua_object_meta, clua_null;
const char clua_instructions_error, clua_cut_error, clua_time_error, clua_exit_error;

static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
    clua_vm *vm = context;
    if (!block) old_size = 0; /* for a new block the argument is a type, not a size */
    if (new_size == 0) {
        free(block);
        vm->used -= old_size;
        return NULL;
    }
    if (new_size > old_size) {
        size_t growth = new_size - old_size;
        if (vm->limit && (vm->used > vm->limit || growth > vm->limit - vm->used)) return NULL;
        if (vm->fail_at && --vm->fail_at == 0) {
            vm->fail_at = 1;
            return NULL;
        }
    }
    void *grown = realloc(block, new_size);
    if (!grown) return NULL;
    vm->used += new_size - old_size;
    if (vm->used > vm->peak) vm->peak = vm->used;
    return grown;
}

static int on_panic(lua_State *L) {
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "not a string";
    fprintf(stderr, "kmsh: unprotected Lua error: %s\n", text);
    abort();
}

/* Warnings as in the stand-alone interpreter: pieces of one come one by one, and before @on none is
 * shown. */
static void warn(void *context, const char *message, int continues) {
    clua_vm *vm = context;
    if (!vm->is_warning && !continues && message[0] == '@') {
        if (strcmp(message, "@on") == 0) vm->shows_warnings = true;
        if (strcmp(message, "@off") == 0) vm->shows_warnings = false;
        return;
    }
    if (vm->shows_warnings)
        fprintf(stderr, "%s%s%s", vm->is_warning ? "" : "warning: ", message, continues ? "" : "\n");
    vm->is_warning = continues;
}

static int error_tostring(lua_State *L) {
    lua_settop(L, 1);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushliteral(L, "message");
    if (lua_rawget(L, 1) != LUA_TSTRING) {
        lua_pushliteral(L, "code");
        if (lua_rawget(L, 1) != LUA_TSTRING) lua_pushliteral(L, "error");
    }
    lua_pushliteral(L, "hint");
    if (lua_rawget(L, 1) == LUA_TSTRING) {
        lua_pushfstring(L, "%s\nhint: %s", lua_tostring(L, -2), lua_tostring(L, -1));
        return 1;
    }
    lua_pop(L, 1);
    return 1;
}

static int null_tostring(lua_State *L) {
    lua_pushstring(L, lua_touserdata(L, 1) == &clua_null ? "null" : "light userdata");
    return 1;
}

static void new_error(lua_State *L, const void *key, const char *code, const char *message) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, code);
    lua_setfield(L, -2, "code");
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_error_meta);
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

static void new_meta(lua_State *L, const void *key, const char *name, lua_CFunction tostring) {
    lua_createtable(L, 0, 3);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    if (tostring) {
        lua_pushcfunction(L, tostring);
        lua_setfield(L, -2, "__tostring");
        lua_pushstring(L, name);
        lua_setfield(L, -2, "__metatable");
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

static int open_all(lua_State *L) {
    new_meta(L, &clua_error_meta, "error", error_tostring);
    new_meta(L, &clua_array_meta, "json.array", NULL);
    new_meta(L, &clua_object_meta, "json.object", NULL);
    new_error(L, &clua_instructions_error, "limit.instructions", "the instruction limit is used up");
    new_error(L, &clua_cut_error, "fault.cut", "cut off by an injected fault");
    new_error(L, &clua_time_error, "limit.time", "out of time");
    new_error(L, &clua_exit_error, "exit", "the script left");
    clua_open_libraries(L, vm_of(L)->access);
    lua_pushlightuserdata(L, (void *)&clua_null);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, null_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, -2);
    return 0;
}

clua_vm *clua_open(const clua_host *host, int access) {
    clua_vm *vm = calloc(1, sizeof *vm);
    if (!vm) return NULL;
    vm->host = *host;
    vm->access = access;
    vm->L = vm->running = lua_newstate(allocate, vm);
    if (!vm->L) {
        free(vm);
        return NULL;
    }
    *(clua_vm **)lua_getextraspace(vm->L) = vm;
    lua_atpanic(vm->L, on_panic);
    lua_setwarnf(vm->L, warn, vm);
    if (clua_protect(vm, vm->L, open_all, NULL) == CLUA_OK) return vm;
    clua_close(vm, &(int){0});
    return NULL;
}

bool clua_close(clua_vm *vm, int *status) {
    clua_forget_signals(vm);
    vm->reason = 0;
    vm->is_exiting = false;
    vm->is_closing = true;
    lua_close(vm->L);
    bool has_left = vm->is_exiting;
    *status = vm->exit_status;
    free(vm->output.bytes);
    free(vm->staged.bytes);
    free(vm);
    return has_left;
}

const char *clua_version(void) { return LUA_RELEASE; }

void clua_limit(clua_vm *vm, size_t memory, uint64_t instructions) {
    vm->limit = memory;
    vm->instruction_limit = instructions;
    clua_arm(vm, vm->L);
}

size_t clua_memory(clua_vm *vm, bool peak) { return peak ? vm->peak : vm->used; }
void clua_fail_allocation(clua_vm *vm, uint64_t n) { vm->fail_at = n; }
void clua_collect(clua_vm *vm) { lua_gc(vm->running, LUA_GCCOLLECT); }
