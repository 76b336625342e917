"""What is compiled; everything else about the package is in pyproject.toml."""

from __future__ import annotations

import sysconfig

from setuptools import Extension, setup

# Where there is no compiler, the package is whole without it: large event logs take longer.
PAIRS = Extension(
    "batchdoctor.events.compiled._pairs",
    ["batchdoctor/events/compiled/_pairs.c"],
    extra_compile_args=["-std=c11", "-O2"],
    py_limited_api=True,
    optional=True,
)

if sysconfig.get_config_var("Py_GIL_DISABLED"):
    # A Python without the global lock has no stable interface for compiled code.
    setup()
else:
    # One wheel for this version of Python and all later ones.
    setup(ext_modules=[PAIRS], options={"bdist_wheel": {"py_limited_api": "cp311"}})
