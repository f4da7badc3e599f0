"""The English words of the stage views. A translation is a dict with the same keys."""

from __future__ import annotations

from ..shared.strings import PAIR

STAGE_WORDS: dict[str, str] = {
    "pair_sentence": "Second sentence",
    "pair_placeholder": "A second sentence",
    "pair_type": " · token type {type}",
    **PAIR,
    "type_here": "Type a sentence: at every key it is read anew.",
    "next": "Then choose a word and an attention head, and see what the word looks at.",
    "purpose_reviews": (
        "Trained on reviews to answer one question: is the writer pleased (positive) or not "
        "(negative)? A plain statement gets an answer too, with little conviction."
    ),
    "purpose_labels": "Trained to choose one of these answers: {labels}.",
    "purpose_unnamed": "Trained to choose one of {count} answers, for which it has no names.",
    "purpose_several": "Trained to say of each of these labels whether it holds: {labels}.",
    "explain_tokens_pair": "Between the two sentences: {between}.",
    "purpose_unnamed_several": (
        "Trained to say of each of {count} labels, for which it has no names, whether it holds."
    ),
    "purpose_score": "Trained to give one number: {label}.",
    "labels_all": "Show all {count} labels",
    "labels_few": "Show the first {few} of {count}",
    "several_note": "Each label for itself: several may hold, from {threshold} on; no sum of 1.",
    "sigmoid_note": "One number between 0 and 1, made by a sigmoid; the mark is at {threshold}.",
    "score_note": "A number, not a probability; the scale goes from {low} to {high}.",
    "as_it_is": "as it is",
    "score": "Score",
    "explain_prediction_sigmoid": (
        "The last dense layer gives one number for each label, the logits. A sigmoid turns each "
        "into a number between 0 and 1, for itself: several may be high, and no sum is 1."
    ),
    "explain_prediction_score": (
        "The last dense layer gives one number, the logit. A sigmoid turns it into one between 0 "
        "and 1."
    ),
    "explain_prediction_none": (
        "The last dense layer gives the answer itself, a number; nothing turns it into a "
        "probability."
    ),
    "guide_prediction_sigmoid": (
        "The last layer makes one number for each label, and a sigmoid turns each into one between "
        "0 and 1, for itself. Change a word and watch these bars. The end:"
    ),
    "guide_prediction_score": (
        "The last layer makes one number, and a sigmoid turns it into one between 0 and 1. Change "
        "a word and watch it move. The end:"
    ),
    "guide_prediction_none": (
        "The last layer makes a number, and that is the answer: no probability. Change a word and "
        "watch it move. The end:"
    ),
    "feels": "feels {label}, {sure} sure",
    "says": "answers {label}, {sure} sure",
    "foreign": "{model} has learned from English alone: what it answers to this means nothing.",
    "unknown": "{model} knows hardly any of these words: what it answers to them means nothing.",
    "stopped": "if it stopped here: {label}",
    "looks_at": "▲ looks at",
    "this_token": "● this token",
    "legend": "Each cell is one of {count} numbers; {shown} are shown. Point at one for its value.",
    "reading": "{where}, {token}: number {index} of {count} is {value}",
    "strip_said": "{where}: {count} tokens; the largest number shown is {value}, in {token}",
    "layers_said": "{model} after each layer, {label}: {numbers}",
    "vector_said": "{name}: {count} numbers, from {least} to {most}",
    "hint_layers": (
        "Each row is a layer. The bar says what the classifier would answer if it stopped there, "
        "the cells what the layer made of every token. Choose a layer, then an attention head."
    ),
    "kind_previous": "mostly at the token before",
    "kind_next": "mostly at the token after",
    "kind_itself": "mostly at itself",
    "kind_first": "mostly at {token}",
    "kind_last": "mostly at {token}",
    "kind_broad": "a little at many tokens",
    "kind_other": "at tokens that depend on the word",
    "head_said": "Attention head {layer}·{head}: {kind}",
    "map_said": "{step}: nearest to {token} lies {near}, cosine {cosine}; {axes}",
    "heading": "{models}, stage by stage",
    "heading_tokens": "The tokens of {models}",
    "heading_embedding": "The vectors of {models}",
    "heading_prediction": "The answer of {models}",
    "summary_tokens": "{model} cuts the text into {count} tokens: {pieces}.",
    "summary_embedding": "{model}: the vectors of {count} tokens, {width} numbers each.",
    "summary_prediction": "{model} makes one answer of {count} tokens: {label}, {confidence}.",
    "summary_stages": "{model}: {count} tokens; {label}, {confidence}.",
    "part_halves": "What layer {layer} does to “{token}”, in two halves",
    "part_mixing": "How attention head {layer}·{head} mixes what “{token}” looks at",
    "halves_note": (
        "The old vector is kept and added to, twice: what all attention heads of the layer "
        "gathered, then what the token makes of it by itself. After each sum, LayerNorm brings the "
        "numbers to a common scale. The second half has two thirds of the layer's parameters."
    ),
    "half_came": "{token} comes in",
    "half_attention": "+ attention adds",
    "half_between": "= sum, normalised",
    "half_feed_forward": "+ feed-forward adds",
    "half_left": "= sum, normalised: leaves layer {layer}",
    "mixing_note": (
        "Every token offers {size} numbers, its value. Each is taken as much as its weight says, "
        "and all are added up."
    ),
    "mixing_rest": "{count} others",
    "mixing_sum": "= what {token} gets from this attention head",
    "mixing_play": "▶ Play",
    "mixing_pause": "❚❚ Pause",
    "mixing_step": "Step",
    "guide": "Guide me",
    "guide_step": "Step {step} of {count}",
    "guide_back": "Back",
    "guide_next": "Next",
    "guide_done": "Done",
    "guide_end": "End the guide",
    "guide_text": (
        "This is your sentence. Change a letter whenever you like: everything below is read anew, "
        "and this guide goes on with your own words."
    ),
    "guide_tokens": (
        "{model} cuts it into {count} tokens. The small number is a token's id, its place in the "
        "vocabulary; the model never sees the letters again. Tokens with a dashed frame were added."
    ),
    "guide_embedding": (
        "Each id stands for {width} learned numbers. {token} begins with the same numbers in every "
        "sentence; its position is added. Some of the numbers are drawn as colours: a fingerprint."
    ),
    "guide_layers_guess": (
        "Now the tokens look at each other. Each of the {layers} layers has {heads} attention "
        "heads; the chosen one is marked. Guess before you look at the curves:"
    ),
    "guide_layers_heads": (
        "Choose another attention head, or another word: the thick curves show what it looks at, "
        "and their numbers sum to 1. Beside this, each token thinks for itself (feed-forward), and "
        "what it was is kept and added (residual)."
    ),
    "guide_layers_guess_depth": (
        "The bars on the left say what the classifier would answer if it stopped after that "
        "layer: {before} for {label} before the layers, {after} after the last. Guess first:"
    ),
    "guide_pooled": (
        "Only one vector goes on: that of {first}, which has looked at all the others. A dense "
        "layer and an activation turn it into what the classifier reads."
    ),
    "guide_prediction": (
        "The last layer makes one number for each label, and softmax turns them into "
        "probabilities that sum to 1. Put a “not” into your sentence and watch this bar. The end:"
    ),
    "guess_look": "Which token does {token} look at most in this attention head?",
    "guess_depth": "From where on is the answer {label}, and stays so?",
    "guess_right": "Right: {option}.",
    "guess_other": "Here it is {option}: look at the picture to see why.",
}
