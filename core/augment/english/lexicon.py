"""Closed classes of English that decide what may be edited: small sets, written out, no file and no model."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """Words as they are written on a line, separated by spaces."""
    return frozenset(words.split())


def _phrases(phrases: str) -> frozenset[str]:
    return frozenset(phrases.split(", "))


NEGATIONS = word_set(
    "no not nor none never nothing nobody nowhere neither cannot without hardly scarcely barely rarely seldom "
    "n't nt ain't aren't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't mightn't mustn't needn't "
    "shouldn't wasn't weren't won't wouldn't dont doesnt didnt isnt wasnt cant wont lack lacks lacked lacking "
    "fail fails failed failing unless except few fewer little less least"
)
NUMBERS = word_set(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand "
    "thousands million millions billion billions trillion dozen dozens half halves quarter quarters third thirds "
    "first second fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth once twice thrice double triple single both "
    "percent percentage cent cents"
)
QUESTION_WORDS = word_set("who what when where why how which whose whom")
DETERMINERS = word_set(
    "the a an this that these those my your his her its our their whose every each some any another either "
    "what which several many most more all other such much"
)
ARTICLES = word_set("a an")
PREPOSITIONS = word_set(
    "of in on at by for with from into onto about against between among through during before after above below "
    "over under near since until upon within toward towards across along around behind beside besides despite "
    "outside inside per via amid beyond than as like except off out up down to"
)
BE = word_set("is are was were be been being am 's 're 'm")
AUXILIARIES = word_set("is are was were has have had will would can could may might should must do does did shall")
MODALS = word_set("will would can could may might should must shall do does did 'll 'd")
SUBJECTS = word_set("i you he she it we they who which that there everyone everybody someone people one")
OBJECTS = word_set("it him them me us her you this that these those each himself herself itself themselves")
CONJUNCTIONS = word_set("and or but nor so yet because although though while if when where whether that as than unless")
DEGREES = word_set("very so too quite rather more most less least how extremely really pretty fairly equally almost")
LINKING = word_set(
    "seem seems seemed become becomes became feel feels felt look looks looked appear appears appeared get gets got"
)
ADVERB_PARTICLES = word_set("up out off down away over back apart together aside along")
FUNCTION = (
    DETERMINERS
    | PREPOSITIONS
    | BE
    | AUXILIARIES
    | MODALS
    | SUBJECTS
    | OBJECTS
    | CONJUNCTIONS
    | word_set(
        "i me my mine myself you yours yourself he him himself she hers herself it itself we us ours ourselves they "
        "them theirs themselves who whom whose which what why how here there then now also too very just only even "
        "not no n't 's 've 're 'd 'll 'm s t had having done doing let lets get gets got own same again further "
        "once ever still already else yes please ok okay oh well etc eg ie mr mrs ms dr vs"
    )
)
# With words whose synonyms are for a sense that is seldom meant: a `record` is no disc, what `consisted` not dwelled,
# `rather` not instead.
STOP_WORDS = (
    FUNCTION
    | NEGATIONS
    | NUMBERS
    | word_set(
        "today tomorrow yesterday tonight consist consists consisted consisting including lives rather record records "
        "regarding singing tie ties"
    )
)

# By part of speech, words for which WordNet's likeliest synonym mostly does not stand where they are met, whatever its
# counts: a time is seldom an instance, who keeps telling holds nothing. The thesaurus may have better ones for them.
KEPT = {
    "n": word_set(
        "account air asset audience bank barrel bidding bird business cake case charge code command computer "
        "conclusion control copy data daughter director dirt division documentary door drill driver energy engineering "
        "enough evening expression fashion female field fit flight food force form frequency generation ground "
        "group guest hall hearing history home host hour index instance island ladder lady land lane letter level line "
        "link lock marble matter meaning minute mirror morning news night note number occurrence offence office "
        "order paperback party performance plant point post producer program religion rent ride right room sale "
        "scene sense series service show sleep slumber son spite spring stage state station stock style suicide "
        "summer surface table tax technology thesis thing thunder time title trading trial unity variation "
        "versant wall war way weapon week wing winter wonder year"
    ),
    "v": word_set(
        "adjust answer ask bake bear call care charge clear command compare confirm cut derive destine direct "
        "draw drill equip express face fit form gain get give hear help hold involve join keep kick kiss lead learn "
        "leave look lower make miss order pass peak read refer register report retract sanction settle shut sign "
        "sleep slumber suffer tell test trade wear wonder"
    ),
    "a": word_set(
        "aged back caring content diplomatic enough fit full gay granted kindly missing mixed peaked relative "
        "religious romantic shared sticky worldwide"
    ),
    "r": word_set("alone away back enough forth"),
}

# Names that are words too: a text without capitals does not tell which. WordNet adds hundreds.
NAMES = word_set(
    "jack john harry josh mike nick jimmy billy teddy sally dolly polly molly penny robin victor mark bill frank chuck "
    "drew turkey"
)

# Adverbs that may stand on either side of an auxiliary: "is still" and "still is".
FLOATING = word_set(
    "also still now often usually generally probably certainly definitely apparently currently always already "
    "originally recently previously finally eventually initially typically normally frequently sometimes "
    "occasionally clearly obviously officially actually reportedly allegedly supposedly later then soon formerly "
    "first mainly mostly largely primarily commonly thus therefore ultimately effectively gradually subsequently "
    "truly surely undoubtedly traditionally historically presumably likely possibly temporarily constantly "
    "repeatedly long perhaps thereby simultaneously essentially basically technically legally"
) - {"long", "likely"}

# Two words that mean one thing: neither may be replaced alone. WordNet adds thousands where it is installed.
COLLOCATIONS = _phrases(
    "prisoner of, prisoners of, house of, houses of, plot device, plot devices, great deal, good deal, new deal, "
    "primary school, primary care, "
    "primary election, primary color, no doubt, side effect, attorney general, role model, role play, final four, "
    "large part, probable cause, extra time, of sorts, the movies, smoking gun, top gun, radar gun, machine gun, "
    "actual size, at risk, baby boomer, baby boy, baby girl, back story, bad guy, best friend, best man, big bang, "
    "big brother, big deal, big game, big screen, birth rate, blood pressure, book store, box office, carbon copy, "
    "child actor, child care, child labor, child support, civil war, close call, close friend, country club, country "
    "music, cover story, credit card, department store, domino effect, drug store, easy chair, easy going, fair play, "
    "fairy tale, fast food, fast forward, fast lane, feature film, film festival, film noir, final cut, final exam, "
    "final fantasy, final score, first lady, first place, fish story, for part, foul play, free kick, fully diluted, "
    "gas station, gear box, gear ratio, general store, ghost story, gift card, gift shop, global positioning, global "
    "warming, good guy, greenhouse effect, grocery store, ground beef, guest house, guest room, guest star, hard "
    "copy, hard court, hard disk, hard drive, hard rock, hard time, hard water, hard work, heart attack, heart "
    "disease, high school, home page, home run, home team, hot dog, human being, human rights, ice cream, in part, in "
    "place, job description, job offer, kind of, labor union, last name, law firm, law school, lead role, leading "
    "lady, leading man, leading role, life story, love story, lung disease, main stream, main street, modern art, "
    "modern day, movie star, news story, old age, old lady, old tale, parking lot, penalty area, penalty kick, "
    "penalty shot, place holder, place in, police officer, power plant, precise time, prime minister, quick fix, "
    "rapid transit, rare earth, real estate, real life, real number, real time, real world, rock music, safe house, "
    "short story, sick day, sick leave, silver screen, small screen, soft drink, song and dance, song cycle, sort of, "
    "sound effect, special effect, stock exchange, stock price, supreme court, take part, take place, taken place, "
    "takes part, takes place, taking part, taking place, tall tale, theme park, theme song, took part, took place, "
    "tough guy, trade union, true story, white house, whole milk, whole note, whole number, whole wheat, wide "
    "receiver, wide screen, wild card, wind chill, wise guy, world war, all manner, and large, bad company, bad "
    "manners, basic cable, basic income, basic training, benefit of, buy into, buy time, cannot begin, company of, "
    "dance company, deadly dull, deadly sins, fatal attraction, fatal error, fatal flaw, good manners, historically "
    "significant, human error, illegal alien, illegal aliens, illegal drug, illegal drugs, illegal immigrant, illegal "
    "immigrants, illegal immigration, in company, in store, intelligent design, intelligent life, it quits, large "
    "amount, large amounts, large degree, large extent, large majority, large number, large numbers, large portion, "
    "large proportion, large quantities, large quantity, large scale, large sum, large sums, large volume, large "
    "volumes, larger number, larger numbers, largest number, lethal dose, lethal injection, loving company, most "
    "significant, n't begin, not begin, common variety, deeply rooted, deeply held, such manner, teen guy, multiple "
    "choice, multiple sclerosis, odd ball, odd couple, odd job, odd jobs, odd number, odd numbers, of concept, of "
    "error, of errors, of smell, of staff, originally from, phone in, phoned in, political prisoner, political "
    "prisoners, significant other, significant others, smart card, smart cities, smart city, smart phone, smart "
    "phones, smart tv, smart watch, statistically significant, table manners, theater company, tragic hero, vast "
    "majority, whole bunch, whole grain, whole host, whole lot, whole new, whole point, you guys, opponent of, "
    "opponents of, probable case, probable cases, massive parallel, country of, countries of, 'm afraid, soon "
    "afterward, soon afterwards, shortly afterward, shortly afterwards, long afterward, a pity, in addition, in "
    "spite, led to, lead to, leads to, leading to, remember to, remembers to, remembered to, remembering to, comes "
    "to, supposed to, used to, good job, great job, nice job, fine job, save money, save time, saves time, saves "
    "money, saving money, save up, save face, save energy, save space, saved money, saved time, race course, golf "
    "course, main course, domestic product, need not, mean to, means to, meant to, i mean, you mean, no mean, file "
    "sharing, filed under, clear up, clear out, clear away, on file, world record, world cup, state of, of course, "
    "man made, my man, front man, fat man, each man, every man, old man, con man, no man, work of, find it, finds it, "
    "found it, finding it, have got, has got, ve got, had got, the very, this very, that very, very much, very same, "
    "very first, very last, very best, very few, very little, very end, very beginning, how many, so many, too many, "
    "as many, very many, not many, many of, many a, many more, good many, great many, the many, these many, several "
    "of, the several, every other, every now, every so, every bit, every last, almost every, nearly every, not every, "
    "because of, but for, but also, but rather, but then, at least, child labour, left me, left him, left her, left "
    "us, left them, left it, leave me, leave him, leave her, leave it, leave them, leave us, leave behind, left "
    "behind, left open, left over, fall in, fell in, fallen in, fall flat, falls flat, fell flat, fall asleep, fell "
    "asleep, for granted, x marks, think of, think about, think so, think straight, think twice, said yes, said no, "
    "says yes, says no, it works, this works, that works, which works, what works, for me, for you, for us, for "
    "everyone, ever since, ever after, for ever, ever so, hardly ever, ever more, stand still, sit still, stood "
    "still, better still, still life, of war, even though, as though, closed at, closed up, closed down, "
    "as part, last few, last year, last years, last decade, last month, last week, gave up, gave in, gave birth, "
    "gave way, gave rise, gave a, gave an, gave his, gave her, which of"
)

# Said in this order only, around `and`: `order and law` is a joke.
BINOMIALS = _phrases(
    "thick thin, trial error, safe sound, sick tired, far wide, bread butter, rock roll, husband wife, law order, "
    "profit loss, profits losses, supply demand, room board, pros cons, research development, men women, man woman, "
    "ladies gentlemen, brothers sisters, brother sister, boys girls, boy girl, mother father, mom dad, moms dads, day "
    "night, night day, black white, rich famous, rich poor, tried true, alive well, null void, short sweet, cut "
    "dried, salt pepper, fish chips, hit run, cause effect, life death, flesh blood, heart soul, body soul, mind "
    "body, time space, space time, hugs kisses, king queen, kings queens, wife children, wife kids, food drink, crime "
    "punishment, war peace, love hate, pride prejudice, sense sensibility, cat mouse, nuts bolts, arts crafts, odds "
    "ends, ups downs, ins outs, sound fury, search rescue, search seizure, checks balances, terms conditions, wear "
    "tear, high low, hot cold, good bad, good evil, old new, young old, big small, large small, birth death, past "
    "present, present future, beginning end, aid abet, hands knees, skin bones, parents children, mother son, father "
    "son, mother daughter, father daughter, actor director, writer director, north south, east west, left right, "
    "public private, male female, males females, dead wounded, killed wounded, front back, top bottom, stop start, "
    "loud clear, neat tidy, peace quiet, hide seek, hustle bustle, smoke mirrors, food beverage, food water, food "
    "medicine, food shelter, food wine, wine cheese, spaghetti meatballs, mergers acquisitions, goods services, "
    "health safety, assets liabilities, stocks bonds, bits pieces, age sex, name address, date time, time place, time "
    "date, time money, time effort, blood guts, guns ammunition, guns roses, rhythm blues, drum bass, song dance, "
    "science fiction, bed breakfast, hammer sickle, friend foe, cloak dagger, life limb"
)
