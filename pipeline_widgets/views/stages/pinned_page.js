// The explorer of an exported page: what is fetched elsewhere is there from the beginning.

import { pin } from "../difference/pin.js";
import { headView } from "./head_view.js";
import { scene } from "./view.js";

export default scene({}, pin, { heat: { headView } });
