from array import array

Bytes = bytes | bytearray | memoryview

def spread(jobs: list[tuple[array[int], int, int]], /) -> list[bytes]: ...
def translated(
    rows: Bytes, nodes: array[int], outcomes: array[int], jobs: array[int], /
) -> bytes: ...
def split(rows: Bytes, /) -> tuple[bytes, bytes]: ...
def counted(
    rows: Bytes, pools: array[int], /
) -> tuple[
    tuple[int, int, int, int],
    bytes,
    list[tuple[int, int, int, int, bytes, bytes]],
    bytes,
]: ...
