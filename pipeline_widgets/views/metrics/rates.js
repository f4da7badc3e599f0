// Counts and rates of yes-or-no answers at a threshold; metrics.py has the same in Python.

/** {counts: [true][predicted], accuracy, precision, recall, f1} for scores of the positive label. */
export function atThreshold(labels, scores, threshold) {
  const counts = [
    [0, 0],
    [0, 0],
  ];
  for (let i = 0; i < labels.length; i++) counts[labels[i]][scores[i] >= threshold ? 1 : 0]++;
  const [[kept, alarm], [missed, found]] = counts;
  const share = (part, whole) => (whole ? part / whole : 0);
  const precision = share(found, found + alarm),
    recall = share(found, found + missed);
  return {
    counts,
    precision,
    recall,
    accuracy: share(found + kept, labels.length),
    f1: precision + recall ? (2 * precision * recall) / (precision + recall) : 0,
  };
}
