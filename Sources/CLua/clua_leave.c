/* Leaving: os.exit unwinds everything, so that open transactions are taken back, and the host ends
 * the process. Whatever in Lua could swallow an error lets this one through. */
#include "clua_internal.h"

int clua_raise_exit(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_exit_error);
    return lua_error(L);
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

static int protected_call_with_handler(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    return finish(L, lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish), 2);
}

void clua_open_leaving(lua_State *L) {
    lua_pushcfunction(L, protected_call);
    lua_setglobal(L, "pcall");
    lua_pushcfunction(L, protected_call_with_handler);
    lua_setglobal(L, "xpcall");
    lua_getglobal(L, LUA_OSLIBNAME);
    lua_pushcfunction(L, os_exit);
    lua_setfield(L, -2, "exit");
    lua_pop(L, 1);
}
