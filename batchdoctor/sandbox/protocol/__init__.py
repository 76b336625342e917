"""The REST conventions that all operations share: filters, selection, pages, bodies, errors."""
