"""The English words of the interface. A translation is a dict with the same keys."""

from __future__ import annotations

from ...glossary import meanings

SAVE: dict[str, str] = {
    "save": "Save picture",
    "save_svg": "SVG",
    "save_png": "PNG",
    "save_csv": "Numbers (CSV)",
}

PAIR: dict[str, str] = {
    "pair_first": "sentence 1",
    "pair_second": "sentence 2",
    "pair_special": "special tokens",
    "pair_looks": "{sentence} looks at",
    "pair_between": "Where each sentence looks, on average over its tokens",
}

PAGE: dict[str, str] = {
    "page_progress": "{model}: {read} of {of} MB have come …",
    "page_trouble": "This page can't compute: {why} The picture stays as it was written.",
    "page_cut": "A part of the file is missing. Copy or download it again.",
    "page_altered": "The model's numbers were altered on their way. Copy or download them again.",
    "page_old": "This browser is too old to unpack the model's numbers. Open it in a newer one.",
    "page_away": "The model's numbers could not be fetched. Load the page again once online.",
}

ENGLISH: dict[str, str] = {
    **SAVE,
    **PAGE,
    "sentence": "Your sentence",
    "placeholder": "Type a sentence …",
    "presets": "Examples",
    "model": "Model",
    "both": "Side by side",
    "loading": "Loading {model} …",
    "stale": "Reading …",
    "cut": "{count} tokens beyond the limit of {limit} were left out.",
    "empty": "No words yet: special tokens are read, and spaces if there are any.",
    "text": "Input text",
    "tokens": "Tokenization",
    "embedding": "Embedding",
    "layers": "Transformer layers",
    "pooled": "Pooling",
    "prediction": "Classifier",
    **meanings(
        tokens="token",
        embedding="embedding",
        layers="layer",
        pooled="pooling",
        prediction="classifier",
    ),
    "open": "Open stage {stage}",
    "close": "Close stage {stage}",
    "explain": "What happens",
    "numbers": "Numbers",
    "code": "Code",
    "copy": "Copy",
    "copied": "Copied",
    "layer": "Layer",
    "head": "Head",
    "curves": "Curves",
    "heatmap": "Heatmap",
    "special": "special",
    "raw": "As stored in the vocabulary",
    "shown": "As typed",
    "table": "Table",
    "token": "Token",
    "id": "Id",
    "span": "Characters",
    "position": "Position",
    "word": "Word",
    "weight": "Weight",
    "query": "from",
    "key": "to",
    "after_layer": "after layer {layer}",
    "after_embedding": "before the layers",
    "afterwards": "What the classifier would say after each layer",
    "milliseconds": "{count} ms",
    "not_used": "not used by the classifier",
    "first": "vector of {token}",
    "steps": "How “{word}” was cut",
    "merge": "merge {left} + {right} (rank {rank})",
    "tried": "{piece}: {found}",
    "found": "in the vocabulary",
    "not_found": "not there, one letter shorter",
    "summary": "{model}: {count} tokens; {label}, {confidence}.",
    "head_summary": ("{model}, layer {layer}, head {head}: {query} looks most at {key}, {weight}."),
    "every": "every {step}th of {count} numbers",
    "explain_text": "The model sees characters, nothing else. {case}",
    "case_kept": "{model} keeps capitals: The and the are different to it.",
    "case_lowered": "{model} lower-cases the text first.",
    "explain_tokens_byte_level_bpe": (
        "Byte-level BPE starts from the bytes of each word and merges the pair that stands "
        "highest in its merge table, until no pair is left in the table. {first} and {last} are "
        "added around the text. A space belongs to the word after it (Ġ in the vocabulary)."
    ),
    "explain_tokens_wordpiece": (
        "WordPiece takes the longest piece of the word that the vocabulary has, then the longest "
        "piece of the rest (marked ##). {first} and {last} are added around the text."
    ),
    "explain_tokens_bpe": (
        "BPE starts from the characters of each word and merges the pair that stands highest in "
        "its merge table. {first} and {last} are added around the text."
    ),
    "explain_tokens_library": (
        "This tokenizer ({kind}) is read through the tokenizers library: its pieces and ids are "
        "the model’s own, the steps that lead to them are not shown."
    ),
    "explain_embedding": (
        "Each id picks a learned row of numbers; each position picks another ({model} counts "
        "positions from {position}). The two are added and LayerNorm brings the sum to a common "
        "scale."
    ),
    "explain_embedding_types": (
        "Each id picks a learned row of numbers; each position picks another ({model} counts "
        "positions from {position}), and a third says whether the token is of the first sentence "
        "or the second. The three are added and LayerNorm brings the sum to a common scale."
    ),
    "explain_layers": (
        "In each layer, every attention head mixes into each token what it gathers from the "
        "others: the curves are its weights, and those that leave one token sum to 1. Much "
        "attention to the first or a separator token often does nothing, and attention alone is "
        "no explanation."
    ),
    "explain_pooled_tanh": (
        "“Pooling” takes one vector: the last hidden state of {first}. A dense layer and tanh "
        "follow. No average over tokens is made."
    ),
    "explain_pooled_relu": (
        "“Pooling” takes one vector: the last hidden state of {first}. A dense layer and ReLU "
        "follow, which sets negative numbers to 0. No average over tokens is made."
    ),
    "explain_prediction": (
        "The last dense layer gives one number for each label, the logits. Softmax turns them "
        "into probabilities that sum to 1."
    ),
    "unit_text": "1 text",
    "unit_texts": "2 texts",
    "unit_tokens": "ids",
    "unit_pooled": "numbers",
    "unit_prediction": "logits",
    "unit_logit": "logit",
    "hint_layers": (
        "Each row is a layer: what its output says of every token, and what the classifier would "
        "answer there. Choose a layer, then an attention head."
    ),
    "token_part": "token",
    "position_part": "position",
    "type_part": "sentence",
    "normalised": "normalised sum",
    "dense": "dense",
    "label": "Label",
    "probability": "Probability",
    "drawing": "Drawing",
    "no_steps": "no rule of the table applies here",
    "curves_note": "below: who looks; above: at whom",
    "cell": "{query} → {key}: {weight}",
    "map": "Where the tokens lie",
    "map_note": "The first two principal components; a number is the cosine with the chosen one.",
    "map_note_sentences": "Mean of the tokens before the layers, then the vector at position 0.",
    "map_axis": "PC {number}: {share} % of the variance",
    "map_near": "Cosine with “{token}”",
    "map_step": "Step",
    "map_token": "token vectors",
    "map_embedding": "embedding",
    "map_tokens": "Tokens",
    "map_sentences": "Sentences",
    "map_play": "▶ Play",
    "map_stop": "■ Stop",
    "sentences": "sentences",
    "flow_title": "{count} sentences through six stages",
    "sample_text": "The first sentence:",
    "sample_tokens": "The first sentence’s {count} tokens, each with its id:",
    "sample_rows": "Its first {rows} tokens: {cells} of {width} numbers each, the first few below.",
    "sample_row": "One vector for it: {cells} of {width} numbers, the first few below.",
    "sample_prediction": "Its probabilities:",
    "sample_score": "Its score:",
    "no_label": "no label holds",
    "probability_of": "probability of “{label}”",
    "score_of": "score “{label}”",
    "mean_score": "All sentences, on average:",
    "strips_rows": (
        "{model}, {stage}: {cells} numbers of each of the first sentence’s first {rows} tokens, "
        "from {low} to {high}."
    ),
    "strips_row": "{model}, {stage}: {cells} numbers of the first sentence, from {low} to {high}.",
    "all_answers": "All sentences:",
    "seconds": "{count} s",
    "time_of": "Time of {stage}",
    "time_share": "{time}, {share} of the whole way",
    "model_done": "{model} is done, in {time}.",
    "progress": "{stage}: {done} of {total}",
    "waiting": "waiting",
    "flow_waiting": "{count} sentences are on their way through six stages",
    "flow_cut": "{count} sentences were longer than {limit} tokens and were cut.",
    "done": "Done in {seconds} s",
}
