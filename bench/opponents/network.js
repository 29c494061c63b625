// The unrolled network as a Plotly figure, laid over the page's own: a marker for x, s, y and J of each step, the arrows
// between them as one line, words around the step that is now, as many as the page shows.
globalThis.plotNetwork = (trace, T) => {
  const ROWS = ["x", "s", "y", "J"];
  const NEAR = 6;
  const page = document.querySelector("#network").getBoundingClientRect();
  const graph = document.querySelector("#rival") ?? document.body.appendChild(document.createElement("div"));
  graph.id = "rival";
  const { left, top, width, height } = page;
  const at = { left: `${left + scrollX}px`, top: `${top + scrollY}px`, width: `${width}px`, height: `${height}px` };
  Object.assign(graph.style, { position: "absolute", ...at });

  const steps = Array.from({ length: T }, (_, t) => t);
  const links = steps.flatMap((t) => [[t, 0, t, 1], [t, 1, t, 2], [t, 2, t, 3], ...(t ? [[t - 1, 1, t, 1]] : [])]);
  const edges = {
    type: "scatter",
    mode: "lines",
    x: links.flatMap(([a, , b]) => [a, b, null]),
    y: links.flatMap(([, a, , b]) => [a, b, null]),
  };
  const places = ROWS.flatMap((_, row) => steps.map((t) => ({ t, row })));
  const words = places.map(({ t, row }) => (row === 1 || row === 3 ? "" : (trace.labels.time[t] ?? "")));
  const layout = {
    width,
    height,
    showlegend: false,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    xaxis: { visible: false, range: [-0.5, T - 0.5] },
    yaxis: { visible: false, range: [-0.5, 3.5] },
  };

  /** Light all steps up to t, or from t on once the run goes backward. */
  return (place, t, isBack) => {
    const lit = (step) => (isBack ? step >= t : step <= t);
    const nodes = {
      type: "scatter",
      mode: "markers+text",
      x: places.map(({ t: step }) => step),
      y: places.map(({ row }) => row),
      text: words.map((word, n) => (Math.abs(places[n].t - t) < NEAR ? word : "")),
      marker: { size: 12, color: places.map(({ t: step, row }) => (lit(step) ? row + 1 : 0)), cmin: 0, cmax: 4 },
    };
    return Plotly.react(graph, [edges, nodes], { ...layout, datarevision: place });
  };
};
