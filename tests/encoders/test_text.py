"""Text as a backbone reads it: separate fields, windows, batches."""

from __future__ import annotations

from transformers import PreTrainedTokenizerFast

from mlsr_es.encoders.text import FieldReader, WordPieceTokenizer
from mlsr_es.encoders.text_batch import TextBatch

FIELDS = {"page_title": 1, "text": 0}


def reader(tokenizer: PreTrainedTokenizerFast, max_length: int = 40) -> FieldReader:
    return FieldReader(WordPieceTokenizer.of(tokenizer), FIELDS, max_length)


def pieces(tokenizer: PreTrainedTokenizerFast, token_ids: list[int]) -> str:
    return " ".join(tokenizer.convert_ids_to_tokens(token_ids))


def test_fields_stand_behind_each_other(tokenizer: PreTrainedTokenizerFast) -> None:
    """Each field ends with SEP, and each token knows its field."""
    (window,) = reader(tokenizer).windows({"text": "open a toolbox", "page_title": "the layers"})
    assert pieces(tokenizer, window.token_ids) == "[CLS] the layers [SEP] open a tool ##box [SEP]"
    assert window.fields == [-1, 0, 0, -1, 1, 1, 1, 1, -1]


def test_unknown_words_are_no_content(tokenizer: PreTrainedTokenizerFast) -> None:
    """All unknown words share one token, so texts would otherwise match by words that they do not share."""
    (window,) = reader(tokenizer).windows({"text": "open xyzzy"})
    assert pieces(tokenizer, window.token_ids) == "[CLS] open [UNK] [SEP]"
    assert window.fields == [-1, 1, -1, -1]


def test_an_empty_record_is_a_window_without_content(tokenizer: PreTrainedTokenizerFast) -> None:
    """Every record has at least one window."""
    (window,) = reader(tokenizer).windows({"text": "", "page_title": ""})
    assert pieces(tokenizer, window.token_ids) == "[CLS] [SEP]"


def test_fields_that_are_not_read_are_passed_over(tokenizer: PreTrainedTokenizerFast) -> None:
    """A record may have fields that the model does not read."""
    (window,) = reader(tokenizer).windows({"hierarchy": "file", "text": "save"})
    assert pieces(tokenizer, window.token_ids) == "[CLS] save [SEP]"


def test_a_long_text_becomes_windows_that_repeat_the_title(tokenizer: PreTrainedTokenizerFast) -> None:
    """No word is lost, no window is too long, and every window begins with the title."""
    windows = reader(tokenizer, 10).windows({"page_title": "the layers", "text": "open a red image " * 6})
    assert all(len(window) <= 10 for window in windows)
    assert all(pieces(tokenizer, window.token_ids).startswith("[CLS] the layers [SEP]") for window in windows)
    text = [
        token for window in windows for token, field in zip(window.token_ids, window.fields, strict=True) if field == 1
    ]
    assert pieces(tokenizer, text) == " ".join(["open a red image"] * 6)


def test_windows_are_cut_where_a_word_begins(tokenizer: PreTrainedTokenizerFast) -> None:
    """No window begins inside a word, since a word piece without the pieces before it has another meaning."""
    windows = FieldReader(WordPieceTokenizer.of(tokenizer), {"text": 0}, 9).windows({"text": "toolboxes " * 8})
    assert {pieces(tokenizer, window.token_ids) for window in windows} == {
        "[CLS] tool ##box ##es tool ##box ##es [SEP]",
    }


def test_a_title_longer_than_the_window_leaves_room_for_the_text(tokenizer: PreTrainedTokenizerFast) -> None:
    """The text has at least half of each window."""
    windows = reader(tokenizer, 12).windows({"page_title": "the red " * 30, "text": "open a file " * 4})
    assert all(len(window) <= 12 for window in windows)
    assert sum(window.fields.count(1) for window in windows) == 12


def test_batches_are_padded_and_told_by_token_type(tokenizer: PreTrainedTokenizerFast) -> None:
    """Padding is neither attended nor content, and titles have a token type of their own."""
    fields = reader(tokenizer)
    windows = [*fields.windows({"page_title": "layers", "text": "open"}), *fields.windows({"text": "save"})]
    batch = TextBatch.of(fields.batch(windows))
    assert batch.token_types.tolist() == [[0, 1, 0, 0, 0], [0, 0, 0, 0, 0]]
    assert batch.attended.tolist() == [[True] * 5, [True] * 3 + [False] * 2]
    assert batch.content.tolist() == [[False, True, False, True, False], [False, True, False, False, False]]


def test_a_text_of_unknown_words_has_no_terms(tokenizer: PreTrainedTokenizerFast) -> None:
    """A text of only unknown words cannot be a query."""
    fields = reader(tokenizer)
    known = [bool(fields.terms({"text": text})) for text in ("xyzzy the", "xyzzy", "")]
    assert known == [True, False, False]


def test_records_are_cut_together_as_each_alone(tokenizer: PreTrainedTokenizerFast) -> None:
    """However many there are: an empty one, one without the first field, one that needs several windows."""
    reader = FieldReader(WordPieceTokenizer.of(tokenizer), {"title": 0, "text": 1}, max_length=12)
    records = [{"title": "open layers"}, {}, {"text": "cat " * 30, "title": "dialog"}, {"text": "cat"}]
    assert reader.windows_of(records) == [reader.windows(record) for record in records]
    assert reader.windows_of([]) == []
