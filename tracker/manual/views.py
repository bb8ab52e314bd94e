"""Pages."""

from flask import Blueprint

blueprint = Blueprint("manual", __name__)
