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
    /** Press play and log every frame until the run rests again, or so many. */
    play: async (frames = Number.POSITIVE_INFINITY) => {
      document.querySelector('[data-does="play"]').click();
      await painted();
      const times = await clocked((n) => n < frames && unrolled.player.state.playing);
      unrolled.player.pause();
      return times;
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
    /** Move the gain from stop to stop as a hand would. Until each stop, or a newer one, is in the matrix; until its thumb has moved. */
    drag: async (moves) => {
      const thumb = document.querySelector('[data-field="gain"] .slider');
      const number = document.querySelector("#recipe-gain");
      const [wanted, hand, seen] = [[], [], []];
      let over = false;
      const watch = async () => {
        while (!over || wanted.length > 0) {
          await frame();
          const { trace } = unrolled.stage;
          const at = trace.partial ? -1 : wanted.findIndex(({ gain }) => gain === trace.recipe.gain);
          const time = at < 0 ? 0 : await afterwards();
          for (const { start } of wanted.splice(0, at + 1)) seen.push(time - start);
        }
      };
      const watched = watch();
      for (let n = 0; n < moves; n += 1) {
        await pause(70 + ((n * 37) % 60));
        const start = performance.now();
        thumb.value = String(n < 19 ? n + 1 : n + 2);
        thumb.dispatchEvent(new Event("input", { bubbles: true }));
        wanted.push({ gain: Number(number.value), start });
        painted().then((time) => hand.push(time - start));
      }
      thumb.dispatchEvent(new Event("change", { bubbles: true }));
      over = true;
      await watched;
      return { hand, seen };
    },
    /** Drag the edge of the band that truncation keeps: until the band and the words that go with it are painted. */
    band: async (moves) => {
      const thumb = document.querySelector(".inset input");
      const most = Number(thumb.max);
      const taken = [];
      for (let n = 0; n < moves; n += 1) {
        await pause(20 + ((n * 7.3) % 17));
        const start = performance.now();
        thumb.value = String(1 + ((n * 3) % most));
        thumb.dispatchEvent(new Event("input", { bubbles: true }));
        taken.push((await painted()) - start);
      }
      return taken;
    },
    /** Click one node after another: until the panel shows it, and until the numbers behind it have come. */
    ask: async (clicks) => {
      const panel = document.querySelector(".panel-explained");
      const [opened, answered] = [[], []];
      for (let n = 0; n < clicks; n += 1) {
        unrolled.player.set({ focus: null });
        await pause(60 + ((n * 7.3) % 17));
        const nodes = [...document.querySelectorAll(".step [data-node]")].filter((node) => node.offsetParent !== null);
        const node = nodes[(n * 31) % nodes.length]; // few twice, though the lens moves: their answers are there already, and are waited for in vain
        const arrived = new Promise((resolve) => {
          const watcher = new MutationObserver(() => {
            if (performance.getEntriesByType("resource").length === before) return;
            watcher.disconnect();
            resolve(painted());
          });
          watcher.observe(panel, { subtree: true, childList: true, characterData: true });
        });
        const before = performance.getEntriesByType("resource").length;
        const start = performance.now();
        node.click();
        opened.push((await painted()) - start);
        if (panel.querySelector(".focused:not([hidden])") === null) throw new Error("the panel did not open");
        answered.push((await Promise.race([arrived, pause(2000).then(() => performance.now())])) - start);
      }
      return { opened, answered };
    },
    marks: () => marks,
  };
})();
