// A recorded run played again: the messages that Python sent, at their times.

const EMPTY = { data: new DataView(new ArrayBuffer(0)), dtype: "float32", shape: [0, 0], scale: 1 };

/** Give `model` the buttons of a run; `tracks` has each run's messages, in milliseconds. */
export function playing(model, { tracks }) {
  const blank = model.get("_whole");
  const ends = Math.max(0, ...tracks.map((track) => track.at(-1)?.at ?? 0));
  let clock = 0,
    last = 0,
    timer = 0,
    serial = 0,
    until = Infinity,
    sent = tracks.map(() => 0);

  const status = (run) => tracks[run][sent[run] - 1]?.news.status ?? blank.runs[run].status;
  function say(run, news) {
    model.set("_news", { ...news, run, serial: ++serial });
  }
  /** All runs that are not over are now in this state. */
  function call(state) {
    tracks.forEach((track, run) => {
      const now = status(run),
        before = tracks[run][sent[run] - 1]?.news ?? blank.runs[run];
      if (!track.length || now.state === "finished") return;
      say(run, {
        ...{ start: 0, names: [], points: EMPTY, from: 0, epochs: [] },
        ...{ best: before.best, goal: before.goal, status: { ...now, state } },
      });
    });
  }
  function deliver() {
    tracks.forEach((track, run) => {
      while (sent[run] < track.length && track[sent[run]].at <= clock) {
        say(run, track[sent[run]].news);
        sent[run] += 1;
      }
    });
  }
  function tick() {
    const now = performance.now();
    clock = Math.min(clock + (now - last) * model.get("pace"), until, ends);
    last = now;
    deliver();
    if (clock >= until && clock < ends) return rest("paused");
    if (clock < ends) timer = setTimeout(tick, 100);
  }
  function go(end) {
    clearTimeout(timer);
    until = end;
    last = performance.now();
    call("running");
    tick();
  }
  function rest(state) {
    clearTimeout(timer);
    call(state);
  }
  /** When the epoch under way of the run on screen ends. */
  function epochEnd() {
    const ahead = (run) => tracks[run].slice(sent[run]).filter(({ news }) => news.epochs.length);
    const ours = ahead(Math.min(model.get("run"), tracks.length - 1));
    const next = ours.find(({ at }) => at > clock) ?? ours[0];
    return next?.at ?? Math.min(ends, ...tracks.flatMap((_, run) => ahead(run).map((f) => f.at)));
  }
  const acts = {
    start: () => go(Infinity),
    step: () => go(epochEnd()),
    pause: () => rest("paused"),
    stop: () => rest("stopped"),
    rewind() {
      clearTimeout(timer);
      clock = 0;
      sent = tracks.map(() => 0);
      model.set("_whole", { ...blank, serial: ++serial });
    },
  };
  model.send = (message) => acts[message.do]?.();
}
