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
MOST_WAYS: int
MOST_PARTS: int

class Pairs:
    @property
    def full(self) -> bool: ...
    def learn(self, parts: tuple[tuple[bytes, int], ...], way: int, /) -> None: ...
    def count(self, lines: bytes | memoryview, /) -> list[tuple[int, int, int]]: ...
    def take(
        self,
    ) -> tuple[
        list[int],
        int | None,
        int | None,
        list[tuple[str, str]],
        list[tuple[str, bytes, bytes]],
    ]: ...
