"""What is compiled; everything else about the package is in pyproject.toml."""

from setuptools import Extension, setup

# Where there is no compiler, the package is whole without it: large event logs take longer.
pairs = Extension(
    "batchdoctor.events._pairs",
    ["batchdoctor/events/_pairs.c"],
    extra_compile_args=["-std=c11", "-O2"],
    py_limited_api=True,
    optional=True,
)

# One wheel for this version of Python and all later ones.
setup(ext_modules=[pairs], options={"bdist_wheel": {"py_limited_api": "cp311"}})
