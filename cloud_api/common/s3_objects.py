"""The object store on S3, or a server that speaks as S3 does. Clients send and fetch by presigned URLs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cloud_api.common.objects import (
    DOWNLOAD_LIFE,
    UPLOAD_LIFE,
    ObjectInfo,
    SignedUpload,
    checked,
    content_type_of,
    is_key,
    too_large,
    unknown,
)
from shared.domain.time import Clock
from shared.errors import InvalidInput, Unavailable

log = logging.getLogger(__name__)

_ENCRYPTION = "AES256"
_NOT_THERE = frozenset({"404", "NoSuchKey", "NotFound"})
_TIMEOUTS = {"connect_timeout": 3, "read_timeout": 20, "retries": {"mode": "standard", "total_max_attempts": 2}}


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where in S3: ``prefix`` without slashes at its ends; ``endpoint`` None is Amazon's own."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None


def parse_place(url: str) -> S3Place:
    """Read ``s3://bucket/prefix?endpoint=http://host:port&region=eu-north-1``; all but the bucket may be left out.

    Raises:
        InvalidInput: it is no such URL. Keys do not belong in it: they come the way of every program on AWS.
    """
    parts = urlsplit(url)
    wishes = dict(parse_qsl(parts.query))
    is_plain = parts.scheme == "s3" and parts.netloc and "@" not in parts.netloc and not parts.fragment
    if not is_plain or wishes.keys() - {"endpoint", "region"}:
        message = "FIT_OBJECTS_URL must look like s3://bucket/prefix?endpoint=http://host:port&region=eu-north-1."
        raise InvalidInput(message, field="FIT_OBJECTS_URL")
    return S3Place(parts.netloc, parts.path.strip("/"), wishes.get("endpoint"), wishes.get("region"))


class S3Objects:
    """Objects of one bucket, below one prefix, encrypted by the store."""

    def __init__(self, place: S3Place, *, clock: Clock) -> None:
        self._place = place
        self._clock = clock
        style = "path" if place.endpoint else "auto"
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": style},
            request_checksum_calculation="when_required",  # else a presigned upload would ask the client for one
            response_checksum_validation="when_required",
            **_TIMEOUTS,
        )
        self._s3: Any = boto3.client("s3", endpoint_url=place.endpoint, region_name=place.region, config=config)

    def sign_upload(self, key: str, *, content_type: str, size: int) -> SignedUpload:
        terms = {
            **self._at(key),
            "ContentType": content_type,
            "ContentLength": size,
            "ServerSideEncryption": _ENCRYPTION,
        }
        with _translated():
            url = self._s3.generate_presigned_url("put_object", terms, int(UPLOAD_LIFE.total_seconds()))
        headers = {"Content-Type": content_type, "x-amz-server-side-encryption": _ENCRYPTION}
        return SignedUpload("PUT", url, headers, self._clock.now() + UPLOAD_LIFE)

    def sign_download(self, key: str) -> str:
        with _translated():
            url: str = self._s3.generate_presigned_url("get_object", self._at(key), int(DOWNLOAD_LIFE.total_seconds()))
        return url

    def put(self, key: str, content: bytes) -> None:
        with _translated():
            self._s3.put_object(
                **self._at(key),
                Body=content,
                ContentType=content_type_of(key),
                CacheControl="private, max-age=86400, immutable",
                ServerSideEncryption=_ENCRYPTION,
            )

    def get(self, key: str, *, max_size: int) -> bytes:
        with _translated():
            try:
                answer = self._s3.get_object(**self._at(key))
            except ClientError as error:
                if _is_not_there(error):
                    raise unknown(key) from error
                raise
            with answer["Body"] as body:
                content: bytes = body.read(max_size + 1)
        if len(content) > max_size:
            raise too_large(key)
        return content

    def find(self, key: str) -> ObjectInfo | None:
        with _translated():
            try:
                answer = self._s3.head_object(**self._at(key))
            except ClientError as error:
                if _is_not_there(error):
                    return None
                raise
        return ObjectInfo(key, answer["ContentLength"], answer["LastModified"])

    def delete(self, key: str) -> None:
        with _translated():
            self._s3.delete_object(**self._at(key))

    def list_objects(self, folder: str, *, older_than: datetime) -> Iterator[ObjectInfo]:
        start = self._full("")
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._place.bucket, Prefix=f"{start}{folder}/"
        )
        with _translated():
            for page in pages:
                for item in page.get("Contents", ()):
                    key = item["Key"].removeprefix(start)
                    if is_key(key) and item["LastModified"] < older_than:
                        yield ObjectInfo(key, item["Size"], item["LastModified"])

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._place.bucket, "Key": self._full(checked(key))}

    def _full(self, key: str) -> str:
        return f"{self._place.prefix}/{key}" if self._place.prefix else key


def _is_not_there(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") in _NOT_THERE


@contextmanager
def _translated() -> Iterator[None]:
    """Whatever S3 refuses is for the operator to mend, so it is not the caller's fault: try again later."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        log.warning("the object store failed: %s", error)
        raise Unavailable("The store for pictures cannot be reached right now.", retry_after_s=10) from error
