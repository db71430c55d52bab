/* Looking at values without running anything: raw reads, `__index` tables, and what the host
 * bound. A metamethod that is a function is never called. */
#include "clua_internal.h"

enum { LINK_MAX = 16, TEXT_MAX = 4096 };

typedef struct {
    clua_vm *vm;
    const uint8_t *path;
    size_t count, member_max;
} sight_request;

/* Pushes a member of the metatable of the value on top; false, and nothing, without one. */
static bool push_meta(lua_State *L, const char *name) {
    if (!lua_getmetatable(L, -1)) return false;
    lua_pushstring(L, name);
    lua_rawget(L, -2);
    lua_remove(L, -2);
    return true;
}

/* Puts the table that `__index` leads to in place of the value on top. */
static bool follow(lua_State *L) {
    if (!push_meta(L, "__index")) return false;
    if (lua_istable(L, -1)) {
        lua_replace(L, -2);
        return true;
    }
    lua_pop(L, 1);
    return false;
}

/* Puts the member of a key in place of the value on top. */
static bool step(lua_State *L, int key) {
    for (int link = 0; link < LINK_MAX; link++) {
        if (lua_istable(L, -1)) {
            lua_pushvalue(L, key);
            if (lua_rawget(L, -2) != LUA_TNIL) {
                lua_replace(L, -2);
                return true;
            }
            lua_pop(L, 1);
        }
        if (!follow(L)) return false;
    }
    return false;
}

/* Whether the value at an index is text that can name a thing: a longer one is not copied. */
static bool is_name(lua_State *L, int index) {
    return lua_type(L, index) == LUA_TSTRING && lua_rawlen(L, index) <= TEXT_MAX;
}

static void put(lua_State *L, clua_buffer *out, const void *bytes, size_t count) {
    if (!clua_append(out, bytes, count)) luaL_error(L, "not enough memory");
}

static void put_integer(lua_State *L, clua_buffer *out, int64_t value) {
    char tag = CLUA_INTEGER;
    put(L, out, &tag, 1);
    put(L, out, &value, sizeof value);
}

void *clua_body(clua_state *L, int index) {
    if (lua_tocfunction(L, index) != clua_dispatch || !lua_getupvalue(L, index, 1)) return NULL;
    void *body = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return body;
}

static int64_t body_of(lua_State *L, int index) { return (int64_t)(intptr_t)clua_body(L, index); }

/* Tells of the members of the table on top. */
static void put_members(lua_State *L, sight_request *request) {
    clua_buffer *out = &request->vm->output;
    if (!lua_istable(L, -1)) return;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (is_name(L, -2)) {
            if (request->member_max == 0) {
                lua_pop(L, 2);
                return;
            }
            request->member_max--;
            lua_pushvalue(L, -2);
            clua_flatten(L, -1, out);
            lua_pop(L, 1);
            put_integer(L, out, lua_type(L, -1));
            put_integer(L, out, body_of(L, lua_gettop(L)));
        }
        lua_pop(L, 1);
    }
}

/* Tells of the names that a table with computed members lists in its metatable. */
static void put_names(lua_State *L, sight_request *request) {
    clua_buffer *out = &request->vm->output;
    if (!push_meta(L, "__names")) return;
    for (lua_Integer i = 1; lua_istable(L, -1); i++) {
        lua_rawgeti(L, -1, i);
        bool is_told = is_name(L, -1) && request->member_max > 0;
        if (is_told) {
            request->member_max--;
            clua_flatten(L, -1, out);
            put_integer(L, out, -1);
            put_integer(L, out, 0);
        }
        lua_pop(L, 1);
        if (!is_told) break;
    }
    lua_pop(L, 1);
}

/* Tells of what the host computes: getters of a module, methods and getters of a class. */
static void put_bound(lua_State *L, sight_request *request) {
    if (!push_meta(L, "__index")) return;
    lua_CFunction index = lua_tocfunction(L, -1);
    int count = index == clua_module_index ? 1 : index == clua_object_index ? 2 : 0;
    for (int i = 1; i <= count && lua_getupvalue(L, -1, i); i++) {
        put_members(L, request);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void put_value(lua_State *L, clua_buffer *out) {
    clua_userdata *data = clua_check_userdata(L, -1);
    if (is_name(L, -1) || (data && data->object))
        clua_flatten(L, -1, out);
    else
        put(L, out, &(char){CLUA_NIL}, 1);
}

static int look(lua_State *L) {
    sight_request *request = lua_touserdata(L, 1);
    clua_buffer *out = &request->vm->output;
    out->count = 0;
    clua_build(L, request->path, request->count);
    int last = lua_gettop(L);
    luaL_checkstack(L, 16, "too many keys");
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    for (int key = 2; key <= last; key++)
        if (!step(L, key)) return 0;
    put_integer(L, out, lua_type(L, -1));
    put_value(L, out);
    put_integer(L, out, body_of(L, lua_gettop(L)));
    for (int link = 0; link < LINK_MAX; link++) {
        put_members(L, request);
        put_names(L, request);
        put_bound(L, request);
        if (!follow(L)) break;
    }
    return 0;
}

int clua_look(clua_vm *vm, const uint8_t *path, size_t count, size_t member_max) {
    sight_request request = {vm, path, count, member_max};
    return clua_protect(vm, vm->running, look, &request);
}
