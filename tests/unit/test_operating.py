"""The operators' guide and the alerts speak of the same metrics; that these are the real ones, tests/e2e sees."""

from __future__ import annotations

import re
from typing import Any

import yaml

from deploy.settings import ROOT
from tests.support.operating import metrics

ALERTS = ROOT / "deploy" / "observability" / "alerts.yml"
PROMETHEUS = ROOT / "deploy" / "observability" / "prometheus.yml"
OWN = re.compile(r"\b(?:baton|process|python)_\w+")


def rules() -> dict[str, Any]:
    content = yaml.safe_load(ALERTS.read_text())
    return {rule["alert"]: rule for group in content["groups"] for rule in group["rules"]}


def test_an_alert_asks_for_metrics_and_labels_that_there_are() -> None:
    documented = metrics()
    for name, rule in rules().items():
        for metric in OWN.findall(rule["expr"]):
            if metric.startswith("baton_"):
                assert re.sub("_(bucket|count|sum)$", "", metric) in documented, f"{name} asks for {metric}"
        labels = {label for metric in documented.values() for label in metric.labels} | {"job", "instance", "le"}
        asked = re.findall(r"(?:by|on|ignoring) \(([^)]*)\)", rule["expr"])
        told = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
        assert {label.strip() for one in asked for label in one.split(",")} | set(told) <= labels, name


def test_an_alert_says_whom_it_wakes_and_why() -> None:
    for name, rule in rules().items():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}, name
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert re.fullmatch(r"\d+[mh]", rule.get("for", "1m")), name


def test_every_alert_stands_in_the_guide_and_the_guide_names_no_other() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text()

    assert set(re.findall(r"\bBaton[A-Z]\w+", guide)) == set(rules())


def test_prometheus_is_told_where_the_services_and_the_alerts_are() -> None:
    content = yaml.safe_load(PROMETHEUS.read_text())

    assert content["rule_files"] == [ALERTS.name]
    [scrape] = content["scrape_configs"]
    assert scrape["job_name"] == "baton"
    assert len(scrape["static_configs"][0]["targets"]) == 4
