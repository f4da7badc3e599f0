// Words that stand already are not laid out again.

export function write(node, words) {
  if (node.textContent !== words) node.textContent = words;
}
