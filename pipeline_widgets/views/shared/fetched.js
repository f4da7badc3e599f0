// What few need is sent by Python when it is asked for first: the view itself travels light.

/** The module that Python calls `name`, with its style sheet as `style`. */
export async function fetched(model, name) {
  const text = () => model.get("_scripts")[name];
  if (!text()) {
    await new Promise((come) => {
      const hear = () => {
        if (!text()) return;
        model.off("change:_scripts", hear);
        come(null);
      };
      model.on("change:_scripts", hear);
      model.send({ fetch: name });
    });
  }
  if (typeof text() !== "string") return text(); // a page without Python has the module itself
  const url = URL.createObjectURL(new Blob([text()], { type: "text/javascript" }));
  const module = await import(url);
  URL.revokeObjectURL(url);
  return module;
}
