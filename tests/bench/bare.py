"""What Flask and SQLAlchemy Core cost alone: a page of 50 rows by one query, and an update of one row."""

import os
from pathlib import Path

from flask import Flask, Response, render_template
from sqlalchemy import Engine, create_engine, select, update

from tracker.assignments.models import Assignment
from tracker.commands.serve import settle
from tracker.milestones.models import Milestone
from tracker.plan.models import Deadline, Task
from tracker.units.models import Unit

COLUMNS = (
    Milestone.id, Milestone.version, Milestone.state, Milestone.opens_on, Milestone.planned_on,
    Milestone.due_on, Milestone.late_from, Milestone.submitted_on, Milestone.reason,
    Assignment.role, Task.code, Task.text, Unit.short, Deadline.label, Deadline.title,
)  # fmt: skip
"""About as many as a row of our own lists reads and shows."""
PAGE = (
    select(*(column.label(f"{column.class_.__tablename__}_{column.key}") for column in COLUMNS))
    .select_from(Milestone)
    .join(Assignment, Assignment.id == Milestone.assignment_id)
    .join(Task, Task.id == Milestone.task_id)
    .join(Unit, Unit.id == Milestone.unit_id)
    .join(Deadline, Deadline.id == Milestone.deadline_id)
    .order_by(Milestone.id)
    .limit(50)
)


def application() -> Flask:
    """The bare pages on the database that the environment names, settled like the product."""
    url = os.environ["TRACKER_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    app = create_app(create_engine(url, pool_size=10))
    settle()
    return app


def create_app(engine: Engine) -> Flask:
    app = Flask(__name__, template_folder=str(Path(__file__).parent))

    @app.get("/page")
    def page() -> str:
        with engine.connect() as connection:
            return render_template("bare.html", rows=connection.execute(PAGE).all())

    @app.post("/update/<int:milestone_id>")
    def change(milestone_id: int) -> Response:
        with engine.begin() as connection:
            connection.execute(
                update(Milestone).where(Milestone.id == milestone_id).values(version=Milestone.version + 1)
            )
        return Response(status=303, headers={"Location": "/page"})

    return app
