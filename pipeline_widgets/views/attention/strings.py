"""The English words of the attention and comparison views."""

from __future__ import annotations

from ...glossary import meanings
from ..shared.strings import ENGLISH, PAIR, SAVE

ATTENTION: dict[str, str] = {
    **SAVE,
    **PAIR,
    **{
        key: ENGLISH[key]
        for key in (
            *("layer", "head", "token", "word", "weight", "special", "heatmap", "cell", "loading"),
            *("head_summary", "query", "key", "curves", "no_label"),
            *("probability_of", "score_of"),
        )
    },
    **meanings(
        attention="attention",
        head="attention head",
        derive_query="query",
        derive_softmax="softmax",
    ),
    "attention_title": "{model}: where each token looks",
    "token_count": "{count} tokens",
    "answer": "Its answer:",
    "no_model": (
        "This runs {model} again: hand it over, AttentionView(trace, pipeline=…), and it can."
    ),
    "no_run": (
        "This view was made from arrays: no model was run, so there is no answer, and nothing can "
        "be left out or measured. AttentionView(load(…).trace(text)) has all that."
    ),
    "was": "(was {value})",
    "layer_of": "of 0 to {last}",
    "heads_of": "Heads of layer {layer}",
    "previous_layer": "Previous layer",
    "next_layer": "Next layer",
    "one": "The chosen head",
    "row_most": "“{query}” looks most at “{key}”, {weight}.",
    "strongest": "Strongest look at another word: “{query}” at “{key}”, {weight}.",
    "fold_what_if": "What if it were off?",
    "fold_heads": "All heads of all layers",
    "fold_options": "More ways to draw it",
    "changed_said": "{changes}: “{label}” from {before} to {after}.",
    "effects_said": (
        "Measured. Of all heads, {layer}·{head} moves the {what} most when it is off: by {value}."
    ),
    "effects_word_said": "Of the words, “{word}”: by {value}.",
    "undo": "Undo: {change}",
    "sentence_effects": "The sentence",
    "words_hint": "Choose a word to leave it out, or to mask it, and read the answer again.",
    "drop": "Leave out",
    "mask": "Mask",
    "wall": "Every head of every layer",
    "wall_hint": "Rows of each map look, columns are looked at; each has its own scale.",
    "effects": "What changes without each head",
    "effects_hint": "The {what} with this one head off, less {before}.",
    "effects_none": (
        "Attention shows where a head looks, not what it does. This switches off each head, and "
        "leaves out each word, one after the other."
    ),
    "measure": "Measure effects",
    "measure_again": "Measure again",
    "cancel": "Cancel",
    "progress": "{done} of {total} heads",
    "order": "Order",
    "order_layer": "by layer",
    "order_previous": "previous token",
    "order_next": "next token",
    "order_first": "first token",
    "order_last": "separator",
    "order_punctuation": "punctuation",
    "order_broad": "broad",
    "order_effect": "effect",
    "kind_previous": "Looks mostly at the token before: {value} of its weight.",
    "kind_next": "Looks mostly at the token after: {value} of its weight.",
    "kind_itself": "Looks mostly at the token itself: {value} of its weight.",
    "kind_first": "Looks mostly at {first}, often a way to do nothing: {value} of its weight.",
    "kind_last": "Looks mostly at {last}, often a way to do nothing: {value} of its weight.",
    "kind_punctuation": "Looks mostly at punctuation: {value} of its weight.",
    "kind_broad": "Spreads widely: a row covers {value} of the tokens.",
    "kind_content": "No fixed place; most weight in all goes to “{favourite}”.",
    "effect_said": "Without it “{label}” goes from {before} to {after}.",
    "source": "What is drawn",
    "source_head": "One head",
    "source_heads": "Mean of the layer",
    "source_layers": "Mean of all",
    "source_rollout": "Rollout",
    "note_heads": "The mean of the {heads} heads of layer {layer}.",
    "note_layers": "The mean of all {heads} heads of all {layers} layers.",
    "note_rollout": (
        "Attention rollout: heads averaged, half of each layer given to the residual connection, "
        "all {layers} layers multiplied (Abnar & Zuidema 2020)."
    ),
    "unit": "Unit",
    "pieces": "Pieces",
    "words": "Words",
    "words_note": "Words: summed over the pieces looked at, mean over the pieces that look.",
    "specials": "Special tokens",
    "specials_shown": "Specials shown",
    "specials_hidden": "hidden",
    "specials_renormalised": "hidden, rows back to 1",
    "hidden_note": "Special tokens hidden: rows sum to less than 1.",
    "renormalised_note": "Special tokens hidden, and each row divided by what is left of it.",
    "drawing": "Drawing",
    "mass": "Keep {percent} of each row",
    "mass_note": "The largest weights that make up {percent} of each row; the rest is not drawn.",
    "row_title": "{query} looks at",
    "column_sum": "Rows sum to 1; columns need not.",
    "pick_row": "Point at a row, or move with the arrow keys. Enter or a click locks it.",
    "locked": "Locked. Escape unlocks.",
    "derive": "Where {weight} comes from",
    "derive_words": "Choose pieces, one head and a pair to derive its weight.",
    "derive_pair": "Choose a cell of this row to derive its weight.",
    "derive_query": "q of {query}",
    "derive_key": "k of {key}",
    "derive_product": "q · k",
    "derive_scaled": "÷ √{size}",
    "derive_softmax": "softmax over the row",
    "derive_left": "÷ what is left of the row",
    "derive_sum": "{count} more",
    "switch_head": "Switch off head {layer}·{head}",
    "switch_head_on": "Switch head {layer}·{head} on",
    "switch_layer": "Switch off layer {layer}",
    "switch_layer_on": "Switch layer {layer} on",
    "changed": "Changed",
    "unchanged": "Nothing is changed.",
    "reset": "Undo all",
    "without_head": "head {layer}·{head} off",
    "without_layer": "layer {layer} off",
    "without_word": "without “{word}”",
    "without_mask": "“{word}” masked",
    "tile": "Layer {layer}, head {head}. {kind}",
    "summary_attention": (
        "{model}, {count} tokens, layer {layer}, head {head}: {kind} {label}, {confidence}."
    ),
    "summary_arrays": "{model}, {count} tokens, layer {layer}, head {head}: {kind}",
    "key_count": "{count} tokens look at {keys}",
    "causal_note": "Causal: no token looks at a later one.",
    "loose_sums": "Not all rows of these weights sum to 1.",
    "title": "{model}, layer {layer}, head {head}",
}

COMPARISON: dict[str, str] = {
    **SAVE,
    **{
        key: ATTENTION[key]
        for key in ATTENTION
        if key.startswith(("source", "kind_", "note_"))
        or key in ("layer", "head", "heatmap", "token", "column_sum", "locked", "title", "row_most")
        or key in ("probability_of", "score_of", "no_label", "loose_sums")
    },
    **meanings(cuts="token", squares="attention", after="classifier"),
    "cuts": "Where the tokenizers cut",
    "cuts_note": "{different} of {count} words are cut differently (≠).",
    "squares": "Attention, word by word",
    "squares_note": (
        "Summed over the pieces looked at, mean over the pieces that look. The heads of two models "
        "have nothing to do with each other by number: choose those that do the same."
    ),
    "compare_title": "{one} and {two} on one text",
    "cut_alike": "cut alike",
    "cut_differently": "cut differently",
    "difference": "{two} less {one}",
    "difference_short": "difference",
    "largest_difference": "Largest difference: “{query}” at “{key}”, {value}.",
    "more": "{model} more",
    "pick": "Point at a cell in any square. Enter or a click locks its row.",
    "compare_cell": "{query} → {key}",
    "looks_at": "{query} looks at",
    "after": "What each would say after each layer",
    "after_note": (
        "The classifier was trained on the last layer only; before it, this is what it would make "
        "of a state it has never seen. Across: how deep in its own model."
    ),
    "after_point": "{model}, after layer {layer}: {label} {value}",
    "before_layers": "{model}, before the layers: {label} {value}",
    "start": "embedding",
    "end": "last layer",
    "summary_compare": "{different} of {count} words are cut differently. {answers}.",
}
