// Words as keys: what a dictionary that others' words index has, and nothing every object has.

/** What `all` has under `key`; undefined for "constructor" and the like if nobody put it there. */
export function own(all, key) {
  return Object.hasOwn(all ?? {}, key) ? all[key] : undefined;
}
