"""The noun `config`: what is set on this machine, and where it is kept."""

from __future__ import annotations

from batchdoctor.cli.command import command, noun
from batchdoctor.cli.commands.config_show import profiles, show

app = noun("config")

command(app, "show", live=True)(show)
command(app, "profiles")(profiles)
