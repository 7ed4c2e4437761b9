"""Example answers for the OpenAPI document. Invented; their shapes are checked against real answers by a test."""

from typing import Any

_TAG: dict[str, Any] = {
    "facet": "topic",
    "label": "crash_launch",
    "name": "启动闪退/打不开",
    "polarity": "neg",
    "score": 0.93,
    "start": 3,
    "end": 8,
    "why": "triggers: 一打开就闪退",
}

_ITEM: dict[str, Any] = {
    "id": "appstore:cn:13300000042",
    "platform": "appstore",
    "kind": "review",
    "via": "appstore_rss",
    "products": ["taijian"],
    "region": "cn",
    "at": "2026-11-01T02:10:00+00:00",
    "said_at": "2026-11-01T02:10:00+00:00",
    "published_at": "2026-11-01T02:10:00+00:00",
    "edited_at": None,
    "first_seen_at": "2026-11-01T03:00:12+00:00",
    "arrival": "live",
    "revision": "5f0c6a1d2b3e",
    "rating": 1,
    "version": "8.2.0",
    "device": None,
    "os": None,
    "lang": "zh",
    "text": "更新后一打开就闪退",
    "quality": "full",
    "url": "https://apps.apple.com/cn/app/id9900000101",
    "metrics": {"likes": 3},
    "reply": None,
    "voice": "a:8d2f",
    "noise": False,
    "tagged": True,
    "expired": False,
    "tags": [_TAG],
}

SEARCH: dict[str, Any] = {
    "total": 128,
    "query": {"params": [["q", "闪退"]], "human": "“闪退”"},
    "items": [_ITEM | {"score": 7.2, "marks": [[7, 9]]}],
    "cursor": "eyJ…",
    "pending": 0,
    "coverage": {"complete": True, "gaps": []},
}

ITEM: dict[str, Any] = _ITEM | {
    "author": "8d2f0c…",
    "thread": None,
    "parent": None,
    "matches": [{"product": "taijian", "target": "cn/9900000101", "keyword": "", "via": "appstore_rss"}],
    "parked": "",
    "failures": 0,
    "verdicts": [
        {
            "revision": "5f0c6a1d2b3e",
            "facet": "topic",
            "label": "crash_launch|neg",
            "action": "add",
            "who": "pm",
            "at": "2026-11-01T04:00:00+00:00",
        }
    ],
    "history": [
        {
            "first_seen_at": "2026-11-01T03:00:12+00:00",
            "last_seen_at": "2026-11-01T09:00:10+00:00",
            "via": "appstore_rss",
            "text": "更新后一打开就闪退",
            "quality": "full",
            "rating": 1,
            "version": "8.2.0",
            "published_at": "2026-11-01T02:10:00+00:00",
            "edited_at": None,
            "reply": None,
        }
    ],
    "raw": False,
}

FACETS: dict[str, Any] = {
    "facets": {
        "top": [
            {
                "value": "stability",
                "label": "稳定性",
                "count": 61,
                "split": {"neg": 58, "neu": 2, "pos": 1},
                "selected": False,
            }
        ]
    },
    "pending": 0,
}

HISTOGRAM: dict[str, Any] = {
    "interval": "day",
    "zone": "Asia/Shanghai",
    "by": ["sentiment"],
    "cells": [{"start": "2026-10-31T16:00:00+00:00", "count": 17, "keys": ["neg"]}],
    "pending": 0,
}

SUGGEST: dict[str, Any] = {
    "suggestions": [{"topic": "pay_fail", "name": "支付失败/未到账", "count": 31, "lift": 9.4}]
}

COVERAGE: dict[str, Any] = {
    "runs": [
        {
            "id": "r-20261101-0300",
            "source": "appstore_rss",
            "product": "taijian",
            "target": "cn/9900000101",
            "started_at": "2026-11-01T03:00:00+00:00",
            "finished_at": "2026-11-01T03:00:12+00:00",
            "stop": "watermark",
            "detail": "",
            "asked": 2,
            "listed": 100,
            "new": 17,
            "changed": 1,
            "same": 82,
            "rejected": 0,
            "erased": 0,
            "expired": 0,
            "oldest_at": "2026-10-29T11:00:00+00:00",
            "newest_at": "2026-11-01T02:10:00+00:00",
            "complete": True,
            "suspicious": False,
            "words": {"zh": "已接上次的进度", "en": "reached what was known"},
        }
    ],
    "complete": True,
    "gaps": [],
}

TAXONOMY: dict[str, Any] = {
    "tops": [{"id": "stability", "name": "稳定性", "desc": "崩溃、卡死、白屏"}],
    "leaves": [
        {
            "id": "crash_launch",
            "name": "启动闪退/打不开",
            "desc": "点开应用即退出",
            "sev": "P0",
            "alert": True,
            "was": [],
            "top": "stability",
            "path": "stability/crash_launch",
        }
    ],
}

READY: dict[str, Any] = {
    "status": "ready",
    "checks": {"records": "ok", "search": "ok"},
    "faults": [],
    "version": "1.0.0",
    "demo": False,
}

PROBLEM: dict[str, Any] = {
    "type": "urn:huisheng:problem:query-error",
    "title": "请求有误 Bad Request",
    "status": 400,
    "detail": "没有这个参数 no such parameter: 'prodcut'",
    "hint": "是不是 did you mean: product",
    "instance": "urn:huisheng:request:3f9a1c20be77",
}
