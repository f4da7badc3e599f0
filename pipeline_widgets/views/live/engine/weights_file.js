// A file of weights in parts, each compressed by itself (gzip: it knows when it was altered).

const KEPT = "pipeline-widgets"; // the browser's own store, where it has one
const CHUNK = 1 << 18; // bytes

/**
 * Puts a part, of compressed bytes or their base64, into the place `into` as it was before it was
 * compressed. Throws the Error "page_altered" if it is not what `known` says: so many bytes, of this
 * sum; "page_old" where the browser can't read it.
 */
export async function inflated(data, known, into) {
  if (typeof DecompressionStream === "undefined") throw new Error("page_old");
  try {
    const bytes = typeof data === "string" ? lettersIn(data) : data,
      // not through a Blob: WebKit can't read one in a page from a disk
      stream = new Response(bytes).body.pipeThrough(new DecompressionStream("gzip"));
    const sum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
    if ((await filled(stream, into)) && sum === known.sum) return; // gzip has checked the sum
  } catch {
    // said below
  }
  throw new Error("page_altered");
}

/** Whether a stream has as many bytes as there is room, where they are then. */
async function filled(stream, into) {
  const { reader, lent } = readerOf(stream);
  let at = 0,
    next = await reader.read(lent);
  for (; !next.done; next = await reader.read(lent && new Uint8Array(next.value.buffer))) {
    if (at + next.value.length > into.length) return false;
    into.set(next.value, at);
    at += next.value.length;
  }
  return at === into.length;
}

/** A stream's reader; where it can, it fills the same stretch again and leaves nothing behind. */
function readerOf(stream) {
  try {
    return { reader: stream.getReader({ mode: "byob" }), lent: new Uint8Array(CHUNK) };
  } catch {
    return { reader: stream.getReader(), lent: undefined };
  }
}

function lettersIn(base64) {
  const letters = atob(base64),
    bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** The bytes in a script `pipelineWidgets.part("…")`: only ", \, CR and LF are written otherwise. */
export function unquoted(script) {
  const made = new Uint8Array(script.length),
    end = script.lastIndexOf(0x22);
  let size = 0;
  for (let i = script.indexOf(0x22) + 1; i < end; i++) {
    const byte = script[i] === 0x5c ? script[++i] : -1;
    if (byte < 0) made[size++] = script[i];
    else made[size++] = byte === 0x6e ? 10 : byte === 0x72 ? 13 : byte;
  }
  return made.subarray(0, size);
}

/**
 * Puts a part from its address, or from an earlier visit, into its place.
 * Throws the Error "page_away" if it can't be had, "page_altered" if it is another.
 */
export async function fetched(known, into) {
  const { url } = known,
    store = await opened(),
    kept = await store?.match(url);
  if (kept && (await filled(kept.body, into).catch(() => false))) return;
  const response = await fetch(url).catch(() => null);
  const script = response?.ok && (await response.arrayBuffer().catch(() => null));
  if (!script) throw new Error("page_away");
  await inflated(unquoted(new Uint8Array(script)), known, into);
  // What is kept needs not be inflated again: in float16 it is hardly longer.
  await store?.put(url, new Response(into)).catch(() => {}); // no room: then not
}

let stored; // once it was asked for
const opened = () => (stored ??= (async () => caches.open(KEPT))().catch(() => null));
