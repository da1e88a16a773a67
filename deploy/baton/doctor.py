"""`baton doctor`: what is right and wrong with this machine."""

from __future__ import annotations

from dataclasses import asdict

import typer

from deploy.baton.output import FAILED, Json, show


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(*, as_json: Json = False) -> None:
    """Check this machine for what the local stack needs; exit code 1 when something is missing."""
    from deploy.local.doctor import examine
    from deploy.settings import stack_settings

    findings = examine(stack_settings())
    healthy = all(finding.state != "problem" for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"  {finding.state:<8} {finding.name:<12} {finding.message}")
        if finding.advice:
            lines.append(f"  {'':<8} {'':<12} → {finding.advice}")
    payload = {"ok": healthy, "checks": [asdict(finding) for finding in findings]}
    show(payload, "\n".join(lines), as_json=as_json)
    if not healthy:
        raise typer.Exit(FAILED)
