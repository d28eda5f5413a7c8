"""A lemma in, its English forms out: plural, third person, past, participles, comparison."""

from __future__ import annotations

from core.augment.english.lexicon import word_set


def _table(entries: str) -> dict[str, tuple[str, ...]]:
    """`man/men go/went/gone` to {`man`: (`men`,), `go`: (`went`, `gone`)}."""
    rows = (entry.split("/") for entry in entries.split())
    return {first: tuple(rest) for first, *rest in rows}


_PLURALS = _table(
    "child/children foot/feet tooth/teeth goose/geese mouse/mice person/people "
    "wife/wives life/lives knife/knives leaf/leaves loaf/loaves half/halves wolf/wolves shelf/shelves "
    "thief/thieves self/selves calf/calves scarf/scarves crisis/crises analysis/analyses thesis/theses "
    "basis/bases hypothesis/hypotheses phenomenon/phenomena criterion/criteria datum/data medium/media "
    "bacterium/bacteria curriculum/curricula stimulus/stimuli nucleus/nuclei cactus/cacti sheep/sheep "
    "deer/deer fish/fish series/series species/species aircraft/aircraft offspring/offspring "
    "potato/potatoes tomato/tomatoes hero/heroes echo/echoes veto/vetoes ox/oxen quiz/quizzes gas/gases "
    "bus/buses stomach/stomachs monarch/monarchs epoch/epochs patriarch/patriarchs"
)
_REGULAR = word_set("human german roman norman talisman shaman ottoman caiman")
_NO_PLURAL = word_set(
    "advice aid anger assistance authorization boredom bravery cash children clothing compassion consent "
    "courage curiosity debris dirt earnings elegance enthusiasm equipment evidence fatigue foolishness "
    "furniture garbage gear gossip grace happiness hardship help homework honesty income information "
    "insanity intellect jealousy kindness laughter liberty loneliness luggage madness medication mistrust "
    "money music news nonsense offspring outset pay permission personnel poverty proof remainder research "
    "rest riches rubbish rubble sadness scarcity sincerity soil solitude staff stupidity tedium thanks "
    "tiredness trash wealth woods zeal"
)
_IRREGULAR = _table(
    "be/was/been begin/began/begun beat/beat/beaten become/became/become bring/brought/brought "
    "build/built/built buy/bought/bought catch/caught/caught choose/chose/chosen come/came/come "
    "cost/cost/cost cut/cut/cut deal/dealt/dealt dig/dug/dug do/did/done draw/drew/drawn "
    "dream/dreamed/dreamed drink/drank/drunk drive/drove/driven eat/ate/eaten fall/fell/fallen "
    "feed/fed/fed feel/felt/felt fight/fought/fought find/found/found fly/flew/flown "
    "forbid/forbade/forbidden forecast/forecast/forecast forget/forgot/forgotten forgive/forgave/forgiven "
    "freeze/froze/frozen get/got/gotten give/gave/given go/went/gone grow/grew/grown hang/hung/hung "
    "have/had/had hear/heard/heard hide/hid/hidden hit/hit/hit hold/held/held hurt/hurt/hurt "
    "keep/kept/kept know/knew/known lay/laid/laid lead/led/led leave/left/left lend/lent/lent let/let/let "
    "lie/lay/lain light/lit/lit lose/lost/lost make/made/made mean/meant/meant meet/met/met "
    "mistake/mistook/mistaken overcome/overcame/overcome oversee/oversaw/overseen pay/paid/paid "
    "put/put/put quit/quit/quit read/read/read ride/rode/ridden ring/rang/rung rise/rose/risen "
    "run/ran/run say/said/said see/saw/seen seek/sought/sought sell/sold/sold send/sent/sent set/set/set "
    "shake/shook/shaken shed/shed/shed shine/shone/shone shoot/shot/shot show/showed/shown "
    "shrink/shrank/shrunk shut/shut/shut sing/sang/sung sink/sank/sunk sit/sat/sat slay/slew/slain "
    "sleep/slept/slept slide/slid/slid speak/spoke/spoken speed/sped/sped spend/spent/spent "
    "split/split/split spread/spread/spread stand/stood/stood steal/stole/stolen stick/stuck/stuck "
    "strike/struck/struck swear/swore/sworn sweep/swept/swept swim/swam/swum swing/swung/swung "
    "take/took/taken teach/taught/taught tear/tore/torn tell/told/told think/thought/thought "
    "throw/threw/thrown understand/understood/understood undertake/undertook/undertaken "
    "uphold/upheld/upheld upset/upset/upset wake/woke/woken wear/wore/worn weep/wept/wept win/won/won "
    "withdraw/withdrew/withdrawn withhold/withheld/withheld withstand/withstood/withstood "
    "write/wrote/written broadcast/broadcast/broadcast bend/bent/bent bind/bound/bound bite/bit/bitten "
    "bleed/bled/bled blow/blew/blown break/broke/broken breed/bred/bred burst/burst/burst cast/cast/cast "
    "cling/clung/clung creep/crept/crept flee/fled/fled forsake/forsook/forsaken grind/ground/ground "
    "leap/leaped/leaped spin/spun/spun spring/sprang/sprung sting/stung/stung bet/bet/bet hew/hewed/hewn "
    "foresee/foresaw/foreseen"
)
IRREGULAR_PASTS = frozenset(form for pair in _IRREGULAR.values() for form in pair) - _IRREGULAR.keys()
"""`went`, `gone`; not those that are spelt like the verb (`put`)."""
_DOUBLING = word_set(
    "abhor acquit admit allot ban bar beg begin blot char chat chop clap commit compel concur confer "
    "control cut defer deter dig dim drag drop drum equip excel expel extol fit flip forget get grab hit hop "
    "hug infer jam jog kid knit let mar nod occur omit pat patrol permit pet pin plan plot prefer propel "
    "put quit ram rebel refer regret repel rob rub run scan scar scrub set ship shop shrug shut sin sit "
    "skip slip snap split spot step stir stop strap strip stun submit swap tap thin transfer transmit "
    "trap trip tug upset whip win wrap"
)
_COMPARISON = {"good": ("better", "best"), "bad": ("worse", "worst"), "far": ("farther", "farthest")}
_COMPARABLE = word_set(
    "big bleak bold brave brief bright broad calm cheap clean clever close coarse cold cool crisp crude "
    "cruel damp dark deep dry dull dumb easy fair fast fat firm fresh glad grave great grim hard harsh "
    "high hot huge humble ill keen kind large late light long loud low mad mild moist near neat new nice "
    "odd old poor proud quick quiet rare real rich rough rude sad safe sane short shy sick simple slim "
    "slow small smart smooth soft stale stiff strange strong sure swift tall thin tight tiny tough vast "
    "warm weak weird wet wide wise young"
)
_VOWELS = "aeiou"


def plural(noun: str) -> str | None:
    """`child` to `children`; None for nouns that have no plural (`evidence`). Phrases inflect their last word."""
    head, space, last = noun.rpartition(" ")
    if last in _PLURALS:
        return head + space + _PLURALS[last][0]
    if last.endswith("man") and last not in _REGULAR:
        return head + space + last[:-2] + "en"
    if noun in _NO_PLURAL or (last.endswith("s") and not last.endswith("ss")):
        return None
    return head + space + _with_s(last)


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def third_person(verb: str) -> str:
    """`carry out` to `carries out`: in phrasal verbs the first word inflects."""
    first, space, rest = verb.partition(" ")
    special = {"be": "is", "have": "has", "do": "does", "go": "goes", "veto": "vetoes", "echo": "echoes"}
    return (special.get(first) or _with_s(first)) + space + rest


def past(verb: str) -> tuple[str, str]:
    """Past tense and past participle: `take` to (`took`, `taken`)."""
    first, space, rest = verb.partition(" ")
    pair = _IRREGULAR.get(first) or (_with_ed(first),) * 2
    return pair[0] + space + rest, pair[1] + space + rest


def _with_ed(word: str) -> str:
    if word.endswith("e"):
        return word + "d"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ied"
    return _doubled(word) + "ed"


def _doubled(word: str) -> str:
    return word + word[-1] if word in _DOUBLING else word


def gerund(verb: str) -> str:
    """`die` to `dying`, `carry out` to `carrying out`."""
    first, space, rest = verb.partition(" ")
    if first.endswith("ie"):
        stem = first[:-2] + "y"
    elif first.endswith("e") and not first.endswith(("ee", "oe", "ye")) and len(first) > 2:
        stem = first[:-1]
    else:
        stem = _doubled(first)
    return stem + "ing" + space + rest


def compared(adjective: str) -> tuple[str, str]:
    """Comparative and superlative: (`bigger`, `biggest`), (`more brutal`, `most brutal`)."""
    if adjective in _COMPARISON:
        return _COMPARISON[adjective]
    if " " in adjective or "-" in adjective:
        return f"more {adjective}", f"most {adjective}"
    if adjective.endswith("y") and adjective[-2:-1] not in _VOWELS and len(adjective) <= 7:
        return adjective[:-1] + "ier", adjective[:-1] + "iest"
    if adjective not in _COMPARABLE:
        return f"more {adjective}", f"most {adjective}"
    if adjective.endswith("e"):
        return adjective + "r", adjective + "st"
    if adjective in ("big", "thin", "slim", "sad", "glad", "mad", "fat", "hot", "wet", "dim", "grim"):
        adjective += adjective[-1]
    return adjective + "er", adjective + "est"


def forms(lemma: str, pos: str) -> dict[str, str]:
    """Form name to spelling: `base plural`; `base third past participle gerund`; `base more most`; adverbs `base`."""
    if pos == "n":
        many = plural(lemma)
        return {"base": lemma, "plural": many} if many else {"base": lemma}
    if pos == "v":
        before, done = past(lemma)
        return {
            "base": lemma,
            "third": third_person(lemma),
            "past": before,
            "participle": done,
            "gerund": gerund(lemma),
        }
    if pos == "a":
        more, most = compared(lemma)
        return {"base": lemma, "more": more, "most": most}
    return {"base": lemma}


def wants_an(word: str) -> bool:
    """True where English says `an`: by sound, with the common spellings that mislead."""
    word = word.lower()
    if word.startswith(("hour", "honest", "honor", "honour", "heir")):
        return True
    if word.startswith(("uni", "use", "usu", "util", "euro", "eu", "ubiq", "one", "once", "ufo")):
        return word.startswith(("unin", "unim", "unid"))
    return word[:1] in _VOWELS and bool(word)
