// The rival: the page's own Plotly figures, redrawn by Plotly.react each frame with one more step and the cursor moved.
// Its data are revealed in place, never copied.
globalThis.reactWalk = async (frames) => {
  const { T } = unrolled.player;
  const last = unrolledBench.last();
  const [first, ...rest] = unrolledBench.places(frames);

  const blank = (array) => array.map((row) => (ArrayBuffer.isView(row) ? row.slice().fill(NaN) : NaN));
  const shown = [...document.querySelectorAll(".layer-plotly.js-plotly-plot")].map((graph) => {
    const backward = /gradients|contributions|loss/.test(graph.closest("[data-view]").dataset.view);
    const data = graph.data.map((trace) =>
      trace.z ? { ...trace, z: blank(trace.z) } : { ...trace, y: blank([...trace.y]) },
    );
    return { graph, whole: graph.data, backward, data, edge: backward ? T : -1 };
  });

  const copy = (from, to, low, high) => {
    for (let t = low; t <= high; t += 1) to[t] = from[t];
  };
  /** Show all that has happened at step t: forward figures from the left, backward ones from the right. */
  const reveal = (one, t) => {
    const [low, high] = one.backward ? [t, one.edge - 1] : [one.edge + 1, t];
    one.edge = t;
    for (const [n, trace] of one.whole.entries()) {
      if (trace.z) for (const [unit, row] of trace.z.entries()) copy(row, one.data[n].z[unit], low, high);
      else copy(trace.y, one.data[n].y, low, high);
    }
  };

  const network = plotNetwork(unrolled.stage.trace, T);
  const cursor = (t) => [{ type: "line", x0: t, x1: t, y0: 0, y1: 1, yref: "paper" }];
  const draw = (place) => {
    const isBack = place > T;
    const t = Math.min(T - 1, isBack ? Math.max(0, last - 1 - place) : place);
    network(place, t, isBack);
    for (const one of shown) {
      if (one.backward === isBack) reveal(one, t);
      else if (isBack) reveal(one, T - 1);
      Plotly.react(one.graph, one.data, { ...one.graph.layout, datarevision: place, shapes: cursor(t) });
    }
  };
  draw(first);
  return unrolledBench.clocked((n) => n < rest.length && (draw(rest[n]), true));
};
