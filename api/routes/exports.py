"""Exports over HTTP: streamed as they are read, without a cap."""

from collections.abc import Iterator
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from api import exports, params, reference
from api.access import Caller, Reader, service_of
from api.service import Service
from feedback.model import Document

router = APIRouter(prefix="/v1", tags=["导出 exports"])
_CHUNK = 256 * 1024


@router.get("/exports", **reference.of("export"))
@router.post("/exports", **reference.of("export_post"))
def export(request: Request, caller: Reader) -> Response:
    service = service_of(request)
    asked = params.read(request, caller, own=("format",))
    form = params.one_of("format", asked.own.get("format", "csv"), exports.FORMATS)
    found = service.search.documents(asked.query)
    # The first one is read before the answer begins, so that a query that fails fails with a problem document.
    documents = _seen(service, caller, chain(list(islice(found, 1)), found))
    names = exports.Names(service.taxonomy, service.zone_for, service.product_name)
    return StreamingResponse(
        _chunks(form, documents, names),
        media_type=exports.MEDIA_TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="huisheng-{service.clock():%Y%m%d-%H%M}.{form}"',
            "X-Index-Pending": str(service.search.pending()),
        },
    )


def _seen(service: Service, caller: Caller, documents: Iterator[Document]) -> Iterator[Document]:
    return (caller.view(document, service.products) for document in documents)


def _chunks(form: str, documents: Iterator[Document], names: exports.Names) -> Iterator[bytes]:
    if form == "csv":
        return exports.csv_chunks(documents, names)
    if form == "ndjson":
        return exports.ndjson_chunks(documents, names)
    file = TemporaryFile()  # noqa: SIM115 -- closed by _drain, after the last byte was sent
    exports.write_xlsx(documents, names, file)
    return _drain(file)


def _drain(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
