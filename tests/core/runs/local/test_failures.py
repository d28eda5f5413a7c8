import errno

from core.runs.folder.store import RunError
from core.runs.local import failures


def test_errors_of_torch_and_disk_are_said_plainly(run):
    class OutOfMemoryError(RuntimeError):
        pass

    allocator = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1610612736 bytes.")
    writer = RuntimeError("[enforce fail] . PytorchStreamWriter failed writing file: No space left on device")
    cuda = OutOfMemoryError("CUDA out of memory. Tried to allocate 512.00 MiB. GPU 0 has")
    assert "asked for 0.5 GiB more" in failures.describe(cuda, run)
    assert "asked for 1.5 GiB more" in failures.describe(allocator, run)
    said = failures.describe(OutOfMemoryError(), run)
    assert "GiB are needed; clone it with train.batch_size=16 (" in said
    assert failures.describe(writer, run).startswith("disk is full")
    assert failures.describe(OSError(errno.ENOSPC, "full", "/x"), run).startswith("disk is full")
    assert failures.describe(RunError("as it is"), run) == "as it is"
    assert failures.describe(RuntimeError(), run) == "RuntimeError (the log has the details)"
