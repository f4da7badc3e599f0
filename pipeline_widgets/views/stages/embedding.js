// The embedding view: the stages, and the map of where the tokens lie.

import { map } from "./map_stage.js";
import { scene } from "./view.js";

export default scene({ map });
