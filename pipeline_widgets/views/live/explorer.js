// The explorer of a live page: the stages, without what only Python can do.

import { guide } from "../stages/guide.js";
import { scene } from "../stages/view.js";

export default scene({}, undefined, { guide });
