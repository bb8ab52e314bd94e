"""Sign-in and people over HTTP."""

from typing import cast

from flask import Flask
from flask.blueprints import BlueprintSetupState

from tracker.people.views import account, factor, imports, leading, roll, sessions, unified, units
from tracker.people.views.entrance import blueprint


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    sessions.install(cast(Flask, state.app))


__all__ = ["account", "blueprint", "factor", "imports", "leading", "roll", "unified", "units"]
