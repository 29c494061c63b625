// The wire of a streamed trace: frames of a 16-byte header (u32 payload length, u16 kind, u16 flags, u32 t, u32 number,
// little-endian) and a payload. Steps carry packed arrays in the order of the layout that the first frame announced.

/**
 * @typedef {'start' | 'forward' | 'backward' | 'done' | 'drain' | 'problem' | 'step' | 'snapshot' | 'diverged' | 'finished'
 *   | 'expanded' | 'kept' | 'pruned'} Kind
 * @typedef {{kind: Kind, flags: number, t: number, number: number, payload: Uint8Array}} Frame
 * @typedef {{name: string, shape: number[], dtype: 'f4' | 's4', dims?: string[]}} Slot
 */

export const HEADER = 16;
/** @type {readonly Kind[]} */
export const KINDS = [
  ...["start", "forward", "backward", "done", "drain", "problem"], // of a trace
  ...["step", "snapshot", "diverged", "finished"], // of a training run
  ...["expanded", "kept", "pruned"], // of writing
].map((kind) => /** @type {Kind} */ (kind));
const LONGEST = 1 << 28;

/**
 * A reader that takes chunks cut anywhere and hands back the whole frames in them.
 * @returns {(chunk: Uint8Array) => Frame[]}
 */
export function createFrameReader() {
  let held = new Uint8Array(0);
  return (chunk) => {
    const bytes = held.length === 0 ? chunk : joined(held, chunk);
    /** @type {Frame[]} */
    const frames = [];
    let offset = 0;
    for (let end = frameEnd(bytes, 0); end <= bytes.length; end = frameEnd(bytes, offset)) {
      frames.push(frameAt(bytes, offset, end));
      offset = end;
    }
    held = bytes.slice(offset);
    return frames;
  };
}

/** @param {Uint8Array} head @param {Uint8Array} tail */
function joined(head, tail) {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

/** @param {Uint8Array} bytes @param {number} offset @returns {number} where the frame at the offset ends, Infinity while that is unknown */
function frameEnd(bytes, offset) {
  if (bytes.length - offset < HEADER) return Number.POSITIVE_INFINITY;
  const length = view(bytes).getUint32(offset, true);
  if (length > LONGEST) throw new RangeError(`a frame of ${length} bytes is no frame of ours`);
  return offset + HEADER + length;
}

/** @param {Uint8Array} bytes @param {number} offset @param {number} end @returns {Frame} */
function frameAt(bytes, offset, end) {
  const head = view(bytes);
  const kind = KINDS[head.getUint16(offset + 4, true)];
  if (kind === undefined) throw new RangeError(`unknown kind of frame ${head.getUint16(offset + 4, true)}`);
  return {
    kind,
    flags: head.getUint16(offset + 6, true),
    t: head.getUint32(offset + 8, true),
    number: head.getUint32(offset + 12, true),
    payload: bytes.slice(offset + HEADER, end), // a copy begins at 0, so that 32-bit views of it are aligned
  };
}

/** @param {Uint8Array} bytes */
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** @param {readonly number[]} shape */
export const size = (shape) => shape.reduce((product, length) => product * length, 1);

/**
 * Unpack one step's payload into the arrays of the whole trace, at its place in time.
 * @param {Uint8Array} payload @param {readonly Slot[]} slots @param {number} t @param {(name: string) => Float64Array} array
 */
export function unpack(payload, slots, t, array) {
  let offset = 0;
  for (const slot of slots) {
    const count = size(slot.shape);
    const scale = slot.dtype === "s4" ? view(payload).getFloat64(offset, true) : 1;
    if (slot.dtype === "s4") offset += 8;
    const packed = new Float32Array(payload.buffer, payload.byteOffset + offset, count);
    place(array(slot.name), packed, t * count, scale);
    offset += 4 * count;
  }
  if (offset !== payload.length)
    throw new RangeError(`a step of ${payload.length} bytes does not fit its layout of ${offset}`);
}

/** @param {Float64Array} whole @param {Float32Array} part @param {number} start @param {number} scale */
function place(whole, part, start, scale) {
  whole.set(part, start);
  if (scale === 1) return;
  for (let index = start; index < start + part.length; index += 1) whole[index] = Number(whole[index]) * scale;
}

/** Hand over every frame of a stream as it comes. @param {ReadableStreamDefaultReader<Uint8Array>} reader @param {{take: (frame: Frame) => void}} run */
export async function drain(reader, run) {
  const read = createFrameReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      for (const frame of read(chunk.value)) run.take(frame);
    }
  } finally {
    reader.cancel().catch(() => {}); // a stream that already failed has nothing left to cancel
  }
}
