"""Figures about a query: facets, histograms, suggestions; and what the figures stand on."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import coverage, figures, params, reference
from api.access import Reader, service_of
from api.answers import Json

router = APIRouter(prefix="/v1", tags=["统计 figures"])


@router.get("/facets", **reference.of("facets"))
def facets(request: Request, caller: Reader) -> Response:
    service = service_of(request)
    asked = params.read(request, caller, own=("names", "size"))
    names = figures.facet_names(asked.own.get("names"))
    size = params.whole("size", asked.own.get("size", "50"), most=1000)
    found = figures.facets(service, caller, asked.query, names, size=size)
    answer = {
        name: [
            {
                "value": each.value,
                "label": each.label,
                "count": each.count,
                "split": dict(each.split),
                "selected": each.selected,
            }
            for each in values
        ]
        for name, values in found.items()
    }
    return Json({"facets": answer, "pending": service.search.pending()})


@router.get("/histogram", **reference.of("histogram"))
def histogram(request: Request, caller: Reader) -> Response:
    service = service_of(request)
    asked = params.read(request, caller, own=("interval", "by"))
    interval = figures.interval_of(asked.own.get("interval", "day"))
    by = figures.by_of(asked.own.get("by"))
    cells = figures.histogram(service, caller, asked.query, interval, by=by)
    return Json(
        {
            "interval": interval,
            "zone": service.zone.key,
            "by": by,
            "cells": [{"start": cell.start, "count": cell.count, "keys": cell.keys} for cell in cells],
            "pending": service.search.pending(),
        }
    )


@router.get("/suggest", **reference.of("suggest"))
def suggest(request: Request, caller: Reader) -> Response:
    service = service_of(request)
    asked = params.read(request, caller, own=("limit",))
    found = figures.suggestions(service, caller, asked.query, limit=asked.limit(5))
    return Json(
        {
            "suggestions": [
                {"topic": each.topic, "name": each.name, "count": each.count, "lift": each.lift}
                for each in found
            ]
        }
    )


@router.get("/coverage", **reference.of("coverage"))
def latest_runs(request: Request, caller: Reader) -> Response:
    runs = coverage.latest(service_of(request), caller, params.products(request, caller))
    return Json({"runs": [coverage.report(run) for run in runs], **coverage.hint(runs)})


@router.get("/taxonomy", **reference.of("taxonomy"))
def taxonomy(request: Request, caller: Reader) -> Response:
    params.only(request)
    service = service_of(request)
    leaves = [leaf for leaf in service.taxonomy.leaves if caller.sees_topic(leaf.id, service.products)]
    return Json(
        {
            "tops": [top.model_dump() for top in service.taxonomy.tops],
            "leaves": [
                leaf.model_dump(exclude={"triggers", "negatives"}) | {"path": leaf.path} for leaf in leaves
            ],
        }
    )
