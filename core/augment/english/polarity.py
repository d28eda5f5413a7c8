"""Words that carry an opinion in English, a short hand-written list: what a sentiment label hangs on."""

from __future__ import annotations

from collections.abc import Iterable

from core.augment.english.lexicon import word_set

SENTIMENT = word_set(
    "good great best better nice fine excellent superb outstanding terrific fantastic wonderful marvelous "
    "magnificent splendid brilliant brilliantly remarkable extraordinary impressive amazing astonishing "
    "incredible lovely beautiful beautifully gorgeous stunning charming charm charms delightful delight "
    "delights enjoyable enjoy enjoyed enjoys entertaining entertain entertainment funny hilarious "
    "hilariously amusing humorous witty wit clever cleverly smart intelligent intelligence fresh original "
    "originality inventive imaginative creative engaging engrossing compelling gripping riveting "
    "fascinating fascinate captivating intriguing interesting exciting thrilling thrills suspenseful "
    "moving touching poignant heartfelt heartwarming tender warm warmth sweet gentle sincere honest "
    "honesty authentic genuine rich powerful strong solid effective satisfying rewarding "
    "worthy worth worthwhile memorable unforgettable vivid vibrant lively energetic stylish elegant "
    "elegance graceful grace subtle nuanced thoughtful insightful provocative profound deep perfect "
    "perfectly flawless masterful masterpiece triumph success successful winning winner win wins love "
    "loved loves lovable like liked likes likable admire admirable appealing fun joy joyous happy happily "
    "pleasure pleasant pleasing pleased refreshing refreshingly uplifting inspiring inspired wise wisdom "
    "talent talented gifted skill skilled skillful polished crisp taut sharp sexy magic magical "
    "enchanting dazzling breathtaking spectacular glorious exquisite hopeful favorite recommend "
    "recommended praise accomplished ambitious absorbing affecting believable credible easy cool classic "
    "quirky bad badly worse worst awful awfully terrible terribly horrible horribly dreadful lousy poor "
    "poorly weak weakly boring bored bore bores boredom dull dullness tedious tedium tiresome tired "
    "dreary drab bland flat stale trite cliched clichés cliché cliche predictable formulaic derivative "
    "contrived unoriginal uninspired unfunny humorless silly stupid stupidity dumb idiotic moronic inane "
    "mindless pointless senseless meaningless worthless useless empty hollow shallow superficial thin "
    "slight lame pathetic pitiful sorry sad sadly unfortunate unfortunately depressing bleak grim ugly "
    "nasty vile offensive disgusting revolting repulsive gross crude crass vulgar tasteless sloppy messy "
    "mess muddled confused confusing incoherent convoluted overlong slow sluggish plodding ponderous "
    "heavy-handed clumsy awkward amateurish inept incompetent failure failed fails fail flawed flaw flaws "
    "disappointing disappointed disappointment disappointingly annoying irritating grating obnoxious "
    "insufferable unbearable painful painfully pain ridiculous ludicrous absurd preposterous implausible "
    "unbelievable unconvincing false fake phony pretentious self-indulgent manipulative maudlin mawkish "
    "sentimental cheesy corny hate hated hates dislike waste wasted lacking lack lacks lifeless listless "
    "soulless forgettable mediocre mediocrity ordinary routine trouble unpleasant "
    "unsatisfying unnecessary excessive wrong disaster disastrous bomb dud crap junk trash garbage "
    "rubbish loser losers embarrassing embarrassment insult insulting shame shameless cheap hackneyed "
    "gem gems treat treats joke jokes slog retread doofus putrid flop passionate exhilarating intoxicating "
    "tepid scary frightening terrifying chilling creepy evil brutal violent harsh cold "
    "angry bitter crazy weird strange odd "
    "bizarre"
)
_SUFFIXES = (
    *(("", "ness"), ("", "ity"), ("", "ly"), ("", "s"), ("y", "iness"), ("ent", "ence"), ("ent", "ency")),
    *(("ant", "ance"), ("able", "ability"), ("ible", "ibility"), ("e", "ity"), ("e", "y")),
)
_WITH_DERIVED = SENTIMENT | {
    word.removesuffix(old) + new for word in SENTIMENT for old, new in _SUFFIXES if word.endswith(old)
}
"""With the nouns and adverbs made of them: `dreadfulness`, `incoherence`, `absurdity`."""


def protected_words(rests_on: Iterable[str]) -> frozenset[str]:
    """Lower-case words that careful methods leave alone, by what a task's labels hang on (`Task.rests_on`). Negations
    and numbers are spared everywhere."""
    return _WITH_DERIVED if "sentiment" in rests_on else frozenset()
