"""An import-linter contract that names what may be imported: anything new is refused until it is allowed."""

import sys
from typing import TypedDict, cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules
from importlinter.domain.imports import ModuleExpression


class IllegalImport(TypedDict):
    importer: str
    imported: str
    lines: list[int]


class OnlyImports(Contract):
    """The source modules import directly only themselves, the standard library and what is allowed.

    Indirect imports are not followed: each allowed module of ours has a contract of its own.
    Options: `source_modules` (expressions) and `allowed_modules` (names), each with its descendants.
    """

    type_name = "only"

    source_modules = fields.ListField(subfield=fields.ModuleExpressionField())
    allowed_modules = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  theirs
        sources = cast("list[ModuleExpression]", self.source_modules)
        allowed = cast("list[str]", self.allowed_modules)
        tops = {module.name for module in module_expressions_to_modules(graph, sources, as_packages=False)}
        illegal = [
            IllegalImport(importer=importer, imported=imported, lines=_lines(graph, importer, imported))
            for top in sorted(tops)
            for importer in sorted({top, *graph.find_descendants(top)})
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not _is_standard(imported) and not any(_is_within(imported, name) for name in [top, *allowed])
        ]
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for one in cast("list[IllegalImport]", check.metadata["illegal"]):
            lines = ", ".join(f"l.{line}" for line in one["lines"])
            output.print_error(f"{one['importer']} -> {one['imported']} ({lines})", bold=False)
        output.new_line()


def _lines(graph: ImportGraph, importer: str, imported: str) -> list[int]:
    details = graph.get_import_details(importer=importer, imported=imported)
    return sorted(detail["line_number"] for detail in details)


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
