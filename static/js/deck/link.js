// Two windows of one deck: the hall's and the lecturer's. Each says where it stands, and follows what the other says.

/**
 * @typedef {{place: number, black: boolean, state: {t: number, k: number, phase: string, playing: boolean}}} Where
 */

/** @param {string} name @param {(where: Where) => void} follow @param {typeof BroadcastChannel} [Channel] */
export function createLink(name, follow, Channel = globalThis.BroadcastChannel) {
  const channel = Channel ? new Channel(name) : null;
  let said = "";
  channel?.addEventListener("message", ({ data }) => {
    if (data?.unrolled !== "deck") return;
    said = JSON.stringify(data.where); // what was heard is not said again
    follow(data.where);
  });
  return {
    /** @param {Where} where */
    say(where) {
      const text = JSON.stringify(where);
      if (text === said) return;
      said = text;
      channel?.postMessage({ unrolled: "deck", where });
    },
  };
}
