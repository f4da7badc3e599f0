// A file of weights in parts, each compressed by itself (gzip: it knows when it was altered).

const KEPT = "pipeline-widgets"; // the browser's own store, where it has one

/**
 * A part as it was before it was compressed, of bytes or their base64.
 * Throws the Error "page_altered" if it is not what `known` says: so many bytes, of this sum.
 */
export async function inflated(data, known) {
  try {
    const bytes = typeof data === "string" ? lettersIn(data) : data,
      // not through a Blob: WebKit can't read one in a page from a disk
      stream = new Response(bytes).body.pipeThrough(new DecompressionStream("gzip")),
      part = new Uint8Array(await new Response(stream).arrayBuffer());
    const sum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
    if (part.length === known.bytes && sum === known.sum) return part; // gzip has checked the sum
  } catch {
    // said below
  }
  throw new Error("page_altered");
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
 * A part from its address, or from an earlier visit.
 * Throws the Error "page_away" if it can't be had, "page_altered" if it is another.
 */
export async function fetched(known) {
  const { url } = known,
    store = await opened(),
    kept = await store?.match(url);
  if (kept)
    try {
      return await inflated(new Uint8Array(await kept.arrayBuffer()), known);
    } catch {
      await store.delete(url); // what is kept is not whole: it is asked for anew
    }
  const response = await fetch(url).catch(() => null);
  const script = response?.ok && (await response.arrayBuffer().catch(() => null));
  if (!script) throw new Error("page_away");
  const bytes = unquoted(new Uint8Array(script)),
    part = await inflated(bytes, known);
  await store?.put(url, new Response(bytes)).catch(() => {}); // no room: then not
  return part;
}

async function opened() {
  try {
    return await caches.open(KEPT);
  } catch {
    return null; // not for pages from a disk, nor over plain http
  }
}
