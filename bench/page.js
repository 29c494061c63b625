// What the harness runs inside the page: it moves the page's own slider and presses its own button, and keeps the clock.
globalThis.unrolledBench = (() => {
  const slider = () => document.querySelector(".track-input");
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** The time of a task behind this one, and so behind the frame that this one draws. */
  const afterwards = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(0);
    });

  /** The time at which what has been asked for so far is on the screen. */
  const painted = () => frame().then(afterwards);

  /** When each mark of the page had been painted, not only set. */
  const marks = {};
  const mark = performance.mark.bind(performance);
  performance.mark = (name, options) => {
    afterwards().then((time) => {
      marks[name] = time;
    });
    return mark(name, options);
  };

  const move = (place) => {
    slider().value = String(place);
    slider().dispatchEvent(new Event("input", { bubbles: true }));
  };

  /** Frame times, in ms, while `go` calls for one frame after another. */
  const clocked = async (go) => {
    const times = [await frame()];
    for (let n = 0; go(n); n += 1) times.push(await frame());
    return times.slice(1).map((time, n) => time - times[n]);
  };

  return {
    clocked,
    last: () => Number(slider().max),
    /** Press play and log every frame until the run rests again. */
    play: async () => {
      document.querySelector('[data-does="play"]').click();
      await painted();
      return clocked(() => unrolled.player.state.playing);
    },
    /** An empty animation, for comparison. */
    idle: (frames) => clocked((n) => n < frames),
    /** Two stretches of consecutive places, in the forward and in the backward pass; all places of a short run. */
    places: (frames) => {
      const last = Number(slider().max);
      const all = Array.from({ length: last + 1 }, (_, place) => place);
      const half = Math.ceil(frames / 2);
      const stretch = (share) => all.slice(Math.floor(share * last)).slice(0, half);
      return frames >= last ? all : [...stretch(0.15), ...stretch(0.6)];
    },
    /** Play, but one step a frame, however fast frames come. */
    walk: async (frames) => {
      const [first, ...rest] = unrolledBench.places(frames);
      const { player } = unrolled;
      player.seek(first);
      player.set({ playing: true, speed: 60 });
      await painted();
      const times = await clocked((n) => n < rest.length && (player.seek(rest[n]), true));
      player.pause();
      return times;
    },
    /** From moving the slider to the step on screen, in ms, at moments that do not wait for the frame. */
    slide: async (steps, by) => {
      const last = Number(slider().max);
      const taken = [];
      for (let n = 0; n < steps; n += 1) {
        await pause(20 + ((n * 7.3) % 17));
        const start = performance.now();
        move((n * by) % last);
        taken.push((await painted()) - start);
      }
      return taken;
    },
    marks: () => marks,
  };
})();
