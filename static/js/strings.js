// Every sentence on the screen, by key, in one place: a translation is one more table.

/** @type {Record<string, string>} */
const ENGLISH = {
  // the page
  "page.ready": "The network has run: {T} steps, total loss {loss}.",
  "page.computing": "Computing {done} of {total} steps",
  "page.asking": "Asking for the run",
  "page.progress": "How far the run has come",
  "page.cancel": "Cancel",
  "page.failed": "That did not work.",
  "page.dismiss": "Dismiss",
  "page.again": "Try again",
  "page.lost": "The server does not answer. Asking again ({tries})",
  "page.stays": "The page still shows the run before; all that needs no server goes on.",
  "hide.some": "The link that you opened hides some controls.",
  "hide.all": "Show everything",
  "tour.offer": "New here?",
  "tour.begin": "Take the tour",
  "tour.examples": "See examples",
  "tour.no": "No, thanks",
  "page.exploded":
    "This run left the range of numbers: {count} values are not finite, first {array} at t = {t}. That is the result, not an error: with these weights the values explode. The marked cells show where.",

  // the network
  "net.loss": "loss",
  "net.prediction": "prediction",
  "net.state": "state",
  "net.input": "input",
  "net.next": "next word",
  "net.start": "zeros",
  "net.state.label": "State {name} at step {t}, after “{word}”",
  "net.state.gradient": "gradient norm {norm}",
  "net.output.before": "Prediction at step {t}:",
  "net.output.between": "The right word, “{target}”, is given",
  "net.output.number": ", right is {target}",
  "net.not": "not {word}",
  "net.wanted": "right answer",
  "net.from": "from {names}",
  "net.below": "from below",
  "net.onward": "to {names}",
  "net.loss.before": "Loss at step {t}:",
  "net.loss.none": "No loss is counted at step {t}",
  "net.input.label": "Input at step {t}: “{word}”",
  "net.weight.label": "{name} used at step {t}: the same matrix at every step",
  "net.overview": "All {T} steps: how probable the right word was. The lens shows {from} to {to}.",
  "net.overview.loss": "All {T} steps: the loss of each. The lens shows {from} to {to}.",
  "net.overview.name": "of the right word",
  "net.summary":
    "The network unrolled over {T} steps. At step {t} it reads “{word}”, expects “{guess}” and gives the right word “{target}” {p}; loss {loss}.",

  // the chains of a network
  "chains.label": "Chain of the network",
  "chains.summary": "The network has {count} chains, from the input up: {names}.",

  // the figures
  "states.title": "State",
  "states.summary": "{name}: {units} units over {T} steps, from {low} to {high}.",
  "gates.title": "Gates",
  "gates.summary": "{label} ({name}): mean {mean}, from {low} to {high}.",
  "loss.title": "Loss",
  "loss.summary.open": "Loss per step, {low} to {high}; total {total}. Largest at step {at}.",
  "loss.summary":
    "Loss per step, {low} to {high}; total {total}. Largest at step {at}, where the right word was “{word}”.",
  "gradients.title": "Gradient norm",
  "gradients.summary":
    "The norm of the loss's gradient with respect to {name}, from {first} at step 0 to {last} at step {T}: a ratio of {ratio}.",
  "contributions.title": "Who contributed to which error",
  "contributions.heading": "Who contributed to which error",
  "contributions.weight": "Weight",
  "contributions.gate": "Weights of one gate",
  "contributions.gates": "one gate …",
  "contributions.rest": "more …",
  "contributions.slider": "Truncate: steps of the error's way back that are kept",
  "contributions.share": "signed share",
  "contributions.row": "error at t",
  "contributions.column": "weight used at k",
  "contributions.readout": "error at t = {t}, {parameter} used at k = {k}: {value}",
  "contributions.none.lower": "k > t: the future cannot contribute",
  "contributions.none.upper": "k < t: this chain has not been there when it comes to t",
  "contributions.summary":
    "Contribution of each use of {parameter} at step k to the gradient of each loss at step t, {low} to {high}. The largest: error at {t}, use at {k}.",
  "contributions.summary.share":
    "The signed share that each use of {parameter} at step k has in the whole gradient, through each loss at step t. The largest: error at {t}, use at {k}, {p}.",
  "contributions.exploded": "{window} steps kept of a gradient that is not finite",
  "contributions.window": "{window} of {T} steps kept:",
  "contributions.length": "{ratio} of the gradient's length",
  "contributions.cosine": "cosine {cosine}",
  "contributions.full": "All {T} steps kept. Drag the bar to cut.",
  "contributions.shares": "Shares sum to 1. Below 0: it pulls back; above 1: others do.",
  "contributions.reason.zeros": "for before the first step the state is zeros",
  "contributions.reason.against": "against the whole gradient",
  "contributions.reason.excess": "more than all of it: others take it back",
  "output.title": "Prediction",
  "output.readout": "t = {t}: “{name}” {p}",
  "output.summary":
    "Probability of each of {count} outcomes at every step. The right one is outlined; the average probability given to it is {p}.",
  "output.right": "right",
  "output.summary.linear":
    "The numbers that the network gives at each of {T} steps, and those that are right where there is an error. They go from {low} to {high}; the largest at step {at}, the last {last}.",
  "output.summary.sigmoid":
    "The probability that the network gives at each of {T} steps, and what is right where there is an error. It goes from {low} to {high}; the largest at step {at}, the last {last}.",
  "input.title": "Input",
  "input.readout": "t = {t}: {name} = {value}",
  "input.summary": "The input: numbers per step {count}, over {T} steps, from {low} to {high}.",
  "attention.name": "attention",
  "attention.readout": "step {t} looks at {j} “{word}”: {p}",
  "attention.summary": "Where each of {T} steps looks among {S} steps of the source. Each looks most at: {list}.",
  "attention.told": "step {t} “{said}”: “{word}” {p}",

  // frames
  "frame.menu": "More about {title}",
  "frame.table": "Table",
  "frame.enlarge": "Enlarge",
  "frame.reduce": "Reduce",
  "frame.png": "Save as PNG",
  "frame.svg": "Save as SVG",
  "frame.step": "t",
  "frame.word": "input",
  "frame.unit": "unit {unit}",
  "frame.values": "t = {t}, unit {unit}:  {values}",
  "frame.cut": "Steps {from} to {to} of {T} are shown; the API has all.",
  "frame.choose": "Focus on the error at {t}, use at {k}: {value}",

  // the player
  "player.play": "Play",
  "player.pause": "Pause",
  "player.next": "One step on",
  "player.back": "One step back",
  "player.run": "Place in the run",
  "player.speed": "Speed",
  "player.perSecond": "{speed} steps/s",
  "player.forward": "forward",
  "player.loss": "loss",
  "player.backward": "backward",
  "player.whole": "whole run",
  "player.keys": "Keys",
  "say.begin": "the sign to begin",
  "say.forward": "Forward, step {t} of {last}: reads “{word}”, expects “{guess}”, right is “{target}” with {p}.",
  "say.forward.silent": "Forward, step {t} of {last}: reads “{word}”.",
  "say.forward.open": "Forward, step {t} of {last}: reads “{word}”, says {guess}.",
  "say.forward.number": "Forward, step {t} of {last}: reads “{word}”, says {guess}, right is {target}.",
  "say.loss": "The losses: {loss} in all.",
  "say.backward": "Backward, step {t}: gradient norm {norm}.",
  "say.whole": "The whole run, cursor at step {t}, “{word}”.",

  // the bench of tools
  "tool.label": "Tools",
  "tool.more": "More tools",
  "tool.coming": "One moment",
  "tool.away": "This tool did not come: the server cannot be reached.",
  "tool.again": "Try again",
  "tool.inspect": "Inspect",
  "tool.train": "Train",
  "tool.race": "Race",
  "tool.edit": "Edit",
  "tool.cell": "Cell",
  "tool.geometry": "Geometry",
  "tool.weights": "Weights file",
  "tool.library": "Models and data",
  "tool.find": "Find",

  // training time
  "epoch.label": "Training time",
  "epoch.range": "Weights after so many updates",
  "epoch.at": "after {update} updates",
  "epoch.one": "after 1 update",
  "epoch.start": "as drawn, untrained",
  "epoch.play": "Play training",
  "epoch.pause": "Pause training",
  "epoch.back": "Untrained",

  // what is in focus
  "panel.cell": "The inside of the cell",
  "panel.focus": "What is in focus",
  "panel.equations": "The equations of the cell",
  "panel.hint": "Choose an equation, a part of the drawing or a cell of any figure to see its numbers.",
  "panel.back": "Back to the cell",
  "panel.back.hint": "Back to the cell (Esc)",
  "panel.forward": "Forward",
  "panel.backward": "Backward",
  "panel.place": "step {t}, “{word}”",
  "panel.pre": "{label}, before squashing",
  "panel.probs": "probability of “{word}”",
  "panel.logits": "logit of “{word}”",
  "panel.unit": "unit {unit}",
  "panel.unit.back": "The unit before",
  "panel.unit.next": "The next unit",
  "panel.factors": "factors",
  "panel.copy": "Copy as",
  "panel.copy.latex": "Copy both equations as LaTeX",
  "panel.copy.numpy": "Copy as a line of NumPy",
  "panel.copy.curl": "Copy as a call of the REST API",
  "panel.copied": "copied",
  "panel.select": "select and copy",
  "panel.contribution": "One use of",
  "panel.words":
    "How much using {parameter} at step {k} (“{used}”) contributed to the gradient of the error at step {t}, where “{wanted}” was the right word, a distance of {steps}.",
  "panel.words.same":
    "How much using {parameter} at step {k} (“{used}”) contributed to the gradient of the error at that same step, where “{wanted}” was the right word.",
  "panel.future": "Step {k} comes after step {t}: what is used later cannot contribute to an earlier error.",
  "panel.words.back":
    "How much using {parameter} at step {k} (“{used}”) contributed to the gradient of the error at step {t}, where “{wanted}” was right, {steps} steps earlier in the sequence.",
  "panel.words.source":
    "How much using {parameter} at step {k} of the source (“{used}”) contributed to the gradient of the error at step {t} of the answer, where “{wanted}” was right.",
  "panel.past": "This chain reads from the end: when it comes to step {t}, it has not been at step {k} yet.",
  "panel.error.at": "error at step",
  "panel.use.at": "used at step",
  "panel.size": "size",
  "panel.share": "share of the whole gradient",
  "panel.reason.zeros":
    "Exactly 0: before the first step the state is zeros, and at this step {parameter} acts through that state alone.",
  "panel.reason.against": "Below 0: this use pulls against the whole gradient, and the others outweigh it.",
  "panel.reason.excess": "Above 100%: this use alone would be more than the whole gradient; others pull against it.",
  "panel.chain": "How strongly the state at step {t} still feels each state back to step {k}",
  "panel.product": "The error's way back, factor by factor",
  "panel.product.error": "The gradient of the error by the state after its own step",
  "panel.product.error.label": "The gradient of the error, unit by unit",
  "panel.product.singular": "Singular values from {most} to {least}.",
  "panel.product.norm": "The product so far, back to step {step}, has norm {norm}.",
  "panel.product.left":
    "Under each factor: the size of what still arrives. Of {whole} at step {t}, {left} reach step {k}: {share} times as much. The product of the Jacobians has norm {norm}.",
  "panel.product.none": "No error is counted at step {t}. The product of the Jacobians has norm {norm}.",
  "panel.chain.label": "Norms of the Jacobians on a log scale: {from} at the same step, {to} at a distance of {steps}.",

  // how far an error reaches
  "reach.title": "How far the last error reaches",
  "reach.arrives": "Of its gradient at step {last}, {share} arrives at step 0.",
  "reach.try": "Try",
  "reach.gain": "gain {value}",
  "reach.init": "U: {value}",
  "reach.forget_bias": "forget bias {value}",
  "reach.cell": "{value}",
  "reach.text": "the text twice",
  "reach.more": "all settings",

  // the inside of the cell
  "cell.label": "The inside of the cell: {title}",
  "cell.caption": "Step {t}, “{word}”. Each bar is one unit.",
  "cell.input": "The input at step {t}: “{word}”",
  "cell.head": "To the prediction",
  "cell.start": "Before the first step: {label} is zero",
  "cell.handed": "Before the first step: {label} is the last state of {from}",
  "cell.previous": "The step before: {label}",
  "cell.node": "{label}: mean {mean}, unit {unit} is {value}",
  "cell.name.input": "the input",
  "cell.out": "{label}, on to the next step",
  "cell.reads": "{part}: reads {from}",
  "cell.op": "{glyph}, unit by unit",
  "cell.pill": "{glyph} of what comes in",
  "cell.linear": "times {glyph}",
  "cell.bias": "the bias {glyph}",

  // a step in slow motion
  "slow.place": "Step {t}, {at} of {count}.",
  "slow.product": "{label}: multiply by the weights",
  "slow.sum": "{label}: add up",
  "slow.times": "{label}: multiply unit by unit",
  "slow.squash": "{label}: squash",
  "slow.apply": "{label}: apply the function",
  "slow.back": "{label}: the gradient arrives here",
  "slow.number": "= {value} in unit {unit}",

  // a lesson
  "lesson.away": "The server cannot be reached: the words of this step did not come. The pictures go on.",
  "lesson.compare": "Compare",
  "lesson.right": "Yes.",
  "lesson.wrong": "No.",
  "lesson.near": "Near enough: it is {value}.",
  "lesson.far": "It is {value}.",
  "lesson.see": "What there is to see",
  "lesson.so": "so it is here",
  "lesson.not": "not so in this run",
  "lesson.unknown": "cannot be told of this run",
  "lesson.change": "Change: {field}",

  // the recipe
  "form.dice": "Another seed",
  "form.use": "Use {value}",
  "form.shorten.word": "Use the first {count} words",
  "form.shorten.character": "Use the first {count} characters",
  "form.slider": "{label}, as a slider",
  "form.none": "none",
  "form.own": "own equations",
  "form.own.data": "your own data",
  "form.fault": "{label} {message}.",
  "form.needed": "{label} is needed.",
  "form.choices": "{label} is one of {choices}.",
  "form.integer": "{label} is a whole number{span}.",
  "form.number": "{label} is a number{span}.",
  "form.between": " from {low} to {high}",
  "form.least": " of at least {low}",
  "form.most": " of at most {high}",
  "form.empty": "{label} needs something to read.",
  "form.half": "{label} holds half of a character.",
  "form.long": "{label} is at most {high} characters long.",
  "form.fixed": "Fixed by the trained model: what runs is what was trained",
  "form.changed": "{count} of these differ from the first recipe",
};

/**
 * The text of a key, its {names} filled in.
 * @param {string} key @param {Record<string, unknown>} [values]
 */
export function t(key, values = {}) {
  const text = ENGLISH[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** More sentences, of a part of the page that came later. @param {Record<string, string>} words */
export const addWords = (words) => Object.assign(ENGLISH, words);

/** Whether there is a text of this key. @param {string} key */
export const has = (key) => key in ENGLISH;
