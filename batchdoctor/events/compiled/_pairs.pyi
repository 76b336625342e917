from collections.abc import Callable

TIME: int
JOB: int
TASK: int
VERSION: int
POOL: int
NODE: int
ANYTHING: int
END: int
START: int
START_NAMED: int
CLOSE: int
FAILED_END: int
OTHER_END: int
MOST_PARTS: int
LONGEST_PATTERN: int

class Pairs:
    def __new__(
        cls,
        portable: bool,
        takes: Callable[[str, str], bool] | None,
        since: int,
        until: int,
        /,
    ) -> Pairs: ...
    @property
    def left_out(self) -> bool: ...
    @property
    def full(self) -> bool: ...
    @property
    def ended(self) -> int: ...
    @property
    def lines(self) -> int: ...
    def add_way(self, kind: int, counters: int, /) -> int | None: ...
    def learn(self, parts: tuple[tuple[bytes, int], ...], way: int, /) -> None: ...
    def count(self, lines: bytes | memoryview, /) -> list[tuple[int, int, int, bool]]: ...
    def take(
        self, kept: bool, /
    ) -> tuple[
        list[int],
        list[int],
        list[tuple[str, str, int | None]],
        list[tuple[str, bytes, bytes, bytes]],
    ]: ...
