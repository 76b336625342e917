/* Goes through columns of runs: counts them by node and by time, and finds where a share of failures
   changes. All of it is what Python does without a compiler, number for number: each sum is made of
   the same terms in the same order.

   What is given may be anything: no number of it is used as an index before it is known to be one. */

/* One build serves this version of Python and all later ones. */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../columns.h"

/* As in cuts.py. */
#define WORTH_A_CUT 6.5
#define WORTH_A_BLOCK 9.0
static const double PARTS[] = {0.15, 0.6};
enum { WAYS = 2, DEEPEST = 12, MOST_EDGES = 4, WAITING = MOST_EDGES * (DEEPEST + 2) };

/* Places that have failures: how many runs are before and up to each, and the failures before it. */
typedef struct {
    int64_t *first, *after, *failed;
    size_t count;
    int64_t size; /* runs in all */
} Changes;

typedef struct {
    int64_t begin, end;
    int depth;
} Stretch;

static bool
make_changes(Changes *changes, size_t count)
{
    changes->count = 0;
    changes->first = PyMem_Calloc(3 * (count + 1), sizeof(int64_t));
    if (!changes->first)
        return false;
    changes->after = changes->first + count + 1;
    changes->failed = changes->after + count + 1;
    return true;
}

static void
add_place(Changes *changes, int64_t first, int64_t after, int64_t failures)
{
    size_t place = changes->count++;
    changes->first[place] = first;
    changes->after[place] = after;
    changes->failed[place + 1] = changes->failed[place] + failures;
}

/* How many of some ordered numbers are less than another one. */
static size_t
less_than(const int64_t *numbers, size_t count, int64_t number)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (numbers[middle] < number)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

static double
likelihood(int64_t runs, int64_t failures)
{
    if (failures <= 0 || failures >= runs)
        return 0.0;
    double well = (double)(runs - failures), failed = (double)failures, all = (double)runs;
    return failed * log(failed / all) + well * log(well / all);
}

static double
apart(int64_t total, int64_t failed, int64_t part, int64_t part_failed)
{
    return likelihood(part, part_failed) + likelihood(total - part, failed - part_failed);
}

/* The gain of the best single cut, and the cut, if it is worth it; else `cut` stays. */
static double
best_cut(const Changes *changes, Stretch stretch, size_t low, size_t high, double whole, int64_t *cut)
{
    int64_t total = stretch.end - stretch.begin, none = changes->failed[low];
    int64_t failed = changes->failed[high] - none;
    double gain = WORTH_A_CUT, all = (double)total;
    /* No gain is larger than that of chi square, which takes no logarithm. */
    double scale = all / ((double)failed * (double)(total - failed)) * (1 + 1e-9);
    for (size_t at = low; at < high; at++) {
        const int64_t cuts[] = {changes->first[at], changes->after[at]};
        for (int side = 0; side < 2; side++) {
            int64_t left = cuts[side] - stretch.begin, right = total - left;
            int64_t left_failed = changes->failed[at + (size_t)side] - none;
            if (left <= 0 || right <= 0)
                continue;
            double beyond = (double)left_failed * all - (double)left * (double)failed;
            if (beyond * beyond * scale <= gain * (double)left * (double)right)
                continue;
            double found = apart(total, failed, left, left_failed) - whole;
            if (found > gain) {
                gain = found;
                *cut = cuts[side];
            }
        }
    }
    return gain;
}

/* The stretch that fails more than the rest as a share does that is so far on the way to 1. */
static Stretch
best_block(const Changes *changes, Stretch stretch, size_t low, size_t high, double share, double part)
{
    double higher = share + part * (1 - share);
    double failure = log(higher / share), success = log((1 - higher) / (1 - share));
    double best = 0.0, score = 0.0;
    int64_t since = stretch.begin, done = stretch.begin;
    Stretch found = {stretch.begin, stretch.begin, 0};
    for (size_t at = low; at < high; at++) {
        int64_t first = changes->first[at], after = changes->after[at];
        int64_t failed = changes->failed[at + 1] - changes->failed[at];
        score += (double)(first - done) * success;
        if (score <= 0) {
            score = 0.0;
            since = first;
        }
        done = after;
        score += (double)failed * failure + (double)(after - first - failed) * success;
        if (score > best) {
            best = score;
            found.begin = since;
            found.end = after;
        }
    }
    return found;
}

static int64_t
failures_between(const Changes *changes, int64_t begin, int64_t end)
{
    const int64_t *failed = changes->failed;
    return failed[less_than(changes->first, changes->count, end)]
           - failed[less_than(changes->first, changes->count, begin)];
}

/* The one or two cuts that explain a stretch best, if they are worth it; how many there are. */
static int
best_of(const Changes *changes, Stretch stretch, int64_t cuts[2])
{
    size_t low = less_than(changes->first, changes->count, stretch.begin);
    size_t high = less_than(changes->first, changes->count, stretch.end);
    int64_t total = stretch.end - stretch.begin, cut = -1;
    int64_t failed = high > low ? changes->failed[high] - changes->failed[low] : 0;
    if (failed <= 0 || failed >= total)
        return 0;
    double whole = likelihood(total, failed), share = (double)failed / (double)total;
    double gain = best_cut(changes, stretch, low, high, whole, &cut);
    int found = cut >= 0;
    cuts[0] = cut;
    for (int way = 0; way < WAYS; way++) {
        Stretch block = best_block(changes, stretch, low, high, share, PARTS[way]);
        int64_t inner = block.end - block.begin;
        int64_t inner_failed = failures_between(changes, block.begin, block.end);
        double worth = apart(total, failed, inner, inner_failed) - whole;
        if (worth > (WORTH_A_BLOCK > gain + 2.0 ? WORTH_A_BLOCK : gain + 2.0)) {
            gain = worth - 2.0;
            found = 0;
            if (stretch.begin < block.begin && block.begin < stretch.end)
                cuts[found++] = block.begin;
            if (stretch.begin < block.end && block.end < stretch.end)
                cuts[found++] = block.end;
        }
    }
    return found;
}

static int
smaller_first(const void *left, const void *right)
{
    int64_t one = *(const int64_t *)left, other = *(const int64_t *)right;
    return (one > other) - (one < other);
}

/* All cuts, in order and each once; how many, or -1 without memory. The caller frees them. */
static Py_ssize_t
all_cuts(const Changes *changes, int64_t **found)
{
    Stretch waiting[WAITING] = {{0, changes->size, 0}};
    int left = 1;
    size_t count = 0, room = 0, kept = 0;
    *found = NULL;
    while (left) {
        Stretch stretch = waiting[--left];
        int64_t edges[MOST_EDGES] = {stretch.begin};
        int cuts = best_of(changes, stretch, edges + 1);
        if (!cuts || stretch.depth >= DEEPEST)
            continue;
        edges[cuts + 1] = stretch.end;
        if (room - count < 2) {
            room = room ? 2 * room : 16;
            int64_t *grown = PyMem_Realloc(*found, room * sizeof **found);
            if (!grown)
                return -1;
            *found = grown;
        }
        for (int cut = 1; cut <= cuts; cut++)
            (*found)[count++] = edges[cut];
        for (int edge = 0; edge <= cuts; edge++)
            waiting[left++] = (Stretch){edges[edge], edges[edge + 1], stretch.depth + 1};
    }
    if (count)
        qsort(*found, count, sizeof **found, smaller_first);
    for (size_t at = 0; at < count; at++)
        if (!at || (*found)[at] != (*found)[at - 1])
            (*found)[kept++] = (*found)[at];
    return (Py_ssize_t)kept;
}

/* ---- What Python sees ------------------------------------------------------------------------- */

static PyObject *
list_of(const int64_t *numbers, Py_ssize_t count)
{
    if (count < 0)
        return PyErr_NoMemory();
    PyObject *list = PyList_New(count);
    for (Py_ssize_t at = 0; list && at < count; at++) {
        PyObject *number = PyLong_FromLongLong(numbers[at]);
        if (!number || PyList_SetItem(list, at, number))
            Py_CLEAR(list);
    }
    return list;
}

/* Add points that have runs, and failures no more than those; false for others. */
static bool
add_points(Changes *changes, const int64_t *runs, const int64_t *failures, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        if (failures[at] < 0 || runs[at] < failures[at] || runs[at] > INT32_MAX)
            return false;
        if (failures[at])
            add_place(changes, changes->size, changes->size + runs[at], failures[at]);
        changes->size += runs[at];
    }
    return true;
}

PyDoc_STRVAR(of_points_doc,
             "of_points(runs, failures, /)\n--\n\n"
             "How many runs are before each cut, of the runs and failures at places in time.\n"
             "Raises ValueError for what are none.");

static PyObject *
runs_of_points(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *arrays[2], *told = NULL;
    Py_buffer runs, failures;
    Changes changes = {0};
    int64_t *cuts = NULL;
    if (!PyArg_ParseTuple(args, "OO", &arrays[0], &arrays[1])
        || !numbers_in(arrays[0], &runs, sizeof(int64_t)))
        return NULL;
    if (!numbers_in(arrays[1], &failures, sizeof(int64_t))) {
        PyBuffer_Release(&runs);
        return NULL;
    }
    size_t count = (size_t)runs.len / sizeof(int64_t);
    if (runs.len != failures.len)
        PyErr_SetString(PyExc_ValueError, "columns that are not equally long");
    else if (!make_changes(&changes, count))
        PyErr_NoMemory();
    else if (!add_points(&changes, runs.buf, failures.buf, count))
        PyErr_SetString(PyExc_ValueError, "points that cannot be");
    else {
        Py_ssize_t found = all_cuts(&changes, &cuts);
        told = list_of(cuts, found);
    }
    PyMem_Free(cuts);
    PyMem_Free(changes.first);
    PyBuffer_Release(&failures);
    PyBuffer_Release(&runs);
    return told;
}

/* Put seconds in order, eight bits at a time; false without memory. Most are in order already. */
static bool
put_in_order(uint32_t *seconds, size_t count)
{
    size_t at = 1;
    while (at < count && seconds[at - 1] <= seconds[at])
        at++;
    if (at >= count)
        return true;
    uint32_t *from = seconds, *to = PyMem_Malloc(count * sizeof *to), *other = to;
    if (!to)
        return false;
    for (int shift = 0; shift < 32; shift += 8) {
        size_t begin[257] = {0};
        for (at = 0; at < count; at++)
            begin[(from[at] >> shift & 255) + 1]++;
        if (begin[(from[0] >> shift & 255) + 1] == count)
            continue; /* all alike */
        for (int byte = 0; byte < 256; byte++)
            begin[byte + 1] += begin[byte];
        for (at = 0; at < count; at++)
            to[begin[from[at] >> shift & 255]++] = from[at];
        uint32_t *done = to;
        to = from;
        from = done;
    }
    if (from != seconds)
        memcpy(seconds, from, count * sizeof *seconds);
    PyMem_Free(other);
    return true;
}

/* The seconds of an array in order; NULL without memory. */
static uint32_t *
in_order(const Py_buffer *view)
{
    size_t count = (size_t)view->len / sizeof(uint32_t);
    uint32_t *seconds = PyMem_Malloc((count + 1) * sizeof *seconds);
    if (!seconds)
        return NULL;
    memcpy(seconds, view->buf, count * sizeof *seconds);
    if (put_in_order(seconds, count))
        return seconds;
    PyMem_Free(seconds);
    return NULL;
}

/* Add the bins that have failures. */
static void
add_bins(Changes *changes, const uint32_t *every, const uint32_t *failed, size_t failures,
         int64_t begin, int64_t width)
{
    size_t size = (size_t)changes->size, before = 0, after;
    for (size_t at = 0, next; at < failures; at = next) {
        int64_t second = begin + ((int64_t)failed[at] - begin) / width * width;
        for (next = at; next < failures && failed[next] < second + width;)
            next++;
        while (before < size && every[before] < second)
            before++;
        for (after = before; after < size && every[after] < second + width;)
            after++;
        add_place(changes, (int64_t)before, (int64_t)after, (int64_t)(next - at));
    }
}

PyDoc_STRVAR(of_line_doc,
             "of_line(every, failed, begin, width, /)\n--\n\n"
             "The bins of a width at which a block begins, of the seconds of runs and of those that\n"
             "failed. Raises ValueError for seconds before the beginning.");

static PyObject *
runs_of_line(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *arrays[2], *told = NULL;
    Py_buffer every, failed;
    long long begin, width;
    Changes changes = {0};
    int64_t *cuts = NULL;
    if (!PyArg_ParseTuple(args, "OOLL", &arrays[0], &arrays[1], &begin, &width)
        || !numbers_in(arrays[0], &every, sizeof(uint32_t)))
        return NULL;
    if (!numbers_in(arrays[1], &failed, sizeof(uint32_t))) {
        PyBuffer_Release(&every);
        return NULL;
    }
    size_t size = (size_t)every.len / sizeof(uint32_t);
    size_t failures = (size_t)failed.len / sizeof(uint32_t);
    uint32_t *runs = in_order(&every), *ends = in_order(&failed);
    if (!runs || !ends || !make_changes(&changes, failures))
        PyErr_NoMemory();
    else if (width < 1 || width > UINT32_MAX || begin < 0 || (size && runs[0] < begin)
             || (failures && ends[0] < begin))
        PyErr_SetString(PyExc_ValueError, "seconds before the beginning");
    else if (!failures || failures >= size)
        told = PyList_New(0);
    else {
        changes.size = (int64_t)size;
        add_bins(&changes, runs, ends, failures, begin, width);
        Py_ssize_t count = all_cuts(&changes, &cuts);
        for (Py_ssize_t at = 0; at < count; at++)
            cuts[at] = (runs[cuts[at] < changes.size ? cuts[at] : changes.size - 1] - begin) / width;
        told = list_of(cuts, count);
    }
    PyMem_Free(cuts);
    PyMem_Free(changes.first);
    PyMem_Free(ends);
    PyMem_Free(runs);
    PyBuffer_Release(&failed);
    PyBuffer_Release(&every);
    return told;
}

/* ---- Points in time ---------------------------------------------------------------------------- */

/* Where in time runs began that a list of columns tells of: the first and the last place, each of so
   many bits of a second, and how many there are. */
typedef struct {
    uint32_t first, last;
    size_t count;
} Extent;

/* What to do with each place that a list of columns tells of. */
typedef void (*Take)(void *to, uint32_t place);

/* Go through when each run began, or else ended, as far as that is known; false with an exception set
   for what are no columns. */
static bool
go_through(PyObject *columns, int bits, Take take, void *to)
{
    for (Py_ssize_t column = 0; column < PyList_Size(columns); column++) {
        Py_buffer view;
        if (!numbers_in(PyList_GetItem(columns, column), &view, sizeof(uint64_t)))
            return false;
        const uint64_t *when = view.buf, *end = when + (size_t)view.len / sizeof *when;
        for (; when < end; when++) {
            uint32_t start = (uint32_t)(*when >> 32);
            uint32_t second = start >> bits ? start : (uint32_t)*when;
            if (second)
                take(to, second >> bits);
        }
        PyBuffer_Release(&view);
    }
    return true;
}

static void
take_extent(void *to, uint32_t place)
{
    Extent *extent = to;
    if (!extent->count || place < extent->first)
        extent->first = place;
    if (!extent->count || place > extent->last)
        extent->last = place;
    extent->count++;
}

/* How many runs began at each place: by place, or, where most places between the first and the last
   have none, one after the other until they are put in order. */
typedef struct {
    uint32_t first, *numbers;
    size_t size, count;
    bool is_by_place;
} Met;

static void
take_met(void *to, uint32_t place)
{
    Met *met = to;
    if (!met->is_by_place && met->count < met->size)
        met->numbers[met->count++] = place;
    else if (met->is_by_place && place >= met->first && place - met->first < met->size)
        met->numbers[place - met->first]++;
}

/* Make what is met of some columns; false with an exception set without memory or for none. */
static bool
make_met(Met *met, PyObject *columns, int bits, Extent extent, size_t count)
{
    uint64_t range = extent.count ? (uint64_t)extent.last - extent.first + 1 : 0;
    *met = (Met){.first = extent.first, .is_by_place = range / 4 <= extent.count};
    met->size = met->is_by_place ? (size_t)range : count;
    if (!(met->numbers = PyMem_Calloc(met->size + 1, sizeof *met->numbers))) {
        PyErr_NoMemory();
        return false;
    }
    if (!go_through(columns, bits, take_met, met))
        return false;
    if (met->is_by_place || !met->count || put_in_order(met->numbers, met->count))
        return true;
    PyErr_NoMemory();
    return false;
}

/* How many runs are at the next place, which is given back through `place`; `at` is moved on. */
static int64_t
next_met(const Met *met, size_t *at, uint32_t *place)
{
    size_t begin = *at;
    if (met->is_by_place) {
        while (begin < met->size && !met->numbers[begin])
            begin++;
        *at = begin + 1;
        *place = met->first + (uint32_t)begin;
        return begin < met->size ? met->numbers[begin] : 0;
    }
    for (*at = begin; *at < met->count && met->numbers[*at] == met->numbers[begin];)
        ++*at;
    *place = begin < met->count ? met->numbers[begin] : 0;
    return (int64_t)(*at - begin);
}

PyDoc_STRVAR(points_doc,
             "points(every, failed, bits, /)\n--\n\n"
             "Places in time in order, each of so many bits of a second, and how many runs began and\n"
             "failed there. Both are lists of columns of times, whose runs that failed are in each.");

static PyObject *
runs_points(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *columns[2], *told = NULL;
    int bits;
    if (!PyArg_ParseTuple(args, "O!O!i", &PyList_Type, &columns[0], &PyList_Type, &columns[1],
                          &bits))
        return NULL;
    if (bits < 0 || bits > 31) {
        PyErr_SetString(PyExc_ValueError, "not so many bits");
        return NULL;
    }
    Extent every = {0}, failed = {0};
    Met runs = {0}, failures = {0};
    Column places = {0}, counts[2] = {{0}, {0}};
    bool done = go_through(columns[0], bits, take_extent, &every)
                && go_through(columns[1], bits, take_extent, &failed)
                && make_met(&runs, columns[0], bits, every, every.count)
                && make_met(&failures, columns[1], bits, failed, failed.count);
    uint32_t place, other = 0;
    size_t at = 0, other_at = 0;
    int64_t here, bad = done ? next_met(&failures, &other_at, &other) : 0;
    while (done && (here = next_met(&runs, &at, &place))) {
        while (bad && other < place)
            bad = next_met(&failures, &other_at, &other);
        int64_t number = place, ill = bad && other == place ? bad : 0;
        done = append(&places, &number, sizeof number) && append(&counts[0], &here, sizeof here)
               && append(&counts[1], &ill, sizeof ill);
        if (!done)
            PyErr_NoMemory();
    }
    if (done)
        told = Py_BuildValue("(NNN)", bytes_of(&places), bytes_of(&counts[0]), bytes_of(&counts[1]));
    PyMem_Free(places.bytes);
    PyMem_Free(counts[0].bytes);
    PyMem_Free(counts[1].bytes);
    PyMem_Free(failures.numbers);
    PyMem_Free(runs.numbers);
    return told;
}

/* ---- Failures among the runs of one node --------------------------------------------------------- */

PyDoc_STRVAR(gaps_doc,
             "gaps(every, failed, /)\n--\n\n"
             "How many runs at least stand before each failure and after the one before it, of the\n"
             "seconds of runs and failures in order.");

static PyObject *
runs_gaps(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *arrays[2], *told = NULL;
    Py_buffer every, failed;
    if (!PyArg_ParseTuple(args, "OO", &arrays[0], &arrays[1])
        || !numbers_in(arrays[0], &every, sizeof(uint32_t)))
        return NULL;
    if (!numbers_in(arrays[1], &failed, sizeof(uint32_t))) {
        PyBuffer_Release(&every);
        return NULL;
    }
    size_t count = (size_t)failed.len / sizeof(uint32_t);
    size_t size = (size_t)every.len / sizeof(uint32_t), first = 0, after = 0;
    const uint32_t *runs = every.buf, *failures = failed.buf;
    if ((told = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * sizeof(uint32_t))))) {
        uint32_t *gaps = (uint32_t *)PyBytes_AsString(told);
        for (size_t at = 0; at < count; at++) {
            while (first < size && runs[first] < failures[at])
                first++;
            gaps[at] = first > after ? (uint32_t)(first - after) : 0;
            while (after < size && runs[after] <= failures[at])
                after++;
        }
    }
    PyBuffer_Release(&failed);
    PyBuffer_Release(&every);
    return told;
}

PyDoc_STRVAR(most_telling_doc,
             "most_telling(gaps, success, failure, /)\n--\n\n"
             "The highest sum of a stretch, if each run of a gap and the failure behind it add this.");

static PyObject *
runs_most_telling(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *array;
    Py_buffer gaps;
    double success, failure, best = 0.0, score = 0.0;
    if (!PyArg_ParseTuple(args, "Odd", &array, &success, &failure)
        || !numbers_in(array, &gaps, sizeof(uint32_t)))
        return NULL;
    const uint32_t *gap = gaps.buf, *end = gap + (size_t)gaps.len / sizeof *gap;
    for (; gap < end; gap++) {
        score += (double)*gap * success;
        if (score < 0)
            score = 0.0;
        score += failure;
        if (score > best)
            best = score;
    }
    PyBuffer_Release(&gaps);
    return PyFloat_FromDouble(best);
}

/* ---- Runs by node -------------------------------------------------------------------------------- */

/* Columns of runs: their nodes, and as many times, if any are given. */
typedef struct {
    Py_buffer nodes, times;
    size_t count;
    bool has_times;
} Ran;

static void
leave(Ran *ran)
{
    if (ran->has_times)
        PyBuffer_Release(&ran->times);
    PyBuffer_Release(&ran->nodes);
}

/* The columns of two objects; false with an exception set for others, and for unknown nodes. */
static bool
enter(Ran *ran, PyObject *nodes, PyObject *times, size_t size)
{
    if (!numbers_in(nodes, &ran->nodes, sizeof(uint32_t)))
        return false;
    ran->count = (size_t)ran->nodes.len / sizeof(uint32_t);
    ran->has_times = false;
    if (times != Py_None) {
        if (!numbers_in(times, &ran->times, sizeof(uint32_t))) {
            PyBuffer_Release(&ran->nodes);
            return false;
        }
        ran->has_times = true;
    }
    bool fits = !ran->has_times || ran->times.len == ran->nodes.len;
    const uint32_t *node = ran->nodes.buf, *end = node + ran->count;
    while (fits && node < end)
        fits = *node++ < size;
    if (!fits) {
        leave(ran);
        PyErr_SetString(PyExc_ValueError, "runs on nodes that are not there");
    }
    return fits;
}

/* Runs, failures and node-caused failures of one block of time on one node. */
typedef struct {
    int64_t place, runs, failures, caused;
} Count;

PyDoc_STRVAR(counted_doc,
             "counted(ran, edges, size, /)\n--\n\n"
             "Count runs on so many nodes by block of time and node, of which `edges` are the first\n"
             "seconds of all blocks but the first. Of each column come its nodes, its times, None\n"
             "without edges, and whether it failed and by the node. Each place in order with its\n"
             "three counts; a place is the number of the block times `size` and the node.");

static PyObject *
runs_counted(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *columns, *array, *told = NULL;
    Py_buffer edges;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "O!On", &PyList_Type, &columns, &array, &size)
        || !numbers_in(array, &edges, sizeof(int64_t)))
        return NULL;
    size_t blocks = (size_t)edges.len / sizeof(int64_t) + 1;
    const int64_t *seconds = edges.buf;
    if (size < 1 || (size_t)size > INT32_MAX / blocks) {
        PyBuffer_Release(&edges);
        PyErr_SetString(PyExc_ValueError, "not so many places");
        return NULL;
    }
    size_t places = blocks * (size_t)size, met = 0;
    Count *counts = PyMem_Calloc(places, sizeof *counts);
    bool done = counts != NULL;
    if (!done)
        PyErr_NoMemory();
    for (Py_ssize_t column = 0; done && column < PyList_Size(columns); column++) {
        PyObject *nodes, *times;
        int failed, caused;
        Ran ran;
        done = PyArg_ParseTuple(PyList_GetItem(columns, column), "OOpp", &nodes, &times, &failed,
                                &caused)
               && enter(&ran, nodes, times, (size_t)size);
        if (!done)
            break;
        const uint32_t *node = ran.nodes.buf, *time = ran.has_times ? ran.times.buf : NULL;
        for (size_t at = 0; at < ran.count; at++) {
            size_t block = time ? less_than(seconds, blocks - 1, (int64_t)time[at] + 1) : 0;
            Count *count = &counts[block * (size_t)size + node[at]];
            count->runs++;
            count->failures += failed;
            count->caused += caused;
        }
        leave(&ran);
    }
    for (size_t place = 0; done && place < places; place++) {
        if (!counts[place].runs)
            continue;
        counts[met] = counts[place];
        counts[met++].place = (int64_t)place;
    }
    if (done)
        told = PyBytes_FromStringAndSize((const char *)counts, (Py_ssize_t)(met * sizeof *counts));
    PyMem_Free(counts);
    PyBuffer_Release(&edges);
    return told;
}

/* How many runs each wanted node has, added to what was there. */
static void
add_counts(const Ran *ran, const unsigned char *wanted, size_t *counts)
{
    const uint32_t *node = ran->nodes.buf;
    for (size_t at = 0; at < ran->count; at++)
        counts[node[at]] += wanted[node[at]] != 0;
}

static PyObject *
seconds_of_node(uint32_t *seconds, size_t count)
{
    if (!put_in_order(seconds, count))
        return PyErr_NoMemory();
    return PyBytes_FromStringAndSize((const char *)seconds, (Py_ssize_t)(count * sizeof *seconds));
}

PyDoc_STRVAR(by_node_doc,
             "by_node(ran, wanted, /)\n--\n\n"
             "The times of each node whose byte is not zero, in order; None for the others. `ran` are\n"
             "pairs of columns: nodes and times.");

static PyObject *
runs_by_node(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *columns, *told = NULL;
    char *bytes;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "O!y#", &PyList_Type, &columns, &bytes, &size))
        return NULL;
    const unsigned char *wanted = (const unsigned char *)bytes;
    size_t *next = PyMem_Calloc((size_t)size + 1, sizeof *next), total = 0;
    uint32_t *seconds = NULL;
    bool done = next != NULL;
    if (!done)
        PyErr_NoMemory();
    /* First how many there are of each node, then which. */
    for (int pass = 0; done && pass < 2; pass++) {
        for (Py_ssize_t column = 0; done && column < PyList_Size(columns); column++) {
            PyObject *nodes, *times;
            Ran ran;
            done = PyArg_ParseTuple(PyList_GetItem(columns, column), "OO", &nodes, &times)
                   && enter(&ran, nodes, times, (size_t)size);
            if (!done)
                break;
            const uint32_t *node = ran.nodes.buf, *time = ran.has_times ? ran.times.buf : NULL;
            if (!pass)
                add_counts(&ran, wanted, next);
            for (size_t at = 0; pass && time && at < ran.count; at++)
                if (wanted[node[at]] && next[node[at]] < total)
                    seconds[next[node[at]]++] = time[at];
            leave(&ran);
        }
        if (!done || pass)
            break;
        for (Py_ssize_t node = 0; node < size; node++) {
            size_t count = next[node];
            next[node] = total;
            total += count;
        }
        if (!(seconds = PyMem_Calloc(total + 1, sizeof *seconds))) {
            PyErr_NoMemory();
            done = false;
        }
    }
    if (done)
        told = PyList_New(size);
    size_t begin = 0;
    for (Py_ssize_t node = 0; told && node < size; node++) {
        PyObject *found = wanted[node] ? seconds_of_node(seconds + begin, next[node] - begin)
                                       : Py_NewRef(Py_None);
        if (!found || PyList_SetItem(told, node, found))
            Py_CLEAR(told);
        begin = wanted[node] ? next[node] : begin;
    }
    PyMem_Free(seconds);
    PyMem_Free(next);
    return told;
}

/* The latest times of a node: as many as are wanted, the earliest of them first (a heap). */
typedef struct {
    uint64_t *times;
    size_t count, room, runs;
} Latest;

static void
keep_latest(Latest *latest, uint64_t time)
{
    size_t at = latest->count;
    uint64_t *times = latest->times;
    if (at < latest->room) {
        for (latest->count++; at && times[(at - 1) / 2] > time; at = (at - 1) / 2)
            times[at] = times[(at - 1) / 2];
        times[at] = time;
        return;
    }
    if (!at || time <= times[0])
        return;
    at = 0;
    for (size_t child; (child = 2 * at + 1) < latest->count; at = child) {
        child += child + 1 < latest->count && times[child + 1] < times[child];
        if (times[child] >= time)
            break;
        times[at] = times[child];
    }
    times[at] = time;
}

PyDoc_STRVAR(latest_doc,
             "latest(ran, size, most, /)\n--\n\n"
             "Of each of so many nodes the earliest of its latest times, of which there are so many\n"
             "at most; 0 if it has no more. `ran` are pairs of columns: nodes and times of 64 bits.");

static PyObject *
runs_latest(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *columns, *told = NULL;
    Py_ssize_t size, most;
    if (!PyArg_ParseTuple(args, "O!nn", &PyList_Type, &columns, &size, &most))
        return NULL;
    if (size < 0 || most < 1 || (size_t)size > SIZE_MAX / sizeof(Latest)) {
        PyErr_SetString(PyExc_ValueError, "not so many nodes or times");
        return NULL;
    }
    Latest *nodes = PyMem_Calloc((size_t)size + 1, sizeof *nodes);
    bool done = nodes != NULL;
    /* First how many there are of each node, then which. */
    for (int pass = 0; done && pass < 2; pass++) {
        for (Py_ssize_t column = 0; done && column < PyList_Size(columns); column++) {
            PyObject *of_nodes, *times;
            Py_buffer view;
            Ran ran;
            if (!PyArg_ParseTuple(PyList_GetItem(columns, column), "OO", &of_nodes, &times)
                || !enter(&ran, of_nodes, Py_None, (size_t)size))
                goto failed;
            if (!numbers_in(times, &view, sizeof(uint64_t))) {
                leave(&ran);
                goto failed;
            }
            const uint32_t *node = ran.nodes.buf;
            const uint64_t *time = view.buf;
            size_t count = (size_t)view.len / sizeof *time;
            count = count < ran.count ? count : ran.count;
            for (size_t at = 0; at < count; at++) {
                if (pass)
                    keep_latest(&nodes[node[at]], time[at]);
                else
                    nodes[node[at]].runs++;
            }
            PyBuffer_Release(&view);
            leave(&ran);
        }
        for (Py_ssize_t node = 0; !pass && done && node < size; node++) {
            Latest *latest = &nodes[node];
            latest->room = latest->runs < (size_t)most ? latest->runs : (size_t)most;
            latest->times = PyMem_Calloc(latest->room + 1, sizeof *latest->times);
            done = latest->times != NULL;
        }
    }
    if (done && (told = PyBytes_FromStringAndSize(NULL, size * (Py_ssize_t)sizeof(uint64_t)))) {
        uint64_t *since = (uint64_t *)PyBytes_AsString(told);
        for (Py_ssize_t node = 0; node < size; node++)
            since[node] = nodes[node].runs > (size_t)most ? nodes[node].times[0] : 0;
    } else if (!done)
        PyErr_NoMemory();
failed:
    for (Py_ssize_t node = 0; nodes && node < size; node++)
        PyMem_Free(nodes[node].times);
    PyMem_Free(nodes);
    return told;
}

PyDoc_STRVAR(only_doc,
             "only(nodes, when, since, started, /)\n--\n\n"
             "The nodes and times of runs that are not before what is given for their node; only\n"
             "those whose start is known, if that is asked for. The highest number lets none by.");

static PyObject *
runs_only(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *arrays[3], *told = NULL;
    Py_buffer since, view;
    Ran ran;
    int started;
    if (!PyArg_ParseTuple(args, "OOOp", &arrays[0], &arrays[1], &arrays[2], &started)
        || !numbers_in(arrays[2], &since, sizeof(uint64_t)))
        return NULL;
    const uint64_t *first = since.buf;
    if (!enter(&ran, arrays[0], Py_None, (size_t)since.len / sizeof *first)) {
        PyBuffer_Release(&since);
        return NULL;
    }
    if (numbers_in(arrays[1], &view, sizeof(uint64_t))) {
        const uint32_t *node = ran.nodes.buf;
        const uint64_t *when = view.buf;
        size_t kept = 0;
        if ((size_t)view.len / sizeof *when != ran.count)
            PyErr_SetString(PyExc_ValueError, "columns that are not equally long");
        else {
            uint64_t *times = PyMem_Malloc((ran.count + 1) * sizeof *times);
            uint32_t *nodes = PyMem_Malloc((ran.count + 1) * sizeof *nodes);
            for (size_t at = 0; times && nodes && at < ran.count; at++) {
                uint64_t least = first[node[at]];
                if (when[at] < least || least == UINT64_MAX || (started && !(when[at] >> 32)))
                    continue;
                times[kept] = when[at];
                nodes[kept++] = node[at];
            }
            Py_ssize_t bytes = (Py_ssize_t)(kept * sizeof *nodes);
            if (times && nodes)
                told = Py_BuildValue("(NN)", PyBytes_FromStringAndSize((const char *)nodes, bytes),
                                     PyBytes_FromStringAndSize((const char *)times, 2 * bytes));
            else
                PyErr_NoMemory();
            PyMem_Free(nodes);
            PyMem_Free(times);
        }
        PyBuffer_Release(&view);
    }
    leave(&ran);
    PyBuffer_Release(&since);
    return told;
}

PyDoc_STRVAR(span_doc,
             "span(when, /)\n--\n\n"
             "The first start, the first and the last end, the shortest and the longest duration.");

static PyObject *
runs_span(PyObject *module, PyObject *array)
{
    (void)module;
    Py_buffer view;
    if (!numbers_in(array, &view, sizeof(uint64_t)))
        return NULL;
    const uint64_t *when = view.buf, *end_of_all = when + (size_t)view.len / sizeof *when;
    uint32_t first = UINT32_MAX, first_end = UINT32_MAX, last_end = 0;
    uint32_t shortest = UINT32_MAX, longest = 0;
    for (; when < end_of_all; when++) {
        uint32_t start = (uint32_t)(*when >> 32), end = (uint32_t)*when;
        uint32_t took = end > start ? end - start : 0;
        first = start < first ? start : first;
        first_end = end < first_end ? end : first_end;
        last_end = end > last_end ? end : last_end;
        shortest = took < shortest ? took : shortest;
        longest = took > longest ? took : longest;
    }
    PyBuffer_Release(&view);
    return Py_BuildValue("(IIIII)", first, first_end, last_end, shortest, longest);
}

static PyMethodDef methods[] = {
    {"of_points", runs_of_points, METH_VARARGS, of_points_doc},
    {"of_line", runs_of_line, METH_VARARGS, of_line_doc},
    {"counted", runs_counted, METH_VARARGS, counted_doc},
    {"by_node", runs_by_node, METH_VARARGS, by_node_doc},
    {"only", runs_only, METH_VARARGS, only_doc},
    {"latest", runs_latest, METH_VARARGS, latest_doc},
    {"span", runs_span, METH_O, span_doc},
    {"points", runs_points, METH_VARARGS, points_doc},
    {"gaps", runs_gaps, METH_VARARGS, gaps_doc},
    {"most_telling", runs_most_telling, METH_VARARGS, most_telling_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_runs",
    .m_doc = "Goes through columns of runs.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__runs(void)
{
    return PyModuleDef_Init(&module);
}
