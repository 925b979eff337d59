"""The query side of a bi-encoder as an ONNX graph; its tensors stay in the checkpoint's safetensors file."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn

from mlsr_es.encoders.config import Head
from mlsr_es.encoders.heads import MlmHead, term_weight
from mlsr_es.encoders.onnx_query_encoder import ABOUT, INPUTS, OUTPUT, About, OnnxQueryEncoder
from mlsr_es.encoders.text import NO_FIELD, WindowBatch
from mlsr_es.encoders.text_batch import TextBatch
from mlsr_es.errors import ModelError, first_line

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import GraphProto, ModelProto
    from transformers import PreTrainedModel

    from mlsr_es.encoders.bi_encoder import BiEncoder
    from mlsr_es.encoders.encoder import Encoder
    from mlsr_es.encoders.layout import Layout

_TILE = 4096
"""The terms that an MLM head has logits of at a time: windows x length x this many numbers are in memory."""
_SMALL = 64
"""Tensors with fewer numbers are kept in the graph itself."""
_TOLERANCE = 1e-4
"""How far a weight may be from torch's."""


def write_query_graph(model: BiEncoder, layout: Layout) -> None:
    """Write the query side of a model beside its weights.

    The graph is run on random windows and compared with torch, so what is written is right for this model.

    Args:
        model: The model, in single precision, on the CPU, with just the weights that are stored.
        layout: A folder that has all else of the checkpoint.

    Raises:
        ModelError: torch makes no graph of this backbone, or one that does not run or gives other weights.
        StorageError: The file cannot be written.
    """
    graph = (_ExpandedTerms if model.config.query_head is Head.MLM else _TokenWeights)(model.query).eval()
    shape = _shape(graph)
    if shape in _FRAMES:
        try:
            _write(_filled(_FRAMES[shape], graph), model, layout)
        except ModelError:  # what the shape does not tell is other in this model
            del _FRAMES[shape]
        else:
            return
    for graph.own_mask in (True, False):
        try:
            content = _exported(graph, _windows(model, count=2, length=7))
            _FRAMES[shape] = _frame(content, graph)
            _write(content, model, layout)
        except ModelError:
            if not graph.own_mask:
                raise
        else:
            return


def _write(content: ModelProto, model: BiEncoder, layout: Layout) -> None:
    _tensors_elsewhere(content, layout.weights)
    content.metadata_props.add(key=ABOUT, value=_about(model).to_json())
    layout.query.write_bytes(content.SerializeToString())
    try:
        _compare(OnnxQueryEncoder.read(layout.folder), model)
    except ModelError:
        layout.query.unlink()
        raise


_FRAMES: dict[str, ModelProto] = {}
"""Graphs that this process has made, without their tensors, by the shape of what they were made from.

Making one takes seconds, most of what it takes to save a small model, and all folds of a model have the same.
"""


def _shape(graph: nn.Module) -> str:
    """The layers, and the sizes and types of their tensors."""
    tensors = "".join(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n" for name, tensor in graph.state_dict().items())
    return f"{graph}\n{tensors}"


def _frame(content: ModelProto, graph: nn.Module) -> ModelProto:
    """A copy of a graph without the values of the tensors that have the names of the model's."""
    from onnx import ModelProto

    frame = ModelProto()
    frame.CopyFrom(content)
    names = graph.state_dict().keys()
    for tensor in frame.graph.initializer:
        if tensor.name in names:
            tensor.ClearField("raw_data")
    return frame


def _filled(frame: ModelProto, graph: nn.Module) -> ModelProto:
    """A copy of a graph with the tensors of a model."""
    from onnx import ModelProto

    content, tensors = ModelProto(), graph.state_dict()
    content.CopyFrom(frame)
    for tensor in content.graph.initializer:
        if tensor.name in tensors:
            tensor.raw_data = tensors[tensor.name].contiguous().numpy().tobytes()
    return content


class _Graph(nn.Module):
    """What becomes a graph.

    Args:
        encoder: The query side.
    """

    own_mask = True
    """Whether the mask of the backbone's attention is made here, in three operations; a backbone makes it in thirty."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def mask(self, attended: Tensor) -> Tensor | None:
        """What is added to the logits of the attention, as ``Encoder.hidden_states`` takes it."""
        padding = 1 - attended[:, None, None].to(torch.float32)
        return padding * torch.finfo(torch.float32).min if self.own_mask else None


class _TokenWeights(_Graph):
    """The weights of an MLP head's tokens."""

    def forward(self, token_ids: Tensor, attended: Tensor, token_types: Tensor, fields: Tensor) -> Tensor:
        """Float, shape (windows, length)."""
        text = TextBatch(token_ids, attended, token_types, fields)
        return self.encoder.token_weights(text, mask=self.mask(attended))


class _ExpandedTerms(_Graph):
    """The weights of an MLM head's terms, pooled over the positions a part of the vocabulary at a time."""

    def forward(self, token_ids: Tensor, attended: Tensor, token_types: Tensor, fields: Tensor) -> Tensor:
        """Float, shape (windows, vocabulary size)."""
        text = TextBatch(token_ids, attended, token_types, fields)
        head = cast("MlmHead", self.encoder.head)
        states = head.norm(head.activation(head.dense(self.encoder.hidden_states(text, mask=self.mask(attended)))))
        factor = (self.encoder.scales(text) * attended)[..., None]
        weight, bias = head.decoder.weight, head.decoder.bias
        tiles = [
            (factor * nn.functional.linear(states, weight[start : start + _TILE], bias[start : start + _TILE])).amax(1)
            for start in range(0, len(weight), _TILE)
        ]
        return term_weight(torch.cat(tiles, dim=1))


def _exported(graph: _Graph, batch: WindowBatch) -> ModelProto:
    backbone = cast("PreTrainedModel", graph.encoder.text)
    usual = backbone.config._attn_implementation  # noqa: SLF001 - nothing else tells it
    try:
        # As products and a softmax, which onnxruntime joins; torch's own attention becomes twice as many operations.
        backbone.set_attn_implementation("eager")
        content = _made(graph, batch)
    except Exception as error:  # an exporter fails in the ways of everything that it calls
        raise ModelError(f"torch makes no ONNX graph of this query encoder: {first_line(error)}.") from error
    finally:
        backbone.set_attn_implementation(usual)
    _without_traces(content)
    return content


def _made(graph: nn.Module, batch: WindowBatch) -> ModelProto:
    inputs = tuple(torch.from_numpy(getattr(batch, name)) for name in INPUTS)
    shape = {0: torch.export.Dim.AUTO, 1: torch.export.Dim.AUTO}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of names that the exporter chooses anew
        program = torch.onnx.export(
            graph,
            inputs,
            input_names=INPUTS,
            output_names=(OUTPUT,),
            dynamic_shapes=(shape,) * len(INPUTS),
            dynamo=True,
            optimize=False,  # folded tensors would no longer be those of the safetensors file
            verbose=False,
        )
    return cast("torch.onnx.ONNXProgram", program).model_proto


def _without_traces(content: ModelProto) -> None:
    """Leave out what the exporter says of the code that it read, paths among it."""
    del content.metadata_props[:]
    content.doc_string = ""
    for part in (content.graph, *content.functions):
        del part.metadata_props[:]
        part.doc_string = ""
        for value in (*part.node, *part.value_info):
            del value.metadata_props[:]
            value.doc_string = ""
    graph = content.graph
    for value in (*graph.input, *graph.output, *graph.initializer):
        del value.metadata_props[:]
        value.doc_string = ""


class _Stored(NamedTuple):
    """A tensor of a safetensors file: its type, and the place of its bytes."""

    half: bool
    offset: int
    length: int


def _tensors_elsewhere(content: ModelProto, weights: Path) -> None:
    """Replace the graph's tensors by references into a safetensors file; loading the graph widens halves."""
    from onnx import TensorProto, helper, numpy_helper
    from onnx.external_data_helper import set_external_data

    stored = dict(_stored(weights))
    graph: GraphProto = content.graph
    widened = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALL:
            continue
        found = stored.get(_key(values)) or stored.get(_key(values.astype(np.float16)))
        if found is None:
            continue
        if found.half:
            halves = f"{tensor.name}.half"
            widened.append(helper.make_node("Cast", [halves], [tensor.name], to=TensorProto.FLOAT))
            tensor.name, tensor.data_type = halves, TensorProto.FLOAT16
        set_external_data(tensor, location=weights.name, offset=found.offset, length=found.length)
        tensor.ClearField("raw_data")
    nodes = [*widened, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def _stored(path: Path) -> Iterator[tuple[tuple[tuple[int, ...], bytes], _Stored]]:
    """The float tensors of a safetensors file by shape and content."""
    content = np.memmap(path, dtype=np.uint8, mode="r")
    size = int.from_bytes(content[:8].tobytes(), "little")
    header = json.loads(content[8 : 8 + size].tobytes())
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in {"F16", "F32"}:
            continue
        start, end = entry["data_offsets"]
        values = content[8 + size + start : 8 + size + end]
        key = (tuple(entry["shape"]), hashlib.sha256(values.tobytes()).digest())
        yield key, _Stored(entry["dtype"] == "F16", 8 + size + start, end - start)


def _key(values: NDArray[np.float32] | NDArray[np.float16]) -> tuple[tuple[int, ...], bytes]:
    return values.shape, hashlib.sha256(values.tobytes()).digest()


def _about(model: BiEncoder) -> About:
    pieces = model.query_reader.tokenizer
    return About(
        revision=model.revision,
        vocabulary_size=len(model.vocabulary),
        max_length=model.query_reader.max_length,
        special=(pieces.start, pieces.end, pieces.padding, pieces.unknown),
    )


def _compare(encoder: OnnxQueryEncoder, model: BiEncoder) -> None:
    weigh = model.query if model.config.query_head is Head.MLM else model.query.token_weights
    for count, length in ((1, 3), (3, model.query_reader.max_length)):
        batch = _windows(model, count=count, length=length)
        with torch.inference_mode():
            expected = weigh(TextBatch.of(batch)).numpy()
        try:
            found = encoder.weights(batch)
        except Exception as error:  # what onnxruntime raises has no class of its own
            raise ModelError("the ONNX graph of this query encoder does not run.") from error
        if not np.allclose(found, expected, rtol=0, atol=_TOLERANCE):
            raise ModelError("the ONNX graph of this query encoder gives other weights than torch.")


def _windows(model: BiEncoder, *, count: int, length: int) -> WindowBatch:
    """Random windows, the last of which is shorter than the others."""
    random = np.random.default_rng(0)
    token_ids = random.integers(0, len(model.vocabulary), (count, length))
    fields = random.integers(0, len(model.config.query_fields), (count, length))
    fields[:, 0] = NO_FIELD
    attended = np.ones((count, length), dtype=bool)
    attended[-1, 2:] = False
    fields[~attended] = NO_FIELD
    types = np.array([*model.config.query_fields.values(), 0])
    return WindowBatch(token_ids, attended, types[fields], fields)
