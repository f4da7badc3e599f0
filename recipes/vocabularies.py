"""Step 2: one small vocabulary each, from review text and the source's own word list.

RoBERTa mini: a cased byte-level BPE trained on reviews; a quarter of the texts start at a random
word and a quarter are lower-cased, so that words without a leading space get entries too.
DistilBERT mini: the source's WordPiece list, pruned to the useful entries; ids of the special
tokens and every single character that can occur are kept, so any text tokenizes.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import BertTokenizer, PreTrainedTokenizerFast, RobertaTokenizer

from recipes import remarks, source

ROBERTA_SIZE = 9000
DISTILBERT_SIZE = 9500
ROBERTA_SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]
KEPT_ROWS = 104  # [PAD], the unused rows, [UNK] 100, [CLS] 101, [SEP] 102, [MASK] 103
PRIOR_WORDS = 2_500_000  # running words that the Zipf list of the source counts for
TOPIC_WORD_COUNT = 150  # what each word of our own clauses counts for, so that soup is one token
ROBERTA_POSITIONS = 258
DISTILBERT_POSITIONS = 256


def source_words() -> list[str]:
    """The source's whole words of two letters or more, most frequent first."""
    ids = source.tokenizer().get_vocab()
    words = sorted(ids, key=lambda word: ids[word])
    return [word for word in words if word.isascii() and word.isalpha() and len(word) > 1]


def zipf(words: list[str], *, total: int) -> dict[str, float]:
    """Expected count of each word if frequency fell as 1 / (rank + 2.7) (Mandelbrot)."""
    weights = {word: 1 / (rank + 2.7) for rank, word in enumerate(words)}
    scale = total / sum(weights.values())
    return {word: weight * scale for word, weight in weights.items()}


def _training_texts(reviews: list[str], *, seed: int) -> Iterator[str]:
    generator = random.Random(seed)
    for review in reviews:
        words = review.split(" ")
        if generator.random() < 0.25:
            words = words[generator.randrange(len(words)) :]
        text = " ".join(words)
        yield text.lower() if generator.random() < 0.25 else text
    for word, count in zipf(source_words(), total=PRIOR_WORDS).items():
        whole = int(count) + (generator.random() < count % 1)
        if whole:
            yield "".join(f" {word}" for _ in range(whole))
        if whole > 8:
            yield "\n".join([word.capitalize()] * (whole // 8))
    for word in remarks.vocabulary():
        yield "".join(f" {word}" for _ in range(TOPIC_WORD_COUNT))


def roberta(
    reviews: list[str], *, folder: Path, size: int = ROBERTA_SIZE, seed: int = 0
) -> PreTrainedTokenizerFast:
    """Train the byte-level BPE, save it under `folder` and return it."""
    bpe = Tokenizer(models.BPE(unk_token=None))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size - 1,
        special_tokens=ROBERTA_SPECIALS,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    bpe.train_from_iterator(_training_texts(reviews, seed=seed), trainer)
    bpe.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    bpe.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    fast = RobertaTokenizer(
        tokenizer_object=bpe,
        add_prefix_space=False,
        trim_offsets=True,
        model_max_length=ROBERTA_POSITIONS - 2,
    )
    return _saved(fast, folder)


def _reachable(piece: str) -> bool:
    """Whether the uncased normalizer can ever leave this single character (or `##` + one)."""
    character = piece.removeprefix("##")
    cleaned = source.tokenizer_normalizer().normalize_str(character).strip()
    is_ideograph = "\u4e00" <= character <= "\u9fff"
    return cleaned == character and not (piece.startswith("##") and is_ideograph)


def distilbert(
    reviews: list[str], *, folder: Path, size: int = DISTILBERT_SIZE
) -> tuple[PreTrainedTokenizerFast, list[int]]:
    """Prune the source's WordPiece list; returns the tokenizer and the source row of each id."""
    full = source.tokenizer()
    ids = full.get_vocab()
    pieces = sorted(ids, key=lambda piece: ids[piece])
    kept = set(pieces[:KEPT_ROWS])
    kept |= {piece for piece in pieces if len(piece.removeprefix("##")) == 1 and _reachable(piece)}
    score: Counter[str] = Counter(zipf(source_words(), total=PRIOR_WORDS))
    for encoding in full.encode_batch(reviews, add_special_tokens=False):
        score.update(encoding.tokens)
    kept |= {word for word in remarks.vocabulary() if word in ids}
    for piece, _ in score.most_common():
        if len(kept) >= size:
            break
        kept.add(piece)
    rows = [row for row, piece in enumerate(pieces) if piece in kept]
    vocabulary = {pieces[row]: number for number, row in enumerate(rows)}
    fast = BertTokenizer(
        vocab=vocabulary, do_lower_case=True, model_max_length=DISTILBERT_POSITIONS
    )
    return _saved(fast, folder), rows


def _saved(fast: PreTrainedTokenizerFast, folder: Path) -> PreTrainedTokenizerFast:
    folder.mkdir(parents=True, exist_ok=True)
    fast.save_pretrained(folder)
    path = folder / "tokenizer.json"
    compact = json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False)
    path.write_text(compact, encoding="utf-8")
    return fast
