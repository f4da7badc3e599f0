// The explorer of a live page: all is there from the beginning, nothing is fetched from Python.

import { pin } from "../difference/pin.js";
import { pinButton } from "../difference/pin_button.js";
import { guide } from "../stages/guide.js";
import { headView } from "../stages/head_view.js";
import { parts } from "../stages/inside.js";
import { scene } from "../stages/view.js";

const pinned = (...about) => pinButton(...about, pin);

export default scene({}, pinned, { guide: { guide }, heat: { headView }, inside: { parts } });
