"""The English words of MetricsView and CostView."""

from __future__ import annotations

from ...glossary import meanings
from ..shared.strings import SAVE

METRICS: dict[str, str] = {
    **SAVE,
    "metrics_title": "{names}: right and wrong on {count} sentences",
    **meanings(
        accuracy="accuracy",
        precision="precision",
        recall="recall",
        threshold="threshold",
        matrix="confusion matrix",
        calibration_error="calibration",
    ),
    "rates": "Rates at the threshold",
    "sentences": "Sentences of the chosen cell",
    "threshold": "Threshold",
    "threshold_hint": "An answer is “{label}” from this probability on.",
    "model": "Model",
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "area": "ROC area",
    "calibration_error": "Calibration error",
    "matrix": "Confusion matrix",
    "matrix_hint": "Choose a cell to see its sentences.",
    "truly": "truly {label}",
    "said": "said {label}",
    "right": "right",
    "wrong": "wrong",
    "curves": "Curves",
    "curve_roc": "ROC",
    "curve_precision_recall": "Precision and recall",
    "curve_calibration": "Calibration",
    "roc_x": "false-positive rate",
    "roc_y": "true-positive rate",
    "precision_recall_x": "recall",
    "precision_recall_y": "precision",
    "calibration_x": "probability given",
    "calibration_y": "share that is positive",
    "area_roc": "area {area}",
    "area_precision_recall": "average precision {area}",
    "area_calibration": "error {area}",
    "chance": "chance",
    "perfect": "perfect",
    "shared": "Errors of both models",
    "shared_one": "Errors",
    "shared_row": "{count} both wrong · {first} only {a} · {second} only {b}",
    "list_cell": "{count} sentences truly {true}, said {said}",
    "list_shared": "{count} sentences that both models get wrong",
    "list_errors": "{count} sentences that are wrong",
    "list_scores": "Each model’s probability of “{label}”",
    "no_sentences": "No sentence is in this cell.",
    "summary": "{name}: accuracy {accuracy}, F1 {f1}.",
    "summary_many": "{name}: accuracy {accuracy}, macro F1 {f1}.",
    "class": "label",
    "label": "Label",
    "support": "Sentences",
    "macro": "macro",
    "weighted": "weighted",
    "micro": "micro",
    "top_k": "among the first {k}",
    "averages": "Averages",
    "averages_note": (
        "Macro: each label counts alike; weighted: by its number of sentences. Accuracy: the "
        "likeliest label is right."
    ),
    "averages_several": (
        "Macro: each label counts alike; weighted: by its sentences; micro: each decision "
        "counts alike. Accuracy: all labels of a sentence are right."
    ),
    "list_answers": "Each model’s answer",
    "by_class": "Each label",
    "by_class_hint": "Choose a label for its curves.",
    "by_class_several": "Choose a label for its matrix and curves.",
    "matrix_rows": "rows truly, columns said",
    "of_label": "“{label}” against the others",
    "not": "not {label}",
    "no_curve": "All sentences are alike in this label: there is no curve.",
    "threshold_several": "Each label holds from this probability on.",
}

COST: dict[str, str] = {
    **SAVE,
    "cost_title": "What {b} costs and gives beside {a}",
    "measuring": "measuring …",
    "quantity": "Measured here",
    "ratio": "{b} ÷ {a}",
    "paper": "In the papers",
    "parameters": "Parameters",
    "layers": "Layers",
    "megabytes": "Files on disk",
    "memory": "Memory when loaded",
    "milliseconds": "Time for one sentence",
    "accuracy": "Right of {count} held-out sentences",
    "unit_parameters": "million",
    "unit_layers": "",
    "unit_megabytes": "MB",
    "unit_memory": "MB",
    "unit_milliseconds": "ms",
    "unit_accuracy": "%",
    "paper_parameters": (
        "66.4 million against 109.5 million of BERT base: 40 % smaller. RoBERTa base has 124.1 "
        "million; against it DistilBERT is 46.5 % smaller."
    ),
    "paper_layers": "6 against 12, of BERT base and RoBERTa base alike.",
    "paper_megabytes": "Follows from the parameters: 4 bytes each in float32, 2 in float16.",
    "paper_memory": "No figure for memory in the paper.",
    "paper_milliseconds": (
        "410 s against 668 s of BERT base: 39 % less time, 1.63 times as fast, which is called "
        "60 % faster. One CPU, batch 1, STS-B dev. No paper times it against RoBERTa."
    ),
    "paper_accuracy": (
        "GLUE dev 77.0 against 79.5 of BERT base: 97 %. SST-2 dev: RoBERTa base 94.8, BERT base "
        "92.7, DistilBERT 91.3."
    ),
    "source_parameters": "DistilBERT paper, table 3; configs of the checkpoints",
    "source_layers": "DistilBERT paper, §3; configs",
    "source_megabytes": "configs of the checkpoints",
    "source_memory": "",
    "source_milliseconds": "DistilBERT paper, table 3",
    "source_accuracy": "DistilBERT paper, table 1; RoBERTa: fairseq's README",
    "claims": "Three ratios, measured here",
    "claim_smaller": "Parameters. The paper, against BERT: 40 % smaller",
    "claim_faster": "Speed. The paper, against BERT: 60 % faster",
    "claim_quality": "Accuracy. The paper, against BERT, on GLUE: 97 %",
    "here_smaller": "{percent} % {direction}",
    "here_faster": "{percent} % {direction}",
    "here_quality": "{percent} % of the accuracy",
    "smaller": "smaller",
    "larger": "larger",
    "faster": "faster",
    "slower": "slower",
    "caveat": (
        "The papers compare DistilBERT with BERT, its teacher. Here {b} is compared with {a}, on "
        "this machine and these sentences: another pair, so another number is no contradiction."
    ),
    "summary": "{b} beside {a}: {smaller}; {faster}; {quality}.",
    "summary_size": "{b} beside {a}: {smaller}; {faster}.",
    "summary_waiting": "{b} beside {a}: measuring.",
}
