/* What Lua code finds: the standard libraries, as far as a machine's access goes. */
#include "clua_internal.h"

/* Registry key of the package library, which a sandbox has no name for. */
static const char package_key;

/* error{ code = …, message = … } raises an error object: readable, and told from other tables. */
static int object_error(lua_State *L) {
    int level = (int)luaL_optinteger(L, 2, 1);
    lua_settop(L, 1);
    if (lua_istable(L, 1) && !lua_getmetatable(L, 1)) {
        lua_pushliteral(L, "message");
        if (lua_rawget(L, 1) == LUA_TSTRING) {
            lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_error_meta);
            lua_setmetatable(L, 1);
        }
    }
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
        luaL_where(L, level);
        lua_pushvalue(L, 1);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

/* load, loadfile and dofile take text only: crafted byte code can break the interpreter. */
static int text_load(lua_State *L) {
    lua_settop(L, lua_gettop(L) < 3 ? 3 : lua_gettop(L));
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    /* What a reader raised was made an answer; leaving goes on. */
    if (vm_of(L)->is_exiting) return clua_raise_exit(L);
    return lua_gettop(L);
}

static int text_loadfile(lua_State *L) {
    lua_settop(L, lua_gettop(L) < 2 ? 2 : lua_gettop(L));
    lua_pushliteral(L, "t");
    lua_replace(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int text_dofile(lua_State *L) {
    const char *path = luaL_optstring(L, 1, NULL);
    lua_settop(L, 1);
    if (luaL_loadfilex(L, path, "t") != LUA_OK) return lua_error(L);
    lua_call(L, 0, LUA_MULTRET);
    return lua_gettop(L) - 1;
}

/* Finds modules along package.path, as text. */
static int search(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &package_key);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushstring(L, name);
    lua_getfield(L, -3, "path");
    lua_call(L, 2, 2);
    if (lua_isnil(L, -2)) return 1; /* the list of places tried */
    lua_pop(L, 1);
    const char *path = lua_tostring(L, -1);
    if (luaL_loadfilex(L, path, "t") != LUA_OK)
        return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s", name, path,
                          lua_tostring(L, -1));
    lua_pushstring(L, path);
    return 2;
}

static void replace_with_upvalue(lua_State *L, const char *name, lua_CFunction function) {
    lua_getglobal(L, name);
    lua_pushcclosure(L, function, 1);
    lua_setglobal(L, name);
}

static void clear(lua_State *L, const char *field) {
    lua_pushnil(L);
    lua_setfield(L, -2, field);
}

/* The package library: modules of text, those in C only where they are let in. */
static void open_package(lua_State *L, bool takes_c_modules) {
    luaL_requiref(L, LUA_LOADLIBNAME, luaopen_package, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &package_key);
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "path");
    lua_getfield(L, -1, "searchers");
    lua_getfield(L, -2, "searchpath");
    lua_pushcclosure(L, search, 1);
    lua_rawseti(L, -2, 2);
    if (!takes_c_modules) {
        for (int i = 3; i <= 4; i++) {
            lua_pushnil(L);
            lua_rawseti(L, -2, i);
        }
        lua_pushliteral(L, "");
        lua_setfield(L, -3, "cpath");
        lua_pop(L, 1);
        clear(L, "loadlib");
        lua_pushnil(L);
    }
    lua_pop(L, 2);
}

/* Collecting can be asked for in a sandbox, but neither stopped nor tuned. */
static int plain_collect(lua_State *L) {
    static const char *const options[] = {"collect", "count", "step", NULL};
    int option = luaL_checkoption(L, 1, "collect", options);
    if (option == 1) {
        lua_pushnumber(L, lua_gc(L, LUA_GCCOUNT) + lua_gc(L, LUA_GCCOUNTB) / 1024.0);
    } else {
        lua_pushinteger(L, lua_gc(L, LUA_GCCOLLECT));
    }
    return 1;
}

/* A finaliser runs with hooks off, where no limit reaches it: a sandbox has none. */
static int plain_setmetatable(lua_State *L) {
    lua_settop(L, 2);
    if (lua_istable(L, 2)) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "a sandbox has no finalisers");
        lua_settop(L, 2);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, 1);
    return 1;
}

/* Opens what reaches nothing but the machine itself. */
static void open_sandbox(lua_State *L) {
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},          {LUA_COLIBNAME, luaopen_coroutine},
        {LUA_TABLIBNAME, luaopen_table},    {LUA_STRLIBNAME, luaopen_string},
        {LUA_MATHLIBNAME, luaopen_math},    {LUA_UTF8LIBNAME, luaopen_utf8},
        {NULL, NULL}};
    static const char *const harmless[] = {"clock", "date", "difftime", "time", NULL};
    for (const luaL_Reg *library = libraries; library->func; library++)
        luaL_requiref(L, library->name, library->func, 1);
    /* Never a library with the others in it: what is not there cannot be found again. */
    lua_newtable(L);
    luaopen_os(L);
    for (int i = 0; harmless[i]; i++) {
        lua_getfield(L, -1, harmless[i]);
        lua_setfield(L, -3, harmless[i]);
    }
    lua_pop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, LUA_OSLIBNAME);
    lua_pushvalue(L, -2);
    lua_setglobal(L, LUA_OSLIBNAME);
    lua_settop(L, 0);
    open_package(L, false);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    clear(L, LUA_LOADLIBNAME);
    lua_pushglobaltable(L);
    clear(L, LUA_LOADLIBNAME);
    clear(L, "loadfile");
    clear(L, "dofile");
    lua_pushcfunction(L, plain_collect);
    lua_setfield(L, -2, "collectgarbage");
    replace_with_upvalue(L, "setmetatable", plain_setmetatable);
    lua_getglobal(L, LUA_STRLIBNAME);
    clear(L, "dump");
}

static void open_standard(lua_State *L, bool takes_c_modules) {
    luaL_openlibs(L);
    replace_with_upvalue(L, "loadfile", text_loadfile);
    lua_pushcfunction(L, text_dofile);
    lua_setglobal(L, "dofile");
    lua_getglobal(L, LUA_DBLIBNAME); /* the hook is the host's */
    clear(L, "sethook");
    lua_settop(L, 0);
    open_package(L, takes_c_modules);
}

void clua_open_libraries(lua_State *L, int access) {
    if (access == CLUA_SANDBOX)
        open_sandbox(L);
    else
        open_standard(L, access == CLUA_C_MODULES);
    replace_with_upvalue(L, "load", text_load);
    lua_pushcfunction(L, object_error);
    lua_setglobal(L, "error");
    lua_settop(L, 0);
    clua_open_coroutines(L);
    clua_open_leaving(L);
}

typedef struct {
    const char *path, *cpath;
} path_request;

static int set_module_path(lua_State *L) {
    path_request *request = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &package_key);
    lua_pushstring(L, request->path);
    lua_setfield(L, -2, "path");
    if (vm_of(L)->access != CLUA_C_MODULES) return 0;
    lua_pushstring(L, request->cpath);
    lua_getfield(L, -2, "cpath");
    lua_concat(L, 2);
    lua_setfield(L, -2, "cpath");
    return 0;
}

int clua_set_module_path(clua_vm *vm, const char *path, const char *cpath) {
    path_request request = {path, cpath};
    return clua_protect(vm, vm->L, set_module_path, &request);
}
