"""Pages."""

from flask import Blueprint

blueprint = Blueprint("milestones", __name__)
