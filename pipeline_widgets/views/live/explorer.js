// The explorer of a live page: the stages, without what only Python can do.

import { guide } from "../stages/guide.js";
import { headView } from "../stages/head_view.js";
import { scene } from "../stages/view.js";

export default scene({}, undefined, { guide: { guide }, heat: { headView } });
