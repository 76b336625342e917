"""What all operations share: filters, selection, pages, bodies, signatures, errors."""
