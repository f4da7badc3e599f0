// A view that is held back until a guess is made: nothing is drawn while `_withheld` is true.

/** The view's default export, which draws as soon as it may; it ends as it would have ended. */
export function withheld(view) {
  function render(given) {
    const { model } = given;
    if (!model.get("_withheld")) return view.render(given);
    let ended = false,
      end;
    async function free() {
      if (model.get("_withheld") || ended) return;
      model.off("change:_withheld", free);
      end = await view.render(given);
      if (ended) end?.();
    }
    model.on("change:_withheld", free);
    return () => {
      ended = true;
      model.off("change:_withheld", free);
      end?.();
    };
  }
  return { render };
}
