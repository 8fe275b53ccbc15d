"""The bytes of .npy files, written and read without a copy of the array."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt


def parts(array: npt.NDArray[Any], dtype: npt.DTypeLike) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a file: the header, then the array."""
    array = np.ascontiguousarray(array, dtype=dtype)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
    yield header.getvalue()
    yield array.reshape(-1).view(np.uint8).data


def parse(data: bytes, dtype: npt.DTypeLike, axes: int) -> npt.NDArray[Any]:
    """Return the array in the bytes of a file; it is read-only. Raises ValueError for another type or shape."""
    stream = io.BytesIO(data)
    np.lib.format.read_magic(stream)
    shape, fortran_order, found = np.lib.format.read_array_header_1_0(stream)
    if found != dtype or fortran_order or len(shape) != axes:
        raise ValueError(f"an array of {found} with {len(shape)} axes instead of {np.dtype(dtype)} with {axes}")
    return np.frombuffer(data, dtype=dtype, offset=stream.tell()).reshape(shape)
