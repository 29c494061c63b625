// A sound in time with the player: it plays while a run goes forward at the sound's own speed, and stops when that stops.

/**
 * @typedef {import('../player.js').State} State
 * @typedef {import('../player.js').Player} Player
 */

/** How far sound and cursor may be apart, in seconds. */
const APART = 0.15;

export class Sounding {
  /** @param {Player} player @param {{changed: () => void, failed: () => void}} told */
  constructor(player, told) {
    this.player = player;
    this.told = told;
    this.audio = new Audio();
    this.audio.preload = "none";
    this.on = false;
    this.usual = player.state.speed;
    /** Steps a second. */
    this.pace = 1;
    /** @type {number[]} where a chime sounds */
    this.chimes = [];
    this.last = -1;
    this.audio.addEventListener("error", () => this.on && told.failed());
  }

  /** @param {string} address @param {number} pace steps a second @param {number[]} chimes */
  load(address, pace, chimes) {
    if (this.audio.src !== address) this.audio.src = address;
    this.pace = pace;
    this.chimes = chimes;
  }

  toggle() {
    if (this.on) this.player.pause();
    else this.start();
  }

  start() {
    const { player } = this;
    const { t, phase } = player.state;
    const from = phase === "forward" && t < player.T - 1 ? t : 0;
    this.usual = player.state.speed;
    this.on = true;
    this.last = from - 1;
    this.audio.currentTime = from / this.pace;
    this.audio.play().catch(() => this.told.failed());
    player.set({ t: from, phase: "forward", speed: this.pace, playing: true, sub: null });
    this.told.changed();
  }

  stop() {
    this.on = false;
    this.audio.pause();
    this.player.set({ speed: this.usual });
    this.told.changed();
  }

  /** @param {State} state */
  follow({ t, phase, playing }) {
    if (!this.on) return;
    if (phase !== "forward") {
      this.player.set({ playing: false, phase: "forward", t: this.player.T - 1 });
      return this.stop();
    }
    if (!playing) return this.stop();
    const there = t / this.pace;
    if (Math.abs(this.audio.currentTime - there) > APART && this.audio.readyState > 0) this.audio.currentTime = there;
    if (this.chimes.some((at) => at > this.last && at <= t)) chime();
    this.last = t;
  }
}

/** Two short tones. */
export function chime() {
  const context = new AudioContext();
  const gain = new GainNode(context, { gain: 0 });
  gain.connect(context.destination);
  for (const [index, frequency] of [880, 1320].entries()) {
    const tone = new OscillatorNode(context, { frequency });
    const begin = context.currentTime + index * 0.12;
    gain.gain.setValueAtTime(0.18, begin);
    gain.gain.exponentialRampToValueAtTime(0.001, begin + 0.11);
    tone.connect(gain);
    tone.start(begin);
    tone.stop(begin + 0.12);
    if (index === 1) tone.onended = () => context.close();
  }
}
