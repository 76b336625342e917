"""The noun `config`: which settings, and from where; where they and everything else are kept."""

from __future__ import annotations

from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.config_paths import paths
from batchdoctor.cli.commands.config_show import profiles, show

app = noun("config")

command(app, "show", live=True)(show)
command(app, "profiles")(profiles)
command(app, "paths")(paths)
