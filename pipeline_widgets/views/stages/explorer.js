// The explorer, and every view of some of its stages.

import { scene } from "./view.js";

export default scene();
