/* Stopping a running chunk: the hook, the coroutine functions that carry it on, SIGINT, SIGALRM. */
#include "clua_internal.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static clua_vm *volatile sigint_vm, *volatile alarm_vm;
static volatile sig_atomic_t sigint_count, sigint_seen;
static pthread_t sigint_thread, alarm_thread;

void clua_hook(lua_State *L, lua_Debug *debug) {
    clua_vm *vm = vm_of(L);
    if (!vm->reason && vm->instruction_limit) {
        vm->instructions += COUNT_STEP;
        if (vm->instructions >= vm->instruction_limit) {
            vm->reason = REASON_INSTRUCTIONS;
            clua_arm(vm, L);
        }
    }
    if (!vm->reason) return;
    if (!vm->where[0] && lua_getinfo(L, "Sl", debug)) {
        const char *name = strrchr(debug->short_src, '/');
        snprintf(vm->where, sizeof vm->where, " at %.60s:%d", name ? name + 1 : debug->short_src,
                 debug->currentline);
    }
    /* Stays armed, so that a pcall that swallows this meets it one instruction later. */
    clua_raise_stop(vm, L);
}

/* An interruption says where it met the run first, whatever catches it on its way out. */
static int raise_interrupted(clua_vm *vm, lua_State *L) {
    lua_createtable(L, 0, 3);
    lua_pushliteral(L, "interrupted");
    lua_setfield(L, -2, "code");
    lua_pushfstring(L, "interrupted%s", vm->where);
    lua_setfield(L, -2, "message");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_error_meta);
    lua_setmetatable(L, -2);
    return lua_error(L);
}

int clua_raise_stop(clua_vm *vm, lua_State *L) {
    if (vm->reason == REASON_INTERRUPT) return raise_interrupted(vm, L);
    const char *which = vm->reason == REASON_CUT    ? &clua_cut_error
                        : vm->reason == REASON_TIME ? &clua_time_error
                                                    : &clua_instructions_error;
    lua_rawgetp(L, LUA_REGISTRYINDEX, which);
    return lua_error(L);
}

/* Whether a run that returned all the same has no result: who stops it does not come back. */
bool clua_is_stopped(clua_vm *vm) {
    return vm->is_exiting || vm->reason == REASON_CUT || vm->reason == REASON_TIME;
}

/* Sets the hook a coroutine needs now: every instruction once stopped, else the budget's step. */
void clua_arm(clua_vm *vm, lua_State *L) {
    if (vm->reason)
        lua_sethook(L, clua_hook, LUA_MASKCOUNT, 1);
    else if (vm->instruction_limit)
        lua_sethook(L, clua_hook, LUA_MASKCOUNT, COUNT_STEP);
    else
        lua_sethook(L, NULL, 0, 0);
}

void clua_interrupt(clua_vm *vm) {
    vm->reason = REASON_INTERRUPT;
    lua_sethook(vm->running, clua_hook, LUA_MASKCOUNT, 1);
}

void clua_cut(clua_vm *vm) {
    if (vm->reason) return;
    vm->reason = REASON_CUT;
    clua_arm(vm, vm->running);
}

void clua_end_cut(clua_vm *vm) {
    if (vm->reason != REASON_CUT) return;
    vm->reason = 0;
    clua_arm(vm, vm->running);
}

void clua_route(clua_vm *vm, clua_call *call) { vm->host.call = call; }

bool clua_is_interrupted(clua_vm *vm) {
    return vm->reason == REASON_INTERRUPT || vm->reason == REASON_TIME;
}

static void on_sigint(int number) {
    /* Signals of other threads come here by way of the VM's own. */
    if (!pthread_equal(pthread_self(), sigint_thread)) {
        pthread_kill(sigint_thread, number);
        return;
    }
    clua_vm *vm = sigint_vm;
    if (!vm || vm->depth == 0) { /* at the prompt: whoever waits there asks */
        sigint_seen = 1;
        return;
    }
    if (!vm->reason) sigint_count = 0;
    sigint_count++;
    if (sigint_count == 2) {
        static const char text[] = "\nstill in native code; once more quits\n";
        ssize_t ignored = write(2, text, sizeof text - 1);
        (void)ignored;
    } else if (sigint_count >= 3) {
        _exit(130);
    }
    clua_interrupt(vm);
}

void clua_take_sigint(clua_vm *vm) {
    struct sigaction action = {.sa_handler = on_sigint};
    sigset_t set;
    sigint_vm = vm;
    sigint_thread = pthread_self();
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

bool clua_poll_sigint(void) {
    /* A chunk that waits for an answer is stopped while it waits. */
    bool is_stopped = sigint_vm && sigint_vm->depth > 0 && clua_is_interrupted(sigint_vm);
    /* One that comes between the question and the reset belongs to what is told. */
    if (!sigint_seen) return is_stopped;
    sigint_seen = 0;
    return true;
}

static void on_alarm(int number) {
    (void)number;
    clua_vm *vm = alarm_vm;
    if (!vm) return;
    if (vm->is_out_of_time) {
        static const char text[] = "error: out of time in native code\n";
        ssize_t ignored = write(2, text, sizeof text - 1);
        (void)ignored;
        _exit(124);
    }
    vm->is_out_of_time = 1;
    /* Latched also while nothing runs: the next run meets it. */
    vm->reason = REASON_TIME;
    lua_sethook(vm->running, clua_hook, LUA_MASKCOUNT, 1);
}

static void forward_alarm(int number) {
    if (!pthread_equal(pthread_self(), alarm_thread))
        pthread_kill(alarm_thread, number);
    else
        on_alarm(number);
}

void clua_set_deadline(clua_vm *vm, double seconds) {
    struct itimerval timer = {.it_value.tv_sec = (time_t)seconds};
    timer.it_value.tv_usec = (suseconds_t)((seconds - (double)timer.it_value.tv_sec) * 1e6);
    if (seconds > 0) {
        struct sigaction action = {.sa_handler = forward_alarm, .sa_flags = SA_RESTART};
        sigset_t set;
        timer.it_interval.tv_sec = 2;
        alarm_vm = vm;
        alarm_thread = pthread_self();
        sigemptyset(&action.sa_mask);
        sigaction(SIGALRM, &action, NULL);
        sigemptyset(&set);
        sigaddset(&set, SIGALRM);
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    }
    setitimer(ITIMER_REAL, &timer, NULL);
    if (seconds <= 0) alarm_vm = NULL;
}

/* No signal reaches a machine that ends. */
void clua_forget_signals(clua_vm *vm) {
    if (alarm_vm == vm) clua_set_deadline(vm, 0);
    if (sigint_vm == vm) sigint_vm = NULL;
}

bool clua_is_out_of_time(clua_vm *vm) { return vm->is_out_of_time != 0; }

/* Coroutines: as in Lua's own library, but the running one is known, and a stop that came while
 * one ran goes on in whoever resumed it. */
static int resume(lua_State *L, lua_State *co, int count) {
    clua_vm *vm = vm_of(L);
    int results;
    if (!lua_checkstack(co, count)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, count);
    lua_State *outer = vm->running;
    vm->running = co;
    clua_arm(vm, co);
    int status = lua_resume(co, L, count, &results);
    vm->running = outer;
    clua_arm(vm, L);
    if (status == LUA_OK || status == LUA_YIELD) {
        if (!lua_checkstack(L, results + 1)) {
            lua_pop(co, results);
            lua_pushliteral(L, "too many results to resume");
            return -1;
        }
        lua_xmove(co, L, results);
        return results;
    }
    lua_xmove(co, L, 1);
    return -1;
}

static lua_State *coroutine_at(lua_State *L, int index) {
    lua_State *co = lua_tothread(L, index);
    luaL_argexpected(L, co, index, "coroutine");
    return co;
}

static int co_resume(lua_State *L) {
    int results = resume(L, coroutine_at(L, 1), lua_gettop(L) - 1);
    if (results < 0 && vm_of(L)->is_exiting) return clua_raise_exit(L);
    lua_pushboolean(L, results >= 0);
    lua_insert(L, results >= 0 ? -(results + 1) : -2);
    return results >= 0 ? results + 1 : 2;
}

static int close_thread(lua_State *L, lua_State *co) {
    clua_vm *vm = vm_of(L);
    lua_State *outer = vm->running;
    vm->running = co;
    clua_arm(vm, co);
    int status = lua_resetthread(co);
    vm->running = outer;
    clua_arm(vm, L);
    return status;
}

static int wrapped(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int results = resume(L, co, lua_gettop(L));
    if (results >= 0) return results;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        status = close_thread(L, co);
        if (status != LUA_OK) {
            lua_pop(L, 1);
            lua_xmove(co, L, 1);
        }
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int co_wrap(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int co_close(lua_State *L) {
    lua_State *co = coroutine_at(L, 1);
    int status = lua_status(co);
    lua_Debug debug;
    bool is_dead = status == LUA_OK && lua_getstack(co, 0, &debug) == 0;
    if (co == L || !(status == LUA_YIELD || is_dead || status > LUA_YIELD))
        return luaL_error(L, "cannot close a running coroutine");
    if (close_thread(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    if (vm_of(L)->is_exiting) return clua_raise_exit(L);
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

void clua_open_coroutines(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"resume", co_resume}, {"wrap", co_wrap}, {"close", co_close}, {NULL, NULL}};
    lua_getglobal(L, LUA_COLIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}

bool clua_output_failed(void) { return fflush(stdout) != 0 || ferror(stdout) != 0; }
