"""What is compiled, and what a wheel without it is called; all else is in pyproject.toml."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel

# Sums must come out as Python's do, so no product may be left unrounded in one.
WINDOWS, OTHERS = ["/std:c11", "/O2"], ["-std=c11", "-O2", "-ffp-contract=off"]
# Where there is no compiler, the package is whole without it: what is large takes longer.
COMPILED = [
    Extension(
        name,
        [f"{name.replace('.', '/')}.c"],
        depends=["batchdoctor/core/columns.h"],
        extra_compile_args=WINDOWS if os.name == "nt" else OTHERS,
        py_limited_api=True,
        optional=True,
    )
    for name in (
        "batchdoctor.events.compiled._pairs",
        "batchdoctor.core.log.compiled._rows",
        "batchdoctor.core.suspicion.compiled._runs",
        "batchdoctor.core.text.compiled._hints",
    )
]


class Wheel(bdist_wheel):
    """A wheel that is for every machine where nothing was compiled for one."""

    def run(self) -> None:
        """Compile first: only then is it known what the wheel is to be called."""
        if self.distribution.has_ext_modules():
            self.run_command("build_ext")
            built = self.get_finalized_command("build_ext")
            if not all(Path(built.get_ext_fullpath(each.name)).exists() for each in COMPILED):
                self._build_for_all()
        super().run()

    def _build_for_all(self) -> None:
        self.distribution.ext_modules = None
        for command in ("build", "build_ext", "build_py", "install", "install_lib"):
            self.distribution.command_obj.pop(command, None)
            self.distribution.have_run.pop(command, None)
        self.root_is_pure, self.py_limited_api, self.python_tag = True, False, "py3"


if sysconfig.get_config_var("Py_GIL_DISABLED"):
    # A Python without the global lock has no stable interface for compiled code.
    setup()
else:
    # One wheel for this version of Python and all later ones.
    setup(
        ext_modules=COMPILED,
        cmdclass={"bdist_wheel": Wheel},
        options={"bdist_wheel": {"py_limited_api": "cp311"}},
    )
