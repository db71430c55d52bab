/* Value trees: a Lua value to bytes and back, each in one crossing. */
#include "clua_internal.h"

bool clua_append(clua_buffer *buffer, const void *bytes, size_t count) {
    if (count == 0) return true;
    if (buffer->room - buffer->count < count) {
        size_t room = buffer->room ? buffer->room : 256;
        while (room - buffer->count < count) {
            if (room > SIZE_MAX / 2) return false;
            room *= 2;
        }
        uint8_t *grown = realloc(buffer->bytes, room);
        if (!grown) return false;
        buffer->bytes = grown;
        buffer->room = room;
    }
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    return true;
}

/* The buffer belongs to the VM, so a raise here leaks nothing. */
static void append(lua_State *L, clua_buffer *out, const void *bytes, size_t count) {
    if (!clua_append(out, bytes, count)) luaL_error(L, "not enough memory");
}

static void append_tag(lua_State *L, clua_buffer *out, char tag) { append(L, out, &tag, 1); }

static void append_count(lua_State *L, clua_buffer *out, uint64_t count) {
    append(L, out, &count, sizeof count);
}

/* The way from the root to the table being read, for the error about a cycle. */
typedef struct path {
    const struct path *parent;
    const void *table;
    const char *key;
    lua_Integer index;
} path;

static void push_path(lua_State *L, const path *at) {
    if (!at->parent) {
        lua_pushliteral(L, "value");
        return;
    }
    push_path(L, at->parent);
    if (at->key)
        lua_pushfstring(L, "%s.%s", lua_tostring(L, -1), at->key);
    else
        lua_pushfstring(L, "%s[%I]", lua_tostring(L, -1), (LUAI_UACINT)at->index);
    lua_remove(L, -2);
}

static void refuse(lua_State *L, const path *at, const char *why) {
    push_path(L, at);
    luaL_error(L, "%s %s", lua_tostring(L, -1), why);
}

static void flatten(lua_State *L, int index, clua_buffer *out, const path *at, int depth);

static bool has_meta(lua_State *L, int index, const void *key) {
    if (!lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

/* Keys 1...n with holes allowed: an array when at least half of it is there. */
static bool is_array(lua_State *L, int index, lua_Integer *length) {
    lua_Integer count = 0, last = 0;
    if (has_meta(L, index, &clua_object_meta)) return false;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        lua_Integer key = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
        if (key < 1) {
            lua_pop(L, 1);
            return false;
        }
        if (key > last) last = key;
        count++;
    }
    *length = last;
    return count ? last / 2 <= count : has_meta(L, index, &clua_array_meta);
}

static void flatten_table(lua_State *L, int index, clua_buffer *out, const path *at, int depth) {
    const void *table = lua_topointer(L, index);
    for (const path *up = at->parent; up; up = up->parent)
        if (up->table == table) refuse(L, at, "is a table that contains itself");
    if (depth >= DEPTH_MAX) refuse(L, at, "is nested deeper than 64 tables");
    luaL_checkstack(L, 8, "value nested too deeply");
    path here = *at;
    here.table = table;
    lua_Integer length = 0;
    if (is_array(L, index, &length)) {
        append_tag(L, out, CLUA_ARRAY);
        append_count(L, out, (uint64_t)length);
        for (lua_Integer i = 1; i <= length; i++) {
            path next = {&here, NULL, NULL, i};
            lua_rawgeti(L, index, i);
            flatten(L, lua_gettop(L), out, &next, depth + 1);
            lua_pop(L, 1);
        }
        return;
    }
    append_tag(L, out, CLUA_TABLE);
    size_t at_count = out->count;
    uint64_t count = 0;
    append_count(L, out, 0);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        path next = {&here, NULL, NULL, 0};
        if (lua_type(L, -2) == LUA_TSTRING)
            next.key = lua_tostring(L, -2);
        else if (lua_isinteger(L, -2))
            next.index = lua_tointeger(L, -2);
        flatten(L, lua_gettop(L) - 1, out, &next, depth + 1);
        flatten(L, lua_gettop(L), out, &next, depth + 1);
        lua_pop(L, 1);
        count++;
    }
    memcpy(out->bytes + at_count, &count, sizeof count);
}

static void flatten(lua_State *L, int index, clua_buffer *out, const path *at, int depth) {
    size_t count;
    const char *text;
    clua_userdata *data;
    switch (lua_type(L, index)) {
        case LUA_TNIL: append_tag(L, out, CLUA_NIL); return;
        case LUA_TBOOLEAN: append_tag(L, out, lua_toboolean(L, index) ? CLUA_TRUE : CLUA_FALSE); return;
        case LUA_TNUMBER:
            if (lua_isinteger(L, index)) {
                int64_t integer = lua_tointeger(L, index);
                append_tag(L, out, CLUA_INTEGER);
                append(L, out, &integer, sizeof integer);
            } else {
                double number = lua_tonumber(L, index);
                append_tag(L, out, CLUA_NUMBER);
                append(L, out, &number, sizeof number);
            }
            return;
        case LUA_TSTRING:
            text = lua_tolstring(L, index, &count);
            append_tag(L, out, CLUA_STRING);
            append_count(L, out, count);
            append(L, out, text, count);
            return;
        case LUA_TTABLE: flatten_table(L, index, out, at, depth); return;
        case LUA_TLIGHTUSERDATA:
            if (lua_touserdata(L, index) != &clua_null) refuse(L, at, "is a light userdata");
            append_tag(L, out, CLUA_NULL);
            return;
        case LUA_TUSERDATA:
            data = clua_check_userdata(L, index);
            if (!data) refuse(L, at, "is a userdata of another library");
            if (!data->object) refuse(L, at, "is closed");
            uint64_t pointer = (uintptr_t)data->object;
            append_tag(L, out, CLUA_OBJECT);
            append(L, out, &data->class_number, sizeof data->class_number);
            append(L, out, &pointer, sizeof pointer);
            return;
        case LUA_TFUNCTION: {
            lua_pushvalue(L, index);
            int32_t reference = luaL_ref(L, LUA_REGISTRYINDEX);
            append_tag(L, out, CLUA_REFERENCE);
            append(L, out, &reference, sizeof reference);
            return;
        }
        default: refuse(L, at, lua_typename(L, lua_type(L, index)));
    }
}

void clua_flatten(lua_State *L, int index, clua_buffer *out) {
    path root = {0};
    flatten(L, lua_absindex(L, index), out, &root, 0);
}

/* The trees that come in are written by this package's own encoder. */
typedef struct {
    const uint8_t *at, *end;
} cursor;

static void take(lua_State *L, cursor *in, void *out, size_t count) {
    if ((size_t)(in->end - in->at) < count) luaL_error(L, "value tree cut short");
    memcpy(out, in->at, count);
    in->at += count;
}

static uint64_t take_count(lua_State *L, cursor *in) {
    uint64_t count;
    take(L, in, &count, sizeof count);
    return count;
}

static void push_string(lua_State *L, cursor *in) {
    uint64_t count = take_count(L, in);
    if ((size_t)(in->end - in->at) < count) luaL_error(L, "value tree cut short");
    lua_pushlstring(L, (const char *)in->at, count);
    in->at += count;
}

static void push_body(lua_State *L, cursor *in) {
    uint64_t pointer;
    take(L, in, &pointer, sizeof pointer);
    lua_pushlightuserdata(L, (void *)(uintptr_t)pointer);
    lua_pushcclosure(L, clua_dispatch, 1);
}

static void push_object(lua_State *L, cursor *in) {
    uint32_t class_number;
    uint64_t pointer;
    take(L, in, &class_number, sizeof class_number);
    take(L, in, &pointer, sizeof pointer);
    clua_userdata *data = lua_newuserdatauv(L, sizeof *data, 0);
    *data = (clua_userdata){&clua_object_tag, class_number, NULL};
    /* Classes lie in the registry under light userdata made of their numbers. */
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, (void *)(uintptr_t)class_number) != LUA_TTABLE)
        luaL_error(L, "object of an unregistered class");
    lua_setmetatable(L, -2);
    /* Last, so that no failure before leaks a retain. */
    vm_of(L)->host.retain((void *)(uintptr_t)pointer);
    data->object = (void *)(uintptr_t)pointer;
}

int clua_module_index(lua_State *L) {
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) return 1;
    lua_call(L, 0, 1);
    return 1;
}

static void push(lua_State *L, cursor *in, int depth);

static void push_members(lua_State *L, cursor *in, int depth) {
    uint64_t count = take_count(L, in);
    lua_createtable(L, 0, count < 4096 ? (int)count : 4096);
    for (uint64_t i = 0; i < count; i++) {
        push(L, in, depth + 1);
        push(L, in, depth + 1);
        lua_rawset(L, -3);
    }
}

static void push_module(lua_State *L, cursor *in, int depth) {
    push_members(L, in, depth);
    lua_createtable(L, 0, 2);
    push_members(L, in, depth);
    lua_pushcclosure(L, clua_module_index, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

static void push_array(lua_State *L, cursor *in, int depth) {
    uint64_t count = take_count(L, in);
    lua_createtable(L, count < 65536 ? (int)count : 65536, 0);
    for (uint64_t i = 1; i <= count; i++) {
        push(L, in, depth + 1);
        lua_rawseti(L, -2, (lua_Integer)i);
    }
    if (count) return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_array_meta);
    lua_setmetatable(L, -2);
}

static void push(lua_State *L, cursor *in, int depth) {
    uint8_t tag;
    int64_t integer;
    double number;
    int32_t reference;
    if (depth > DEPTH_MAX + 4) luaL_error(L, "value is nested deeper than 64 tables");
    luaL_checkstack(L, 8, "value nested too deeply");
    take(L, in, &tag, 1);
    switch (tag) {
        case CLUA_NIL: lua_pushnil(L); return;
        case CLUA_NULL: lua_pushlightuserdata(L, (void *)&clua_null); return;
        case CLUA_FALSE: lua_pushboolean(L, 0); return;
        case CLUA_TRUE: lua_pushboolean(L, 1); return;
        case CLUA_INTEGER:
            take(L, in, &integer, sizeof integer);
            lua_pushinteger(L, integer);
            return;
        case CLUA_NUMBER:
            take(L, in, &number, sizeof number);
            lua_pushnumber(L, number);
            return;
        case CLUA_STRING: push_string(L, in); return;
        case CLUA_ARRAY: push_array(L, in, depth); return;
        case CLUA_TABLE: push_members(L, in, depth); return;
        case CLUA_OBJECT: push_object(L, in); return;
        case CLUA_REFERENCE:
            take(L, in, &reference, sizeof reference);
            lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
            return;
        case CLUA_BODY: push_body(L, in); return;
        case CLUA_MODULE: push_module(L, in, depth); return;
        case CLUA_ERROR:
            push(L, in, depth + 1);
            lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_error_meta);
            lua_setmetatable(L, -2);
            return;
        default: luaL_error(L, "value tree with unknown tag %d", tag);
    }
}

void clua_build(lua_State *L, const uint8_t *tree, size_t count) {
    cursor in = {tree, tree + count};
    while (in.at < in.end) push(L, &in, 0);
}
