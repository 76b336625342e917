/* Columns that compiled code is given and gives back: arrays of numbers, and bytes that grow. */

#ifndef BATCHDOCTOR_COLUMNS_H
#define BATCHDOCTOR_COLUMNS_H

#include <Python.h>

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The numbers of so many bytes in an array; false with an exception set if it is none of those. */
static inline bool
numbers_in(PyObject *data, Py_buffer *view, Py_ssize_t bytes)
{
    if (PyObject_GetBuffer(data, view, PyBUF_SIMPLE))
        return false;
    if (view->itemsize == bytes && view->len % bytes == 0)
        return true;
    PyBuffer_Release(view);
    PyErr_SetString(PyExc_ValueError, "not an array of such numbers");
    return false;
}

typedef struct {
    char *bytes;
    size_t count, room;
} Column;

/* Add bytes at the end; false if there is no memory. */
static inline bool
append(Column *column, const void *bytes, size_t count)
{
    if (column->room - column->count < count) {
        size_t room = 2 * column->room + 64 * count;
        char *grown = PyMem_Realloc(column->bytes, room);
        if (!grown)
            return false;
        column->bytes = grown;
        column->room = room;
    }
    memcpy(column->bytes + column->count, bytes, count);
    column->count += count;
    return true;
}

static inline PyObject *
bytes_of(const Column *column)
{
    return PyBytes_FromStringAndSize(column->bytes ? column->bytes : "", (Py_ssize_t)column->count);
}

#endif
