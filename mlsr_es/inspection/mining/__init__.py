"""Mine hard negatives: images that an index ranks high for training sections."""

from mlsr_es.inspection.mining.index_miner import index_miner

__all__ = [
    "index_miner",
]
