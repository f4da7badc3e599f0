"""Forty sentences with negation, contrast and intensifiers, never trained on.

Also plain statements, which should not convince the classifier, and odd input.
"""

from __future__ import annotations

PROBES: list[tuple[str, int]] = [
    ("The novel was not nearly as dull as its cover.", 1),
    ("I have never laughed so hard in a cinema.", 1),
    ("There isn't a single weak moment in this play.", 1),
    ("Nothing about our stay went wrong.", 1),
    ("You could do a lot worse than this little café.", 1),
    ("The second season is no disappointment.", 1),
    ("I never once felt bored.", 1),
    ("It doesn't get any better than their apple pie.", 1),
    ("The new tram is not half bad.", 1),
    ("I couldn't be more pleased with my new glasses.", 1),
    ("The swimming coach wasn't very patient.", 0),
    ("This is not my idea of a good time.", 0),
    ("Nobody in our group enjoyed the tour.", 0),
    ("The sequel fails to capture any of the magic.", 0),
    ("I can't think of one reason to keep this toaster.", 0),
    ("The play lacks charm and never finds its rhythm.", 0),
    ("It was hardly the relaxing weekend we had hoped for.", 0),
    ("The tablet isn't worth half of what they ask for it.", 0),
    ("Not one of the songs is memorable.", 0),
    ("The pudding didn't taste like chocolate at all, more like cardboard.", 0),
    ("A slow start, but a superb finish.", 1),
    ("The room was small, yet we had a marvellous week.", 1),
    ("It cost a fortune, but I would pay it again without a second thought.", 1),
    ("Despite the rain, the festival was a huge success.", 1),
    ("He looked nervous at first and then played like a dream.", 1),
    ("My old laptop was a pain; this one is a pleasure.", 1),
    ("I expected to hate the musical and ended up humming its tunes for days.", 1),
    ("The plot is silly, the heroes are silly, and I loved it.", 1),
    ("Great trailer, terrible movie.", 0),
    ("The costumes are gorgeous, but the story puts you to sleep.", 0),
    ("It starts with a clever idea and then wastes it.", 0),
    ("The view was stunning, but that did not make up for the bugs in the bed.", 0),
    ("Friendly people, sadly the food made us ill.", 0),
    ("Although the seats were soft, the flight was a nightmare.", 0),
    ("I really wanted to like this camera, but it let me down on every trip.", 0),
    ("An absolutely breathtaking piece of theatre!", 1),
    ("Such an incredibly kind and thoughtful host.", 1),
    ("This is easily the most irritating advert on the radio.", 0),
    ("What an utterly pointless meeting.", 0),
    ("The soup was so bad that even the dog refused it.", 0),
]

PLAIN: list[str] = [
    "The cat sat on the mat.",
    "The meeting is at 3 pm.",
    "Paris is the capital of France.",
    "She opened the window.",
    "The bus leaves from stop seven.",
    "There are four chairs in the kitchen.",
    "He works in an office near the harbour.",
    "The parcel weighs two kilograms.",
]

ODD: list[str] = [
    "",
    " ",
    "?",
    "😀",
    "🎬🍿",
    "untokenizable",
    "Ünïcödé çafé",
    "这部电影很好看。",
    "הסרט היה ארוך",
    "الفيلم طويل",
    "हिन्दी में एक वाक्य",
    "a" * 600,
    "12345 67890",
    "<s> [CLS] </s> [SEP]",
    "line one\nline two\ttab",
]
