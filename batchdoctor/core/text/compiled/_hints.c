/* Finds which of some words stand anywhere in a text, in one pass however many there are: a machine
   whose state is the longest beginning of a word that the text read so far ends with
   (Aho and Corasick, https://doi.org/10.1145/360825.360855). */

/* One build serves this version of Python and all later ones. */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { MOST_WORDS = 64, MOST_STATES = 512, MOST_LETTERS = 64 };

/* Letters that no word has are all one, so that the table is small enough to stay near. */
typedef struct {
    uint16_t next[MOST_STATES][MOST_LETTERS];
    uint64_t told[MOST_STATES]; /* which words end here, a bit each */
    uint8_t letter[256];
    int letters, states;
} Machine;

static const char NAME[] = "batchdoctor.core.text.compiled._hints.Words";

static bool
add_word(Machine *machine, PyObject *word, int number)
{
    Py_ssize_t length;
    const char *text = PyUnicode_Check(word) ? PyUnicode_AsUTF8AndSize(word, &length) : NULL;
    if (!text) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "a word is text");
        return false;
    }
    if (!length || machine->states + length > MOST_STATES)
        goto unfit;
    int state = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= 128 || (byte >= 'A' && byte <= 'Z'))
            goto unfit;
        if (!machine->letter[byte]) {
            if (machine->letters == MOST_LETTERS)
                goto unfit;
            machine->letter[byte] = (uint8_t)machine->letters++;
        }
        uint16_t *next = &machine->next[state][machine->letter[byte]];
        if (!*next)
            *next = (uint16_t)machine->states++;
        state = *next;
    }
    machine->told[state] |= (uint64_t)1 << number;
    return true;
unfit:
    PyErr_SetString(PyExc_ValueError, "words are a few, of lower ASCII, and none is empty");
    return false;
}

/* Where no word goes on, the state is that of the longest end of what was read that begins one. */
static void
complete(Machine *machine)
{
    uint16_t ends[MOST_STATES] = {0}, order[MOST_STATES];
    int known = 0;
    for (int letter = 1; letter < machine->letters; letter++)
        if (machine->next[0][letter])
            order[known++] = machine->next[0][letter];
    for (int at = 0; at < known; at++) {
        int state = order[at], end = ends[state];
        machine->told[state] |= machine->told[end];
        for (int letter = 1; letter < machine->letters; letter++) {
            uint16_t *next = &machine->next[state][letter];
            if (!*next) {
                *next = machine->next[end][letter];
            } else {
                ends[*next] = machine->next[end][letter];
                order[known++] = *next;
            }
        }
    }
}

static void
forget(PyObject *capsule)
{
    PyMem_Free(PyCapsule_GetPointer(capsule, NAME));
}

PyDoc_STRVAR(prepared_doc,
             "prepared(words, /)\n--\n\n"
             "What finds up to 64 words of lower ASCII. Raises ValueError for others.");

static PyObject *
hints_prepared(PyObject *module, PyObject *words)
{
    (void)module;
    Py_ssize_t count = PyTuple_Check(words) ? PyTuple_Size(words) : MOST_WORDS + 1;
    if (count > MOST_WORDS)
        return PyErr_Format(PyExc_ValueError, "words are a tuple of at most %d", (int)MOST_WORDS);
    Machine *machine = PyMem_Calloc(1, sizeof *machine);
    if (!machine)
        return PyErr_NoMemory();
    machine->letters = machine->states = 1;
    for (Py_ssize_t number = 0; number < count; number++)
        if (!add_word(machine, PyTuple_GetItem(words, number), (int)number)) {
            PyMem_Free(machine);
            return NULL;
        }
    complete(machine);
    for (int byte = 'A'; byte <= 'Z'; byte++)
        machine->letter[byte] = machine->letter[byte - 'A' + 'a'];
    PyObject *capsule = PyCapsule_New(machine, NAME, forget);
    if (!capsule)
        PyMem_Free(machine);
    return capsule;
}

PyDoc_STRVAR(found_doc,
             "found(words, text, /)\n--\n\n"
             "Which words stand in a text of ASCII, whatever their case: a bit for each.");

static PyObject *
hints_found(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *capsule, *text;
    if (!PyArg_ParseTuple(arguments, "OU:found", &capsule, &text))
        return NULL;
    const Machine *machine = PyCapsule_GetPointer(capsule, NAME);
    if (!machine)
        return NULL;
    Py_ssize_t length;
    const unsigned char *byte = (const unsigned char *)PyUnicode_AsUTF8AndSize(text, &length);
    if (!byte)
        return NULL;
    uint64_t told = 0;
    unsigned state = 0;
    for (const unsigned char *end = byte + length; byte < end; byte++) {
        state = machine->next[state][machine->letter[*byte]];
        told |= machine->told[state];
    }
    return PyLong_FromUnsignedLongLong(told);
}

static PyMethodDef methods[] = {
    {"prepared", hints_prepared, METH_O, prepared_doc},
    {"found", hints_found, METH_VARARGS, found_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_hints",
    .m_doc = "Looks through text for words.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__hints(void)
{
    return PyModuleDef_Init(&module);
}
