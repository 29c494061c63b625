// The beat of a run that plays: one step each time its share of a second has passed, however fast the screen is.

/** How many steps are due, and what is left of the time. @param {number} waited milliseconds @param {number} speed steps a second */
export function due(waited, speed) {
  const beat = 1000 / speed;
  const steps = Math.floor(waited / beat + 1e-6);
  return { steps: Math.min(4, steps), left: waited - steps * beat };
}

/** In slow motion each operation has its second, or more. @param {Pick<import('../player.js').State, 'sub' | 'speed'>} state */
export const paceOf = ({ sub, speed }) => (sub === null ? speed : Math.min(speed, 1));

/** @param {import('../player.js').Player} player */
export function runClock(player) {
  let last = 0;
  let waited = 0;
  let running = false;

  /** @param {number} now */
  const tick = (now) => {
    if (!player.state.playing) {
      running = false;
      return;
    }
    waited += Math.min(250, now - last);
    last = now;
    const { steps, left } = due(waited, paceOf(player.state));
    waited = left;
    for (let step = 0; step < steps && player.state.playing; step += 1) player.advance();
    requestAnimationFrame(tick);
  };

  player.subscribe(({ playing }) => {
    if (!playing || running) return;
    running = true;
    waited = 0;
    last = performance.now();
    requestAnimationFrame(tick);
  });
}
