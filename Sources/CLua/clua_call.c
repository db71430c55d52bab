/* Calls in both directions, and how errors pass. */
#include "clua_internal.h"

static int raise_staged(lua_State *L) {
    clua_vm *vm = vm_of(L);
    if (vm->staged_memory) {
        vm->staged_memory = false;
        return luaL_error(L, "not enough memory");
    }
    if (vm->staged_kept) {
        int kept = vm->staged_kept;
        vm->staged_kept = 0;
        lua_rawgeti(L, LUA_REGISTRYINDEX, kept);
        luaL_unref(L, LUA_REGISTRYINDEX, kept);
        /* What a script raised as a plain value goes on as that value. */
        if (lua_istable(L, -1)) {
            lua_pushliteral(L, "value");
            if (lua_rawget(L, -2) == LUA_TNIL) lua_pop(L, 1);
        }
        return lua_error(L);
    }
    clua_build(L, vm->staged.bytes, vm->staged.count);
    return lua_error(L);
}

/* The one C function behind every bound function: the host returns, then C raises. */
int clua_dispatch(lua_State *L) {
    clua_vm *vm = vm_of(L);
    if (vm->is_closing) return luaL_error(L, "the program has ended");
    lua_State *outer = vm->running;
    vm->running = L;
    int n = vm->host.call(vm->host.context, lua_touserdata(L, lua_upvalueindex(1)), L, lua_gettop(L));
    vm->running = outer;
    return n >= 0 ? n : raise_staged(L);
}

static bool is_error(lua_State *L, int index) {
    if (!lua_istable(L, index) || !lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_error_meta);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

static void set_raw(lua_State *L, const char *name) {
    lua_pushstring(L, name);
    lua_insert(L, -2);
    lua_rawset(L, -3);
}

/* Message handler: any raised value becomes an error object with a traceback. */
int clua_handler(lua_State *L) {
    if (!is_error(L, 1)) {
        lua_createtable(L, 0, 4);
        if (lua_type(L, 1) == LUA_TSTRING)
            lua_pushvalue(L, 1);
        else
            luaL_tolstring(L, 1, NULL);
        set_raw(L, "message");
        lua_pushliteral(L, "lua.error");
        set_raw(L, "code");
        lua_pushvalue(L, 1);
        set_raw(L, "value");
        lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_error_meta);
        lua_setmetatable(L, -2);
        lua_replace(L, 1);
    }
    lua_settop(L, 1);
    lua_pushliteral(L, "traceback");
    if (lua_rawget(L, 1) == LUA_TNIL) {
        luaL_traceback(L, L, NULL, 1);
        lua_pushliteral(L, "traceback");
        lua_insert(L, -2);
        lua_rawset(L, 1);
    }
    lua_settop(L, 1);
    return 1;
}

typedef struct {
    clua_vm *vm;
    int function;
    const uint8_t *arguments;
    size_t count;
    bool by_reference;
} run_request;

static int run(lua_State *L) {
    run_request *request = lua_touserdata(L, 1);
    clua_vm *vm = request->vm;
    lua_rawgeti(L, LUA_REGISTRYINDEX, request->function);
    int base = lua_gettop(L);
    clua_build(L, request->arguments, request->count);
    lua_call(L, lua_gettop(L) - base, LUA_MULTRET);
    /* A tail call of pcall returns without meeting the hook, and a finaliser that left met none. */
    if (clua_is_stopped(vm)) return vm->is_exiting ? clua_raise_exit(L) : clua_raise_stop(vm, L);
    vm->output.count = 0;
    for (int i = base, top = lua_gettop(L); i <= top; i++) {
        if (request->by_reference) {
            char tag = CLUA_REFERENCE;
            lua_pushvalue(L, i);
            int32_t reference = luaL_ref(L, LUA_REGISTRYINDEX);
            if (!clua_append(&vm->output, &tag, 1) ||
                !clua_append(&vm->output, &reference, sizeof reference))
                luaL_error(L, "not enough memory");
        } else {
            clua_flatten(L, i, &vm->output);
        }
    }
    return 0;
}

/* Reads the scalar fields of an error object into the output, and keeps the object. */
static int read_error(lua_State *L) {
    static const char *const names[] = {"code",       "message",   "hint",  "rule", "status",
                                        "azure_code", "inner_code", "cause", "traceback"};
    clua_vm *vm = lua_touserdata(L, 2);
    vm->output.count = 0;
    if (!is_error(L, 1)) {
        clua_flatten(L, 1, &vm->output);
    } else {
        lua_createtable(L, 0, 10);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            lua_pushstring(L, names[i]);
            int type = lua_rawget(L, 1);
            if (type == LUA_TSTRING || type == LUA_TNUMBER)
                set_raw(L, names[i]);
            else
                lua_pop(L, 1);
        }
        clua_flatten(L, -1, &vm->output);
    }
    if (vm->error_kept) luaL_unref(L, LUA_REGISTRYINDEX, vm->error_kept);
    vm->error_kept = 0;
    lua_pushvalue(L, 1);
    vm->error_kept = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static int failed(clua_vm *vm, lua_State *L, int status) {
    if (status == LUA_ERRMEM) {
        lua_settop(L, lua_gettop(L) - 1); /* a pre-made string: nothing to close */
        vm->output.count = 0;
        return CLUA_MEMORY;
    }
    lua_pushcfunction(L, read_error); /* a light C function: allocates nothing */
    lua_insert(L, -2);
    lua_pushlightuserdata(L, vm);
    int second = lua_pcall(L, 2, 0, 0);
    if (second != LUA_OK) {
        lua_settop(L, lua_gettop(L) - 1);
        vm->output.count = 0;
        return CLUA_MEMORY;
    }
    return CLUA_FAILED;
}

/* Runs a C function of this target under protection; errors end as trees in the output. */
int clua_protect(clua_vm *vm, lua_State *L, lua_CFunction body, void *argument) {
    if (!lua_checkstack(L, 8)) return CLUA_MEMORY;
    lua_pushcfunction(L, clua_handler);
    int handler = lua_gettop(L);
    lua_pushcfunction(L, body);
    lua_pushlightuserdata(L, argument);
    int status = lua_pcall(L, 1, 0, handler);
    int result = status == LUA_OK ? CLUA_OK : failed(vm, L, status);
    lua_remove(L, handler);
    return result;
}

int clua_run(clua_vm *vm, int function, const uint8_t *arguments, size_t count, bool by_reference) {
    run_request request = {vm, function, arguments, count, by_reference};
    lua_State *L = vm->running;
    vm->depth++;
    /* A reason that came before the run must stop it too. */
    if (vm->reason) clua_arm(vm, L);
    int result = clua_protect(vm, L, run, &request);
    vm->depth--;
    if (vm->depth == 0) {
        vm->reason = 0;
        vm->where[0] = '\0';
        clua_arm(vm, L);
    }
    return result;
}

typedef struct {
    clua_vm *vm;
    int index, reference;
    const uint8_t *tree;
    size_t count;
    const char *name;
    bool is_module;
} value_request;

/* Reads the value passed beside the request, or else the reference that it names. */
static int read_value(lua_State *L) {
    value_request *request = lua_touserdata(L, 1);
    request->vm->output.count = 0;
    if (lua_gettop(L) < 2) lua_rawgeti(L, LUA_REGISTRYINDEX, request->reference);
    clua_flatten(L, -1, &request->vm->output);
    return 0;
}

int clua_read(clua_vm *vm, clua_state *L, int index) {
    value_request request = {.vm = vm};
    if (!lua_checkstack(L, 8)) return CLUA_MEMORY;
    int at = lua_absindex(L, index);
    lua_pushcfunction(L, clua_handler);
    int handler = lua_gettop(L);
    lua_pushcfunction(L, read_value);
    lua_pushlightuserdata(L, &request);
    lua_pushvalue(L, at);
    int status = lua_pcall(L, 2, 0, handler);
    int result = status == LUA_OK ? CLUA_OK : failed(vm, L, status);
    lua_remove(L, handler);
    return result;
}

int clua_read_reference(clua_vm *vm, int reference) {
    value_request request = {.vm = vm, .reference = reference};
    return clua_protect(vm, vm->running, read_value, &request);
}

static int build_value(lua_State *L) {
    value_request *request = lua_touserdata(L, 1);
    lua_settop(L, 0);
    clua_build(L, request->tree, request->count);
    lua_settop(L, 1);
    return 1;
}

int clua_push_tree(clua_vm *vm, clua_state *L, const uint8_t *tree, size_t count) {
    value_request request = {.vm = vm, .tree = tree, .count = count};
    if (!lua_checkstack(L, 8)) return CLUA_MEMORY;
    lua_pushcfunction(L, build_value);
    lua_pushlightuserdata(L, &request);
    int status = lua_pcall(L, 1, 1, 0);
    return status == LUA_OK ? CLUA_OK : failed(vm, L, status);
}

static int push_bytes(lua_State *L) {
    value_request *request = lua_touserdata(L, 1);
    lua_pushlstring(L, (const char *)request->tree, request->count);
    return 1;
}

int clua_push_bytes(clua_vm *vm, clua_state *L, const void *bytes, size_t count) {
    value_request request = {.vm = vm, .tree = bytes, .count = count};
    lua_pushcfunction(L, push_bytes);
    lua_pushlightuserdata(L, &request);
    int status = lua_pcall(L, 1, 1, 0);
    return status == LUA_OK ? CLUA_OK : failed(vm, L, status);
}

static int set_global(lua_State *L) {
    value_request *request = lua_touserdata(L, 1);
    clua_build(L, request->tree, request->count);
    if (request->index != CLUA_GLOBAL) {
        luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
        lua_pushvalue(L, -2);
        lua_setfield(L, -2, request->name);
        lua_pop(L, 1);
    }
    if (request->index != CLUA_MODULE_ONLY) lua_setglobal(L, request->name);
    return 0;
}

int clua_set_global(clua_vm *vm, const char *name, const uint8_t *tree, size_t count, int kind) {
    value_request request = {.vm = vm, .tree = tree, .count = count, .name = name, .index = kind};
    return clua_protect(vm, vm->running, set_global, &request);
}

static int get_global(lua_State *L) {
    value_request *request = lua_touserdata(L, 1);
    lua_getglobal(L, request->name);
    request->reference = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

int clua_get_global(clua_vm *vm, const char *name, int *reference) {
    value_request request = {.vm = vm, .name = name};
    int status = clua_protect(vm, vm->running, get_global, &request);
    *reference = request.reference;
    return status;
}

static int load_chunk(lua_State *L) {
    value_request *request = lua_touserdata(L, 1);
    const char *text = (const char *)request->tree;
    int status = luaL_loadbufferx(L, text, request->count, request->name, "t");
    if (status == LUA_OK) {
        request->reference = luaL_ref(L, LUA_REGISTRYINDEX);
        return 0;
    }
    if (status == LUA_ERRSYNTAX) {
        /* A token that spells the mark is quoted, so the bare ending means: more to come. */
        static const char mark[] = "near <eof>";
        size_t count;
        const char *message = lua_tolstring(L, -1, &count);
        size_t n = sizeof mark - 1;
        request->is_module = count >= n && memcmp(message + count - n, mark, n) == 0;
        request->index = 1;
    }
    return lua_error(L);
}

int clua_load(clua_vm *vm, const void *text, size_t count, const char *name, int *function) {
    value_request request = {.vm = vm, .tree = text, .count = count, .name = name};
    int status = clua_protect(vm, vm->running, load_chunk, &request);
    *function = request.reference;
    if (status == CLUA_FAILED && request.index) return request.is_module ? CLUA_INCOMPLETE : CLUA_SYNTAX;
    return status;
}

void clua_unref(clua_vm *vm, int reference) {
    luaL_unref(vm->L, LUA_REGISTRYINDEX, reference); /* sets an existing slot: allocates nothing */
}

int clua_stage_error(clua_vm *vm, const uint8_t *tree, size_t count) {
    vm->staged.count = 0;
    if (clua_append(&vm->staged, tree, count)) return CLUA_OK;
    vm->staged_memory = true;
    return CLUA_MEMORY;
}

void clua_stage_kept(clua_vm *vm, int reference) { vm->staged_kept = reference; }
void clua_stage_memory(clua_vm *vm) { vm->staged_memory = true; }

const uint8_t *clua_output(clua_vm *vm, size_t *count) {
    *count = vm->output.count;
    return vm->output.bytes;
}

int clua_take_error(clua_vm *vm) {
    int kept = vm->error_kept;
    vm->error_kept = 0;
    return kept;
}

static int copy_reference(lua_State *L) {
    value_request *request = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, request->reference);
    request->reference = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

int clua_copy_reference(clua_vm *vm, int reference, int *copy) {
    value_request request = {.vm = vm, .reference = reference};
    int status = clua_protect(vm, vm->running, copy_reference, &request);
    *copy = request.reference;
    return status;
}
