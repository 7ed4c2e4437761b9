"""Figures for Prometheus, in a registry of their own: requests as they happen, records when asked."""

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from api.service import Service

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


class Metrics:
    def __init__(self, service: Service) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "huisheng_http_request_seconds",
            "Time to the end of the answer, by route.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.failures = Counter(
            "huisheng_http_failures", "Requests that ended in an unforeseen error.", registry=self.registry
        )
        self.registry.register(_RecordsFigures(service))

    def took(self, scope: Scope, status: int, seconds: float) -> None:
        # The route's pattern, never the path: ids and search words would make endless series.
        route: Any = scope.get("route")
        path = getattr(route, "path", "") or "unmatched"
        self.requests.labels(scope["method"], path, str(status)).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _RecordsFigures(Collector):
    def __init__(self, service: Service) -> None:
        self.service = service

    def describe(self) -> Iterable[Metric]:
        return ()  # else registering would already ask the records

    def collect(self) -> Iterable[Metric]:
        depth = self.service.records.depth()
        lanes = GaugeMetricFamily("huisheng_due", "Items waiting to be tagged, by lane.", labels=["lane"])
        for lane, count in depth.lanes.items():
            lanes.add_metric([lane.name.lower()], count)
        yield lanes
        yield GaugeMetricFamily("huisheng_documents", "Items that count.", depth.documents)
        yield GaugeMetricFamily("huisheng_untagged", "Items without tags.", depth.untagged)
        yield GaugeMetricFamily("huisheng_parked", "Items given up after three tries.", depth.parked)
        yield GaugeMetricFamily("huisheng_change", "Number of the latest change.", depth.change)
        yield GaugeMetricFamily(
            "huisheng_index_pending", "Changes the index has not taken yet.", self.service.search.pending()
        )
