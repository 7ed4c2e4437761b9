"""Files as a source: exports of 七麦 and the Play Console, any CSV, XLSX or JSON lines.

The whole file is checked before the first row is stored (``plan``); then it is read a second time and put page by
page (``run_import``). A file is never held in memory, a refused one stores nothing, a repeated one nothing new.
"""

from crawlers.importing.load import Progress, run_import
from crawlers.importing.plan import ImportPlan, Rejected, Sample, plan

__all__ = ["ImportPlan", "Progress", "Rejected", "Sample", "plan", "run_import"]
