/* Leaving: os.exit unwinds everything, so that open transactions are taken back, and the host ends
 * the process. Whatever in Lua could swallow an error lets this one through, and no message handler
 * sees it, nor what stops a run. */
#include "clua_internal.h"

/* Registry key of what makes message handlers, see below. */
static const char maker_key;

static int raise_exit(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_exit_error);
    return lua_error(L);
}

static void note_hook(lua_State *L, lua_Debug *debug) {
    (void)debug;
    vm_of(L)->has_met_hook = true;
}

/* Whether a finaliser runs: what it raises goes no further than to itself, and hooks are off in it,
 * which a few instructions tell. */
static bool is_finalising(lua_State *L) {
    clua_vm *vm = vm_of(L);
    luaL_checkstack(L, 2, NULL);
    vm->has_met_hook = false;
    lua_sethook(L, note_hook, LUA_MASKCOUNT, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &maker_key);
    lua_call(L, 0, 0);
    clua_arm(vm, L);
    return !vm->has_met_hook;
}

static void leave_after(lua_State *L, lua_Debug *debug) {
    (void)debug;
    clua_arm(vm_of(L), L);
    if (vm_of(L)->is_exiting) raise_exit(L);
}

int clua_raise_exit(lua_State *L) {
    /* Met by the first instruction after the finaliser. */
    if (is_finalising(L)) lua_sethook(L, leave_after, LUA_MASKCOUNT, 1);
    return raise_exit(L);
}

static int os_exit(lua_State *L) {
    clua_vm *vm = vm_of(L);
    if (lua_isboolean(L, 1))
        vm->exit_status = lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
    else
        vm->exit_status = (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
    vm->is_exiting = true;
    return clua_raise_exit(L);
}

bool clua_take_exit(clua_vm *vm, int *status) {
    bool was_exiting = vm->is_exiting;
    *status = vm->exit_status;
    vm->is_exiting = false;
    return was_exiting;
}

bool clua_is_exiting(clua_vm *vm) { return vm->is_exiting; }

/* The end of pcall and xpcall, also of a run that yielded in between: `base` values lie below. */
static int finish(lua_State *L, int status, lua_KContext base) {
    if (vm_of(L)->is_exiting) return clua_raise_exit(L);
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)base;
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int protected_call(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    return finish(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish), 0);
}

static bool is_stopped(lua_State *L) { return vm_of(L)->is_exiting || vm_of(L)->reason; }

static int tell_stopped(lua_State *L) {
    lua_pushboolean(L, is_stopped(L));
    return 1;
}

/* Makes a message handler around one in Lua. It calls that in its own place, so that the levels of
 * the stack are those that the handler expects. */
static const char maker[] =
    "local is_stopped = ...\n"
    "return function(handler)\n"
    "  return function(problem)\n"
    "    if is_stopped() then return problem end\n"
    "    return handler(problem)\n"
    "  end\n"
    "end\n";

/* A message handler around one in C, of which only the traceback looks at the stack. */
static int handle(lua_State *L) {
    if (is_stopped(L)) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    if (lua_rawequal(L, 1, lua_upvalueindex(2)) && (lua_isnil(L, 2) || lua_isstring(L, 2))) {
        luaL_traceback(L, L, lua_tostring(L, 2), 1);
        return 1;
    }
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* Puts a handler that hears of no stop in place of the one at index 2. */
static void wrap_handler(lua_State *L) {
    if (lua_iscfunction(L, 2)) {
        lua_pushvalue(L, 2);
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_pushcclosure(L, handle, 2);
    } else {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &maker_key);
        lua_pushvalue(L, 2);
        lua_call(L, 1, 1);
    }
    lua_replace(L, 2);
}

/* Upvalue: debug.traceback, nil in a sandbox. */
static int protected_call_with_handler(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    wrap_handler(L);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    return finish(L, lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish), 2);
}

void clua_open_leaving(lua_State *L) {
    lua_pushcfunction(L, protected_call);
    lua_setglobal(L, "pcall");
    if (luaL_loadbufferx(L, maker, sizeof maker - 1, "=xpcall", "t") != LUA_OK) lua_error(L);
    lua_pushcfunction(L, tell_stopped);
    lua_call(L, 1, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &maker_key);
    if (lua_getglobal(L, LUA_DBLIBNAME) == LUA_TTABLE) lua_getfield(L, -1, "traceback");
    lua_pushcclosure(L, protected_call_with_handler, 1);
    lua_setglobal(L, "xpcall");
    lua_getglobal(L, LUA_OSLIBNAME);
    lua_pushcfunction(L, os_exit);
    lua_setfield(L, -2, "exit");
    lua_settop(L, 0);
}
