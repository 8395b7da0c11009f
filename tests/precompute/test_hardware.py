import pytest
import torch

from precompute.hardware import HardwareError, choose_hardware, computing


def test_cpu_without_wishes_has_one_thread_and_no_workers() -> None:
    hardware = choose_hardware("cpu", "fp32")
    assert (hardware.device.type, hardware.threads, hardware.workers) == ("cpu", 1, 0)
    assert hardware.describe().endswith(", 1 thread, fp32")


def test_automatic_precision_follows_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    for has_it, precision in ((True, "bf16"), (False, "fp32")):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda has=has_it: {"avx512_bf16": has})
        assert choose_hardware("cpu").precision == precision


def test_missing_device_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(
        HardwareError, match=r"device 'cuda' is not available here; available: .*cpu"
    ):
        choose_hardware("cuda")


def test_automatic_device_is_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    hardware = choose_hardware()
    assert (hardware.device.type, hardware.precision, hardware.workers) == ("cuda", "bf16", 7)


@pytest.mark.parametrize(
    ("precision", "dtype"), [("bf16", torch.bfloat16), ("fp32", torch.float32)]
)
def test_products_are_computed_in_the_precision(precision: str, dtype: torch.dtype) -> None:
    with computing(choose_hardware("cpu", precision)):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == dtype
