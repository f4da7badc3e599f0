// A guess and its result, which Python keeps apart in a notebook and this page does here.

/** Answer what the question and what came out ask for. */
export function guessing(model, { asked }, named) {
  const question = asked ? named(asked) : model;
  const heard = {
    guess: ({ guess }) => set(question, { guess, status: "given" }),
    skip: () => set(question, { guess: "", status: "skipped" }),
    again: () => set(question, { guess: "", status: "open" }),
  };
  model.send = (message) => heard[message.act]?.(message);
  if (!asked) return;
  const follow = () => {
    if (question.get("status") === "open") return; // what was shown once stays
    set(model, { guess: question.get("guess"), status: question.get("status") });
  };
  for (const name of ["guess", "status"]) question?.on(`change:${name}`, follow);
  follow();
}

function set(model, values) {
  for (const [name, value] of Object.entries(values)) model?.set(name, value);
}
