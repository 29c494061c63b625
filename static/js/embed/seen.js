// An embed that nobody sees does nothing: what was playing waits, and goes on when it is seen again.

/** @typedef {import('../player.js').Player} Player */

/** @param {Player} player @param {() => void} [first] what to do when it is seen for the first time */
export function createAttention(player, first = () => {}) {
  let held = false;
  let known = false;
  return {
    /** @param {boolean} seen */
    turn(seen) {
      if (!seen) {
        held ||= player.state.playing;
        player.pause();
        return;
      }
      if (held) player.play();
      held = false;
      if (!known) first();
      known = true;
    },
    /** What was held is not to go on. */
    forget() {
      held = false;
    },
  };
}

/** @param {Document} page @param {HTMLElement} host @param {ReturnType<typeof createAttention>} attention */
export function watchSeen(page, host, attention) {
  let onScreen = true;
  const look = () => attention.turn(onScreen && page.visibilityState === "visible");
  new IntersectionObserver(([entry]) => {
    onScreen = entry.isIntersecting;
    look();
  }).observe(host);
  page.addEventListener("visibilitychange", look);
}
