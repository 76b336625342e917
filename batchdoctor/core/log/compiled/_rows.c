/* Goes through rows of attempts: puts them into buckets, gives them other numbers, counts them, and
   keeps of runs that ended where and when they were.

   A row is 38 bytes, the highest byte of each number first (see `attempt_store.py`): number of job
   and task, kind, version, retry and requeue count, what is known, index of the job, when it ran.
   Most tasks have one row. Those are dealt with here; the others, of which something has to be put
   together, are given back to be looked at with patience. */

/* One build serves this version of Python and all later ones. */
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../columns.h"

enum { ROW = 38, BUCKETS = 256, CLOSED = 4 };

/* Where the numbers of a row begin. */
enum { NUMBER = 0, KIND = 8, VERSION = 10, RETRIES = 14, REQUEUES = 16, PACKED = 18, JOB = 26, WHEN = 30 };

/* Bits of what is known of an attempt, as in `attempt.py`. */
enum {
    START = 1, ENDED = 2 | 4, REQUEUE = 8, LOOSE = 16, CLOSED_BY_REQUEUE = 32, OVERTAKEN = 64,
    GONE = ENDED | REQUEUE | CLOSED_BY_REQUEUE | OVERTAKEN,
    EVENTS = 255, NODE_SHIFT = 8, OUTCOME_SHIFT = 36,
};
#define NODES (((uint64_t)1 << (OUTCOME_SHIFT - NODE_SHIFT)) - 1)
#define SPREADING 0x9E3779B97F4A7C15u

static uint64_t
load(const unsigned char *at, int bytes)
{
    uint64_t number = 0;
    for (int byte = 0; byte < bytes; byte++)
        number = number << 8 | at[byte];
    return number;
}

static void
store(unsigned char *at, uint64_t number, int bytes)
{
    for (; bytes > 0; number >>= 8)
        at[--bytes] = (unsigned char)number;
}

/* ---- Counts that grow ------------------------------------------------------------------------ */

/* Pairs of numbers, each with its place in the order in which they came. */
typedef struct {
    uint64_t (*keys)[2];
    uint32_t *slots; /* one more than the place of a pair, 0 for none */
    size_t count, room;
} Index;

static size_t
slot_of(const Index *index, uint64_t first, uint64_t second)
{
    uint64_t hash = (first * SPREADING ^ second) * SPREADING;
    size_t slot = (size_t)(hash ^ hash >> 32) & (2 * index->room - 1);
    for (; index->slots[slot]; slot = (slot + 1) & (2 * index->room - 1)) {
        const uint64_t *key = index->keys[index->slots[slot] - 1];
        if (key[0] == first && key[1] == second)
            break;
    }
    return slot;
}

static bool
grow(Index *index)
{
    size_t room = index->room ? 2 * index->room : 1024;
    uint64_t(*keys)[2] = PyMem_Realloc(index->keys, room * sizeof *keys);
    if (!keys)
        return false;
    index->keys = keys;
    uint32_t *slots = PyMem_Calloc(2 * room, sizeof *slots);
    if (!slots)
        return false;
    PyMem_Free(index->slots);
    index->slots = slots;
    index->room = room;
    for (size_t place = 0; place < index->count; place++)
        slots[slot_of(index, keys[place][0], keys[place][1])] = (uint32_t)place + 1;
    return true;
}

/* The place of a pair, a new one if need be; SIZE_MAX if there is no memory. */
static size_t
place_of(Index *index, uint64_t first, uint64_t second)
{
    if (index->count == index->room && !grow(index))
        return SIZE_MAX;
    size_t slot = slot_of(index, first, second);
    if (!index->slots[slot]) {
        index->keys[index->count][0] = first;
        index->keys[index->count][1] = second;
        index->slots[slot] = (uint32_t)++index->count;
    }
    return index->slots[slot] - 1;
}

static void
forget(Index *index)
{
    PyMem_Free(index->keys);
    PyMem_Free(index->slots);
}

/* ---- Rows that are whole -------------------------------------------------------------------- */

/* The rows of a buffer; false with an exception set if it is none or they are not whole. */
static bool
rows_in(PyObject *data, Py_buffer *view)
{
    if (PyObject_GetBuffer(data, view, PyBUF_SIMPLE))
        return false;
    if (view->len % ROW == 0 && view->len / ROW < INT32_MAX)
        return true;
    PyBuffer_Release(view);
    PyErr_SetString(PyExc_ValueError, "rows that are not whole");
    return false;
}

/* For each row whether its task has others, too; NULL with an exception set without memory. */
static unsigned char *
of_several(const unsigned char *rows, size_t count)
{
    size_t slots = 16;
    while (slots < 2 * count)
        slots *= 2;
    unsigned char *several = PyMem_Calloc(count + 1, 1);
    uint32_t *first = PyMem_Calloc(slots, sizeof *first);
    if (!several || !first) {
        PyMem_Free(several);
        PyMem_Free(first);
        PyErr_NoMemory();
        return NULL;
    }
    for (size_t row = 0; row < count; row++) {
        const unsigned char *at = rows + row * ROW;
        uint64_t number = load(at + NUMBER, 8), hash = number * SPREADING;
        size_t slot = (size_t)(hash ^ hash >> 32) & (slots - 1);
        while (first[slot] && memcmp(rows + (size_t)(first[slot] - 1) * ROW, at, 8))
            slot = (slot + 1) & (slots - 1);
        if (first[slot])
            several[row] = several[first[slot] - 1] = 1;
        else
            first[slot] = (uint32_t)row + 1;
    }
    PyMem_Free(first);
    return several;
}

PyDoc_STRVAR(split_doc, "split(rows, /)\n--\n\n"
                        "Rows of tasks that have one, and of tasks that have several.");

static PyObject *
rows_split(PyObject *module, PyObject *data)
{
    (void)module;
    Py_buffer view;
    if (!rows_in(data, &view))
        return NULL;
    const unsigned char *rows = view.buf;
    size_t count = (size_t)view.len / ROW, many = 0;
    PyObject *single = NULL, *others = NULL;
    unsigned char *several = of_several(rows, count);
    for (size_t row = 0; several && row < count; row++)
        many += several[row];
    if (several) {
        single = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)((count - many) * ROW));
        others = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(many * ROW));
    }
    if (single && others) {
        char *to[] = {PyBytes_AsString(single), PyBytes_AsString(others)};
        for (size_t row = 0; row < count; row++) {
            memcpy(to[several[row]], rows + row * ROW, ROW);
            to[several[row]] += ROW;
        }
    }
    PyMem_Free(several);
    PyBuffer_Release(&view);
    if (!single || !others) {
        Py_XDECREF(single);
        Py_XDECREF(others);
        return NULL;
    }
    return Py_BuildValue("(NN)", single, others);
}

/* ---- Attempts that closed, as rows ------------------------------------------------------------ */

/* Of a job: its closed attempts as JobAttempts has them, its index, and what its id makes of the
   number of a task. */
static bool
job_in(PyObject *item, Py_buffer *view, unsigned int *job, uint64_t *spread)
{
    PyObject *closed;
    unsigned long long number;
    if (!PyArg_ParseTuple(item, "OIK", &closed, job, &number)
        || PyObject_GetBuffer(closed, view, PyBUF_SIMPLE))
        return false;
    *spread = number;
    if (view->len % (Py_ssize_t)(CLOSED * sizeof(int64_t)) == 0)
        return true;
    PyBuffer_Release(view);
    PyErr_SetString(PyExc_ValueError, "closed attempts that are not whole");
    return false;
}

PyDoc_STRVAR(spread_doc, "spread(jobs, /)\n--\n\n"
                         "The rows of each bucket, of closed attempts, index and spread of jobs.");

static PyObject *
rows_spread(PyObject *module, PyObject *jobs)
{
    (void)module;
    size_t sizes[BUCKETS] = {0};
    unsigned char *to[BUCKETS];
    PyObject *found = NULL;
    if (!PyList_Check(jobs)) {
        PyErr_SetString(PyExc_TypeError, "not a list");
        return NULL;
    }
    /* First how much there is, then what. */
    for (int pass = 0; pass < 2; pass++) {
        for (Py_ssize_t index = 0; index < PyList_Size(jobs); index++) {
            Py_buffer view;
            unsigned int job;
            uint64_t spread;
            if (!job_in(PyList_GetItem(jobs, index), &view, &job, &spread))
                goto failed;
            const int64_t *numbers = view.buf, *end = numbers + view.len / sizeof *numbers;
            for (; numbers < end; numbers += CLOSED) {
                uint64_t number = (uint64_t)numbers[0] ^ spread;
                size_t bucket = (size_t)(number >> 56);
                if (!pass) {
                    sizes[bucket] += ROW;
                    continue;
                }
                unsigned char *row = to[bucket];
                store(row + NUMBER, number, 8);
                store(row + KIND, (uint64_t)numbers[1] >> 32, 2);
                store(row + VERSION, (uint64_t)numbers[1], 4);
                store(row + RETRIES, 0, 4);
                store(row + PACKED, (uint64_t)numbers[2], 8);
                store(row + JOB, job, 4);
                store(row + WHEN, (uint64_t)numbers[3], 8);
                to[bucket] += ROW;
            }
            PyBuffer_Release(&view);
        }
        if (pass)
            break;
        if (!(found = PyList_New(BUCKETS)))
            return NULL;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            PyObject *rows = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)sizes[bucket]);
            if (!rows || PyList_SetItem(found, bucket, rows))
                goto failed;
            to[bucket] = (unsigned char *)PyBytes_AsString(rows);
        }
    }
    return found;
failed:
    Py_XDECREF(found);
    return NULL;
}

/* ---- Other numbers ---------------------------------------------------------------------------- */

PyDoc_STRVAR(translated_doc,
             "translated(rows, nodes, outcomes, jobs, /)\n--\n\n"
             "The same rows with other indices: `nodes` and `outcomes` are the bits that stand for\n"
             "them, `jobs` their indices. Raises ValueError for rows that are damaged.");

static PyObject *
rows_translated(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *data, *arrays[3], *found = NULL;
    Py_buffer view, numbers[3];
    static const Py_ssize_t widths[] = {8, 8, 4};
    int open = 0;
    if (!PyArg_ParseTuple(args, "OOOO", &data, &arrays[0], &arrays[1], &arrays[2])
        || !rows_in(data, &view))
        return NULL;
    while (open < 3 && numbers_in(arrays[open], &numbers[open], widths[open]))
        open++;
    if (open == 3 && (found = PyBytes_FromStringAndSize(view.buf, view.len))) {
        const uint64_t *nodes = numbers[0].buf, *outcomes = numbers[1].buf;
        const uint32_t *jobs = numbers[2].buf;
        unsigned char *row = (unsigned char *)PyBytes_AsString(found), *end = row + view.len;
        for (; row < end; row += ROW) {
            uint64_t packed = load(row + PACKED, 8), job = load(row + JOB, 4);
            uint64_t node = packed >> NODE_SHIFT & NODES, outcome = packed >> OUTCOME_SHIFT;
            if (!(packed & EVENTS) || node >= (uint64_t)numbers[0].len / 8
                || outcome >= (uint64_t)numbers[1].len / 8
                || job >= (uint64_t)numbers[2].len / 4) {
                PyErr_SetString(PyExc_ValueError, "a row of what is not there");
                Py_CLEAR(found);
                break;
            }
            store(row + PACKED, nodes[node] | outcomes[outcome] | (packed & EVENTS), 8);
            store(row + JOB, jobs[job], 4);
        }
    }
    while (open > 0)
        PyBuffer_Release(&numbers[--open]);
    PyBuffer_Release(&view);
    return found;
}

/* ---- Counts ----------------------------------------------------------------------------------- */

/* Runs that ended alike: the node of each, and when it ran. */
typedef struct {
    Column nodes, when;
} Runs;

typedef struct {
    Index known; /* by job and by what is known */
    Column times;
    Index groups; /* by kind and job, and by outcome and pool */
    Column runs;
    Column failed; /* seconds */
    uint64_t told, retried, requeued, oldest;
} Counts;

static int
events_in(uint64_t packed)
{
    int events = 0;
    for (packed &= START | ENDED | REQUEUE | LOOSE; packed; packed &= packed - 1)
        events++;
    return events;
}

static bool
add_run(Counts *counts, const unsigned char *row, uint64_t packed, int32_t pool)
{
    uint64_t kind_and_job = load(row + KIND, 2) << 32 | load(row + JOB, 4);
    uint64_t ended = packed >> OUTCOME_SHIFT << 32 | (uint32_t)pool;
    size_t place = place_of(&counts->groups, kind_and_job, ended);
    Runs none = {{0}, {0}};
    if (place == SIZE_MAX
        || (place * sizeof none == counts->runs.count && !append(&counts->runs, &none, sizeof none)))
        return false;
    Runs *runs = (Runs *)counts->runs.bytes + place;
    uint32_t node = (uint32_t)(packed >> NODE_SHIFT & NODES);
    uint64_t when = load(row + WHEN, 8);
    return append(&runs->nodes, &node, sizeof node) && append(&runs->when, &when, sizeof when);
}

static bool
add_row(Counts *counts, const unsigned char *row, const int32_t *pools, size_t pool_count)
{
    uint64_t packed = load(row + PACKED, 8), when = load(row + WHEN, 8), one = 1;
    size_t place = place_of(&counts->known, load(row + JOB, 4), packed);
    if (place == SIZE_MAX)
        return false;
    if (place * sizeof one < counts->times.count)
        ((uint64_t *)counts->times.bytes)[place]++;
    else if (!append(&counts->times, &one, sizeof one))
        return false;
    counts->told += (uint64_t)events_in(packed);
    counts->retried += load(row + RETRIES, 2) > 0;
    counts->requeued += load(row + REQUEUES, 2) > 0;
    uint64_t start = when >> 32;
    uint32_t end = (uint32_t)when;
    if (packed & (START | LOOSE) && !(packed & GONE) && start
        && (!counts->oldest || start < counts->oldest))
        counts->oldest = start;
    if (packed >> OUTCOME_SHIFT && end && !append(&counts->failed, &end, sizeof end))
        return false;
    uint64_t node = packed >> NODE_SHIFT & NODES;
    int32_t pool = node < pool_count ? pools[node] : -1;
    return !(packed & ENDED) || pool < 0 || add_run(counts, row, packed, pool);
}

static PyObject *
known_of(const Counts *counts)
{
    PyObject *found
        = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(counts->known.count * 3 * sizeof(uint64_t)));
    uint64_t *to = found ? (uint64_t *)PyBytes_AsString(found) : NULL;
    for (size_t place = 0; found && place < counts->known.count; place++, to += 3) {
        memcpy(to, counts->known.keys[place], 2 * sizeof *to);
        memcpy(to + 2, counts->times.bytes + place * sizeof *to, sizeof *to);
    }
    return found;
}

static PyObject *
runs_of(const Counts *counts)
{
    PyObject *found = PyList_New((Py_ssize_t)counts->groups.count);
    for (size_t place = 0; found && place < counts->groups.count; place++) {
        const uint64_t *key = counts->groups.keys[place];
        const Runs *runs = (const Runs *)counts->runs.bytes + place;
        PyObject *told = Py_BuildValue(
            "(KKKKNN)", key[0] & UINT32_MAX, key[0] >> 32, key[1] >> 32, key[1] & UINT32_MAX,
            bytes_of(&runs->nodes), bytes_of(&runs->when));
        if (!told || PyList_SetItem(found, (Py_ssize_t)place, told))
            Py_CLEAR(found);
    }
    return found;
}

static void
forget_counts(Counts *counts)
{
    for (size_t place = 0; place < counts->runs.count / sizeof(Runs); place++) {
        PyMem_Free(((Runs *)counts->runs.bytes)[place].nodes.bytes);
        PyMem_Free(((Runs *)counts->runs.bytes)[place].when.bytes);
    }
    PyMem_Free(counts->times.bytes);
    PyMem_Free(counts->runs.bytes);
    PyMem_Free(counts->failed.bytes);
    forget(&counts->known);
    forget(&counts->groups);
}

PyDoc_STRVAR(counted_doc,
             "counted(rows, pools, /)\n--\n\n"
             "Count rows of tasks that have one; `pools` are the numbers of the nodes' pools, -1 for\n"
             "a node without a name. How many events told of them, retries, requeues, when the first\n"
             "of those began that have no end; by job and what is known how many, in threes; of each\n"
             "job, kind, outcome and pool the nodes and times of runs that ended; when runs failed.");

static PyObject *
rows_counted(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *data, *array, *told = NULL;
    Py_buffer view, pools;
    if (!PyArg_ParseTuple(args, "OO", &data, &array) || !rows_in(data, &view))
        return NULL;
    if (!numbers_in(array, &pools, sizeof(int32_t))) {
        PyBuffer_Release(&view);
        return NULL;
    }
    Counts counts;
    memset(&counts, 0, sizeof counts);
    const unsigned char *row = view.buf, *end = row + view.len;
    while (row < end && add_row(&counts, row, pools.buf, (size_t)pools.len / sizeof(int32_t)))
        row += ROW;
    if (row < end)
        PyErr_NoMemory();
    else
        told = Py_BuildValue("((KKKK)NNN)", counts.told, counts.retried, counts.requeued,
                             counts.oldest, known_of(&counts), runs_of(&counts),
                             bytes_of(&counts.failed));
    forget_counts(&counts);
    PyBuffer_Release(&pools);
    PyBuffer_Release(&view);
    return told;
}

/* ---- Runs in few bytes ------------------------------------------------------------------------ */

/* A run as it is sorted: where in time its start is and its node in one, and how long it took. */
typedef struct {
    uint64_t place;
    uint32_t length;
} Run;

/* Of runs in columns: the nodes, the times, how many, and how exactly times are kept, in seconds. */
typedef struct {
    Py_buffer nodes, when;
    size_t count;
    uint32_t grain;
} Ran;

/* Where times are kept less exactly, stands for the length of a run of which no end is known; and from
   here on runs ended before they began, by clocks that differ. */
#define NO_END UINT32_MAX
#define BACKWARDS 0x80000000u

static int
earlier_first(const void *left, const void *right)
{
    const Run *one = left, *other = right;
    if (one->place != other->place)
        return one->place < other->place ? -1 : 1;
    return (one->length > other->length) - (one->length < other->length);
}

/* The columns of runs in arguments; false with an exception set if they are none. */
static bool
ran_in(PyObject *args, Ran *ran)
{
    PyObject *arrays[2];
    if (!PyArg_ParseTuple(args, "OOI", &arrays[0], &arrays[1], &ran->grain)
        || !numbers_in(arrays[0], &ran->nodes, sizeof(uint32_t)))
        return false;
    if (numbers_in(arrays[1], &ran->when, sizeof(uint64_t))) {
        ran->count = (size_t)ran->when.len / sizeof(uint64_t);
        if (ran->grain && (size_t)ran->nodes.len / sizeof(uint32_t) == ran->count)
            return true;
        PyErr_SetString(PyExc_ValueError, "columns that are not equally long, or no grain");
        PyBuffer_Release(&ran->when);
    }
    PyBuffer_Release(&ran->nodes);
    return false;
}

static void
release(Ran *ran)
{
    PyBuffer_Release(&ran->when);
    PyBuffer_Release(&ran->nodes);
}

/* How long a run took, as exactly as a grain keeps it: four bits of it, if the grain is not 1. */
static uint32_t
length_of(uint32_t start, uint32_t end, uint32_t grain)
{
    uint32_t length = end - start, bits = 0;
    if (grain == 1)
        return length;
    if (!end)
        return NO_END;
    if (start < grain)
        length = end;
    if (start < grain || length >= BACKWARDS)
        return length == NO_END ? length - 1 : length;
    while (length >> bits >= 16)
        bits++;
    return length >> bits << bits;
}

/* When a run ended that began there and took so long. */
static uint32_t
end_of(uint32_t start, uint32_t length, uint32_t grain)
{
    return grain > 1 && length == NO_END ? 0 : start + length;
}

/* So few runs are sorted by comparing them. */
enum { FEW = 1024, DIGIT = 11, DIGITS = 1 << DIGIT };

/* Eleven bits of what runs are sorted by, from a place on: lengths are below, places above. */
static uint32_t
digit_of(const Run *run, int shift)
{
    uint64_t bits = shift < 32 ? run->length >> shift : run->place >> (shift - 32);
    /* None reaches over from one into the other. */
    return (uint32_t)bits & (shift < 32 && shift + DIGIT > 32 ? (1u << (32 - shift)) - 1 : DIGITS - 1);
}

/* Sort runs eleven bits after eleven bits, the lowest first, without those that all have alike;
   false without memory. */
static bool
put_in_order(Run **sorted, size_t count)
{
    static const int shifts[] = {0, 11, 22, 32, 43, 54, 65, 76, 87};
    Run *runs = *sorted, *other = PyMem_Malloc(count * sizeof *other);
    if (!other)
        return false;
    for (size_t step = 0; step < sizeof shifts / sizeof *shifts; step++) {
        size_t begins[DIGITS] = {0}, begin = 0;
        for (size_t at = 0; at < count; at++)
            begins[digit_of(&runs[at], shifts[step])]++;
        if (begins[digit_of(runs, shifts[step])] == count)
            continue;
        for (int digit = 0; digit < DIGITS; digit++) {
            size_t size = begins[digit];
            begins[digit] = begin;
            begin += size;
        }
        for (size_t at = 0; at < count; at++)
            other[begins[digit_of(&runs[at], shifts[step])]++] = runs[at];
        Run *full = other;
        other = runs;
        runs = full;
    }
    PyMem_Free(other);
    *sorted = runs;
    return true;
}

/* The runs in the order of where they are in time, then of their nodes, then of their lengths; NULL
   with an exception set without memory. */
static Run *
sorted_runs(const Ran *ran)
{
    const uint32_t *nodes = ran->nodes.buf;
    const uint64_t *when = ran->when.buf;
    Run *runs = PyMem_Malloc((ran->count + 1) * sizeof *runs);
    if (!runs) {
        PyErr_NoMemory();
        return NULL;
    }
    for (size_t at = 0; at < ran->count; at++) {
        uint32_t start = (uint32_t)(when[at] >> 32), end = (uint32_t)when[at];
        runs[at].place = (uint64_t)(start / ran->grain) << 32 | nodes[at];
        runs[at].length = length_of(start, end, ran->grain);
    }
    if (ran->count < FEW)
        qsort(runs, ran->count, sizeof *runs, earlier_first);
    else if (!put_in_order(&runs, ran->count)) {
        PyMem_Free(runs);
        PyErr_NoMemory();
        return NULL;
    }
    return runs;
}

/* A number seven bits at a time, the lowest first. */
static bool
append_number(Column *column, uint64_t number)
{
    unsigned char bytes[10];
    size_t count = 0;
    for (; number >= 0x80; number >>= 7)
        bytes[count++] = (unsigned char)(number | 0x80);
    bytes[count++] = (unsigned char)number;
    return append(column, bytes, count);
}

PyDoc_STRVAR(packed_doc, "packed(nodes, when, grain, /)\n--\n\n"
                         "Runs in few bytes, as run_columns.py tells of them: steps, and lengths.");

static PyObject *
rows_packed(PyObject *module, PyObject *args)
{
    (void)module;
    Ran ran;
    if (!ran_in(args, &ran))
        return NULL;
    PyObject *found = NULL;
    Column steps = {0}, lengths = {0};
    Run *runs = sorted_runs(&ran);
    size_t at = 0;
    uint64_t size = 0, before = 0;
    for (size_t run = 0; runs && run < ran.count; run++)
        size = (runs[run].place & UINT32_MAX) >= size ? (runs[run].place & UINT32_MAX) + 1 : size;
    for (; runs && at < ran.count; at++) {
        /* Of all places that there could be, one after the other, the number of this one. */
        uint64_t place = (runs[at].place >> 32) * size + (runs[at].place & UINT32_MAX);
        if (!append_number(&steps, place - before) || !append_number(&lengths, runs[at].length))
            break;
        before = place;
    }
    if (runs)
        found = at < ran.count ? PyErr_NoMemory()
                               : Py_BuildValue("(KNN)", size, bytes_of(&steps), bytes_of(&lengths));
    PyMem_Free(steps.bytes);
    PyMem_Free(lengths.bytes);
    PyMem_Free(runs);
    release(&ran);
    return found;
}

/* The next number, and whether there is one that is not too large. */
static bool
next_number(const unsigned char **at, const unsigned char *end, uint64_t most, uint64_t *number)
{
    *number = 0;
    for (int shift = 0; *at < end && shift < 70; shift += 7) {
        uint64_t bits = **at & 0x7F;
        if (bits > most >> (shift < 64 ? shift : 63))
            return false;
        *number |= bits << shift;
        if (*(*at)++ < 0x80)
            return *number <= most;
    }
    return false;
}

PyDoc_STRVAR(unpacked_doc, "unpacked(size, steps, lengths, grain, /)\n--\n\n"
                           "The nodes and times of runs. Raises ValueError for damaged ones.");

static PyObject *
rows_unpacked(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *texts[2], *found = NULL;
    Py_buffer steps, lengths;
    unsigned long long size;
    unsigned int grain;
    if (!PyArg_ParseTuple(args, "KOOI", &size, &texts[0], &texts[1], &grain)
        || PyObject_GetBuffer(texts[0], &steps, PyBUF_SIMPLE))
        return NULL;
    if (PyObject_GetBuffer(texts[1], &lengths, PyBUF_SIMPLE)) {
        PyBuffer_Release(&steps);
        return NULL;
    }
    const unsigned char *step_at = steps.buf, *step_end = step_at + steps.len;
    const unsigned char *length_at = lengths.buf, *length_end = length_at + lengths.len;
    Column nodes = {0}, times = {0};
    uint64_t place = 0, step, length;
    bool whole = grain && size <= (uint64_t)UINT32_MAX + 1;
    while (whole && step_at < step_end) {
        whole = next_number(&step_at, step_end, UINT64_MAX, &step) && step <= UINT64_MAX - place
            && next_number(&length_at, length_end, UINT32_MAX, &length) && size
            && (place + step) / size <= UINT32_MAX / grain;
        if (!whole)
            break;
        place += step;
        uint32_t node = (uint32_t)(place % size), start = (uint32_t)(place / size) * grain;
        uint64_t when = (uint64_t)start << 32 | end_of(start, (uint32_t)length, grain);
        if (!append(&nodes, &node, sizeof node) || !append(&times, &when, sizeof when)) {
            PyErr_NoMemory();
            break;
        }
    }
    if (!PyErr_Occurred()) {
        if (whole && length_at == length_end)
            found = Py_BuildValue("(NN)", bytes_of(&nodes), bytes_of(&times));
        else
            PyErr_SetString(PyExc_ValueError, "numbers of no runs");
    }
    PyMem_Free(nodes.bytes);
    PyMem_Free(times.bytes);
    PyBuffer_Release(&lengths);
    PyBuffer_Release(&steps);
    return found;
}

PyDoc_STRVAR(evened_doc, "evened(nodes, when, grain, /)\n--\n\n"
                         "Runs as a grain keeps them, those of a node evenly within each grain.");

static PyObject *
rows_evened(PyObject *module, PyObject *args)
{
    (void)module;
    Ran ran;
    if (!ran_in(args, &ran))
        return NULL;
    Run *runs = sorted_runs(&ran);
    PyObject *found = NULL, *nodes = NULL, *when = NULL;
    if (runs) {
        nodes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(ran.count * sizeof(uint32_t)));
        when = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(ran.count * sizeof(uint64_t)));
    }
    if (nodes && when) {
        uint32_t *node = (uint32_t *)PyBytes_AsString(nodes);
        uint64_t *time = (uint64_t *)PyBytes_AsString(when);
        for (size_t first = 0, after; first < ran.count; first = after) {
            for (after = first + 1; after < ran.count && runs[after].place == runs[first].place;)
                after++;
            uint64_t grain = ran.grain, begin = (runs[first].place >> 32) * grain;
            for (size_t at = first; at < after; at++) {
                uint64_t within = (2 * (at - first) + 1) * grain / (2 * (after - first));
                uint32_t start = (uint32_t)(begin ? begin + within : 0);
                node[at] = (uint32_t)runs[at].place;
                time[at] = (uint64_t)start << 32 | end_of(start, runs[at].length, ran.grain);
            }
        }
        found = Py_BuildValue("(OO)", nodes, when);
    }
    Py_XDECREF(nodes);
    Py_XDECREF(when);
    PyMem_Free(runs);
    release(&ran);
    return found;
}

static PyMethodDef methods[] = {
    {"packed", rows_packed, METH_VARARGS, packed_doc},
    {"unpacked", rows_unpacked, METH_VARARGS, unpacked_doc},
    {"evened", rows_evened, METH_VARARGS, evened_doc},
    {"spread", rows_spread, METH_O, spread_doc},
    {"translated", rows_translated, METH_VARARGS, translated_doc},
    {"split", rows_split, METH_O, split_doc},
    {"counted", rows_counted, METH_VARARGS, counted_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_rows",
    .m_doc = "Goes through rows of attempts.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__rows(void)
{
    return PyModuleDef_Init(&module);
}
