// Asking while the question keeps changing: one request at a time, always for the newest question; what was asked in between
// is never asked. The last answer stands until the next one comes.

/**
 * @template Question, Answer
 * @param {(question: Question, signal: AbortSignal) => Promise<Answer>} ask
 * @param {{answer: (answer: Answer, question: Question) => void, fail: (problem: unknown) => void}} on
 */
export function createLatest(ask, on) {
  /** @typedef {{key: string, subject: string, question: Question}} Wish */
  /** @type {Wish | null} */
  let waiting = null;
  /** @type {Wish | null} */
  let current = null;
  let control = new AbortController();
  let running = false;

  /** @param {Wish} wish @param {AbortSignal} signal */
  const carry = async ({ question }, signal) => {
    try {
      const answer = await ask(question, signal);
      if (!signal.aborted) on.answer(answer, question);
    } catch (problem) {
      if (!signal.aborted) on.fail(problem);
    }
  };

  const run = async () => {
    running = true;
    for (let wish = waiting; wish !== null; wish = waiting) {
      current = wish;
      waiting = null;
      control = new AbortController();
      await carry(wish, control.signal);
      current = null;
    }
    running = false;
  };

  return {
    /**
     * @param {string} key the question as a text: asked again, it is not asked @param {string} subject a new one ends the old request at once
     * @param {Question} question
     */
    want(key, subject, question) {
      if ((waiting ?? current)?.key === key) return;
      waiting = { key, subject, question };
      if (!running) run();
      else if (current?.subject !== subject) control.abort();
    },
    stop() {
      waiting = null;
      current = null;
      control.abort();
    },
  };
}
