// A notebook that is open without its kernel has no models: then a view's static twin, which lies
// beside it in the output, is shown in place of "model not found". While there is a kernel, it is
// asked for the twins of the views on screen, so that a notebook is saved as it was last seen.
// Written as what JupyterLab loads from a prebuilt extension: a container with `init` and `get`.
// It needs no module of JupyterLab's.

(() => {
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const TWIN = "text/html";
  const CHANNEL = "pipeline-widgets:pictures";
  const FAILED = /^Error displaying widget/;

  const failed = (renderer) => FAILED.test(renderer.node.textContent.trim());

  /** A renderer that shows the twin if the widget can't be drawn. */
  function wrapped(factory, rendermime, watch) {
    if (factory.pipelineWidgets) return factory;
    return {
      ...factory,
      safe: factory.safe,
      mimeTypes: factory.mimeTypes,
      pipelineWidgets: true,
      createRenderer(options) {
        const renderer = factory.createRenderer(options);
        const render = renderer.renderModel.bind(renderer);
        let drawn;
        renderer.renderModel = async (model) => {
          const id = model.data[VIEW]?.model_id;
          // A new twin beside a view that is on screen is no reason to draw the view anew.
          if (drawn === id && renderer.node.childElementCount && !failed(renderer)) return;
          await render(model);
          drawn = id;
          await twin(renderer, model, rendermime);
          attend(renderer, model, rendermime);
          if (TWIN in model.data && !failed(renderer)) watch(id);
        };
        return renderer;
      },
    };
  }

  /** Some versions say that there is no model only later. */
  function attend(renderer, model, rendermime) {
    const observer = new MutationObserver(() => twin(renderer, model, rendermime));
    observer.observe(renderer.node, { childList: true, characterData: true, subtree: true });
    renderer.disposed?.connect(() => observer.disconnect());
  }

  async function twin(renderer, model, rendermime) {
    if (!(TWIN in model.data) || !failed(renderer)) return;
    const picture = rendermime.createRenderer(TWIN);
    await picture.renderModel(model);
    if (!failed(renderer)) return; // the kernel came back
    renderer.node.replaceChildren(picture.node);
    renderer.removeClass?.("jupyter-widgets");
  }

  /** Wrap the widgets' renderer of a notebook, whether it is there already or comes later. */
  function replace(rendermime, watch) {
    const add = rendermime.addFactory.bind(rendermime);
    rendermime.addFactory = (factory, rank) =>
      add(factory.mimeTypes.includes(VIEW) ? wrapped(factory, rendermime, watch) : factory, rank);
    const there = rendermime.getFactory(VIEW);
    if (there) add(wrapped(there, rendermime, watch), -10);
  }

  /** Asks a notebook's kernel for the twins of the views that are named. */
  function watcher(panel) {
    const channels = new WeakMap(); // by kernel; one that has restarted has lost its own
    return (id) => {
      const kernel = panel.sessionContext.session?.kernel;
      if (!kernel?.handleComms) return;
      let channel = channels.get(kernel);
      if (!channel || channel.comm.isDisposed) {
        channel = opened(panel, kernel);
        channels.set(kernel, channel);
      }
      channel.watch(id);
    };
  }

  /** A channel on which views can be named; they are told once the kernel listens. */
  function opened(panel, kernel) {
    const comm = kernel.createComm(CHANNEL);
    const waiting = new Set();
    let ready = false;
    comm.onMsg = ({ content: { data } }) => {
      if (data.view) return keep(panel, data.view, data.picture);
      ready = true;
      for (const id of waiting) comm.send({ watch: id });
    };
    comm.open();
    return { comm, watch: (id) => (ready ? comm.send({ watch: id }) : waiting.add(id)) };
  }

  /** Put a view's twin into all its outputs. */
  function keep(panel, id, picture) {
    for (const cell of panel.model?.cells ?? []) {
      for (let index = 0; index < (cell.outputs?.length ?? 0); index += 1) {
        const output = cell.outputs.get(index);
        const { data } = output;
        if (data?.[VIEW]?.model_id !== id || data[TWIN] === picture) continue;
        output.setData({ data: { ...data, [TWIN]: picture } });
      }
    }
  }

  const plugin = {
    id: "pipeline-widgets:closed",
    description: "Static pictures where a notebook is open without its kernel.",
    autoStart: true,
    activate(app) {
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew(panel) {
          replace(panel.content.rendermime, watcher(panel));
          return { isDisposed: false, dispose() {} };
        },
      });
    },
  };

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB["pipeline-widgets"] = {
    init() {},
    get: async () => () => ({ default: plugin, __esModule: true }),
  };
})();
