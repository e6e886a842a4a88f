"""Draft a migration from what the tables of a service say: ``python -m cloud_api.migrations gym "Add freezes"``.

For developers. Read the draft, format it with ruff, and run the tests: one compares tables and migrations.
"""

import argparse
from pathlib import Path

from alembic import command
from alembic.script import Script, ScriptDirectory
from sqlalchemy import create_engine

from cloud_api.migrations import configuration, services_with_tables


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cloud_api.migrations", description=__doc__)
    parser.add_argument("service", choices=services_with_tables())
    parser.add_argument("subject", help='an imperative sentence: "Add freezes"')
    arguments = parser.parse_args()
    folder = Path(__file__).parent.parent / arguments.service / "migrations"
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    count = len(list(folder.glob("[!_]*.py")))
    config = configuration()
    known = ScriptDirectory.from_config(config).get_heads()
    with create_engine("sqlite://").begin() as connection:
        config.attributes["connection"] = connection
        if known:
            command.upgrade(config, "heads")
        config.attributes["service"] = arguments.service
        made = command.revision(
            config,
            message=arguments.subject,
            autogenerate=True,
            rev_id=f"{arguments.service}_{count + 1:04}",
            head="base" if count == 0 else f"{arguments.service}@head",
            branch_label=arguments.service if count == 0 else None,
            version_path=str(folder),
        )
    if isinstance(made, Script):
        path = Path(made.path)
        path.write_text("".join(line for line in path.open() if "# ### " not in line))


if __name__ == "__main__":
    main()
