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
    "bus/buses stomach/stomachs monarch/monarchs epoch/epochs patriarch/patriarchs "
    "soliloquy/soliloquies passerby/passersby diagnosis/diagnoses"
)
_REGULAR = word_set("human german roman norman talisman shaman ottoman caiman")
_NO_PLURAL = word_set(
    "acclaim admiration adoration adulthood advertising advice affluence aftermath aid anger anguish apathy apparel "
    "applause ardor arrogance assistance attire audacity authorization awareness awe awkwardness baggage banishment "
    "bitterness bliss bloodshed boldness bondage boredom bravery brilliance brutality candor cash cattle censure "
    "chaos children cleanliness cleverness clothing commerce companionship compassion conceit conduct consent "
    "contamination contentment corruption courage cowardice craftsmanship creativity curiosity custody cutlery daring "
    "dark darkness data daybreak daylight debris deceit dedication deepness despair desperation dignity dirt "
    "discrimination disgrace distrust drivel dusk dust eagerness earnings ease education electricity elegance empathy "
    "employment encouragement endurance enthusiasm envy equality equipment espionage esteem evidence excitement "
    "exhaustion expertise eyesight fairness faithfulness fame fatigue flattery flesh flu foliage fondness foolishness "
    "footage footwear forbearance forgiveness frankness freight fun funding furniture garbage gasoline gear glamour "
    "gloom goodness gossip grace grandeur gratitude guidance happiness hardship harm haste hate hatred haughtiness "
    "headway health hearsay heat heaviness help heroism hoarfrost homage homework honesty hopefulness hopelessness "
    "humanity humility hunger hygiene idleness ignorance importance income indifference indignation information "
    "ingenuity inquisitiveness insanity integrity intellect intelligence inventiveness jealousy jewelry joblessness "
    "junk kin kindness knowledge laughter laziness leather legislation liberty lifeblood litigation livestock logic "
    "loneliness loveliness luggage lumber lust luster machinery madness magic magnificence malice mankind mathematics "
    "mayhem medication midday midst misconduct mistreatment mistrust modesty money monotony mud music neglect "
    "nervousness newness news nightfall nighttime nonsense noon nourishment nutrition offspring optimism originality "
    "outset patience pay permission personnel pertinence pessimism petrol pity plenty plumage police pollution pork "
    "poverty praise prestige progress proof prosperity publicity quiet racism rainfall rapture relevance remainder "
    "remorse renown research resentment respiration rest retaliation revenge riches rubbish rubble sadness safety "
    "sameness sand savagery scarcity schooling schoolwork scrutiny seclusion shame significance silverware sincerity "
    "slang slavery sleep smoke software soil solitude sorcery spending spite springtime staff stamina starvation "
    "stealing stupidity summertime sunlight sunshine sureness surveillance survival teamwork tedium thankfulness "
    "thanks thirst tiredness toil traffic training trash trickery truthfulness turmoil twilight unconcern "
    "understanding unease unemployment unfairness unrest uproar valor veneration vengeance vigor violence vitality "
    "warfare warmth wealth weariness weather wedlock wickedness wintertime witchcraft woods workmanship worship worth "
    "wrath wreckage wretchedness zeal"
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
    "foresee/foresaw/foreseen arise/arose/arisen bear/bore/borne fling/flung/flung forgo/forwent/forgone "
    "kneel/knelt/knelt mislay/mislaid/mislaid mislead/misled/misled misread/misread/misread "
    "misunderstand/misunderstood/misunderstood outgrow/outgrew/outgrown overhear/overheard/overheard "
    "overtake/overtook/overtaken overthrow/overthrew/overthrown rebuild/rebuilt/rebuilt repay/repaid/repaid "
    "rewrite/rewrote/rewritten sew/sewed/sewn sow/sowed/sown spit/spat/spat strive/strove/striven "
    "undercut/undercut/undercut undergo/underwent/undergone undo/undid/undone unwind/unwound/unwound "
    "withdraw/withdrew/withdrawn mow/mowed/mown redo/redid/redone weave/wove/woven bid/bid/bid wind/wound/wound"
)
IRREGULAR_PASTS = frozenset(form for pair in _IRREGULAR.values() for form in pair) - _IRREGULAR.keys()
"""`went`, `gone`; not those that are spelt like the verb (`put`)."""
_DOUBLING = word_set(
    "abhor acquit admit allot ban bar bat beg begin bet bid blot blur brag bug char chat chop clap clot commit compel "
    "concur confer control cram crib cup cut dab defer deter dig dim dip drag drip drop drum emit equip excel expel "
    "extol fit flag flap flip flog fog forbid forget fret fulfil gag get grab grin grip gun hem hit hop hug hum incur "
    "infer inter jab jam jog jot jut kid knit knot lag lap let lob log lop mar mob mop mug nag nap net nip nod occur "
    "omit outwit pad pat patrol peg pen permit pet pin pit plan plod plot plug pop pot prefer prod prop propel put "
    "quit quiz ram rap rebel recur refer regret repel rid rig rip rob rot rub run rut sag sap scan scar scrap scrub "
    "set shed ship shop shred shrug shun shut sin sip sit skim skin skip slam slap slip slit slog slop snag snap snip "
    "snub sob spin spit split spot squat stab stem step stir stop strap strip strum stud stun submit sum sun swap "
    "swim tag tan tap thin thud tip top transfer transmit trap trek trim trip trot tug undercut unzip upset wad wag "
    "war wed wet whip whir win wrap zip"
)
_COMPARISON = {"good": ("better", "best"), "bad": ("worse", "worst"), "far": ("farther", "farthest")}
_COMPARABLE = word_set(
    "bare big bitter bland bleak blunt bold brave brief bright brisk broad calm cheap clean clear clever close coarse "
    "cold cool crisp crude cruel cute damp dark deep dense dim dry dull dumb easy fair fast fat feeble fierce fine "
    "firm fit flat foul frail fresh gentle glad grand grave great grim gross hard harsh high hollow hot huge humble "
    "idle ill keen kind large late light long loose loud low lush mad mean mellow mild moist narrow near neat new "
    "nice noble odd old pale plain plump poor proud pure quick quiet rare real rich ripe rough round rude sad safe "
    "sane scarce severe sharp short shrewd shrill shy sick simple slack slick slight slim slow small smart smooth "
    "smug snug sober soft sore sour sparse stale steep stern stiff strange strict strong stupid subtle sure sweet "
    "swift tall tame tart taut tender tense thick thin tight tiny tough true vague vast vile warm weak weird wet wide "
    "wild wise young"
)
_DOUBLED = word_set("big dim fat fit flat glad grim hot mad sad slim smug snug thin wet")
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
    special |= {"undergo": "undergoes", "forgo": "forgoes", "undo": "undoes", "redo": "redoes"}
    return (special.get(first) or _with_s(first)) + space + rest


def past(verb: str) -> tuple[str, str]:
    """Past tense and past participle: `take` to (`took`, `taken`)."""
    first, space, rest = verb.partition(" ")
    simple, participle = _IRREGULAR.get(first) or (_with_ed(first),) * 2
    return simple + space + rest, participle + space + rest


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
    if adjective in (
        "big",
        "thin",
        "slim",
        "sad",
        "glad",
        "mad",
        "fat",
        "hot",
        "wet",
        "dim",
        "grim",
        "fit",
        "flat",
        "smug",
        "snug",
    ):
        adjective += adjective[-1]
    return adjective + "er", adjective + "est"


def forms(lemma: str, pos: str) -> dict[str, str]:
    """Form name to spelling: `base plural`; `base third past participle gerund`; `base more most`; of others `base`."""
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
