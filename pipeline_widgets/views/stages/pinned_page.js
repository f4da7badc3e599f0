// The explorer of an exported page: what draws the comparison is there from the beginning.

import { pin } from "../difference/pin.js";
import { scene } from "./view.js";

export default scene({}, pin);
