"""Text that runs or fetches if a page takes it for HTML, and a checkpoint of such words."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

from safetensors.numpy import save

from tests import small_checkpoint

RUN = "window.pwned=1;try{top.pwned=1}catch(e){};new Image().src='http://127.0.0.1:9/pwned'"
TEXTS = (
    f"</script><script>{RUN}</script>",
    f'<img src=x onerror="{RUN}"><svg/onload="{RUN}">',
    f'"\' onfocus="{RUN}" autofocus x=\'',
    f"<!-- <script>{RUN}</script> -->]]>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/pwned'><base href=//127.0.0.1:9/>",
    "</style><style>@import 'http://127.0.0.1:9/pwned';*{background:url(//127.0.0.1:9/pwned)}",
    f'</title></textarea></noscript><iframe srcdoc="<script>{RUN}</script>"></iframe>',
    "<link rel=stylesheet href=http://127.0.0.1:9/pwned><object data=http://127.0.0.1:9/pwned>",
    f"${{{RUN}}}`;{RUN}//{{{{constructor.constructor('{RUN}')()}}}}",
    f"[a](javascript:{RUN}) ![](http://127.0.0.1:9/pwned) <a href=javascript:{RUN}>b</a>",
)
_PIECES = r"""
<svg><style><meta http-equiv=refresh content='0;url=//x'></style></svg>
<svg><title><meta http-equiv=refresh content='0;url=//x'></title><p>
<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=1&gt;'>
<!--><meta http-equiv=refresh content='0;url=//x'>-->
<svg><a xlink:href=javascript:1><animate attributeName=href values=javascript:1></a>
<form action=//x><button formaction=//x>
<a href=JaVaScRiPt&colon;1>
<a href=' javascript:1'>
<p style='background:url(//x)'>
<img src=x/onerror=1>
<iframe srcdoc='<p>'>
<base href=//x>
<embed src=//x>
<use href=data:image/svg+xml,x>
<!doctype html>
</body></html>
<p title='
<p x="
<p `onclick=1>
<p/=/onclick=1>
"""  # and single signs that begin or end something
_SIGNS = "<!--> <!-- --> <![CDATA[ ]]> <?xml <plaintext> <xmp> <textarea> <select> <title> <style> "
_SIGNS += "</style> <noscript> </noscript> <svg> <math> <table> <tr> </table> </main> >"
PIECES = (*TEXTS, *_PIECES.strip().split("\n"), *_SIGNS.split(), "<p\0onclick=1>")
EVERYTHING = "".join(TEXTS)
_SHEETS = r"""
body!! main!! *!! #own!! .quiz!! p!! :is(body,main,p)!! p:not(x)!! :where(*)!! :root *!! x,p!!
:root,html,body,main,p{opacity:0!important;font-size:0!important;filter:blur(9px)}
html>body>main{position:absolute!important;left:-9999px!important}
+p!! ~p!! a,+p!! >p!! *+p!! p:has(+*)!! \62 ody!! /**/body!! <!--body!! -->
x{}body!! }body!! {}body!! x{a:b}}}body!! x{a:'}body!! x{a:url(}body!! x{a:(]}body!! [a=']body!!
x{a:b&#125;body!! x{a:b&#x7d;body!! x{a:b}&#x2a;!! @charset 'x';body!!
@import 'data:text/css,body!!'; @media all{body!!} @supports (a:b){body!!} @layer x{body!!}
@scope(body){p!!} @starting-style{p!!} @media x{}body!! @media all{a{b:c}}}body!!
@media all{x{a:'}}body!! @media &#123;}body!!
p{:not(&)!! body &!! main!! &!! @media all{body!!}} x{b:c;body!! }
@property --ink{syntax:'*';inherits:true;initial-value:#fff} @font-face{font-family:x;src:url(x)}
div,p,svg{position:fixed;inset:0;background:#fff;z-index:99}
*{margin:-999px;padding:999px;background:#fff}
*{box-shadow:0 0 0 9999px #fff;outline:999px solid #fff}
*{transform:scale(99);background:#fff}
*::before{content:'';position:fixed;inset:0;background:#fff}
"""
SHEETS = tuple(_SHEETS.strip().replace("!!", "{display:none!important}").split("\n"))
STYLES = (
    "position:fixed;inset:0;background:#fff", "box-shadow:0 0 0 9999px #fff",
    "position:absolute;top:-999px;left:-999px;width:9999px;height:9999px;background:#fff",
    "transform:scale(99);background:#fff", "outline:999px solid #fff", "zoom:99;margin-top:-999px",
    "margin:-500px 0 0;padding:999px;background:#fff", "translate:0 -500px;padding:999px",
)  # fmt: skip


def checkpoint(folder: Path) -> Path:
    """A small checkpoint whose special tokens, words and labels are hostile texts."""
    read = sorted(set(re.findall(r"\w+|[^\w\s]", f"{EVERYTHING} what a waste".lower())))
    words = ["[PAD]", "[UNK]", *TEXTS[:2], "[MASK]", *TEXTS[2:5], *read]
    rows = 256
    rules = copy.deepcopy(small_checkpoint.TOKENIZER)
    rules["model"]["vocab"] = {word: id for id, word in enumerate(words)}
    rules["post_processor"] |= {"cls": [TEXTS[0], 2], "sep": [TEXTS[1], 3]}
    rules["added_tokens"] = [
        {"id": id, "content": word, "special": True} for id, word in enumerate(words[:5])
    ]
    settings = small_checkpoint.SETTINGS | {"cls_token": TEXTS[0], "sep_token": TEXTS[1]}
    labels = {"id2label": {"0": TEXTS[0], "1": TEXTS[1]}, "label2id": {TEXTS[0]: 0, TEXTS[1]: 1}}
    sizes = {"vocab_size": len(words), "max_position_embeddings": rows}
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text(json.dumps(rules))
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "config.json").write_text(json.dumps(small_checkpoint.CONFIG | labels | sizes))
    weights = save(small_checkpoint.tensors(len(words), rows))
    (folder / "model.safetensors").write_bytes(weights)
    return folder
