// The explorer: the stages, and above them what differs from a pinned sentence, once one is.

import { pinButton } from "../difference/pin_button.js";
import { scene } from "./view.js";

export default scene({}, pinButton);
