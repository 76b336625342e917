"""Values that Windows, .NET and their installers give a process to end with, and what they say.

All are 32 bits with the highest one set: NTSTATUS values, and the HRESULTs that .NET returns.
Sources: https://learn.microsoft.com/windows/win32/com/com-error-handling,
https://learn.microsoft.com/openspecs/windows_protocols/ms-erref,
https://github.com/dotnet/runtime/blob/main/docs/design/features/host-error-codes.md
"""

from __future__ import annotations

# Unsigned value -> name, and a few words.
NTSTATUS: dict[int, tuple[str, str]] = {
    0xC000013A: ("STATUS_CONTROL_C_EXIT", "ended by Batch (time limit or terminate)"),
    0x40010004: ("DBG_TERMINATE_PROCESS", "ended from outside, as in a forced shutdown"),
    0xC0000005: ("STATUS_ACCESS_VIOLATION", "crashed on a bad memory address"),
    0xC0000006: ("STATUS_IN_PAGE_ERROR", "could not read its own code or data from disk or share"),
    0xC0000008: ("STATUS_INVALID_HANDLE", "crashed on an invalid handle"),
    0xC0000017: ("STATUS_NO_MEMORY", "out of memory"),
    0xC000001D: ("STATUS_ILLEGAL_INSTRUCTION", "has an instruction this processor does not know"),
    0xC0000022: ("STATUS_ACCESS_DENIED", "access denied by Windows"),
    0xC000007B: ("STATUS_INVALID_IMAGE_FORMAT", "32-bit and 64-bit files mixed, or a bad one"),
    0xC0000094: ("STATUS_INTEGER_DIVIDE_BY_ZERO", "crashed on a division by zero"),
    0xC00000FD: ("STATUS_STACK_OVERFLOW", "crashed as its stack overflowed"),
    0xC000012D: ("STATUS_COMMITMENT_LIMIT", "out of virtual memory (page file too small)"),
    0xC0000135: ("STATUS_DLL_NOT_FOUND", "a DLL is missing, such as that of a runtime"),
    0xC0000138: ("STATUS_ORDINAL_NOT_FOUND", "a DLL has the wrong version"),
    0xC0000139: ("STATUS_ENTRYPOINT_NOT_FOUND", "a DLL has the wrong version"),
    0xC0000142: ("STATUS_DLL_INIT_FAILED", "a DLL did not start (no desktop or heap full)"),
    0xC0000374: ("STATUS_HEAP_CORRUPTION", "crashed on a damaged heap"),
    0xC0000409: ("STATUS_STACK_BUFFER_OVERRUN", "failed fast, by abort() or a bad stack"),
    0xC0000420: ("STATUS_ASSERTION_FAILURE", "an assertion failed"),
    0x80000003: ("STATUS_BREAKPOINT", "stopped at a breakpoint or assertion"),
    0xE0434352: ("CLR exception", "a .NET program ended with an unhandled exception"),
    0xE06D7363: ("C++ exception", "a C++ program ended with an unhandled exception"),
    0x40010005: ("DBG_CONTROL_C", "interrupted by Ctrl-C"),
    0xC0000025: ("STATUS_NONCONTINUABLE_EXCEPTION", "crashed as it went on after an exception"),
    0xC0000034: ("STATUS_OBJECT_NAME_NOT_FOUND", "a file or another object is missing"),
    0xC000003A: ("STATUS_OBJECT_PATH_NOT_FOUND", "a folder on the way to a file is missing"),
    0xC0000043: ("STATUS_SHARING_VIOLATION", "a file is in use by another process"),
    0xC000007F: ("STATUS_DISK_FULL", "the disk is full"),
    0xC000008C: ("STATUS_ARRAY_BOUNDS_EXCEEDED", "crashed on an index outside of an array"),
    0xC000008E: ("STATUS_FLOAT_DIVIDE_BY_ZERO", "crashed on a division by zero"),
    0xC0000095: ("STATUS_INTEGER_OVERFLOW", "crashed as a whole number overflowed"),
    0xC0000096: ("STATUS_PRIVILEGED_INSTRUCTION", "has an instruction only the system may use"),
    0xC000009A: ("STATUS_INSUFFICIENT_RESOURCES", "the system ran out of resources"),
    0xC0000144: ("STATUS_UNHANDLED_EXCEPTION", "ended with an unhandled exception"),
    0xC000026B: ("STATUS_DLL_INIT_FAILED_LOGOFF", "a DLL did not start: its session was ending"),
    0xC0000428: ("STATUS_INVALID_IMAGE_HASH", "a program or DLL whose signature is not accepted"),
    0xC0000602: ("STATUS_FAIL_FAST_EXCEPTION", "failed fast, on an error of its own"),
    0xC06D007E: ("VcppException(ERROR_MOD_NOT_FOUND)", "a DLL that is loaded late is missing"),
    0xC06D007F: ("VcppException(ERROR_PROC_NOT_FOUND)", "a DLL has the wrong version"),
}

# HRESULTs that are in no doubt: unsigned value -> name, and a few words.
HRESULTS: dict[int, tuple[str, str]] = {
    0x80004001: ("E_NOTIMPL", "it asked for what is not implemented"),
    0x80004003: ("E_POINTER", "it used a pointer that is not valid"),
    0x80004005: ("E_FAIL", "an unspecified failure"),
    0x8000FFFF: ("E_UNEXPECTED", "an unexpected failure"),
    0x80040154: ("REGDB_E_CLASSNOTREG", "a COM class is not registered, or not for this word size"),
    0x80008081: ("InvalidArgFailure", "dotnet host: wrong arguments"),
    0x80008082: ("CoreHostLibLoadFailure", "dotnet host: hostfxr or hostpolicy does not load"),
    0x80008083: ("CoreHostLibMissingFailure", "dotnet host: hostfxr or hostpolicy is missing"),
    0x80008087: ("CoreClrResolveFailure", "dotnet host: coreclr was not found"),
    0x80008088: ("CoreClrBindFailure", "dotnet host: coreclr does not load"),
    0x80008089: ("CoreClrInitFailure", "dotnet host: coreclr did not start"),
    0x8000808A: ("CoreClrExeFailure", "dotnet host: the program did not start"),
    0x8000808C: ("ResolverResolveFailure", "dotnet host: a file the program depends on is missing"),
    0x80008091: ("LibHostSdkFindFailure", "dotnet host: no .NET SDK was found"),
    0x80008092: ("LibHostInvalidArgs", "dotnet host: wrong arguments"),
    0x80008093: ("InvalidConfigFile", "dotnet host: runtimeconfig.json or deps.json is not valid"),
    0x80008094: ("AppArgNotRunnable", "dotnet host: what it was told to run is no program"),
    0x80008095: ("AppHostExeNotBoundFailure", "dotnet host: the program was not built to be run"),
    0x80008096: ("FrameworkMissingFailure", "dotnet host: the .NET the program needs is missing"),
    0x8000809A: ("AppPathFindFailure", "dotnet host: the program was not found"),
    0x8000809B: ("SdkResolveFailure", "dotnet host: the .NET SDK asked for is not installed"),
    0x8000809C: ("FrameworkCompatFailure", "dotnet host: no .NET here fits the program"),
    0x8000809F: ("BundleExtractionFailure", "dotnet host: the single file could not be unpacked"),
    0x80131040: ("FUSION_E_REF_DEF_MISMATCH", ".NET: an assembly has another version than asked"),
    0x80131500: ("COR_E_EXCEPTION", ".NET: an exception"),
    0x80131501: ("COR_E_SYSTEM", ".NET: an exception of the system"),
    0x80131506: ("COR_E_EXECUTIONENGINE", ".NET: the runtime itself failed"),
    0x80131509: ("COR_E_INVALIDOPERATION", ".NET: an operation that the state does not allow"),
    0x80131522: ("COR_E_TYPELOAD", ".NET: a type could not be loaded"),
    0x80131534: ("COR_E_TYPEINITIALIZATION", ".NET: a type did not initialize"),
    0x80131604: ("COR_E_TARGETINVOCATION", ".NET: a method that was called failed"),
    0x80131620: ("COR_E_IO", ".NET: reading or writing failed"),
    0x80131623: ("COR_E_FAILFAST", ".NET: the program ended itself with FailFast"),
    0x80131700: (
        "CLR_E_SHIM_RUNTIMELOAD",
        "the .NET Framework that it asks for is not there",
    ),
    0x8013101B: ("COR_E_NEWER_RUNTIME", "built for a newer .NET than the one that loaded it"),
}

# Errors of Windows inside of HRESULTs of the form 0x8007xxxx: number -> name, and a few words.
WINDOWS_ERRORS: dict[int, tuple[str, str]] = {
    2: ("ERROR_FILE_NOT_FOUND", "a file was not found"),
    3: ("ERROR_PATH_NOT_FOUND", "a folder on the way to a file was not found"),
    5: ("ERROR_ACCESS_DENIED", "access denied by Windows"),
    8: ("ERROR_NOT_ENOUGH_MEMORY", "out of memory"),
    11: ("ERROR_BAD_FORMAT", "a program of the wrong word size"),
    14: ("ERROR_OUTOFMEMORY", "out of memory"),
    32: ("ERROR_SHARING_VIOLATION", "a file is in use by another process"),
    53: ("ERROR_BAD_NETPATH", "a network path was not found"),
    67: ("ERROR_BAD_NET_NAME", "a network share was not found"),
    80: ("ERROR_FILE_EXISTS", "a file exists already"),
    87: ("ERROR_INVALID_PARAMETER", "an argument is not valid"),
    112: ("ERROR_DISK_FULL", "the disk is full"),
    126: ("ERROR_MOD_NOT_FOUND", "a DLL is missing"),
    127: ("ERROR_PROC_NOT_FOUND", "a DLL has the wrong version"),
    183: ("ERROR_ALREADY_EXISTS", "a file or another object exists already"),
    193: ("ERROR_BAD_EXE_FORMAT", "not a program of this Windows, or a damaged one"),
    206: ("ERROR_FILENAME_EXCED_RANGE", "a path is too long"),
    1001: ("ERROR_STACK_OVERFLOW", "crashed as its stack overflowed"),
    1326: ("ERROR_LOGON_FAILURE", "wrong user name or password"),
    1603: ("ERROR_INSTALL_FAILURE", "the Windows Installer met a fatal error"),
    1618: ("ERROR_INSTALL_ALREADY_RUNNING", "another installation is under way"),
    1619: ("ERROR_INSTALL_PACKAGE_OPEN_FAILED", "the package could not be opened"),
    12002: ("ERROR_WINHTTP_TIMEOUT", "a web request timed out"),
    12007: ("ERROR_WINHTTP_NAME_NOT_RESOLVED", "the name of a server was not found"),
    12029: ("ERROR_WINHTTP_CANNOT_CONNECT", "a server could not be reached"),
}

# What the Windows Installer returns; other programs may mean other things by these numbers.
INSTALLER: dict[int, str] = {
    1602: "the user, or whoever stood in for one, cancelled the installation",
    1603: "a fatal error; its log (msiexec /l*v FILE) says which",
    1605: "the product is not installed",
    1608: "a property is unknown",
    1618: "another installation is under way: try again later",
    1619: "the package could not be opened: it is not there, or this user may not read it",
    1620: "the package could not be opened: it is no valid one",
    1622: "the log file could not be opened",
    1625: "a policy of the system forbids it",
    1632: "the folder for temporary files is full or not accessible",
    1633: "the package is for another kind of processor",
    1638: "another version of the product is installed",
    1639: "wrong command line",
    1641: "success, and a restart has begun",
    3010: "success, and a restart is needed for it to take effect",
}

_WIN32_FACILITY = 0x8007
_DOTNET_HOST = 0x80008000
_DOTNET = 0x8013


def windows_value(unsigned: int) -> tuple[str, str] | None:
    """Name and a few words of a value with the highest bit set; None where nothing is certain."""
    found = NTSTATUS.get(unsigned) or HRESULTS.get(unsigned)
    if found is not None or unsigned >> 16 != _WIN32_FACILITY:
        return found
    number = unsigned & 0xFFFF
    told = f"`net helpmsg {number}` on any Windows says what it is"
    return WINDOWS_ERRORS.get(number) or (f"Windows error {number}", told)


def windows_family(unsigned: int) -> str | None:
    """Whose value it is that nothing more is known of; None for a number of any program's own."""
    if unsigned >> 28 == 0xC:  # noqa: PLR2004  # the two highest bits mark an NTSTATUS error
        return "An NTSTATUS error of Windows that is not in the table; most of them are crashes."
    if unsigned >> 8 == _DOTNET_HOST >> 8:
        return "An HRESULT of the dotnet host that is not in the table: the program did not start."
    if unsigned >> 16 == _DOTNET:
        return "An HRESULT of .NET that is not in the table: the name of an exception goes with it."
    if unsigned >> 27 == 0b10000:  # noqa: PLR2004  # a failure, and no other of the leading bits
        return "It has the form of an HRESULT of Windows; which error it is depends on its source."
    return None
