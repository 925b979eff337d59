"""Heads against values computed by hand."""

from __future__ import annotations

from math import log, log1p

import pytest
import torch
from torch import nn

from mlsr_es.encoders import highest_logits
from mlsr_es.encoders.heads import MlmHead, MlpHead, rarity, term_weight


def test_term_weight_is_log_of_one_plus_relu() -> None:
    """The weight is 0 for logits below 0, and grows with the logarithm above 0."""
    assert term_weight(torch.tensor([-2.0, 0.0, 1.0, 3.0])).tolist() == pytest.approx([0, 0, log1p(1), log1p(3)])


@pytest.fixture
def mlp() -> MlpHead:
    """W = (1, -1), b = 0.5, six terms."""
    head = MlpHead(2, 6)
    with torch.no_grad():
        head.weigh.weight.copy_(torch.tensor([[1.0, -1.0]]))
        head.weigh.bias.fill_(0.5)
    return head


HIDDEN = torch.tensor([[[9.0, 0.0], [2.0, 1.0], [4.0, 1.0], [0.0, 3.0]]])
"""Logits with the head above: 9.5, 1.5, 3.5, -2.5."""


def test_mlp_head_weighs_each_token_of_the_input(mlp: MlpHead) -> None:
    """Tokens 3, 4 and 5 get log(1 + relu(w.h + b)); the masked first one gets nothing."""
    mask = torch.tensor([[False, True, True, True]])
    weights = mlp(HIDDEN, mask, torch.ones(1, 4), torch.tensor([[1, 3, 4, 5]]))
    assert weights.tolist()[0] == pytest.approx([0, 0, 0, log1p(1.5), log1p(3.5), 0])


def test_mlp_head_keeps_the_largest_weight_of_a_repeated_word_piece(mlp: MlpHead) -> None:
    """Token 3 occurs twice, with logits 1.5 and 3.5."""
    mask = torch.tensor([[False, True, True, True]])
    weights = mlp(HIDDEN, mask, torch.ones(1, 4), torch.tensor([[1, 3, 3, 5]]))
    assert weights.tolist()[0] == pytest.approx([0, 0, 0, log1p(3.5), 0, 0])


def test_mlp_head_scales_logits_by_field(mlp: MlpHead) -> None:
    """A title's factor 2 is inside the logarithm."""
    mask = torch.tensor([[False, True, True, False]])
    weights = mlp(HIDDEN, mask, torch.tensor([[1.0, 2.0, 1.0, 1.0]]), torch.tensor([[1, 3, 4, 5]]))
    assert weights.tolist()[0] == pytest.approx([0, 0, 0, log1p(3.0), log1p(3.5), 0])


def test_mlp_head_reads_how_often_a_word_piece_stands_in_the_text_and_how_rare_it_is() -> None:
    """With ``w = (1, -1, 2, 3)``, unmasked term 3 occurs twice and has rarity 0.5; term 4 occurs once, rarity 1."""
    head = MlpHead(2, 6, frequencies=True)
    with torch.no_grad():
        head.weigh.weight.copy_(torch.tensor([[1.0, -1.0, 2.0, 3.0]]))
        head.weigh.bias.fill_(0.5)
        head.rarity.copy_(torch.tensor([1.0, 1.0, 1.0, 0.5, 1.0, 1.0]))
    mask = torch.tensor([[False, True, True, True]])
    weights = head(HIDDEN, mask, torch.ones(1, 4), torch.tensor([[3, 3, 3, 4]]))
    assert weights.tolist()[0] == pytest.approx([0, 0, 0, log1p(3.5 + 2 * log(2) + 1.5), log1p(-2.5 + 3.0), 0])


def test_function_words_have_a_factor_of_their_own() -> None:
    """Term 4 is a function word, and its logit of 3.0 counts a half; term 3 keeps its 3.5."""
    head = MlpHead(2, 6, function_words=True)
    assert head.function_words is not None
    head.function_words[4] = True
    with torch.no_grad():
        head.weigh.weight.copy_(torch.tensor([[1.0, -1.0]]))
        head.weigh.bias.fill_(0.5)
        head.log_function_scale.copy_(torch.tensor(0.5).log())
        logits = head.weigh(HIDDEN).squeeze(-1)[0]
    mask = torch.tensor([[False, True, True, False]])
    weights = head(HIDDEN, mask, torch.ones(1, 4), torch.tensor([[3, 3, 4, 5]])).tolist()[0]
    assert weights[3] == pytest.approx(log1p(max(float(logits[1]), 0.0)))
    assert weights[4] == pytest.approx(log1p(max(float(logits[2]) / 2, 0.0)))


def test_rarity_is_inverse_document_frequency_over_its_largest() -> None:
    """Of four documents, three contain the first term, one the second, and none the third."""
    largest = log(1 + 4.5 / 0.5)
    expected = [log(1 + 1.5 / 3.5) / largest, log(1 + 3.5 / 1.5) / largest, 1.0]
    assert rarity({0: 3, 1: 1}, 4, 3).tolist() == pytest.approx(expected)


@pytest.fixture
def mlm() -> MlmHead:
    """A transform that does nothing, and E = ((1, 0), (0, 1), (1, 1)), b = (0, 0, -1)."""
    head = MlmHead(2, 3, activation=nn.Identity())
    head.norm = nn.Identity()  # type: ignore[assignment]
    with torch.no_grad():
        head.dense.weight.copy_(torch.eye(2))
        head.dense.bias.zero_()
        head.decoder.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
        head.decoder.bias.copy_(torch.tensor([0.0, 0.0, -1.0]))
    return head


def test_mlm_head_takes_the_maximum_over_positions(mlm: MlmHead) -> None:
    """Logits (9, 0, 8), (2, 1, 2), (4, 1, 4), (0, 3, 2); the first and the last position are masked."""
    mask = torch.tensor([[False, True, True, False]])
    assert mlm(HIDDEN, mask, torch.ones(1, 4)).tolist()[0] == pytest.approx([log1p(4), log1p(1), log1p(4)])


def test_mlm_head_scales_logits_by_field(mlm: MlmHead) -> None:
    """With factor 3 the position (2, 1, 2) becomes (6, 3, 6) and wins over (4, 1, 4)."""
    mask = torch.tensor([[False, True, True, False]])
    scale = torch.tensor([[1.0, 3.0, 1.0, 1.0]])
    assert mlm(HIDDEN, mask, scale).tolist()[0] == pytest.approx([log1p(6), log1p(3), log1p(6)])


def test_mlm_head_of_nothing_is_nothing(mlm: MlmHead) -> None:
    """If every position is masked, no term has weight."""
    assert mlm(HIDDEN, torch.zeros(1, 4, dtype=torch.bool), torch.ones(1, 4)).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("at_once", [1, 3, 64])
def test_mlm_head_in_chunks_equals_the_whole_at_once(at_once: int) -> None:
    """The running maximum over chunks gives the values and the gradients of the plain formula."""
    torch.manual_seed(0)
    head = MlmHead(8, 50, positions_at_once=at_once)
    hidden = torch.randn(3, 10, 8, requires_grad=True)
    mask, scale = torch.rand(3, 10) > 0.3, torch.rand(3, 10) + 0.5
    logits = head.decoder(head.norm(head.activation(head.dense(hidden)))) * scale[..., None]
    plain = (term_weight(logits) * mask[..., None]).max(dim=1).values
    chunked = head(hidden, mask, scale)
    torch.testing.assert_close(chunked, plain)
    (plain_gradient,) = torch.autograd.grad(plain.square().sum(), hidden, retain_graph=True)
    (gradient,) = torch.autograd.grad(chunked.square().sum(), hidden)
    torch.testing.assert_close(gradient, plain_gradient)
    with torch.inference_mode():
        torch.testing.assert_close(head(hidden, mask, scale), plain)


@pytest.mark.parametrize("tile", [(7, 4), (50, 1), (64, 1000)])
def test_mlm_head_in_tiles_equals_the_whole_at_once(monkeypatch: pytest.MonkeyPatch, tile: tuple[int, int]) -> None:
    """Without gradients terms and rows are done in pieces, however long the rows are; one row has no position."""
    monkeypatch.setitem(highest_logits._TILES, "cpu", tile)
    torch.manual_seed(0)
    head = MlmHead(8, 50)
    hidden, scale = torch.randn(5, 10, 8), torch.rand(5, 10) + 0.5
    mask = torch.arange(10)[None] < torch.tensor([0, 1, 3, 3, 10])[:, None]
    mask[4, 2] = False
    whole = head(hidden, mask, scale)
    with torch.inference_mode():
        torch.testing.assert_close(head(hidden, mask, scale), whole)
    assert whole[0].max() == 0
