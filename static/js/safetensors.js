// Files of weights (safetensors): a header that says where each array lies, and the arrays, little-endian. Written here from
// the trace on the page; of files that come from elsewhere only the header is looked at, the server reads the rest.

/**
 * @typedef {{data: ArrayLike<number>, shape: number[]}} Tensor
 */

const LONGEST_HEADER = 65_536;

/** @param {Record<string, Tensor>} tensors @param {Record<string, string>} notes @returns {Uint8Array<ArrayBuffer>} */
export function pack(tensors, notes) {
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: notes };
  let end = 0;
  for (const [name, { data, shape }] of Object.entries(tensors)) {
    const begin = end;
    end += 8 * data.length;
    header[name] = { dtype: "F64", shape, data_offsets: [begin, end] };
  }
  const words = headerBytes(header);
  const bytes = new Uint8Array(8 + words.length + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(words.length), true);
  bytes.set(words, 8);
  let at = 8 + words.length;
  for (const { data } of Object.values(tensors)) {
    for (let index = 0; index < data.length; index += 1, at += 8) view.setFloat64(at, data[index], true);
  }
  return bytes;
}

/** A header as bytes, padded so that the numbers behind it stand at multiples of eight. @param {Record<string, unknown>} header */
function headerBytes(header) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  return padded;
}

/** The header of a file, if it is one of these. @param {Uint8Array} bytes @returns {{header: Record<string, any>, body: Uint8Array} | null} */
export function open(bytes) {
  if (bytes.length < 8) return null;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length < 2 || length > LONGEST_HEADER || 8 + length > bytes.length) return null;
  try {
    const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
    const isObject = typeof header === "object" && header !== null && !Array.isArray(header);
    return isObject ? { header, body: bytes.subarray(8 + length) } : null;
  } catch {
    return null;
  }
}

/** The same file with more notes in its header. @param {Uint8Array} bytes @param {Record<string, string>} notes @returns {Uint8Array<ArrayBuffer> | null} */
export function annotated(bytes, notes) {
  const found = open(bytes);
  if (found === null) return null;
  const words = headerBytes({ ...found.header, __metadata__: { ...found.header.__metadata__, ...notes } });
  const file = new Uint8Array(8 + words.length + found.body.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(words.length), true);
  file.set(words, 8);
  file.set(found.body, 8 + words.length);
  return file;
}

/** What a file of another kind is, by how it begins. @param {Uint8Array} bytes @returns {'pickle' | 'hdf5' | 'gguf' | 'numpy' | 'empty' | null} */
export function foreign(bytes) {
  const begins = (/** @type {number[]} */ ...signs) => signs.every((sign, at) => bytes[at] === sign);
  if (bytes.length === 0) return "empty";
  if (begins(0x50, 0x4b) || (begins(0x80) && bytes[1] >= 2 && bytes[1] <= 5)) return "pickle";
  if (begins(0x89, 0x48, 0x44, 0x46)) return "hdf5";
  if (begins(0x47, 0x47, 0x55, 0x46)) return "gguf";
  return begins(0x93, 0x4e, 0x55, 0x4d) ? "numpy" : null;
}
