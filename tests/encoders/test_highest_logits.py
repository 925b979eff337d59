"""The largest logits of an MLM head: the Triton kernel beside the plain formula, and when it is taken."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
import torch
from torch import Tensor

from mlsr_es.encoders.highest_logits import gains, tiled_highest_logits

triton = pytest.importorskip("triton", reason="torch brings Triton only on Linux")


def arguments(batch: int, length: int, size: int, terms: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Random ones, of texts of every length; some positions within are not pooled."""
    torch.manual_seed(batch)
    lengths = torch.arange(batch)[:, None] % (length + 1)
    factors = (torch.rand(batch, length) + 0.5) * (torch.arange(length) < lengths) * (torch.rand(batch, length) > 0.2)
    return torch.randn(batch, length, size), factors, torch.randn(terms, size), torch.randn(terms)


SHAPES = [(1, 1, 4, 3), (5, 40, 70, 130), (20, 17, 64, 128)]


def expected(states: Tensor, factors: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The plain formula."""
    return ((states @ weight.T + bias) * factors[..., None]).amax(dim=1).clamp(min=0)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_tiles_give_the_formula(shape: tuple[int, int, int, int]) -> None:
    """Whatever the sizes; a text without positions has no logit."""
    given = arguments(*shape)
    torch.testing.assert_close(tiled_highest_logits(*given).clamp(min=0), expected(*given), rtol=1e-5, atol=1e-5)


def check_the_kernel() -> None:
    """The same of the kernel, where it is interpreted on the CPU."""
    from mlsr_es.encoders.fused import fused_highest_logits

    for shape in SHAPES:
        given = arguments(*shape)
        torch.testing.assert_close(fused_highest_logits(*given), expected(*given), rtol=1e-5, atol=1e-5)


def test_the_kernel_gives_the_formula() -> None:
    """In a process of its own: Triton asks whether it interprets when it is imported."""
    code = f"from {__name__} import check_the_kernel; check_the_kernel()"
    environment = {**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)  # noqa: PLW1510
    assert ran.returncode == 0, ran.stderr


@pytest.mark.skipif(
    tuple(map(int, version("triton").split(".")[:2])) < (3, 5), reason="its compiler is called otherwise"
)
@pytest.mark.parametrize(("kind", "precision", "products"), [("fp32", "ieee", "fma"), ("bf16", "tf32", "mma")])
def test_the_kernel_compiles_for_a_gpu(
    kind: str, precision: str, products: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the interpreter takes, a compiler may not; no GPU is needed for that. sm_90 is that of a H100."""
    from triton import compiler
    from triton.backends.compiler import GPUTarget

    from mlsr_es.encoders import fused as module

    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    constants = {
        "tile_positions": module.POSITIONS,
        "tile_terms": module.TERMS,
        "tile_state": module.STATE,
        "chunk": module.CHUNK,
        "precision": precision,
    }
    pointers = dict.fromkeys(("states", "factors", "weight", "bias"), f"*{kind}")
    signature = pointers | {"rows": "*i32", "highest": "*fp32", "size": "i32", "terms": "i32"}
    source = compiler.ASTSource(module.kernel, signature | dict.fromkeys(constants, "constexpr"), constants)
    compiled = compiler.compile(source, target=GPUTarget("cuda", 90, 32), options=dict(module.OPTIONS))
    assert products in compiled.asm["ptx"]
    assert compiled.metadata.shared <= 227 * 1024


def slowly(way: Callable[..., Tensor], times: int) -> Callable[..., Tensor]:
    def slower(*given: Tensor) -> Tensor:
        for _ in range(times):
            way(*given)
        return way(*given)

    return slower


def broken(*_: Tensor) -> Tensor:
    raise RuntimeError("no kernel image is available for execution on the device")


def test_another_way_is_taken_only_where_it_gives_the_same_sooner() -> None:
    """A wrong one, a slower one, and one that does not run leave the usual way as it is."""
    given = arguments(16, 40, 64, 500)
    usual = slowly(tiled_highest_logits, 20)
    assert gains(tiled_highest_logits, usual, given, lambda: None)
    assert not gains(usual, tiled_highest_logits, given, lambda: None)
    assert not gains(broken, usual, given, lambda: None)
    assert not gains(lambda *some: tiled_highest_logits(*some) * 1.1, usual, given, lambda: None)
