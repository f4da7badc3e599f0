// A notebook that is open without its kernel has no models: then a view's static twin, which lies
// beside it in the output, is shown in place of "model not found". Written as what JupyterLab loads
// from a prebuilt extension: a container with `init` and `get`. It needs no module of JupyterLab's.

(() => {
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const TWIN = "text/html";
  const FAILED = /^Error displaying widget/;

  /** A renderer that shows the twin if the widget can't be drawn. */
  function wrapped(factory, rendermime) {
    if (factory.pipelineWidgets) return factory;
    return {
      ...factory,
      safe: factory.safe,
      mimeTypes: factory.mimeTypes,
      pipelineWidgets: true,
      createRenderer(options) {
        const renderer = factory.createRenderer(options);
        const render = renderer.renderModel.bind(renderer);
        renderer.renderModel = async (model) => {
          await render(model);
          await twin(renderer, model, rendermime);
          watch(renderer, model, rendermime);
        };
        return renderer;
      },
    };
  }

  /** Some versions say that there is no model only later. */
  function watch(renderer, model, rendermime) {
    const observer = new MutationObserver(() => twin(renderer, model, rendermime));
    observer.observe(renderer.node, { childList: true, characterData: true, subtree: true });
    renderer.disposed?.connect(() => observer.disconnect());
  }

  async function twin(renderer, model, rendermime) {
    if (!(TWIN in model.data) || !FAILED.test(renderer.node.textContent.trim())) return;
    const picture = rendermime.createRenderer(TWIN);
    await picture.renderModel(model);
    if (!FAILED.test(renderer.node.textContent.trim())) return; // the kernel came back
    renderer.node.replaceChildren(picture.node);
    renderer.removeClass?.("jupyter-widgets");
  }

  /** Wrap the widgets' renderer of a notebook, whether it is there already or comes later. */
  function attend(rendermime) {
    const add = rendermime.addFactory.bind(rendermime);
    rendermime.addFactory = (factory, rank) =>
      add(factory.mimeTypes.includes(VIEW) ? wrapped(factory, rendermime) : factory, rank);
    const there = rendermime.getFactory(VIEW);
    if (there) add(wrapped(there, rendermime), -10);
  }

  const plugin = {
    id: "pipeline-widgets:closed",
    description: "Static pictures where a notebook is open without its kernel.",
    autoStart: true,
    activate(app) {
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew(panel) {
          attend(panel.content.rendermime);
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
