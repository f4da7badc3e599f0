// Every view of some of the stages.

import { headView } from "./head_view.js";
import { scene } from "./view.js";

export default scene({}, undefined, { heat: { headView } });
