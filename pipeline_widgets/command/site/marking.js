// Practice marked in the page, as `quizzes/session.py` and `kinds/*.py` mark it in Python; a test
// holds both to the same marks.

const NEW = { status: "open", response: null, attempts: 0, left: null, hints: [], remarks: [] };
const NEARLY = 1e-9;

/** What a response earns by its key: a share of the points, and pairs of a part and a remark. */
export function mark(key, response) {
  const { share, remarks } = MARKS[key.kind](key, response);
  if (share === null) return { verdict: "unreadable", share: 0, remarks: [] };
  const part = Math.min(Math.max(share, 0), 1);
  const verdict = part > 1 - NEARLY ? "right" : part < NEARLY ? "wrong" : "partly";
  const told = remarks.filter(([, tree]) => tree.length);
  const other = verdict !== "right" && !told.length && key.otherwise.length;
  return {
    verdict,
    share: verdict === "right" ? 1 : verdict === "wrong" ? 0 : part,
    remarks: other ? [["", key.otherwise]] : told,
  };
}

const UNREADABLE = { share: null, remarks: [] };
const CROSS = ["✗"];

function chosen(key, labels) {
  const known = new Map(key.shares.map(([label, share, remark]) => [label, { share, remark }]));
  const ticked = [...new Set(labels)].map((label) => ({ label, ...known.get(label) }));
  if (ticked.some(({ share }) => share === undefined)) return UNREADABLE;
  ticked.sort((a, b) => place(key, a.label) - place(key, b.label));
  return {
    share: ticked.reduce((sum, { share }) => sum + share, key.begin),
    remarks: ticked.map(({ label, remark }) => [label, remark]),
  };
}
const place = (key, label) => key.shares.findIndex(([one]) => one === label);

/** The parts that are wrong, behind what is said of any wrong answer. */
const crossed = (key, wrong) =>
  wrong.length ? [["", key.otherwise], ...wrong.map((part) => [part, CROSS])] : [];

const MARKS = {
  single: (key, response) => chosen(key, [response]),
  multiple: (key, response) => (Array.isArray(response) ? chosen(key, response) : UNREADABLE),
  order(key, response) {
    const { right } = key;
    const same = Array.isArray(response) && [...response].sort().join("\n");
    if (same !== [...right].sort().join("\n")) return UNREADABLE;
    const places = response.map((item) => right.indexOf(item));
    let pairs = 0,
      good = 0;
    places.forEach((a, i) => {
      for (const b of places.slice(i + 1)) {
        pairs += 1;
        good += Number(a < b);
      }
    });
    const wrong = response.filter((item, i) => item !== right[i]);
    return { share: (2 * good) / pairs - 1, remarks: crossed(key, wrong) };
  },
  match(key, response) {
    const lefts = Object.keys(key.right);
    const wrong = lefts.filter(
      (left) => !Object.hasOwn(response, left) || response[left] !== key.right[left],
    );
    return { share: 1 - wrong.length / lefts.length, remarks: crossed(key, wrong) };
  },
};

/** Whether nothing was answered: no tick at all may be an answer of several. */
const isEmpty = (key, response) =>
  response === null || (key.kind !== "multiple" && Object.keys(response).length === 0);

/** Let `model` answer what a quiz's view asks of Python; `keys` are the questions' by their ids. */
export function marking(model, { keys }) {
  let progress = {};
  const of = (id) => progress[id] ?? NEW;
  const due = (id) => model.get("finished") || of(id).right !== undefined;
  const change = (id, news) => {
    progress = { ...progress, [id]: { ...of(id), ...news } };
  };
  const reveal = (id) => {
    const { right, words, explanation } = keys[id];
    change(id, { due: true, right, words, explanation, points: of(id).points ?? 0 });
  };
  const acts = {
    submit({ id, response }) {
      const key = keys[id],
        before = of(id),
        again = due(id);
      if (isEmpty(key, response)) return change(id, { status: "empty", remarks: [] });
      const { verdict, share, remarks } = mark(key, response);
      if (verdict === "unreadable") return change(id, { status: verdict, remarks });
      const attempts = before.attempts + 1;
      change(id, { status: verdict, remarks, practice: again });
      if (again) return;
      change(id, { response, attempts, points: Math.max(before.points ?? 0, share * key.points) });
      if (verdict === "right") reveal(id);
    },
    hint({ id }) {
      const { hints } = of(id);
      change(id, { hints: [...hints, ...keys[id].hints.slice(hints.length, hints.length + 1)] });
    },
    show: ({ id }) => reveal(id),
    finish() {
      model.set("finished", true);
      Object.keys(keys).forEach(reveal);
    },
    restart() {
      model.set("finished", false);
      progress = {};
    },
  };
  model.send = (message) => {
    if (!acts[message.act] || (message.id !== undefined && !Object.hasOwn(keys, message.id)))
      return;
    acts[message.act](message);
    const states = Object.entries(progress);
    const given = states.filter(([, state]) => state.attempts);
    const earned = states.filter(([, state]) => state.due).map(([, state]) => state.points);
    model.set("responses", Object.fromEntries(given.map(([id, { response }]) => [id, response])));
    model.set(
      "score",
      earned.reduce((sum, points) => sum + points, 0),
    );
    model.set("_progress", progress);
    model.set("_heard", model.get("_heard") + 1);
  };
}
