// What unfolds inside a layer.

import { halves } from "./halves.js";
import { mixing } from "./mixing.js";

export const parts = { mixing, halves };
