// The sentences about data and models: they come with these, not with the page.

import { addWords, t as say } from "../strings.js";

/** @type {Record<string, string>} */
export const ENGLISH = {
  "data.label": "What is read: {name}",
  "data.real": "real data",
  "data.generated": "generated",
  "data.answer": "Answer: {answer}",
  "data.example": "{n} of {count}",
  "data.before": "The example before",
  "data.after": "The next example",
  "data.own": "Write your own",
  "data.listen": "Listen",
  "data.hush": "Pause",
  "data.made": "Made audible from what the network reads: noise through its bands.",
  "data.silent": "The sound cannot be played here.",
  "data.from": "{licence}. {origin}.",
  "data.ours": "{origin} here, for everybody.",
  "data.table": "As a table",
  "data.step": "step",
  "data.word": "is",
  "data.away": "The picture of the data did not come.",
  "data.again": "Try again",
  "data.summary": "{name}, example “{title}”, {count} steps.",
  "data.fired": "fires at {times}",
  "data.quiet": "never fires",
  "data.row.strip-chart": "recorded",
  "data.row.surprise": "error",
  "data.row.chance": "chance",
  "data.row.waveform": "sound",
  "data.row.spectrogram": "bands",
  "data.row.frames": "frames",
  "data.row.pen": "pen",
  "data.row.account": "paid",
  "data.row.image": "picture",
  "data.row.passage": "text",
  "data.row.move": "moves",
  "data.row.looks": "looks most at",
  "data.row.band": "loudest band",
  "data.row.coefficient": "largest coefficient",
  "data.row.across": "across",
  "data.row.up": "up",
  "data.online": "online",
  "data.abroad": "abroad",
  "data.yes": "yes",
  "data.account.time": "Time",
  "data.account.shop": "Where",
  "data.account.how": "How",
  "data.account.amount": "Euro",
  "data.account.alarm": "Alarm",
  "data.account.stolen": "By a thief",
};

addWords(ENGLISH);

export const t = say;
