/* Host objects in Lua, and quiet looks at the stack. */
#include "clua_internal.h"

clua_userdata *clua_check_userdata(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(clua_userdata))
        return NULL;
    clua_userdata *data = lua_touserdata(L, index);
    return data->tag == &clua_object_tag ? data : NULL;
}

void *clua_object(clua_state *L, int index, uint32_t class_number) {
    clua_userdata *data = clua_check_userdata(L, index);
    return data && data->class_number == class_number ? data->object : NULL;
}

void clua_close_object(clua_state *L, int index) {
    clua_userdata *data = clua_check_userdata(L, index);
    if (!data || !data->object) return;
    void *object = data->object;
    data->object = NULL;
    vm_of(L)->host.release(object);
}

static int finalize(lua_State *L) {
    clua_close_object(L, 1);
    return 0;
}

/* Upvalues: methods, getters, what to call for an unknown name. */
int clua_object_index(lua_State *L) {
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 1);
        return 1;
    }
    lua_pushvalue(L, lua_upvalueindex(3));
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_call(L, 2, 1);
    return 1;
}

typedef struct {
    uint32_t class_number;
    const char *name;
    const uint8_t *tree;
    size_t count;
} class_request;

/* The tree is three tables: methods, getters, metamethods (with `unknown` among them). */
static int define_class(lua_State *L) {
    class_request *request = lua_touserdata(L, 1);
    clua_build(L, request->tree, request->count); /* 2 methods, 3 getters, 4 metamethods */
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 3);
    lua_getfield(L, 4, "unknown");
    lua_pushcclosure(L, clua_object_index, 3);
    lua_setfield(L, 4, "__index");
    lua_pushnil(L);
    lua_setfield(L, 4, "unknown");
    lua_pushcfunction(L, finalize);
    lua_setfield(L, 4, "__gc");
    lua_pushcfunction(L, finalize);
    lua_setfield(L, 4, "__close");
    lua_pushstring(L, request->name);
    lua_setfield(L, 4, "__name");
    lua_pushstring(L, request->name);
    lua_setfield(L, 4, "__metatable");
    lua_settop(L, 4);
    lua_rawsetp(L, LUA_REGISTRYINDEX, (void *)(uintptr_t)request->class_number);
    return 0;
}

int clua_define_class(clua_vm *vm, uint32_t class_number, const char *name, const uint8_t *tree,
                      size_t count) {
    class_request request = {class_number, name, tree, count};
    return clua_protect(vm, vm->running, define_class, &request);
}

int clua_kind(clua_state *L, int index) {
    switch (lua_type(L, index)) {
        case LUA_TNONE: return -1;
        case LUA_TNIL: return CLUA_NIL;
        case LUA_TBOOLEAN: return lua_toboolean(L, index) ? CLUA_TRUE : CLUA_FALSE;
        case LUA_TNUMBER: return lua_isinteger(L, index) ? CLUA_INTEGER : CLUA_NUMBER;
        case LUA_TSTRING: return CLUA_STRING;
        case LUA_TTABLE: return CLUA_TABLE;
        case LUA_TFUNCTION: return CLUA_REFERENCE;
        case LUA_TUSERDATA: return clua_check_userdata(L, index) ? CLUA_OBJECT : 0;
        case LUA_TLIGHTUSERDATA: return lua_touserdata(L, index) == &clua_null ? CLUA_NULL : 0;
        default: return 0;
    }
}

/* Strings that spell numbers are refused: an option of type integer is no text. */
clua_integer_result clua_integer(clua_state *L, int index) {
    int is = 0;
    lua_Integer value = lua_tointegerx(L, index, &is);
    return (clua_integer_result){value, is && lua_type(L, index) == LUA_TNUMBER};
}

bool clua_number(clua_state *L, int index, double *value) {
    if (lua_type(L, index) != LUA_TNUMBER) return false;
    *value = lua_tonumberx(L, index, NULL);
    return true;
}

const char *clua_string(clua_state *L, int index, size_t *count) {
    /* Quiet only on what already is a string. */
    return lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, count) : NULL;
}

const char *clua_type_name(clua_state *L, int index) {
    int type = lua_type(L, index);
    return type == LUA_TNONE ? "nothing" : lua_typename(L, type);
}

void clua_push_integer(clua_state *L, int64_t value) { lua_pushinteger(L, value); }
void clua_push_number(clua_state *L, double value) { lua_pushnumber(L, value); }
void clua_push_boolean(clua_state *L, bool value) { lua_pushboolean(L, value); }
void clua_push_nil(clua_state *L) { lua_pushnil(L); }
