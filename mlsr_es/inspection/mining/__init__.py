"""What an index ranks high for training sections: where hard negatives come from."""

from mlsr_es.inspection.mining.index_miner import index_miner

__all__ = [
    "index_miner",
]
