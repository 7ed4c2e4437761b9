"""What people read for the values of facets. Product names are not known here; they stay as keys."""

from collections.abc import Mapping

from feedback.query import UNTAGGED
from feedback.taxonomy import Taxonomy

NAMES: Mapping[str, Mapping[str, str]] = {
    "sentiment": {"neg": "负面", "neu": "中性", "pos": "正面", "mix": "有褒有贬", UNTAGGED: "未打标"},
    "intent": {
        "bug": "故障", "request": "建议", "complaint": "抱怨", "question": "提问", "praise": "表扬", "leaving": "流失",
        "advert": "广告", "irrelevant": "无关", "empty": "无内容",
    },
    "severity": {"0": "P0 紧急", "1": "P1 严重", "2": "P2 一般", "3": "P3 轻微"},
    "rating": {str(stars): f"{stars} 星" for stars in range(1, 6)},
    "noise": {"exclude": "有效反馈", "only": "噪声"},
    "platform": {
        "appstore": "App Store", "googleplay": "Google Play", "taptap": "TapTap", "huawei": "华为应用市场", "weibo": "微博",
        "zhihu": "知乎", "tousu": "黑猫投诉",
    },
    "region": {"cn": "中国大陆", "hk": "中国香港", "tw": "中国台湾", "mo": "中国澳门", "us": "美国", "jp": "日本", "sg": "新加坡"},
}  # fmt: skip


def name_of(facet: str, value: str, taxonomy: Taxonomy) -> str:
    if facet in ("topic", "top"):
        return taxonomy.name(value)
    return NAMES.get(facet, {}).get(value, value)
