"""A project that has no dataset yet."""

from aquarium_tui.errors import StoreError
from aquarium_tui.model.names import check_name
from aquarium_tui.model.tables import Project
from aquarium_tui.store import Store
from aquarium_tui.store.atomic import arrival
from aquarium_tui.store.saving import write_project


def add_project(store: Store, project: Project) -> None:
    """Store a new project.

    Raises:
        StoreError: There is one of that name, or it cannot be written.
    """
    target = store.root / "projects" / check_name(project.name, "project")
    if target.exists():
        hint = "Leave out create_project, call delete_project before, or choose another name."
        raise StoreError(f"There already is a project {project.name}.", hint)
    with arrival(target) as folder:
        write_project(folder, project)
